"""Reads the Excel form by its visible words. Mail gateways strip everything else, and people insert rows and move columns."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from municipalities import answers, naming, sheet_values
from municipalities import sheet_layout as layout
from municipalities.kinds import KINDS
from municipalities.models import Attraction, LocalGovernment
from municipalities.question_fields import amount
from municipalities.questions import Kind, Type
from municipalities.request_forms import LONGEST_TITLE
from municipalities.sheet_cells import Cell, Grid, grids
from partnership.models import Organisation
from partnership.normalise import search_key
from partnership.transitions import Refused

MOST_ATTRACTIONS = 60
_FEWEST = 3  # words of a form that make a sheet one


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell."""

    cell: str
    label: str
    reason: str

    @property
    def sentence(self) -> str:
        """セルC14「希望する月」：年と月を書いてください（例 令和9年5月）。."""
        return _("Cell %(cell)s, “%(label)s”: %(reason)s") % {"cell": self.cell, "label": self.label, "reason": self.reason}

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Proposal:
    """A product or performance that the body has not registered yet: a row that a person may confirm."""

    cell: str
    kind: str
    name: str
    origin: str = ""
    allergens: str = ""
    people: int | None = None
    minutes: int | None = None
    needs: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """As fields of an Attraction."""
        return {
            "kind": self.kind,
            "name_ja": self.name,
            "origin": self.origin,
            "allergens": self.allergens,
            "people": self.people,
            "minutes": self.minutes,
            "needs": self.needs,
        }


@dataclass
class Sheet:
    """What a filled form says. What could not be read stands in ``errors``, and as it was written in the answers’ raw texts."""

    kind: Kind
    body: LocalGovernment | None = None
    joined: list[LocalGovernment] = field(default_factory=list)
    call: int | None = None
    title: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    attractions: list[Attraction] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    mission: Organisation | None = None
    errors: list[CellError] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """What the verbs take: ``title answers attractions mission``."""
        return {"title": self.title, "answers": self.answers, "attractions": self.attractions, "mission": self.mission}


def read(upload: Any, kind_hint: Kind | None = None) -> Sheet:
    """Read a filled form.

    Args:
        upload: the file.
        kind_hint: the kind that is expected, for a form whose title is lost.

    Raises:
        Refused: when it is no .xlsx, or not one of our forms.
    """
    found = grids(upload)
    kind = _kind(found, kind_hint)
    words = layout.labels(kind)
    grid = max(found, key=lambda one: len(_labelled(one, words)))
    if len(_labelled(grid, words)) < _FEWEST:
        raise Refused(_("This file is not one of our forms, or the words of its questions were changed. Please use the form anew."))
    return _Reader(kind, grid, words).sheet()


def _kind(found: Sequence[Grid], hint: Kind | None) -> Kind:
    """By the title; without one by the hint, or by the questions."""
    titles = layout.titles()
    named = [titles[text] for grid in found for row in grid for cell in row if (text := layout.folded(cell.text)) in titles]
    if named:
        return KINDS[hint.key if hint and hint.key in named else named[0]]
    if hint is not None:
        return hint
    counts = {key: max((len(_labelled(grid, layout.labels(kind))) for grid in found), default=0) for key, kind in KINDS.items()}
    return KINDS[max(counts, key=lambda key: counts[key])]


def _labelled(grid: Grid, words: dict[str, str]) -> set[int]:
    """The rows that begin with a word of the form."""
    return {row[0].row for row in grid if any(_key_of(cell, words) for cell in row[:4])}


def _key_of(cell: Cell, words: dict[str, str]) -> str:
    """The row that a label means; 共同申請者３ is one of several."""
    if not isinstance(cell.value, str) or len(cell.value) > 200:
        return ""
    text = layout.folded(cell.value)
    return words.get(text) or (words.get(re.sub(r"\d{1,2}$", "", text), "") if text[-1:].isdigit() else "")


