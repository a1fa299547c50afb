"""The texts that the letters of each kind of event start with; staff change them in the draft."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterText:
    """The text that a letter of this purpose starts with, in both languages, with {placeholders}."""

    title_ja: str
    title_en: str
    subject_ja: str
    subject_en: str
    body_ja: str
    body_en: str


# The card's wording, in the third person; the plain text carries everything. A line whose placeholders are all empty
# (no dress, nothing before it) is left out when the letter is printed.

_SUBJECT_JA = "【外務省】{title}の御案内"
_SUBJECT_EN = "Invitation: {title} (Ministry of Foreign Affairs of Japan)"

_BODY_JA = """\
{salutation}

{hosts}は、下記の{event}を催すに当たり、%(wish)s、謹んで御案内申し上げます。

　　　　　　　　記

{title}
日時　{when}
場所　{where}
開会前　{before}
服装　{dress}

{reply_line}
御回答は、次の専用ページからお願い申し上げます。登録は不要です。ページを開いただけでは回答になりません。

{link}

%(terms)s
御回答は、期限まで同じページで改めていただけます。

照会先　{contact}

外務省 地方連携推進室
"""

_BODY_EN = """\
{salutation}

{hosts}
%(request)s
{guest}
%(occasion)s

{title}

Date: {when}
Place: {where}
Beforehand: {before}
Dress: {dress}

{reply_line}
Kindly answer on your personal page. No sign-in is needed, and opening the page does not answer for you.

{link}

%(terms)s
Until the date above you may change your answer on the same page.

For questions: {contact}

Local Partnership Cooperation Division
Ministry of Foreign Affairs of Japan
"""

_PERSONAL_JA = """\
この御案内は御本人に宛てたもので、お譲りいただくことはできません。代理の方の御出席を御希望の場合は、専用ページでお名前と役職をお知らせください。主催者から諾否をお知らせします。
当日は、この御案内を入口でお示しください。"""
_PERSONAL_EN = """\
This invitation is personal and not transferable. Should you wish somebody to attend in your place, please name the person on the page; \
the hosts will let you know whether they agree.
Please show this invitation at the gate."""
_OFFICE_JA = "担当の方に代わって御出席になる場合は、専用ページでお名前と役職をお知らせください。"
_OFFICE_EN = "Should a colleague attend in your place, please name the person on the page."


def _invitation(*, wish: str, terms_ja: str, request: str, occasion: str, terms_en: str) -> dict[str, LetterText]:
    return {
        "invitation": LetterText(
            "招待状",
            "Invitation",
            _SUBJECT_JA,
            _SUBJECT_EN,
            _BODY_JA % {"wish": wish, "terms": terms_ja},
            _BODY_EN % {"request": request, "occasion": occasion, "terms": terms_en},
        )
    }


_PLEASURE = "request the pleasure of the company of"
RECEPTION = _invitation(wish="御臨席を賜りたく", terms_ja=_PERSONAL_JA, request=_PLEASURE, occasion="at a {event}", terms_en=_PERSONAL_EN)
RECEPTION_BY_ONE = _invitation(
    wish="御臨席を賜りたく",
    terms_ja=_PERSONAL_JA,
    request="requests the pleasure of the company of",
    occasion="at a {event}",
    terms_en=_PERSONAL_EN,
)
SEMINAR = _invitation(wish="御出席を賜りたく", terms_ja=_OFFICE_JA, request=_PLEASURE, occasion="at a {event}", terms_en=_OFFICE_EN)
TOUR = _invitation(wish="御参加を賜りたく", terms_ja=_OFFICE_JA, request=_PLEASURE, occasion="on the {event}", terms_en=_OFFICE_EN)
FORUM = _invitation(
    wish="御出席を賜りたく",
    terms_ja=_OFFICE_JA,
    request="requests the pleasure of the company of",
    occasion="at the {event}",
    terms_en=_OFFICE_EN,
)
