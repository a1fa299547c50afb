"""What the letters of an event print, and what of it their approval binds."""

import re
from collections.abc import Mapping

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events import card, leaving
from events.letter_kinds import LETTERS, LetterKind
from events.models import Event, EventMailing
from events.rules import RULES
from partnership import dates
from partnership.models import Mailing
from partnership.purposes import Placeholder

_CARD: dict[str, tuple[Promise, str]] = {
    "hosts": (_("Hosts"), "inviters"),
    "event": (_("Occasion"), "event"),
    "title": (_("Title of the event"), "title"),
    "when": (_("Date and time"), "when"),
    "day": (_("Day"), "day"),
    "where": (_("Place"), "where"),
    "dress": (_("Dress"), "dress"),
    "before": (_("Before it"), "before"),
    "reply_by": (_("Reply by"), "reply_by"),
    "reply_line": (_("How to reply"), "reply_line"),
    "contact": (_("Contact for guests"), "contact"),
}
_EXPLAINED: dict[str, Promise] = {
    "mission": _("the mission as a note verbale names it"),
    "salutation": _("how the letter greets its reader"),
    "guest": _("name and post of the guest, as printed"),
    "hosts": _("the hosts in protocol order"),
    "event": _("what it is: reception, seminar, tour"),
    "title": _("title of the event"),
    "when": _("day, weekday and hours"),
    "day": _("day and weekday"),
    "where": _("venue and address"),
    "dress": _("dress"),
    "before": _("what happens before it"),
    "reply_by": _("until when the answer is expected"),
    "reply_line": _("the request for an answer, as a sentence"),
    "list_closes": _("until when a guest can still change names and needs"),
    "changes": _("what is otherwise than this guest was told, from and to"),
    "contact": _("address and telephone for questions"),
}
_LINK = _("the guest’s personal address for the answer")
_LIST_CLOSES = _("Changes are possible until")
_RULE = _("Who gets it")
_LEAVES = _("Leaves")
LANGUAGES = ("ja", "en")


def placeholders(kind: LetterKind) -> tuple[Placeholder, ...]:
    """What the text of such a letter may hold."""
    printed = {*_CARD, "list_closes"} & {*_COMMON, *kind.facts, *kind.fresh}
    own = {"mission"} if kind.on_paper else {"salutation", "guest", *(["changes"] if kind.changes else [])}
    names = [name for name in _EXPLAINED if name in printed | own]
    made = [
        Placeholder(name, _EXPLAINED[name], required=name == "changes", fresh=name in kind.fresh) for name in names if name != "contact"
    ]
    if kind.link:
        made.append(Placeholder("link", _LINK, required=kind.link == "required", link=True))
    return (*made, Placeholder("contact", _EXPLAINED["contact"]))


_COMMON = ("hosts", "event", "title", "when", "where", "dress", "before", "contact")  # any letter may print them


def values(mailing: Mailing, language: str) -> Mapping[str, str]:
    """The placeholders that are equal for all guests."""
    event: Event = mailing.event_mailing.event
    printed = card.of(event, language)
    found = {name: str(getattr(printed, attribute)) for name, (_label, attribute) in _CARD.items()}
    if LETTERS[mailing.purpose].on_paper and language == "en":
        found["hosts"] = re.sub(r"^The\b", "the", found["hosts"])  # a note names them in the middle of a sentence
    return {**found, "list_closes": _list_closes(event, language)}


def _list_closes(event: Event, language: str) -> str:
    return dates.long_moment(event.guest_list_closes_at, language, event.time_zone) if event.guest_list_closes_at else ""


def facts(mailing: Mailing) -> Mapping[str, Mapping[str, str]]:
    """The material facts: what is printed in the letter, who gets it, and when it leaves by itself."""
    row: EventMailing = mailing.event_mailing
    kind = LETTERS[mailing.purpose]
    by_language = {language: values(mailing, language) for language in LANGUAGES}
    labels: dict[str, Promise] = {**{name: label for name, (label, _attribute) in _CARD.items()}, "list_closes": _LIST_CLOSES}
    names = [name for name in labels if name in {*kind.facts, "contact"}]
    found = {name: _fact(labels[name], by_language["ja"][name], by_language["en"][name]) for name in names}
    if row.rule in RULES:
        words = RULES[row.rule].label
        found["rule"] = _fact(_RULE, _said("ja", words), _said("en", words))
    if row.days_before is not None:
        found["leaves"] = _fact(_LEAVES, _when("ja", kind, row.days_before), _when("en", kind, row.days_before))
    return found


def _fact(label: Promise, ja: str, en: str) -> dict[str, str]:
    return {"label_ja": _said("ja", label), "label_en": _said("en", label), "value_ja": ja, "value_en": en}


def _said(language: str, words: object) -> str:
    with translation.override(language):
        return str(words)


def _when(language: str, kind: LetterKind, days_before: int) -> str:
    with translation.override(language):
        return leaving.words(kind, days_before)
