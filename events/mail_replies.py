"""What a guest writes back by mail, recorded as an answer: the same rules as by telephone, the source kept, the words kept as said."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import answers, call_sheet, taken_back
from events.models import Answer, Invitation
from partnership.models import Email, IncomingMail, Position, User
from partnership.purposes import Place, ReplyChoice
from partnership.transitions import Refused

CHOICES = (
    ReplyChoice("accept", gettext_lazy("accepts")),
    ReplyChoice("decline", gettext_lazy("declines")),
    ReplyChoice(
        "substitute",
        gettext_lazy("asks that someone else attends"),
        (
            ("attendee_name", capfirst(gettext_lazy("name of the substitute")), True),
            ("attendee_post", capfirst(gettext_lazy("post of the substitute")), False),
        ),
    ),
)


def choices(_email: Email) -> Sequence[ReplyChoice]:
    """What a guest can say."""
    return CHOICES


def record(incoming: IncomingMail, choice: str, by: User, given: Mapping[str, str]) -> str:
    """Enter the answer that a guest gave by mail.

    Raises:
        Refused: when the event is over, the invitation withdrawn, or the answer goes beyond the limits.
    """
    invitation = _invitation(incoming)
    call_sheet.enter(
        invitation=invitation,
        reply=choice,
        source=Answer.Source.EMAIL,
        by=by,
        attendee_name=given.get("attendee_name", "")[: answers.NAME_LENGTH],
        attendee_post=given.get("attendee_post", "")[: answers.NAME_LENGTH],
        note=given.get("words", "")[: answers.NOTE_LENGTH],
    )
    return _("%(guest)s: %(reply)s. The confirmation is on its way.") % {"guest": invitation, "reply": invitation.get_reply_display()}


def take_back(incoming: IncomingMail, by: User) -> str:
    """Undo an answer that was recorded by mistake.

    Raises:
        Refused: when the guest or somebody here has said something else since, or the event is over.
    """
    return taken_back.take_back(invitation=_invitation(incoming), recorded_at=incoming.handled_at, by=by)


def _invitation(incoming: IncomingMail) -> Invitation:
    about = incoming.email.object_id if incoming.email else None
    invitation = Invitation.objects.select_related("event", "organisation").filter(pk=about or 0).first()
    if invitation is None:
        raise Refused(_("The invitation that this letter was about no longer exists."))
    return invitation


def places(emails: Sequence[Email]) -> Mapping[int, Place]:
    """The event of each letter, the page of its invitation, and the form of the post that it went to."""
    wanted = {email.pk: email.object_id or 0 for email in emails}
    rows = {row.pk: row for row in Invitation.objects.filter(pk__in=wanted.values()).select_related("event")}
    return {pk: _place(rows[about]) for pk, about in wanted.items() if about in rows}


def _place(invitation: Invitation) -> Place:
    return Place(
        about=str(invitation.event),
        url=reverse("admin:events_invitation_home", args=[invitation.pk]),
        form=reverse("admin:partnership_position_change", args=[invitation.position_id]),
    )


def address_now(email: Email) -> str:
    """Where a confirmation goes when it is sent again: where it went, unless the register does not name that address any more."""
    seat = Position.objects.filter(invitations=email.object_id).first()
    known = [address for address in (seat.email, seat.secretariat_email) if address] if seat else []
    if not known or email.to_address.lower() in {address.lower() for address in known}:
        return email.to_address
    return known[0]


# for every purpose whose mails are about an invitation
HOOKS: dict[str, Any] = {"reply_choices": choices, "record_reply": record, "take_back_reply": take_back, "places": places}
