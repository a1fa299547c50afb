"""What a filled cell answers to a question: choices by their words, countries and missions by their names, days and numbers as typed."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from municipalities import naming
from municipalities.answers import ANY_COUNTRY
from municipalities.question_fields import field_for, missions
from municipalities.questions import Question, Type
from municipalities.sheet_cells import Cell
from municipalities.sheet_layout import LANGUAGES, folded
from partnership.models import Country, Organisation
from partnership.normalise import search_key

_YES = {"はい", "yes", "y", "true", "○", "◯", "〇", "有", "あり", "する", "同意する", "同意します", "レ", "✓", "✔"}
_NO = {"いいえ", "no", "n", "false", "×", "✕", "無", "なし", "しない", "同意しない", "同意しません", "ー", "-"}
_BETWEEN = re.compile(r"[\s、,，;；/・\n]+")
_SERIALS = range(20_000, 90_000)  # the days from 1954 to 2146, as Excel counts them when the format is lost
_SHOWN = 6  # names in one sentence


def answer(question: Question, cell: Cell) -> Any:
    """The answer, as it is kept.

    Raises:
        ValidationError: with a sentence that says what to write instead.
    """
    if cell.fault:
        raise ValidationError(cell.fault)
    reader = _READERS.get(question.type)
    return reader(question, cell) if reader else _typed(question, cell.text)


def _typed(question: Question, text: str) -> Any:
    """What the field of the page makes of it."""
    return field_for(replace(question, required=False)).clean(text)


def yes(cell: Cell) -> bool:
    """Yes or no in the ways in which forms are ticked.

    Raises:
        ValidationError: for other words.
    """
    word = folded(cell.text)
    if isinstance(cell.value, bool) or word in {*_YES, *_NO}:
        return cell.value if isinstance(cell.value, bool) else word in _YES
    raise ValidationError(_("write “yes” or “no”."))


def _day_text(cell: Cell) -> str:
    """A day of Excel, also one that lost its format and became a number."""
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    if is_number and int(cell.value) in _SERIALS and cell.value == int(cell.value):
        day: dt.datetime = from_excel(cell.value)
        return day.date().isoformat()
    return cell.text


def _phone_text(cell: Cell) -> str:
    """A telephone number that became a number has lost its zero."""
    text = cell.text
    lost = isinstance(cell.value, int | float) and re.fullmatch(r"[1-9]\d{8,9}", text)
    return f"0{text}" if lost else text


# ── choices by their words ───────────────────────────────────────────────────


def _key(text: str) -> str:
    return re.sub(r"\s+", "", search_key(text))


def _by_words(question: Question) -> dict[str, str]:
    """The keys of the choices by their words in either language."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found |= {_key(str(label)): key for key, label in question.choices}
    return found


def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in Country.objects.exclude(iso2="JP"):
        names = (country.name_ja, country.name_en, country.formal_ja, country.formal_en, country.kana, country.iso2)
        found |= {_key(name): country.iso2 for name in names if name}
        found[re.sub(r"^the", "", _key(country.formal_en))] = country.iso2
    for language in LANGUAGES:
        with translation.override(language):
            found[_key(_("any country"))] = ANY_COUNTRY
    return found | dict.fromkeys(map(_key, ("any", "all", "全て", "すべて", "全世界", "問わない", "特になし")), ANY_COUNTRY)


def _one_of(question: Question, text: str) -> str:
    key = _by_words(question).get(_key(text))
    if key is None:
        raise ValidationError(_("write one of the choices: %(choices)s.") % {"choices": _shown(question)})
    return key


def _chosen(question: Question, text: str) -> list[str]:
    """Some of the choices.

    Raises:
        ValidationError: with the words that are none, as typed, and those that are.
    """
    found, wrong = _several_of(_by_words(question), text)
    if wrong:
        said = {"wrong": wrong, "choices": _shown(question)}
        raise ValidationError(_("“%(wrong)s” is not one of the choices. Separate them with commas: %(choices)s.") % said)
    return found