class _Reader:
    """One form while it is read."""

    def __init__(self, kind: Kind, grid: Grid, words: dict[str, str]) -> None:
        self.kind, self.grid, self.hints = kind, grid, layout.hints(kind)
        self.found = Sheet(kind)
        self.raw: dict[str, str] = {}
        self.said: dict[str, list[tuple[Cell, Cell]]] = {}  # label and answer, by key
        self.table: list[list[Cell]] = []
        self._sort(words)

    def sheet(self) -> Sheet:
        """Everything that it says."""
        self._bodies()
        self._subject()
        self._questions()
        self._attractions()
        if self.raw:
            self.found.answers[answers.RAW] = self.raw
        self.found.errors.sort(key=lambda error: _place(error.cell))
        return self.found

    # ── where what stands ────────────────────────────────────────────────────

    def _sort(self, words: dict[str, str]) -> None:
        """Tell the rows of questions from the table of products."""
        columns, in_table = (0, 0), False
        heads = layout.in_each_language(layout.ANSWER), layout.in_each_language(layout.HINT)
        for row in self.grid:
            if _table_columns(row):
                in_table = bool(layout.table_questions(self.kind))
                self.table += [row] if in_table else []
                continue
            place = next((number for number, cell in enumerate(row) if _key_of(cell, words)), None)
            if in_table and (place is None or place > 1):
                self.table.append(row)
                continue
            if place is None:
                columns = _columns(row, heads) or columns
                continue
            in_table = False
            if (cell := self._answer_of(row, place, columns)) is not None:
                self.said.setdefault(_key_of(row[place], words), []).append((row[place], cell))

    def _answer_of(self, row: list[Cell], place: int, columns: tuple[int, int]) -> Cell | None:
        """What stands right of the label and is not the hint."""
        first, hint = columns
        right = [cell for cell in row[place + 1 :] if (not first or cell.column >= first) and (not hint or cell.column < hint)]
        if not hint:
            right = [cell for cell in right if layout.folded(cell.text) not in self.hints][:1]
        if len(right) > 1 and all(isinstance(cell.value, str) and not cell.fault for cell in right):
            return replace(right[0], value=" ".join(cell.text for cell in right))
        return right[0] if right else None

    def _wrong(self, cell: Cell, label: str, reason: str) -> None:
        self.found.errors.append(CellError(cell.address, label, reason))

    # ── who ──────────────────────────────────────────────────────────────────

    def _bodies(self) -> None:
        codes, names = self._one_body(layout.CODE), self._one_body(layout.NAME)
        if codes and names and codes[1].pk != names[1].pk:
            words = _("the code and the name mean different local governments: %(code)s and %(name)s.")
            self._wrong(codes[0], str(layout.FIXED[layout.CODE]), words % {"code": codes[1], "name": names[1]})
        elif codes or names:
            self.found.body = (codes or names)[1]  # type: ignore[index]
        for _label, cell in self.said.get(layout.JOINED, []):
            named = self._named(cell, layout.JOINED)
            self.found.joined += [body for body in named if body != self.found.body and body not in self.found.joined]
        for _label, cell in self.said.get(layout.CALL, [])[:1]:
            if re.fullmatch(r"[0-9]{1,9}", cell.text):
                self.found.call = int(cell.text)

    def _one_body(self, key: str) -> tuple[Cell, LocalGovernment] | None:
        for _label, cell in self.said.get(key, [])[:1]:
            if key == layout.NAME and layout.CODE in self.said and self._is_namesake(cell):
                return None  # the code says which
            named = self._named(cell, key)
            return (cell, named[0]) if named else None
        return None

    def _is_namesake(self, cell: Cell) -> bool:
        return bool(sheet_values.bodies([cell]).faults) and not sheet_values.bodies([self.said[layout.CODE][0][1]]).faults

    def _named(self, cell: Cell, key: str) -> list[LocalGovernment]:
        label = str(layout.FIXED[key])
        if cell.fault:
            self._wrong(cell, label, cell.fault)
            return []
        found = naming.Named()
        for line in naming.lines(cell.text):
            one = sheet_values.bodies([Cell(cell.address, cell.row, cell.column, line if isinstance(cell.value, str) else cell.value)])
            found.bodies += one.bodies
            found.faults += one.faults
        for fault in found.faults:
            self._wrong(cell, label, fault)
        return found.bodies

    # ── what ─────────────────────────────────────────────────────────────────

    def _subject(self) -> None:
        for _label, cell in self.said.get(layout.TITLE, [])[:1]:
            text = " ".join(cell.text.split())
            if cell.fault:
                self._wrong(cell, str(layout.FIXED[layout.TITLE]), cell.fault)
            elif len(text) > LONGEST_TITLE:
                self.raw["title"] = text[: answers.LONGEST_RAW]
                words = _("it has %(count)s characters; at most %(most)s can be taken.") % {"count": len(text), "most": LONGEST_TITLE}
                self._wrong(cell, str(layout.FIXED[layout.TITLE]), words)
            else:
                self.found.title = text

    def _questions(self) -> None:
        given: dict[str, Any] = {}
        wrong: dict[str, tuple[Cell, str]] = {}
        for question in layout.asked_in_rows(self.kind):
            for _label, cell in self.said.get(question.key, [])[:1]:
                try:
                    given[question.key] = sheet_values.answer(question, cell)
                except ValidationError as fault:
                    wrong[question.key] = (cell, " ".join(fault.messages))
        for question in layout.asked_in_rows(self.kind):
            if not answers.is_asked(question, given):
                continue  # nobody asked it, so nothing in it is wrong
            if question.key in wrong:
                cell, reason = wrong[question.key]
                self._wrong(cell, str(question.label), reason)
                self.raw |= {} if question.type == Type.MISSION or cell.fault else {question.key: cell.text[: answers.LONGEST_RAW]}
            elif question.type == Type.MISSION:
                self.found.mission = given.get(question.key)
            elif not answers.is_empty(given.get(question.key)):
                self.found.answers[question.key] = given[question.key]

    # ── products and performers ──────────────────────────────────────────────

    def _attractions(self) -> None:
        bodies = [body for body in (self.found.body, *self.found.joined) if body is not None]
        known = _known(bodies)
        columns: dict[int, str] = {}
        count = 0
        for row in self.table:
            if found := _table_columns(row):
                columns = found
                continue
            cells = {columns[cell.column]: cell for cell in row if cell.column in columns}
            if "name" not in cells or count >= MOST_ATTRACTIONS:
                continue
            count += 1
            self._attraction(cells, known)

    def _attraction(self, cells: dict[str, Cell], known: dict[str, list[Attraction]]) -> None:
        name = " ".join(cells["name"].text.split())
        kind = self._sort_of(cells.get("kind"))
        same = known.get(_name_key(name), [])
        wanted = {value for value, _label in layout.sorts(self.kind)}
        fitting = [one for one in same if (one.kind == kind if kind else one.kind in wanted)]
        if fitting:
            self.found.attractions += [one for one in fitting[:1] if one not in self.found.attractions]
            return
        if not kind:
            if "kind" not in cells:
                self._wrong(cells["name"], str(layout.TABLE[0].label), _("say of what sort “%(name)s” is.") % {"name": name[:60]})
            return
        self._propose(cells, kind, name)

    def _sort_of(self, cell: Cell | None) -> str:
        if cell is None:
            return ""
        sorts = layout.sorts(self.kind)
        word = layout.folded(cell.text)
        by_word = {label: value for value, text in Attraction.Kind.choices for label in layout.in_each_language(text)}
        value = by_word.get(word, word)
        if cell.fault or value not in {one for one, _label in sorts}:
            shown = _(", ").join(label for _value, label in sorts)
            reason = cell.fault or _("write one of the choices: %(choices)s.") % {"choices": shown}
            self._wrong(cell, str(layout.TABLE[1].label), reason)
            return ""
        return str(value)

    def _propose(self, cells: dict[str, Cell], kind: str, name: str) -> None:
        values: dict[str, Any] = {}
        faults = len(self.found.errors)
        for column in layout.TABLE[2:]:
            if (cell := cells.get(column.name)) is not None:
                values[column.name] = self._fact(column, cell)
        longest = Attraction._meta.get_field("name_ja").max_length or 100
        if len(name) > longest:
            words = _("it has %(count)s characters; at most %(most)s can be taken.")
            self._wrong(cells["name"], str(layout.TABLE[0].label), words % {"count": len(name), "most": longest})
        if len(self.found.errors) == faults:
            self.found.proposals.append(Proposal(cells["name"].address, kind, name, **values))

    def _fact(self, column: layout.Column, cell: Cell) -> Any:
        if cell.fault:
            self._wrong(cell, str(column.label), cell.fault)
            return None
        if column.name in {"people", "minutes"}:
            try:
                return amount(cell.text, 32_767)
            except ValueError:
                self._wrong(cell, str(column.label), _("write a whole number, such as 12."))
                return None
        longest = Attraction._meta.get_field(column.name).max_length or 0  # type: ignore[union-attr]
        text = " ".join(cell.text.split())
        if len(text) > longest:
            words = _("it has %(count)s characters; at most %(most)s can be taken.") % {"count": len(text), "most": longest}
            self._wrong(cell, str(column.label), words)
        return text


