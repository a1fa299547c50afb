"""What a request's form can ask, as data: the types of questions, and a question with its words and its condition."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Type(StrEnum):
    """How a question is answered, and how its answer is kept in ``MunicipalRequest.answers`` (plain JSON)."""

    LINE = "line"  # text of one line
    PHONE = "phone"  # text of one line, figures in half width
    EMAIL = "email"  # a mail address
    TEXT = "text"  # text of several lines
    NUMBER = "number"  # int, not negative
    YEN = "yen"  # int, yen
    YES = "yes"  # bool
    CHOICE = "choice"  # key of one of ``choices``
    CHOICES = "choices"  # list of keys
    DATE = "date"  # "2027-05-14"
    MONTHS = "months"  # list of "2027-05", in the order wished
    COUNTRIES = "countries"  # list of ISO codes; ["*"] is any
    # these are rows, not answers: kept in fields of the request
    ATTRACTIONS = "attractions"
    MISSION = "mission"

    @property
    def is_row(self) -> bool:
        """Whether its answer is kept in a field of the request instead of its ``answers``."""
        return self in {Type.ATTRACTIONS, Type.MISSION}


@dataclass(frozen=True)
class Condition:
    """The question is asked only when an earlier one of its section was answered with one of these."""

    question: str
    values: tuple[str, ...]  # keys of choices, or "yes"


@dataclass(frozen=True)
class Question:
    """One question of a form. Its label is also what a returned Excel form is read by, so labels differ within a kind."""

    key: str
    label: Promise
    type: Type
    help: Promise | str = ""
    required: bool = False
    choices: tuple[tuple[str, Promise], ...] = ()
    when: Condition | None = None
    longest: int = 2000  # characters
    most: int = 1_000_000_000_000  # of a number
    attractions: tuple[str, ...] = ()  # kinds of Attraction that can be chosen; () is any
    wants: tuple[str, ...] = ()  # fields that each chosen Attraction must have filled, such as its origin


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    key: str
    title: Promise
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Document:
    """A file that the kind asks for."""

    key: str
    label: Promise
    required: bool = False
    help: Promise | str = ""


@dataclass(frozen=True)
class Cost:
    """Who pays for what."""

    what: Promise
    who: Promise


@dataclass(frozen=True)
class ReplyText:
    """The letter of an answer, with {placeholders} (municipalities/decision_letters.py says which)."""

    subject_ja: str
    subject_en: str
    text_ja: str
    text_en: str


@dataclass(frozen=True)
class Kind:
    """One kind of request. Which kinds of event it can become is declared in events/kinds.py."""

    key: str
    title: Promise
    explanation: Promise
    sections: tuple[Section, ...]
    costs: tuple[Cost, ...] = ()
    documents: tuple[Document, ...] = ()
    decides: Promise | str = ""  # who decides, in words
    target_days: int = 20  # open days until the answer, from the day of submission
    needs_approval: frozenset[str] = frozenset({"accepted", "declined"})  # outcomes that go through 決裁
    may_be_joint: bool = True
    may_be_relayed: bool = True
    needs_call: bool = False  # taken only while a call is open
    accepted: ReplyText | None = None
    declined: ReplyText | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, key: str) -> Question | None:
        """The question of that key; None when the kind does not ask it (any more)."""
        return next((question for question in self.questions if question.key == key), None)
