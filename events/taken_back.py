"""An answer that staff entered by mistake is taken back: nothing is deleted, the history shows both."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import answers, confirmations, guests, windows
from events.models import Answer, Invitation
from partnership import audit
from partnership.models import Email, User
from partnership.transitions import Refused

Reply = Invitation.Reply
State = Email.State


@transaction.atomic
def take_back(*, invitation: Invitation, recorded_at: dt.datetime | None, by: User) -> str:
    """Undo the answer that was entered from a mail; without an earlier one the invitation is unanswered again. Returns a sentence.

    Args:
        invitation: whose answer it is.
        recorded_at: when it was entered; what came later is somebody else's word and stays.
        by: who takes it back.

    Raises:
        Refused: when another answer is in force by now, or the event is over.
    """
    stored = answers.locked(invitation, count_places=True)
    window = windows.staff_window(stored)
    if window.is_closed:
        raise Refused(window.words)
    newest, *earlier = stored.answers.order_by("-id")[:2]
    if answers.in_force(stored) != newest or (recorded_at is not None and newest.answered_at > recorded_at):
        raise Refused(_("The answer has changed since. Correct it on the page of the invitation."))
    if newest.source != Answer.Source.EMAIL or earlier:
        return _("The answer “%(reply)s” stays until you record another one.") % {"reply": stored.get_reply_display()}
    has_left = _confirmations_left(stored, newest)
    _open_again(stored, by)
    if has_left:
        return _("%(guest)s counts as unanswered again. The confirmation has left already: please tell the guest.") % {"guest": stored}
    return _("%(guest)s counts as unanswered again. The confirmation does not leave.") % {"guest": stored}


def _confirmations_left(stored: Invitation, answer: Answer) -> bool:
    mails = Email.objects.filter(purpose=confirmations.PURPOSE, object_id=stored.pk, recipient_key__startswith=f"answer:{answer.pk}:")
    return mails.filter(state__in=[State.TRANSMITTING, State.SENT, State.UNCERTAIN]).exists()


def _open_again(stored: Invitation, by: User) -> None:
    """The new line of the history also overtakes a confirmation that has not left."""
    change: dict[str, Any] = {"from": stored.reply, "to": Reply.NONE.value}
    row = Answer.objects.create(invitation=stored, reply=Reply.NONE, source=Answer.Source.STAFF, entered_by=by)
    stored.reply, stored.replied_at = Reply.NONE, None
    stored.save(update_fields=["reply", "replied_at"])
    guests.seat(stored, row)
    guests.keep_needs(stored, "", "")
    audit.record("invitation.take_back", stored, by=by, **change)
