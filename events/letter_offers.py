"""Which letters make sense now, and which are due because the guests hold something that is true no more."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import leaving, rules, told, windows
from events.letter_kinds import LETTERS, LetterKind
from events.models import Event, EventMailing, Invitation
from partnership.models import Mailing

UNFINISHED = (Mailing.State.DRAFT, Mailing.State.READY, Mailing.State.SENDING, Mailing.State.PAUSED)


@dataclass(frozen=True)
class Offer:
    """A kind of letter that can be written now, or why it cannot."""

    kind: LetterKind
    why_not: str

    @property
    def label(self) -> Promise:
        """The kind in words."""
        return self.kind.label

    @property
    def rule(self) -> Promise | str:
        """Who usually gets it."""
        return rules.RULES[self.kind.rules[0]].label if self.kind.rules else ""

    @property
    def is_package(self) -> bool:
        """Whether it can be written together with what follows it."""
        return self.kind.key == "invitation" and not self.why_not


@dataclass(frozen=True)
class Due:
    """A letter that the guests are owed: how many hold what is true no more, and what of it."""

    event: Event
    kind: LetterKind
    guests: int
    what: str  # the facts in words; "" when the event is called off
    letter: Mailing | None  # what is being prepared already

    @property
    def sentence(self) -> str:
        """What is the matter, in words."""
        words = {"guests": self.guests, "what": self.what}
        if self.kind.key == "cancellation":
            return _("%(guests)s guests have not been told yet that the event is cancelled.") % words
        if self.kind.key == "postponement":
            return _("%(guests)s guests have not been told yet that the event is postponed.") % words
        return _("%(guests)s guests hold a letter that says otherwise: %(what)s.") % words

    @property
    def url(self) -> str:
        """Where it is gone on with: the draft, or the page of letters."""
        if self.letter is not None:
            return reverse("admin:partnership_mailing_home", args=[self.letter.pk])
        return reverse("admin:events_event_letters", args=[self.event.pk])


def offers(event: Event, owed: Iterable[Due]) -> list[Offer]:
    """All kinds of letters that its kind of event knows, in their order, each with why it cannot be written now.

    Args:
        event: whose letters.
        owed: what ``due`` found for it, to ask only once.
    """
    wanted = {one.kind.key for one in owed}
    kinds = [LETTERS[key] for key in event.kind_facts.letters if key in LETTERS]
    return [Offer(kind, "" if kind.key in wanted else why_not(event, kind, asked=True)) for kind in kinds]


def why_not(event: Event, kind: LetterKind, *, asked: bool = False) -> str:
    """Why a letter of this kind makes no sense now; "" when it does.

    Args:
        event: as it is now.
        kind: of the letter.
        asked: whether ``due`` was asked before and found none of this kind.
    """
    if event.is_record:
        return _("This event is part of the published record; nothing of it is changed.")
    if kind.key in {"invitation", "save_the_date"} and event.state not in Event.OPEN:
        return _("No letter is written now: the event is “%(state)s”.") % {"state": event.get_state_display()}
    if sentences := leaving.not_now(event, kind):
        return sentences[0]
    return _("Nothing that the guests were told has changed.") if kind.changes and asked else _nobody(event, kind)


def _nobody(event: Event, kind: LetterKind) -> str:
    if kind.key == "save_the_date":
        invited = EventMailing.objects.filter(event=event, mailing__purpose="invitation", mailing__started_at__isnull=False)
        return _("The invitation has left already, and says the day itself.") if invited.exists() else ""
    if not kind.rules:
        return ""
    if rules.kept(kind.rules[0], event.invitations.all()).exists():
        return ""
    return {
        "reminder": _("Nobody who was invited still owes an answer."),
        "practical": _("Nobody has accepted yet."),
        "change": _("Nothing that the guests were told has changed."),
        "thanks": _("Nobody was expected by name."),
        "survey": _("Nobody was expected by name."),
    }.get(kind.key, _("No letter about the event has reached anybody, so nobody has to be told."))


def due(events: Iterable[Event]) -> list[Due]:
    """What the guests of these events are owed. A fixed number of queries; hosts are read from ``hosts`` if prefetched."""
    rows = [event for event in events if not event.is_record and timezone.now() < windows.ends_at(event)]
    held = told.held(rows)
    rows = [event for event in rows if event.pk in held]
    declined = set(
        Invitation.objects.filter(event__in=rows, reply=Invitation.Reply.DECLINED).values_list("pk", flat=True)
        if any(event.state in windows.CALLED_OFF for event in rows)
        else ()
    )
    found = [one for event in rows if (one := _due(event, held[event.pk], declined))]
    drafts = _drafts(found)
    return [Due(one.event, one.kind, one.guests, one.what, drafts.get((one.event.pk, one.kind.key))) for one in found]


def _due(event: Event, held: Mapping[int, Mapping[str, Any]], declined: set[int]) -> Due | None:
    if event.state in windows.CALLED_OFF:
        kind = LETTERS["cancellation" if event.state == Event.State.CANCELLED else "postponement"]
        owed = [guest for guest, letter in held.items() if letter.get("state") != event.state and guest not in declined]
        return Due(event, kind, len(owed), "", None) if owed else None
    now = told.facts(event)
    differing = [differences for letter in held.values() if (differences := told.changes(letter, now))]
    if not differing:
        return None
    counted = Counter(change.key for differences in differing for change in differences)
    what = (", " if _is_english() else "、").join(str(told.LABELS[key]) for key in told.LABELS if key in counted)
    return Due(event, LETTERS["change"], len(differing), what, None)


def _is_english() -> bool:
    return (get_language() or "ja").startswith("en")


def _drafts(found: Iterable[Due]) -> dict[tuple[int, str], Mailing]:
    """The letters of these kinds that are written and not all sent, the newest of each."""
    rows = EventMailing.objects.filter(
        event__in=[one.event for one in found], mailing__purpose__in={one.kind.key for one in found}, mailing__state__in=UNFINISHED
    )
    return {(row.event_id, row.mailing.purpose): row.mailing for row in rows.select_related("mailing").order_by("mailing_id")}
