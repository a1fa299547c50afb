"""The answers of a request: what fits a question, what is missing, what a copy takes over, and how an answer reads."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.questions import Kind, Question, Type
from partnership import dates
from partnership.japanese_dates import EARLIEST, LATEST
from partnership.models import Country
from partnership.transitions import Refused

RAW = "_raw"  # what was typed and could not be read, by question; a draft keeps it
ANY_COUNTRY = "*"
LONGEST_RAW = 20_000  # characters of one text that a draft keeps though it cannot be read
LARGEST = 300_000  # characters of all answers of a request together, as JSON


def asked(kind: Kind, answers: Mapping[str, Any]) -> list[Question]:
    """The questions that these answers make the form ask."""
    return [question for question in kind.questions if is_asked(question, answers)]


def is_asked(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether the question's condition holds."""
    if question.when is None:
        return True
    given = answers.get(question.when.question)
    keys = given if isinstance(given, list) else ["yes" if given is True else given]
    return any(key in question.when.values for key in keys)


def is_empty(value: object) -> bool:
    """Whether nothing was answered; “no” and 0 are answers."""
    return value is None or value in ("", [])


def tidied(kind: Kind, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the kind's own questions, without empty ones; whatever else was sent is left out.

    Raises:
        Refused: for an answer that does not fit its question, or when there is too much of them.
    """
    found: dict[str, Any] = {}
    for question in kind.questions:
        value = answers.get(question.key)
        if question.type.is_row or is_empty(value):
            continue
        if not fits(question, value):
            raise Refused(_("The answer to “%(question)s” cannot be kept as it is.") % {"question": question.label})
        found[question.key] = value
    known = {question.key for question in kind.questions} | {"title"}
    raw = answers.get(RAW)
    if isinstance(raw, dict) and (kept := {key: str(text)[:LONGEST_RAW] for key, text in raw.items() if key in known and text}):
        found[RAW] = kept
    if len(json.dumps(found, ensure_ascii=False)) > LARGEST:
        raise Refused(_("The answers are too long. Send long texts as files."))
    return found


def fits(question: Question, value: Any) -> bool:
    """Whether a value is of the question's type."""
    return _FIT[question.type](question, value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 300 and all(isinstance(one, str) for one in value)


def _fits_text(question: Question, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= question.longest


def _fits_number(question: Question, value: Any) -> bool:
    return type(value) is int and 0 <= value <= question.most


def _fits_choice(question: Question, value: Any) -> bool:
    return isinstance(value, str) and value in dict(question.choices)


def _fits_choices(question: Question, value: Any) -> bool:
    return _is_list(value) and set(value) <= set(dict(question.choices))


def _fits_countries(_question: Question, value: Any) -> bool:
    return _is_list(value) and all(one == ANY_COUNTRY or (len(one) == 2 and one.isalpha()) for one in value)


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def missing(kind: Kind, answers: Mapping[str, Any], rows: Mapping[str, Sequence[Any]]) -> list[tuple[str, str]]:
    """What must still be answered: the key of each question with a sentence.

    Args:
        rows: the answers that are rows (attractions, the mission), by key of the question.
    """
    raw = answers.get(RAW, {})
    found = []
    for question in asked(kind, answers):
        given = rows.get(question.key, ()) if question.type.is_row else answers.get(question.key)
        if question.key in raw:
            found.append((question.key, _("“%(question)s”: correct what was typed; it cannot be read.") % {"question": question.label}))
        elif question.required and (is_empty(given) or given == ()):
            found.append((question.key, _("“%(question)s” is not answered yet.") % {"question": question.label}))
        elif question.type.is_row:
            found += [(question.key, sentence) for sentence in _lacking(question, given or ())]
    return found


def _lacking(question: Question, rows: Sequence[Any]) -> list[str]:
    """What the chosen attractions do not say of themselves though the question wants it."""
    words = _("“%(name)s”: add its %(fact)s on the page of your local government.")
    return [
        words % {"name": row, "fact": row._meta.get_field(name).verbose_name}
        for row in rows
        for name in question.wants
        if not getattr(row, name)
    ]


def carried_over(kind: Kind, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a copy takes over: answers to questions that are still asked and still fit, without days and months that are past."""
    today = timezone.localdate()
    found: dict[str, Any] = {}
    for question in kind.questions:
        value = answers.get(question.key)
        if question.type.is_row or is_empty(value) or not fits(question, value):
            continue
        if question.type == Type.DATE and dt.date.fromisoformat(str(value)) < today:
            continue
        if question.type == Type.MONTHS:
            value = [month for month in value or () if month >= f"{today:%Y-%m}"]
        if not is_empty(value):
            found[question.key] = value
    return found


def words(question: Question, value: Any) -> list[str]:
    """An answer as lines in the active language; none for no answer. What no longer fits its question is shown as it is kept."""
    if is_empty(value):
        return []
    if not fits(question, value):
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return _SAID[question.type](question, value)


def _date(text: str) -> str:
    return dates.long_date(dt.date.fromisoformat(text), get_language() or "ja")


def _month(text: str) -> str:
    return dates.month(dt.date.fromisoformat(f"{text}-01"), get_language() or "ja")


def _countries(codes: list[str]) -> list[str]:
    if ANY_COUNTRY in codes:
        return [_("any country")]
    names = {country.iso2: str(country) for country in Country.objects.filter(iso2__in=codes)}
    return [names.get(code, code) for code in codes]


_FIT: dict[Type, Callable[[Question, Any], bool]] = {
    Type.LINE: _fits_text,
    Type.TEXT: _fits_text,
    Type.PHONE: _fits_text,
    Type.EMAIL: _fits_text,
    Type.NUMBER: _fits_number,
    Type.YEN: _fits_number,
    Type.YES: lambda _question, value: isinstance(value, bool),
    Type.CHOICE: _fits_choice,
    Type.CHOICES: _fits_choices,
    Type.DATE: lambda _question, value: isinstance(value, str) and _day(value) is not None,
    Type.MONTHS: lambda _question, value: _is_list(value) and all(_day(f"{month}-01") is not None for month in value),
    Type.COUNTRIES: _fits_countries,
    Type.ATTRACTIONS: lambda _question, _value: False,  # rows of their own
    Type.MISSION: lambda _question, _value: False,
}
_SAID: dict[Type, Callable[[Question, Any], list[str]]] = {
    Type.LINE: lambda _question, value: value.splitlines(),
    Type.TEXT: lambda _question, value: value.splitlines(),
    Type.PHONE: lambda _question, value: [value],
    Type.EMAIL: lambda _question, value: [value],
    Type.NUMBER: lambda _question, value: [f"{value:,}"],
    Type.YEN: lambda _question, value: [_("%(yen)s yen") % {"yen": f"{value:,}"}],
    Type.YES: lambda _question, value: [_("yes") if value else _("no")],
    Type.CHOICE: lambda question, value: [str(dict(question.choices)[value])],
    Type.CHOICES: lambda question, value: [str(dict(question.choices)[key]) for key in value],
    Type.DATE: lambda _question, value: [_date(value)],
    Type.MONTHS: lambda _question, value: [_month(month) for month in value],
    Type.COUNTRIES: lambda _question, value: _countries(value),
}