def _several_of(choices: Mapping[str, str], text: str) -> tuple[list[str], str]:
    """The choices that a text names one after another, and what is none. The longest word that fits counts: ギニアビサウ is not ギニア."""
    words = sorted((word for word in choices if word), key=len, reverse=True)
    found: list[str] = []
    rest = _key(re.sub(r"\n", "、", text))
    while rest := _BETWEEN.sub("", rest, count=1) if _BETWEEN.match(rest) else rest:
        word = next((one for one in words if rest.startswith(one) and _ends(rest[len(one) :], one)), None)
        if word is None:
            return found, _as_typed(text, _BETWEEN.split(rest, maxsplit=1)[0])[:30]
        found.append(choices[word])
        rest = rest[len(word) :]
    return list(dict.fromkeys(found)), ""


def _as_typed(text: str, key: str) -> str:
    """The word of a text that has this key: a person looks for ドィツ, not for どぃつ."""
    return next((word for word in _BETWEEN.split(text) if word and _key(word).endswith(key)), key)


def _ends(rest: str, word: str) -> bool:
    """Whether a word may end here: a Latin word does not end before a letter."""
    return not (rest[:1].isascii() and rest[:1].isalnum() and word[-1].isascii())


def _shown(question: Question) -> str:
    """The first choices, as the form writes them."""
    words = [str(label) for _name, label in question.choices]
    return _(", ").join(words[: 2 * _SHOWN]) + (" …" if len(words) > 2 * _SHOWN else "")


def _several_countries(_question: Question, cell: Cell) -> list[str]:
    found, wrong = _several_of(_countries(), cell.text)
    if wrong:
        raise ValidationError(_("there is no country “%(wrong)s”. Separate names of countries with commas.") % {"wrong": wrong})
    return [ANY_COUNTRY] if ANY_COUNTRY in found else found


# ── rows by their names ──────────────────────────────────────────────────────


def _mission(text: str) -> Organisation:
    """The mission of that name; a short form does when it means one alone."""
    rows = list(missions())
    key = _key(text)
    for fits in (_same_name, _same_core):
        found = [row for row in rows if fits(key, row)]
        if len(found) == 1:
            return found[0]
        if found:
            names = _(", ").join(str(row) for row in found[:_SHOWN])
            raise ValidationError(_("“%(name)s” could be %(missions)s.") % {"name": text[:60], "missions": names})
    raise ValidationError(_("there is no mission “%(name)s”. Write its full name.") % {"name": text[:60]})


def _same_name(key: str, row: Organisation) -> bool:
    return key in {_key(row.name_ja), _key(row.name_en)}


def _same_core(key: str, row: Organisation) -> bool:
    return len(_core(key)) > 1 and any(_core(key) in _core(_key(name)) for name in (row.name_ja, row.name_en))


def _core(key: str) -> str:
    return re.sub(r"^在|日本国|日本|大使館|^the|embassyofjapan(in)?|ofjapan|in", "", key)


def bodies(cells: Iterable[Cell]) -> naming.Named:
    """The local governments that cells name by code or name; a code that became a number has lost its zero."""
    return naming.read(body_text(cell) for cell in cells)


def body_text(cell: Cell) -> str:
    """What a cell says of a body: “341002 広島市” counts by its code."""
    text = cell.text.strip()
    if isinstance(cell.value, int | float) and re.fullmatch(r"\d{5}", text):
        return f"0{text}"
    code = re.match(r"([0-9０-９]{6})(?:\s|$)", text)
    return code[1] if code else text


_READERS: dict[Type, Callable[[Question, Cell], Any]] = {
    Type.YES: lambda _question, cell: yes(cell),
    Type.CHOICE: lambda question, cell: _one_of(question, cell.text),
    Type.CHOICES: lambda question, cell: _chosen(question, cell.text),
    Type.COUNTRIES: _several_countries,
    Type.MISSION: lambda _question, cell: _mission(cell.text),
    Type.DATE: lambda question, cell: _typed(question, _day_text(cell)),
    Type.MONTHS: lambda question, cell: _typed(question, _day_text(cell)),
    Type.PHONE: lambda question, cell: _typed(question, _phone_text(cell)),
}
