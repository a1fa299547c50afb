"""Writes the form of a kind as an Excel file without macros: fit to be filled on a screen, and to be printed and stamped on A4."""

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from municipalities import answers
from municipalities import sheet_layout as layout
from municipalities.models import Attraction, Call, MunicipalRequest
from municipalities.question_fields import missions
from municipalities.question_widgets import said as month_said
from municipalities.questions import Kind, Question, Type
from municipalities.request_forms import fitting
from partnership import dates

_FONT = "游ゴシック"
_NAVY, _PALE, _NEEDED = "00325C", "EEF3F8", "FFFBEA"
_LINE = Side(style="thin", color="8C8C8C")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_TEXT_FORMAT = "@"
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")  # what XML cannot hold


def build(kind: Kind, call: Call | None = None, request: MunicipalRequest | None = None, language: str = "ja") -> bytes:
    """The form of a kind, empty or with the answers of a request.

    Args:
        kind: whose questions stand in it.
        call: which the answer is for; its number and its deadline stand at the top.
        request: whose answers stand in it.
        language: of the words.
    """
    with translation.override(language):
        return _Form(kind, call or (request.call if request else None), request, language).saved()


def file_name(kind: Kind, request: MunicipalRequest | None = None) -> str:
    """A name that every mail gateway lets pass: ASCII alone."""
    return f"{kind.key}{f'-{request.number}' if request and request.number else ''}.xlsx"


