"""Kinds of event, as data: adding a kind touches this file only (design.md 1)."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ChecklistLine:
    """A task that an event of the kind starts with, ``days`` from the event (negative before it)."""

    days: int
    title_ja: str
    title_en: str


@dataclass(frozen=True)
class LetterText:
    """The text that a letter of this purpose starts with, in both languages, with {placeholders}."""

    title_ja: str
    title_en: str
    subject_ja: str
    subject_en: str
    body_ja: str
    body_en: str


@dataclass(frozen=True)
class Kind:
    """One kind of event: its names, and what it starts with."""

    key: str
    name: Promise
    event_ja: str  # as the card says it: レセプション
    event_en: str  # as the card says it: Reception
    series: bool = False
    abroad: bool = False
    audience: tuple[str, ...] = ("embassy",)  # kinds of organisation whose absence from the list must be explained
    checklist: tuple[ChecklistLine, ...] = ()
    letters: dict[str, LetterText] = field(default_factory=dict)  # by purpose: invitation, ...


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("iikura_reception", _("reception at Iikura Guest House"), "レセプション", "Reception", series=True),
        Kind("city_mayors_reception", _("reception for city mayors"), "レセプション", "Reception", series=True),
        Kind("regional_promotion_seminar", _("regional promotion seminar"), "セミナー", "Seminar", series=True),
        Kind("diplomats_study_tour", _("diplomats’ study tour"), "視察ツアー", "Study Tour", series=True),
        Kind("ambassadors_tour", _("ambassadors’ tour (Protocol Office)"), "地方視察", "Tour"),
        Kind("local_partnership_forum", _("local partnership cooperation forum"), "フォーラム", "Forum", series=True),
        Kind("reputation_recovery_event", _("event against reputational damage"), "広報事業", "Promotional Event", abroad=True),
        Kind("blogger_invitation_tour", _("invitation of bloggers"), "招へい", "Invitation Tour"),
        Kind("regional_promotion_project", _("regional promotion project"), "広報事業", "Promotional Event", abroad=True),
        Kind("municipal_promotion_event", _("promotion by a municipality"), "広報事業", "Promotional Event"),
    )
}

KIND_CHOICES = [(kind.key, kind.name) for kind in KINDS.values()]


def kind_of(key: str) -> Kind:
    """The declaration of a kind.

    Raises:
        KeyError: for a kind that is not declared here.
    """
    return KINDS[key]
