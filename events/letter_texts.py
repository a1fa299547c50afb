"""The texts that the letters of each kind of event start with; staff change them in the draft.

A kind of event says in a ``Wording`` how it speaks; the templates of all letters (events/letter_templates.py) are filled with it.
"""

from dataclasses import dataclass, fields

from events.letter_templates import TEMPLATES


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
class Wording:
    """How the letters of one kind of event speak: the words that fill ``%(name)s`` in the templates."""

    attend_ja: str  # 御臨席, 御出席, 御参加
    occasion_en: str  # at a {event}, on the {event}
    terms_ja: str
    terms_en: str
    bring_ja: str
    bring_en: str
    ask_ja: str  # what the questionnaire asks about
    ask_en: str
    request_en: str = "request"  # one host alone requests, regrets and has
    regret_en: str = "regret"
    have_en: str = "have"
    thank_en: str = "thank"
    look_en: str = "look"


def _letters(wording: Wording) -> dict[str, LetterText]:
    words = {one.name: getattr(wording, one.name) for one in fields(wording)}
    return {
        purpose: LetterText(
            template.title_ja,
            template.title_en,
            template.subject_ja,
            template.subject_en,
            template.body_ja % words,
            template.body_en % words,
        )
        for purpose, template in TEMPLATES.items()
    }


_ONE_HOST = {"request_en": "requests", "regret_en": "regrets", "have_en": "has", "thank_en": "thanks", "look_en": "looks"}
_PERSONAL = {
    "terms_ja": (
        "この御案内は御本人に宛てたもので、お譲りいただくことはできません。代理の方の御出席を御希望の場合は、専用ページでお名前と役職をお知らせください。"
        "主催者から諾否をお知らせします。\n当日は、この御案内を入口でお示しください。"
    ),
    "terms_en": (
        "This invitation is personal and not transferable. Should you wish somebody to attend in your place, please name the person "
        "on the page; the hosts will let you know whether they agree.\nPlease show this invitation at the gate."
    ),
    "bring_ja": "当日は、先にお送りした御案内を入口でお示しください。",
    "bring_en": "Please show the invitation that was sent to you at the gate.",
}
_OFFICE = {
    "terms_ja": "担当の方に代わって御出席になる場合は、専用ページでお名前と役職をお知らせください。",
    "terms_en": "Should a colleague attend in your place, please name the person on the page.",
    "bring_ja": "当日は、受付でお名前をお知らせください。",
    "bring_en": "Please give your name at the reception desk.",
}
_REGION = {
    "ask_ja": "今後、更に詳しくお知りになりたい地域、産品、取組があれば、お聞かせください。",
    "ask_en": "Is there a region, a product or a project about which you would like to know more?",
}
_VISITS = {
    "ask_ja": "視察先のうち、特に有意義であったもの、改善を望まれるものがあれば、お聞かせください。",
    "ask_en": "Which of the visits was of particular value to you, and which could be improved?",
}
_TALKS = {
    "ask_ja": "今後、取り上げてほしいテーマがあれば、お聞かせください。",
    "ask_en": "Which topics should be taken up in future?",
}

RECEPTION = _letters(Wording(attend_ja="御臨席", occasion_en="at a {event}", **_PERSONAL, **_REGION))
RECEPTION_BY_ONE = _letters(Wording(attend_ja="御臨席", occasion_en="at a {event}", **_PERSONAL, **_REGION, **_ONE_HOST))
SEMINAR = _letters(Wording(attend_ja="御出席", occasion_en="at a {event}", **_OFFICE, **_REGION))
TOUR = _letters(Wording(attend_ja="御参加", occasion_en="on the {event}", **_OFFICE, **_VISITS))
FORUM = _letters(Wording(attend_ja="御出席", occasion_en="at the {event}", **_OFFICE, **_TALKS, **_ONE_HOST))