class _Form:
    """One workbook while it is written, row by row."""

    def __init__(self, kind: Kind, call: Call | None, request: MunicipalRequest | None, language: str) -> None:
        self.kind, self.call, self.request, self.language = kind, call, request, language
        self.book = Workbook()
        self.sheet: Worksheet = self.book.active
        self.sheet.title = _("Form")
        self.row = 0
        self.number = 0
        self.lists: dict[str, DataValidation] = {}
        self._space = " " if language == "en" else ""
        self.raw: dict[str, Any] = (request.answers.get(answers.RAW) or {}) if request else {}

    def saved(self) -> bytes:
        """Write everything."""
        for letter, width in layout.WIDTHS.items():
            self.sheet.column_dimensions[letter].width = width
        self._head()
        self._applicants()
        self._sections()
        if layout.table_questions(self.kind):
            self._table()
        self._documents()
        self._print_setup()
        self.book.properties.title = str(layout.TITLE_LINE) % {"kind": self.kind.title}
        self.book.properties.creator = _("Local Partnership Cooperation Division")
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()

    # ── blocks ───────────────────────────────────────────────────────────────

    def _head(self) -> None:
        self._across(str(layout.TITLE_LINE) % {"kind": self.kind.title}, size=18, bold=True, color=_NAVY, height=34)
        office = f"{_('Ministry of Foreign Affairs of Japan')}　{_('Local Partnership Cooperation Division')}"
        self._across(office, height=20)
        if self.call is not None:
            self._across(f"{self.call.in_language('title', self.language)}　{self._deadline()}".strip(), bold=True, height=22)
        for line in self._guidance():
            self._across(line, size=10, height=15 * self._lines(line, sum(layout.WIDTHS.values())))
        self.row += 1
        self._header()

    def _deadline(self) -> str:
        if self.call is None or self.call.closes_at is None:
            return _("Open all the time")
        return _("Must arrive by %(moment)s") % {"moment": dates.long_moment(self.call.closes_at, self.language)}

    def _guidance(self) -> Iterable[str]:
        yield _("Write in the framed cells of the column “Answer”. Those with ＊ are needed. Rows may become as high as you like.")
        yield _("Do not change the words of the column “Question”: the form is read by them. Leave empty what does not apply.")
        yield _("Upload the file in the portal, or send it by mail. Full-width figures and Japanese years are understood.")

    def _header(self) -> None:
        self.row += 1
        for letter, label in zip(("A", "B", "C", "H"), layout.HEADING, strict=True):
            self._put(letter, str(label), bold=True, color="FFFFFF", fill=_NAVY, centre=True)
        self._merge_answer(fill=_NAVY)
        self.sheet.row_dimensions[self.row].height = 22
        self.sheet.print_title_rows = f"{self.row}:{self.row}"
        self.sheet.freeze_panes = f"C{self.row + 1}"

    def _heading(self, text: str) -> None:
        self._across(text, size=12, bold=True, color=_NAVY, fill=_PALE, height=24)

    def _applicants(self) -> None:
        self._heading(_("Applicant and subject"))
        parties = [party.local_government for party in self.request.parties.all()] if self.request else []
        applicant = self.request.applicant if self.request else None
        if self.call is not None:
            self._fixed(layout.CALL, str(self.call.pk), str(layout.FIXED_HINTS[layout.CALL]))
        self._fixed(layout.CODE, applicant.code if applicant else "", str(layout.FIXED_HINTS[layout.CODE]), needed=True)
        self._fixed(layout.NAME, str(applicant) if applicant else "", str(layout.FIXED_HINTS[layout.NAME]))
        if self.kind.may_be_joint:
            joined = [f"{body.code} {body}" for body in parties if applicant is None or body.pk != applicant.pk]
            for place in range(max(layout.MOST_JOINED, len(joined))):
                hint = str(layout.FIXED_HINTS[layout.JOINED]) if place == 0 else ""
                text = joined[place] if place < len(joined) else ""
                self._fixed(layout.JOINED, text, hint, suffix=str(place + 1))
        subject = self.request.title if self.request else ""
        self._fixed(layout.TITLE, subject or self.raw.get("title", ""), str(layout.FIXED_HINTS[layout.TITLE]), needed=True)

    def _sections(self) -> None:
        for section in self.kind.sections:
            rows = [question for question in section.questions if question.type != Type.ATTRACTIONS]
            if rows:
                self._heading(str(section.title))
            for question in rows:
                self._question(question)

    def _question(self, question: Question) -> None:
        self._line(
            str(question.label),
            self._answer(question),
            layout.hint(self.kind, question),
            needed=question.required and question.when is None,
        )
        cell = self.sheet[f"C{self.row}"]
        if question.type == Type.DATE:
            cell.number_format = "yyyy-mm-dd" if self.language == "en" else 'yyyy"年"m"月"d"日"'
        elif question.type in {Type.NUMBER, Type.YEN}:
            cell.number_format = "#,##0"
        if question.type == Type.TEXT:
            wanted = 48 if question.longest <= 1000 else 66
            self.sheet.row_dimensions[self.row].height = max(wanted, self.sheet.row_dimensions[self.row].height)
        self._offer(question)

    def _answer(self, question: Question) -> Any:
        if self.request is None:
            return None
        if question.type == Type.MISSION:
            return str(self.request.mission) if self.request.mission else None
        if raw := self.raw.get(question.key):
            return str(raw)
        value = self.request.answers.get(question.key)
        if answers.is_empty(value) or not answers.is_asked(question, self.request.answers):
            return None
        return self._as_written(question, value)

    def _as_written(self, question: Question, value: Any) -> Any:
        """An answer as somebody would have written it into the cell."""
        if question.type == Type.DATE and answers.fits(question, value):
            return dt.date.fromisoformat(value)
        if question.type == Type.MONTHS:
            return "、".join(month_said(month, self.language) for month in value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        joint = "、" if question.type in {Type.CHOICES, Type.COUNTRIES} else "\n"
        return joint.join(answers.words(question, value))

    def _table(self) -> None:
        self._heading(" / ".join(str(question.label) for question in layout.table_questions(self.kind)))
        self._across(_("One a line. What you have registered in the portal already needs its name only."), size=10, height=18)
        self.row += 1
        self._put("A", str(layout.HEADING[0]), bold=True, fill=_PALE, centre=True)
        for column in layout.TABLE:
            self._put(column.letter, str(column.label), bold=True, fill=_PALE, centre=True)
        self.sheet.row_dimensions[self.row].height = 34
        first = self.row + 1
        chosen = list(self.request.attractions.all()) if self.request else []
        rows = [one for question in layout.table_questions(self.kind) for one in fitting(question, chosen)]
        for number in range(1, len(rows) + layout.TABLE_ROWS + 1):
            self._attraction(number, rows[number - 1] if number <= len(rows) else None)
        labels = [label for _value, label in layout.sorts(self.kind)]
        self._list(labels, f"C{first}:C{self.row}")

    def _attraction(self, number: int, attraction: Attraction | None) -> None:
        self.row += 1
        self._put("A", number, centre=True)
        lines = 1
        for column in layout.TABLE:
            value: Any = None
            if attraction is not None:
                value = str(attraction) if column.name == "name" else getattr(attraction, column.name)
                value = str(attraction.get_kind_display()) if column.name == "kind" else value
            self._put(column.letter, value)
            lines = max(lines, self._lines(str(value or ""), layout.WIDTHS[column.letter]))
        self.sheet.row_dimensions[self.row].height = max(24, 16 * lines + 4)

    def _documents(self) -> None:
        """What is sent along, if anything is asked for."""
        if not self.kind.documents:
            return
        self._heading(_("Documents to send along"))
        for document in self.kind.documents:
            help_text = f"　{document.help}" if document.help else ""
            need = f"（{_('required')}）" if document.required else ""
            self._across(f"・{document.label}{need}{help_text}", size=10, height=18)

    # ── rows and cells ───────────────────────────────────────────────────────

    def _fixed(self, key: str, value: str, hint: str, *, suffix: str = "", needed: bool = False) -> None:
        self._line(f"{layout.FIXED[key]}{suffix and self._space}{suffix}", value or None, hint, needed=needed)

    def _line(self, label: str, value: Any, hint: str, *, needed: bool) -> None:
        self.row += 1
        self.number += 1
        self._put("A", self.number, centre=True)
        self._put("B", f"{label} ＊" if needed else label, bold=True, fill=_PALE)
        self._put("C", value, fill=_NEEDED if needed else "")
        self._merge_answer(fill=_NEEDED if needed else "")
        self._put("H", hint or None, size=9)
        text = f"{value:,}" if isinstance(value, int) else str(value or "")
        widths = ((f"{label} ＊", layout.WIDTHS["B"] * 0.92, 17), (text, 60, 17), (hint, layout.WIDTHS["H"] * 1.15, 13.5))
        self.sheet.row_dimensions[self.row].height = min(400, max(24, *(self._lines(one, width) * high + 7 for one, width, high in widths)))

    def _put(
        self, letter: str, value: Any, *, size: int = 11, bold: bool = False, color: str = "1A1A1A", fill: str = "", centre: bool = False
    ) -> None:
        cell = self.sheet[f"{letter}{self.row}"]
        _write(cell, value)
        cell.font = Font(name=_FONT, size=size, bold=bold, color=color)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if centre else "left")
        cell.border = _BOX
        if fill:
            cell.fill = PatternFill("solid", start_color=fill)

    def _merge_answer(self, *, fill: str = "") -> None:
        first, last = layout.ANSWER_COLUMNS
        for letter in "DEFG":
            cell = self.sheet[f"{letter}{self.row}"]
            cell.border = _BOX
            if fill:
                cell.fill = PatternFill("solid", start_color=fill)
        self.sheet.merge_cells(f"{first}{self.row}:{last}{self.row}")

    def _across(self, text: str, *, size: int = 11, bold: bool = False, color: str = "1A1A1A", fill: str = "", height: float = 18) -> None:
        self.row += 1
        cell = self.sheet[f"{layout.FIRST}{self.row}"]
        _write(cell, text)
        cell.font = Font(name=_FONT, size=size, bold=bold, color=color)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        if fill:
            cell.fill = PatternFill("solid", start_color=fill)
        self.sheet.merge_cells(f"{layout.FIRST}{self.row}:{layout.LAST}{self.row}")
        self.sheet.row_dimensions[self.row].height = height

    @staticmethod
    def _lines(text: str, width: float) -> int:
        """About how many lines a text takes in a column: Japanese signs are two figures wide."""
        return sum(
            max(1, math.ceil(sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line) / (width - 1)))
            for line in text.split("\n")
        )

    # ── lists to choose from ─────────────────────────────────────────────────

    def _offer(self, question: Question) -> None:
        if question.type == Type.YES:
            self._list([_("yes"), _("no")], f"C{self.row}")
        elif question.type == Type.CHOICE:
            self._list([str(label) for _key, label in question.choices], f"C{self.row}")
        elif question.type == Type.MISSION:
            self._list_of_missions(f"C{self.row}")

    def _list(self, labels: list[str], cells: str) -> None:
        formula = '"' + ",".join(labels) + '"'
        if len(formula) > 255 or any("," in label or '"' in label for label in labels):
            return  # Excel takes no such list; the hint names the choices
        if formula not in self.lists:
            self.lists[formula] = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
            self.lists[formula].error = _("Please choose from the list.")
            self.sheet.add_data_validation(self.lists[formula])
        self.lists[formula].add(cells)

    def _list_of_missions(self, cell: str) -> None:
        """A sheet of its own: 256 names are too many for a list inside a cell’s rule. Other names may be typed."""
        names = self.book.create_sheet(str(layout.MISSIONS))
        names.column_dimensions["A"].width, names.column_dimensions["B"].width = 22, 60
        rows = missions().order_by("country__kana_order" if self.language == "ja" else "country__name_en", "name_en")
        for number, mission in enumerate(rows, start=1):
            for letter, value in (("A", str(mission.country)), ("B", str(mission))):
                _write(names[f"{letter}{number}"], value)
                names[f"{letter}{number}"].font = Font(name=_FONT, size=11)
        rule = DataValidation(type="list", formula1=f"'{names.title}'!$B$1:$B${max(1, names.max_row)}", allow_blank=True)
        self.sheet.add_data_validation(rule)
        rule.add(cell)

    def _print_setup(self) -> None:
        sheet = self.sheet
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", sheet.PAPERSIZE_A4
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.page_margins.left = sheet.page_margins.right = 0.45
        sheet.page_margins.top = sheet.page_margins.bottom = 0.6
        sheet.print_area = f"{layout.FIRST}1:{layout.LAST}{self.row}"
        sheet.oddFooter.left.text = (self.request.number if self.request else "") or f"{timezone.localdate():%Y-%m-%d}"
        sheet.oddFooter.right.text = "&P / &N"
        sheet.sheet_view.showGridLines = False


def _write(cell: Any, value: Any) -> None:
    """Put a value into a cell. A text stays a text, whatever it begins with: no formula ever starts here."""
    if value is None:
        cell.number_format = _TEXT_FORMAT
    elif isinstance(value, str):
        cell.value = _UNFIT.sub("", value)
        cell.data_type = "s"
        cell.number_format = _TEXT_FORMAT
        cell.quotePrefix = value[:1] in "=+-@＝＋－＠"
    else:
        cell.value = value
