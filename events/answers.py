"""Answering an invitation, by link or as staff enter it.

It works under a lock on the invitation, and on the event where places are counted, always in this order:
event, invitation. So two answers at the same moment are one after the other, and heads never exceed the capacity.
"""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import confirmations, guests, windows, written
from events.models import Answer, Event, Invitation
from partnership import audit, evidence
from partnership.models import User
from partnership.transitions import Refused

Reply = Invitation.Reply

NAME_LENGTH = 150
NEEDS_LENGTH = 300
NOTE_LENGTH = 2000
CHANGES_AN_HOUR = 20  # by link; each change sends a confirmation, so that a link cannot be used to flood a mailbox

# characters that show nothing and turn text around or break a message; joiners and variation selectors belong to names
_UNPRINTABLE = set("\u00ad\u200b\u2060\ufeff\ue000\ue001\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Choice(models.TextChoices):
    """What a guest can say."""

    ACCEPT = "accept", gettext_lazy("I accept")
    DECLINE = "decline", gettext_lazy("I decline")
    SUBSTITUTE = "substitute", gettext_lazy("Someone attends instead")


_CHOICES = {
    **{choice.value: choice for choice in Choice},
    Reply.ACCEPTED.value: Choice.ACCEPT,
    Reply.DECLINED.value: Choice.DECLINE,
}


@dataclass(frozen=True)
class Given:
    """An answer as it was given, cleaned; compared with the one in force."""

    reply: str
    attendee_name: str = ""
    attendee_post: str = ""
    companions: tuple[str, ...] = ()
    note: str = ""
    diet: str = ""
    access: str = ""

    @property
    def heads(self) -> int:
        """People it speaks of."""
        return 1 + len(self.companions)


def printable(text: str, *, lines: bool = False) -> str:
    """Text as it was typed, without control and direction characters; with ``lines``, line ends stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    kept = (" " if sign == "\n" and not lines else sign for sign in text)
    return "".join(
        sign for sign in kept if sign == "\n" or (sign not in _UNPRINTABLE and unicodedata.category(sign) not in {"Cc", "Cs"})
    ).strip()


def in_force(invitation: Invitation) -> Answer | None:
    """The answer that counts: the newest one; none where the invitation was withdrawn, or made again, since."""
    newest = invitation.answers.order_by("-id").first()
    return newest if newest is not None and newest.reply == invitation.reply else None


@transaction.atomic
def answer(
    *,
    invitation: Invitation,
    reply: str,
    source: str,
    by: User | None,
    attendee_name: str = "",
    attendee_post: str = "",
    companions: Sequence[str] | None = None,
    diet: str | None = None,
    access: str | None = None,
    note: str | None = None,
) -> Answer:
    """Answer an invitation. The same answer twice is one change: one row, one audit event, one confirmation.

    Args:
        invitation: as it was found by its link or in the administration; brought up to date.
        reply: accept, decline or substitute.
        source: how it reached us; ``link`` keeps to the guest's window, staff may enter until the event is over.
        by: who entered it; None by link.
        companions: names; None keeps those in force, as it does for ``diet``, ``access`` and ``note``.

    Raises:
        Refused: without an explicit choice, outside the window, beyond the limits; nothing is changed then.
    """
    choice = _CHOICES.get(str(reply))
    if choice is None:
        raise Refused(_("Choose one of the answers."))
    stored = locked(invitation, count_places=choice is not Choice.DECLINE)
    window = _open_window(stored, invitation, source)
    current = in_force(stored)
    diet_now, access_now = guests.needs_of(stored)
    before = Given(
        stored.reply,
        *((current.attendee_name, current.attendee_post, tuple(current.companions), current.note) if current else ("", "", (), "")),
        diet_now,
        access_now,
    )
    given = _given(
        choice,
        before,
        attendee_name=attendee_name,
        attendee_post=attendee_post,
        companions=companions,
        diet=diet,
        access=access,
        note=note,
    )
    _check(given, before, stored.event, window)
    given = _settle(given, before, stored, window)
    if current is not None and given == before:
        invitation.refresh_from_db(fields=["reply", "replied_at", "version"])
        return current
    _refuse_flood(stored, source)
    return _record(stored, given, invitation=invitation, source=source, by=by, before=before)


def locked(invitation: Invitation, *, count_places: bool) -> Invitation:
    """The invitation as it is stored, locked for this transaction; with ``count_places`` behind a lock on its event."""
    if count_places and Event.objects.filter(pk=invitation.event_id, capacity__isnull=False).exists():
        # NO KEY UPDATE: one answer after another is counted, while rows that only point to the event do not wait
        Event.objects.select_for_update(no_key=True).get(pk=invitation.event_id)
    return Invitation.objects.select_for_update(of=("self",)).select_related("event", "organisation", "position").get(pk=invitation.pk)


def _open_window(stored: Invitation, seen: Invitation, source: str) -> windows.Window:
    by_link = source == Answer.Source.LINK
    window = windows.window(stored) if by_link else windows.staff_window(stored)
    if window.is_closed:
        raise Refused(window.words)
    if by_link and stored.token_version != seen.token_version:
        raise Refused(_("This link has been replaced by a newer one."))
    return window


def _given(
    choice: Choice,
    before: Given,
    *,
    attendee_name: str,
    attendee_post: str,
    companions: Sequence[str] | None,
    diet: str | None,
    access: str | None,
    note: str | None,
) -> Given:
    note = before.note if note is None else printable(note, lines=True)
    if choice is Choice.DECLINE:
        return Given(Reply.DECLINED, note=note)
    substitute = choice is Choice.SUBSTITUTE
    names = before.companions if companions is None else tuple(name for name in map(printable, companions) if name)
    return Given(
        Reply.SUBSTITUTE if substitute else Reply.ACCEPTED,
        printable(attendee_name) if substitute else "",
        printable(attendee_post) if substitute else "",
        names,
        note,
        before.diet if diet is None else printable(diet),
        before.access if access is None else printable(access),
    )


def _check(given: Given, before: Given, event: Event, window: windows.Window) -> None:
    if given.reply == Reply.SUBSTITUTE and not given.attendee_name:
        raise Refused(_("Enter the name of the person who attends instead."))
    if len(given.companions) > event.companions_allowed:
        raise Refused(too_many_companions(event, len(given.companions)))
    if window.is_late and before.reply == Reply.ACCEPTED and not set(given.companions) <= set(before.companions):
        raise Refused(_("The deadline is over: companions can be taken off the list, but not added. Please call or write to us."))
    names = (given.attendee_name, given.attendee_post, *given.companions)
    if any(len(name) > NAME_LENGTH for name in names):
        raise Refused(_("A name or post may have %(limit)s characters.") % {"limit": NAME_LENGTH})
    if max(len(given.diet), len(given.access)) > NEEDS_LENGTH or len(given.note) > NOTE_LENGTH:
        raise Refused(_("The text is too long."))


def too_many_companions(event: Event, named: int) -> str:
    """The sentence for a list of companions that is too long."""
    if not event.companions_allowed:
        return _("This invitation is for the guest alone; companions cannot be named.")
    return _("Name at most %(limit)s; you named %(named)s.") % {"limit": event.companions_allowed, "named": named}


def _settle(given: Given, before: Given, stored: Invitation, window: windows.Window) -> Given:
    """What becomes of a wish: counted, asked for, or waiting."""
    if given.reply == Reply.SUBSTITUTE:
        same = (given.attendee_name, given.attendee_post) == (before.attendee_name, before.attendee_post)
        if not (before.reply == Reply.ACCEPTED and same):
            return given
        given = replace(given, reply=Reply.ACCEPTED)  # the hosts agreed to this person before
    if given.reply != Reply.ACCEPTED:
        return given
    if window.is_late and before.reply != Reply.ACCEPTED and not _was_expected(given, before, stored.event):
        return replace(given, reply=Reply.LATE)
    left = guests.places_left(stored.event, besides=stored)
    if left is None or given.heads <= left:
        return given
    held = guests.expected(stored)
    if held and given.heads > held:
        raise Refused(_("There is no place left for more people. Your answer stays as it was; please call or write to us."))
    if held:
        return given  # the capacity was lowered afterwards; nobody loses a place by changing a detail
    if left:
        raise Refused(_("Places left: %(places)s. Please name fewer companions, or call or write to us.") % {"places": left})
    return replace(given, reply=Reply.WAITLISTED)


def _was_expected(given: Given, before: Given, event: Event) -> bool:
    """Where silence means yes, a guest who comes alone is no news, however late the word is."""
    return event.reply_mode != Event.ReplyMode.RSVP and before.reply == Reply.NONE and not given.companions


def _refuse_flood(stored: Invitation, source: str) -> None:
    since = timezone.now() - dt.timedelta(hours=1)
    if source == Answer.Source.LINK and stored.answers.filter(source=source, answered_at__gte=since).count() >= CHANGES_AN_HOUR:
        raise Refused(_("There were many changes in a short time. Please call or write to us."))


def _record(stored: Invitation, given: Given, *, invitation: Invitation, source: str, by: User | None, before: Given) -> Answer:
    row = Answer.objects.create(
        invitation=stored,
        reply=given.reply,
        attendee_name=given.attendee_name,
        attendee_post=given.attendee_post,
        companions=list(given.companions),
        note=given.note,
        source=source,
        entered_by=by,
    )
    stored.reply, stored.replied_at = given.reply, row.answered_at
    stored.save(update_fields=["reply", "replied_at"])
    guests.seat(stored, row)
    guests.keep_needs(stored, given.diet, given.access)
    audit.record(
        "invitation.answer",
        stored,
        by=by,
        via=source,
        personal={"attendee_name": given.attendee_name, "attendee_post": given.attendee_post, "companions": list(given.companions)},
        source=source,
        heads=given.heads if given.reply != Reply.DECLINED else 0,
        needs_changed=(given.diet, given.access) != (before.diet, before.access),
        **{"from": before.reply, "to": given.reply},
    )
    if source == Answer.Source.LINK:
        evidence.answered(written.of(stored))  # whoever has the link has got the letter
    confirmations.queue(stored, row, by=by)
    invitation.refresh_from_db(fields=["reply", "replied_at", "version"])
    return row
