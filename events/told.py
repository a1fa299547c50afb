"""What the guests of an event hold in their hands: the facts that the last letter to each of them printed.

A letter keeps its facts when it is started (``EventMailing.told``), because the event goes on changing. From the difference
follow the letters that are due: who was told otherwise, and what.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events import card, windows
from events.letter_kinds import TELLING
from events.models import Event, EventMailing, Invitation
from partnership import letters
from partnership.models import Email, Mailing

LEFT = (Email.State.TRANSMITTING, Email.State.SENT, Email.State.UNCERTAIN)  # what may be in somebody's hands
LABELS: dict[str, Promise] = {
    "title": _("Title of the event"),
    "hosts": _("Hosts"),
    "when": _("Date and time"),
    "where": _("Place"),
    "before": _("Before it"),
    "dress": _("Dress"),
}
_ATTRIBUTES = {"hosts": "inviters"}
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Change:
    """One fact that a guest was told otherwise."""

    key: str
    before: Mapping[str, str]  # by language
    after: Mapping[str, str]

    @property
    def label(self) -> Promise:
        """The fact in words."""
        return LABELS[self.key]


def facts(event: Event) -> dict[str, dict[str, str]]:
    """What a letter would print now, by fact and language."""
    printed = {language: card.of(event, language) for language in LANGUAGES}
    return {key: {one: str(getattr(printed[one], _ATTRIBUTES.get(key, key))) for one in LANGUAGES} for key in LABELS}


def keep(mailing: Mailing, event: Event) -> None:
    """Keep what this letter prints, now that it is written."""
    used = letters.names(mailing.subject_ja, mailing.subject_en, mailing.body_ja, mailing.body_en)
    called_off = event.state if event.state in windows.CALLED_OFF else ""
    printed = {key: value for key, value in facts(event).items() if key in used}
    EventMailing.objects.filter(mailing=mailing).update(told={"state": called_off, "facts": printed})


def held(
    events: Iterable[Event], besides: Mailing | None = None, guests: QuerySet[Invitation] | None = None
) -> dict[int, dict[int, Mapping[str, Any]]]:
    """By event and invitation, what the last letter that left for it printed; withdrawn invitations are left out. Three queries."""
    rows = EventMailing.objects.filter(event__in=list(events), mailing__purpose__in=TELLING, mailing__started_at__isnull=False)
    order = sorted((row for row in rows.select_related("mailing") if row.told), key=lambda row: (row.mailing.started_at, row.mailing_id))
    place = {row.mailing_id: number for number, row in enumerate(order) if besides is None or row.mailing_id != besides.pk}
    mails = Email.objects.filter(
        mailing__in=list(place), content_type=ContentType.objects.get_for_model(Invitation), object_id__isnull=False, state__in=LEFT
    )
    if guests is not None:
        mails = mails.filter(object_id__in=guests.values("pk"))
    last: dict[int, int] = {}
    pairs: Iterable[tuple[Any, Any]] = mails.order_by().values_list("object_id", "mailing").distinct()  # neither is empty here
    for guest, mailing in pairs:
        last[guest] = max(last.get(guest, -1), place[mailing])
    found: dict[int, dict[int, Mapping[str, Any]]] = {}
    standing = Invitation.objects.filter(pk__in=list(last)).exclude(reply=Invitation.Reply.WITHDRAWN)
    for guest, event in standing.values_list("pk", "event"):
        found.setdefault(event, {})[guest] = order[last[guest]].told
    return found


def otherwise(event: Event, besides: Mailing | None = None, guests: QuerySet[Invitation] | None = None) -> dict[int, list[Change]]:
    """By invitation, what its guest was told otherwise than it is now; only those for whom something differs.

    Args:
        event: as it is now.
        besides: a letter that does not count, because it is about to tell.
        guests: only these.
    """
    now = facts(event)
    found = {guest: changes(told, now) for guest, told in held([event], besides, guests).get(event.pk, {}).items()}
    return {guest: differing for guest, differing in found.items() if differing}


def changes(told: Mapping[str, Any], now: Mapping[str, Mapping[str, str]]) -> list[Change]:
    """What a letter said otherwise. A fact that it left open has not changed; after a postponement the date is always told anew."""
    before = told.get("facts", {})
    differing = [
        Change(key, before[key], now[key])
        for key in LABELS
        if key in before and any(before[key].get(one) and before[key][one] != now[key][one] for one in LANGUAGES)
    ]
    if told.get("state") and not any(change.key == "when" for change in differing):
        differing.append(Change("when", before.get("when", now["when"]), now["when"]))
    return differing


def in_words(differing: Iterable[Change], language: str) -> str:
    """The changes as the notice prints them, in lines that survive any mail program."""
    with translation.override(language):
        return "\n".join(_line(change, language) for change in differing)


def _line(change: Change, language: str) -> str:
    before, after, label = change.before.get(language, ""), change.after[language], str(change.label)
    if language == "en":
        return f"{label}: {after or '–'}" + (f"\n    (formerly: {before})" if before else "")
    return f"{label}\n　変更後　{after or '（なし）'}" + (f"\n　変更前　{before}" if before else "")