def _columns(row: Iterable[Cell], heads: tuple[list[str], list[str]]) -> tuple[int, int] | None:
    """The columns of the answers and of the hints, if this row is the heading."""
    places = {layout.folded(cell.text): cell.column for cell in row if isinstance(cell.value, str)}
    first = next((places[word] for word in heads[0] if word in places), 0)
    return (first, next((places[word] for word in heads[1] if word in places), 0)) if first else None


@cache
def _table_words() -> dict[str, str]:
    return {label: column.name for column in layout.TABLE for label in layout.in_each_language(column.label)}


def _table_columns(row: Iterable[Cell]) -> dict[int, str]:
    """What each column of the table holds, if this row is its heading."""
    words = _table_words()
    found = {cell.column: words[text] for cell in row if isinstance(cell.value, str) and (text := layout.folded(cell.value)) in words}
    return found if Counter(found.values())["name"] == 1 and len(found) >= 2 else {}


def _known(bodies: Sequence[LocalGovernment]) -> dict[str, list[Attraction]]:
    found: dict[str, list[Attraction]] = {}
    order = {body.pk: place for place, body in enumerate(bodies)}
    rows = Attraction.objects.current().filter(local_government__in=bodies).select_related("local_government__organisation")
    for one in sorted(rows, key=lambda row: order[row.local_government_id]):
        for name in {_name_key(one.name_ja), _name_key(one.name_en)} - {""}:
            found.setdefault(name, []).append(one)
    return found


def _name_key(name: str) -> str:
    return re.sub(r"\s+", "", search_key(name))


def _place(address: str) -> tuple[int, int, str]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", address)
    return (int(match[2]), len(match[1]), match[1]) if match else (0, 0, address)
