"""The Excel form of a request: its words, and its columns. It is read by these words alone (sheet_reading.py)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.kinds import KINDS
from municipalities.models import Attraction
from municipalities.questions import Condition, Kind, Question, Type

LANGUAGES = ("ja", "en")
MOST_JOINED = 6  # rows for joint applicants
TABLE_ROWS = 8  # empty rows for products and performers

# fixed rows, by key
CALL, CODE, NAME, JOINED, TITLE = "_call", "_code", "_name", "_joined", "_title"
FIXED: dict[str, Promise] = {
    CALL: _("Number of the call"),
    CODE: _("Local government code"),
    NAME: _("Name of the local government"),
    JOINED: _("Joint applicant"),
    TITLE: _("Subject"),
}
FIXED_HINTS: dict[str, Promise] = {
    CALL: _("Leave this as it is."),
    CODE: _("Six digits, such as 341002."),
    NAME: _("Of a town or village with its prefecture, such as 広島県府中町."),
    JOINED: _("Code or name of each that applies together with you."),
    TITLE: _("A few words that name it in every list."),
}
MISSIONS = _("Missions abroad")
HEADING = (_("No."), _("Question"), _("Answer"), _("How to fill in"))
ANSWER, HINT = HEADING[2], HEADING[3]
TITLE_LINE = _("Request: %(kind)s")


@dataclass(frozen=True)
class Column:
    """One column of the table of products and performers: the field of an Attraction that it becomes."""

    name: str
    label: Promise
    letter: str


TABLE = (
    Column("name", _("Name of the product or performance"), "B"),
    Column("kind", _("Sort"), "C"),
    Column("origin", _("Place of origin"), "D"),
    Column("allergens", _("Allergens, alcohol"), "E"),
    Column("people", _("Performers (number)"), "F"),
    Column("minutes", _("Minutes"), "G"),
    Column("needs", _("What it needs"), "H"),
)
ANSWER_COLUMNS = ("C", "G")  # merged
WIDTHS = {"A": 5, "B": 27, "C": 14, "D": 16, "E": 16, "F": 10, "G": 8, "H": 34}
FIRST, LAST = "A", "H"


def folded(text: str) -> str:
    """A label made comparable: any width, any case, without spaces, number, colon and marks around it."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
    plain = re.sub(r"^[\d.)(]+(?=\D)", "", plain)
    return re.sub(r"[:*※＊]+|[(\[【]?(必須|任意|required|optional)[)\]】]?$", "", plain).strip(".。")


def in_each_language(*texts: Promise | str) -> list[str]:
    """The texts in every language, folded."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found += [folded(str(text)) for text in texts]
    return found


def labels(kind: Kind) -> dict[str, str]:
    """The key of each row by its folded label, in either language."""
    rows: Iterable[tuple[str, Promise]] = [*FIXED.items(), *((one.key, one.label) for one in asked_in_rows(kind))]
    return {label: key for key, text in rows for label in in_each_language(text)}


def asked_in_rows(kind: Kind) -> list[Question]:
    """The questions that have a row; products and performers have a table."""
    return [question for question in kind.questions if question.type != Type.ATTRACTIONS]


def table_questions(kind: Kind) -> list[Question]:
    """The questions that the table answers."""
    return [question for question in kind.questions if question.type == Type.ATTRACTIONS]


def hint(kind: Kind, question: Question) -> str:
    """How to answer a question, in the active language."""
    parts = [_only_if(kind, question.when)] if question.when else []
    parts += [str(question.help)] if question.help else []
    labels = " / ".join(str(label) for _key, label in question.choices)
    words = {
        Type.CHOICE: gettext("One of: %(choices)s") % {"choices": labels},
        Type.CHOICES: gettext("One or several of, with commas between them: %(choices)s") % {"choices": labels},
        Type.YES: gettext("yes or no"),
        Type.MONTHS: gettext("Such as 2027-05, 2027-06 or R9.5."),
        Type.COUNTRIES: gettext("Names of countries, or “any country”."),
        Type.MISSION: gettext("The name as on the sheet “%(sheet)s”.") % {"sheet": MISSIONS},
    }
    return "\n".join([*parts, *([words[question.type]] if question.type in words else [])])


def _only_if(kind: Kind, condition: Condition) -> str:
    asked = kind.question(condition.question)
    labels = dict(asked.choices) if asked else {}
    said = " / ".join(str(labels.get(value, gettext("yes"))) for value in condition.values)
    return gettext("Only if “%(question)s” is answered with: %(answers)s") % {"question": asked.label if asked else "", "answers": said}


def hints(kind: Kind) -> set[str]:
    """All hints, folded, in either language."""
    found = set()
    for language in LANGUAGES:
        with translation.override(language):
            found |= {folded(hint(kind, question)) for question in asked_in_rows(kind)}
            found |= {folded(str(text)) for text in FIXED_HINTS.values()}
    return found


def sorts(kind: Kind) -> list[tuple[str, str]]:
    """The kinds of attraction that the table takes, with their labels in the active language."""
    wanted = {one for question in table_questions(kind) for one in question.attractions or Attraction.Kind.values}
    return [(value, str(label)) for value, label in Attraction.Kind.choices if value in wanted]


def titles() -> dict[str, str]:
    """The key of each kind by the folded title line of its form, in either language, and by its title alone."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for kind in KINDS.values():
                found[folded(str(TITLE_LINE) % {"kind": kind.title})] = kind.key
                found[folded(str(kind.title))] = kind.key
    return found
