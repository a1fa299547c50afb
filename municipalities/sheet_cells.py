"""The cells of an uploaded workbook, as plain values: whatever a file holds, what comes out is a small table or a readable refusal."""

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from partnership import attachments
from partnership.fields import tidy
from partnership.transitions import Refused

MOST_SHEETS = 10
MOST_ROWS = 800  # our longest form has about 90
MOST_COLUMNS = 40
LONGEST = 33_000  # characters of one cell; Excel itself ends at 32,767


@dataclass(frozen=True)
class Cell:
    """One filled cell."""

    address: str
    row: int
    column: int
    value: Any  # text, a number, a day, or True and False; never empty
    fault: str = ""  # why its value cannot be used

    @property
    def text(self) -> str:
        """Its value as somebody would have typed it."""
        if isinstance(self.value, bool):
            return _("yes") if self.value else _("no")
        if isinstance(self.value, float) and self.value.is_integer() and abs(self.value) < 1e15:
            return str(int(self.value))
        if isinstance(self.value, dt.datetime):
            return self.value.date().isoformat()
        return self.value.isoformat() if isinstance(self.value, dt.date) else str(self.value)


@dataclass
class Grid:
    """One sheet: its filled cells by row."""

    title: str
    rows: dict[int, list[Cell]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[list[Cell]]:
        return iter(self.rows[number] for number in sorted(self.rows))


def grids(upload: Any) -> list[Grid]:
    """The sheets of an uploaded file.

    Raises:
        Refused: for anything but a plain .xlsx of a reasonable size.
    """
    checked = attachments.check(upload)
    if not checked.name.lower().endswith(".xlsx"):
        raise Refused(_("“%(name)s” is not an Excel file (.xlsx).") % {"name": checked.name})
    try:
        return _read(checked.content)
    except Refused as refused:
        raise Refused(_("“%(name)s” was not taken. %(why)s") % {"name": checked.name, "why": refused}) from refused
    except Exception as fault:
        raise Refused(
            _("“%(name)s” cannot be opened. Please open it in Excel, save it again as .xlsx, and send that.") % {"name": checked.name}
        ) from fault


def _read(content: bytes) -> list[Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts of the file that do not matter here
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        written = load_workbook(io.BytesIO(content), read_only=True)
        if len(values.worksheets) > MOST_SHEETS:
            raise Refused(_("It has more than %(most)s sheets.") % {"most": MOST_SHEETS})
        return [_grid(sheet, formulas) for sheet, formulas in zip(values.worksheets, written.worksheets, strict=True)]


def _grid(sheet: Any, formulas: Any) -> Grid:
    found = Grid(sheet.title)
    for one in (sheet, formulas):
        one.reset_dimensions()  # what the file says of its size may be wrong
    limits = {"max_row": MOST_ROWS + 1, "max_col": MOST_COLUMNS}
    for number, (row, other) in enumerate(zip(sheet.iter_rows(**limits), formulas.iter_rows(**limits), strict=False), start=1):
        cells = [cell for place, one in enumerate(row, start=1) if (cell := _cell(one, other[place - 1 : place], number, place))]
        if not cells:
            continue
        if number > MOST_ROWS:
            raise Refused(_("The sheet “%(sheet)s” has more than %(most)s rows.") % {"sheet": sheet.title, "most": MOST_ROWS})
        found.rows[number] = cells
    return found


def _cell(one: Any, other: Any, row: int, column: int) -> Cell | None:
    value, address = one.value, f"{get_column_letter(column)}{row}"
    formula = bool(other) and other[0].data_type == "f"
    if value is None or value == "":
        words = _("it holds a formula without a result. Write the value itself.")
        return Cell(address, row, column, "=", words) if formula else None
    if one.data_type == "e" or (formula and isinstance(value, str) and re.fullmatch(r"#[A-Z0-9/]+[!?]?", value)):
        return Cell(address, row, column, str(value), _("its formula has gone wrong. Write the value itself."))
    if not isinstance(value, str):
        return Cell(address, row, column, value)
    if len(value) > LONGEST:
        return Cell(address, row, column, value[:50], _("it has %(count)s characters, too many.") % {"count": f"{len(value):,}"})
    text = tidy(re.sub(r"[\x00\ud800-\udfff]", "", value), lines=True).strip()
    return Cell(address, row, column, text) if text else None
