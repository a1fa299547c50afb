"""What the hosts decide about answers that are requests: a substitute, a late acceptance, a wish that waits for a place."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import answers, confirmations, guests, windows
from events.models import Answer, Invitation
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused

Reply = Invitation.Reply


@transaction.atomic
def consent(*, invitation: Invitation, by: User) -> Answer:
    """Agree that someone attends instead; the guest is told.

    Raises:
        Refused: when nobody asks for it any more, or no place is left.
    """
    return _decide(invitation, (Reply.SUBSTITUTE,), Reply.ACCEPTED, by, "consent")


@transaction.atomic
def refuse_substitute(*, invitation: Invitation, by: User) -> Answer:
    """Do not agree that someone attends instead: the invitation to the guest stands and is open again; the guest is told.

    Raises:
        Refused: when nobody asks for it any more.
    """
    return _decide(invitation, (Reply.SUBSTITUTE,), Reply.NONE, by, "refuse_substitute")


@transaction.atomic
def decide_late(*, invitation: Invitation, accept: bool, by: User) -> Answer:
    """Decide on an acceptance that came late, or on one that waits for a place; the guest is told.

    Raises:
        Refused: when there is nothing to decide any more, or no place is left.
    """
    target = Reply.ACCEPTED if accept else Reply.DECLINED
    return _decide(invitation, (Reply.LATE, Reply.WAITLISTED), target, by, "admit" if accept else "turn_away")


def _decide(invitation: Invitation, sources: tuple[str, ...], target: Reply, by: User, act: str) -> Answer:
    stored = answers.locked(invitation, count_places=target == Reply.ACCEPTED)
    current = answers.in_force(stored)
    if stored.reply not in sources or current is None:
        raise Refused(_("There is nothing to decide any more: the answer is now “%(reply)s”.") % {"reply": stored.get_reply_display()})
    window = windows.staff_window(stored)
    if window.is_closed:
        raise Refused(window.words)
    left = guests.places_left(stored.event, besides=stored) if target == Reply.ACCEPTED else None
    if left is not None and 1 + len(current.companions) > left:
        raise Refused(_("Places left: %(places)s. Raise the capacity of the event first.") % {"places": left})
    before = stored.reply
    row = Answer.objects.create(
        invitation=stored,
        reply=target,
        attendee_name=current.attendee_name if target == Reply.ACCEPTED else "",
        attendee_post=current.attendee_post if target == Reply.ACCEPTED else "",
        companions=current.companions if target == Reply.ACCEPTED else [],
        note=current.note,
        source=Answer.Source.STAFF,
        entered_by=by,
    )
    stored.reply, stored.replied_at = target, row.answered_at
    stored.save(update_fields=["reply", "replied_at"])
    guests.seat(stored, row)
    if target != Reply.ACCEPTED:
        guests.keep_needs(stored, "", "")
    change: dict[str, Any] = {"from": before, "to": target.value}
    audit.record(f"invitation.{act}", stored, by=by, heads=1 + len(row.companions), **change)
    confirmations.queue(stored, row, by=by, decided=before)
    invitation.refresh_from_db(fields=["reply", "replied_at", "version"])
    return row
