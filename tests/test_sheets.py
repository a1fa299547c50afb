"""The Excel form: written for people, read by its visible words, whatever a mail gateway or a colleague has done to it."""

import contextlib
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from municipalities import answers, sheets
from municipalities import sheet_layout as layout
from municipalities.kinds import KINDS, kind_of
from municipalities.models import LocalGovernment, MunicipalRequest
from municipalities.questions import Kind, Question, Type
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db
TOUR = kind_of("diplomats_study_tour")


def upload(content: bytes, name: str = "form.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def changed(content: bytes, change: Callable[[Worksheet], None]) -> SimpleUploadedFile:
    """The form after somebody worked on its first sheet."""
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return upload(file.getvalue())


def row_of(sheet: Worksheet, label: str) -> int:
    """The row that begins with this label."""
    wanted = layout.folded(label)
    return next(
        cell.row
        for row in sheet.iter_rows(max_col=4)
        for cell in row
        if isinstance(cell.value, str) and layout.folded(cell.value) == wanted
    )


def fill(kind: Kind, values: dict[str, Any], language: str = "ja") -> SimpleUploadedFile:
    """The empty form with these answers typed into it; keys are those of the questions and of the fixed rows."""

    def write(sheet: Worksheet) -> None:
        with translation.override(language):
            for key, value in values.items():
                question = kind.question(key)
                label = str(question.label) if question else str(layout.FIXED[key])
                sheet[f"C{row_of(sheet, label + (' 1' if key == layout.JOINED else ''))}"].value = value

    return changed(sheets.build(kind, language=language), write)


@pytest.fixture
def city(db: None) -> LocalGovernment:
    prefecture = factories.local_government("広島県", kind="prefecture", name_en="Hiroshima Prefecture", first_five="34000")
    return factories.local_government("広島市", prefecture=prefecture, name_en="Hiroshima City", first_five="34100")


# ── writing ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_a_form_for_screen_and_paper(kind: Kind, language: str) -> None:
    factories.mission("CA")
    content = sheets.build(kind, language=language)
    assert not [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "vba" in name.lower()]
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    assert sheet.print_title_rows
    assert sheet.freeze_panes
    assert not sheet.protection.sheet
    with translation.override(language):
        for question in layout.asked_in_rows(kind):
            assert row_of(sheet, str(question.label))
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    empty = sheets.read(upload(content))
    assert empty.kind is kind
    assert (empty.answers, empty.errors, empty.title) == ({}, [], "")


def test_the_form_of_a_call_names_its_deadline() -> None:
    call = factories.call(closes_at=dt.datetime(2027, 2, 12, 17, 0, tzinfo=dt.timezone(dt.timedelta(hours=9))))
    sheet = load_workbook(io.BytesIO(sheets.build(TOUR, call=call))).worksheets[0]
    top = " ".join(str(sheet[f"A{row}"].value or "") for row in range(1, 6))
    assert "2027年2月12日（金）17:00" in top
    assert call.title_ja in top
    assert sheets.read(upload(sheets.build(TOUR, call=call))).call == call.pk


def test_what_looks_like_a_formula_stays_text(city: LocalGovernment) -> None:
    request = factories.municipal_request(city, kind=TOUR.key, title='=HYPERLINK("x")', answers={"purpose": "=1+1", "places": "@SUM(A1)"})
    content = sheets.build(TOUR, request=request)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    found = sheets.read(upload(content))
    assert (found.title, found.answers["purpose"], found.answers["places"]) == ('=HYPERLINK("x")', "=1+1", "@SUM(A1)")


def test_its_name_passes_every_gateway(city: LocalGovernment) -> None:
    request = factories.municipal_request(city, kind=TOUR.key)
    for name in (sheets.file_name(TOUR), sheets.file_name(TOUR, request)):
        assert re.fullmatch(r"[A-Za-z0-9_-]+\.xlsx", name)


# ── reading ──────────────────────────────────────────────────────────────────

TYPED = {
    layout.CODE: "３４１００２",
    layout.TITLE: "酒蔵と島をめぐる",
    "purpose": "魅力を知っていただく。\n二行目",
    "places": "酒蔵",
    "months": "令和９年１０月、R9.6",
    "days": "1泊2日",
    "lodging": "旅館",
    "guests": "約４０名",
    "exchange": "企業、学校・学生",
    "countries": "ノルウェー、カナダ",
    "cost": "１５０万円",
    "publish": "○",
    "contact_phone": "０８２－５０４－２１０６",
}
READ = {
    "purpose": "魅力を知っていただく。\n二行目",
    "places": "酒蔵",
    "months": ["2027-10", "2027-06"],
    "days": "two",
    "lodging": "旅館",
    "guests": 40,
    "exchange": ["companies", "students"],
    "countries": ["NO", "CA"],
    "cost": 1_500_000,
    "publish": True,
    "contact_phone": "082-504-2106",
}


@pytest.fixture
def countries(db: None) -> None:
    for code in ("NO", "CA"):
        factories.country(code)


@pytest.mark.usefixtures("countries")
def test_what_offices_type_is_understood(city: LocalGovernment) -> None:
    found = sheets.read(fill(TOUR, TYPED))
    assert not found.errors
    assert found.body == city
    assert found.title == "酒蔵と島をめぐる"
    assert found.answers == READ
    assert answers.tidied(TOUR, found.answers) == found.answers


def values_only(file: SimpleUploadedFile, *, down: int = 0, right: int = 0) -> SimpleUploadedFile:
    """What a gateway leaves: values, without styles, merged cells, names and rules; moved, among other sheets."""
    source = load_workbook(io.BytesIO(file.read())).worksheets[0]
    book = Workbook()
    book.active.title = "表紙"
    book.active["A1"] = "決裁欄"
    target = book.create_sheet("Sheet2")
    for row in source.iter_rows():
        for cell in row:
            if cell.value is not None:
                target.cell(cell.row + down, cell.column + right, cell.value)
    out = io.BytesIO()
    book.save(out)
    return upload(out.getvalue())


@pytest.mark.usefixtures("countries")
@pytest.mark.parametrize(("down", "right"), [(0, 0), (3, 2)])
def test_values_alone_are_enough(city: LocalGovernment, down: int, right: int) -> None:
    found = sheets.read(values_only(fill(TOUR, TYPED), down=down, right=right))
    assert not found.errors
    assert (found.kind, found.body, found.title, found.answers) == (TOUR, city, TYPED[layout.TITLE], READ)


@pytest.mark.usefixtures("countries")
def test_rows_may_be_inserted_and_the_head_removed(city: LocalGovernment) -> None:
    def work(sheet: Worksheet) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        heading = row_of(sheet, str(layout.HEADING[1]))
        sheet.insert_rows(heading + 4, 3)
        sheet[f"B{heading + 5}"] = "（課内メモ）係長確認済み"
        sheet.delete_rows(1, heading)

    found = sheets.read(changed(fill(TOUR, TYPED).read(), work), kind_hint=TOUR)
    assert not found.errors
    assert found.answers == READ
    # without its title and without a hint the questions tell the kind
    assert sheets.read(changed(fill(TOUR, TYPED).read(), work)).kind is TOUR


def test_the_words_of_either_language_do(city: LocalGovernment) -> None:
    with translation.override("ja"):
        found = sheets.read(
            fill(TOUR, {layout.CODE: "341002", "days": "two days", "exchange": "companies, students, or so"}, language="en")
        )
    assert found.answers["days"] == "two"
    assert [error.cell for error in found.errors]
    found = sheets.read(fill(TOUR, {"exchange": "companies / schools and students"}, language="en"))
    assert found.answers["exchange"] == ["companies", "students"]


def test_days_and_numbers_of_excel(city: LocalGovernment) -> None:
    kind = kind_of("send_employee")
    for value in (dt.date(2028, 4, 1), dt.datetime(2028, 4, 1), 46844, "令和10年4月1日", "Ｒ１０．４．１", "2028/4/1"):  # noqa: DTZ001
        assert sheets.read(fill(kind, {"starts": value})).answers["starts"] == "2028-04-01"
    found = sheets.read(fill(TOUR, {"months": dt.date(2027, 5, 1), "guests": 40.0, "contact_phone": 825042106, "publish": False}))
    assert found.answers == {"months": ["2027-05"], "guests": 40, "contact_phone": "0825042106", "publish": False}


def test_a_code_that_became_a_number(db: None) -> None:
    sapporo = factories.local_government("札幌市", first_five="01100")
    assert sheets.read(fill(TOUR, {layout.CODE: 11002})).body == sapporo


# ── who ──────────────────────────────────────────────────────────────────────


def test_bodies_by_code_or_name(city: LocalGovernment) -> None:
    prefecture = city.prefecture
    for value in ("広島県", "340006", "340006 広島県", 340006):
        found = sheets.read(fill(TOUR, {layout.NAME: "広島市", layout.JOINED: value}))
        assert (found.body, found.joined, found.errors) == (city, [prefecture], [])


def test_namesakes_are_named_and_not_guessed(db: None) -> None:
    aki = factories.local_government("広島県", kind="prefecture", first_five="34000")
    tokyo = factories.local_government("東京都", kind="prefecture", first_five="13000")
    town = factories.local_government("府中町", kind="town", prefecture=aki, first_five="34302")
    factories.local_government("府中町", kind="town", prefecture=tokyo, first_five="13302")
    found = sheets.read(fill(TOUR, {layout.NAME: "府中町"}))
    assert found.body is None
    assert "広島県" in found.errors[0].sentence
    assert "東京都" in found.errors[0].sentence
    assert sheets.read(fill(TOUR, {layout.NAME: "広島県府中町"})).body == town
    assert sheets.read(fill(TOUR, {layout.NAME: "府中町", layout.CODE: town.code})).body == town


def test_code_and_name_that_disagree(city: LocalGovernment) -> None:
    found = sheets.read(fill(TOUR, {layout.CODE: "340006", layout.NAME: "広島市"}))
    assert found.body is None
    assert len(found.errors) == 1


def test_the_mission_by_its_name(city: LocalGovernment) -> None:
    kind = kind_of("mission_facility")
    canada = factories.country("CA")
    vancouver = factories.mission(country=canada, name_ja="在バンクーバー日本国総領事館", name_en="Consulate-General of Japan in Vancouver")
    factories.mission(country=canada, name_ja="在カナダ日本国大使館", name_en="Embassy of Japan in Canada")
    for text in ("在バンクーバー日本国総領事館", "バンクーバー総領事館", "Consulate-General of Japan in Vancouver"):
        assert sheets.read(fill(kind, {"mission": text})).mission == vancouver
    found = sheets.read(fill(kind, {"mission": "月面"}))
    assert found.mission is None
    assert "月面" in found.errors[0].sentence


# ── products and performers ──────────────────────────────────────────────────


def with_table(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    """A tour with rows in the table of products."""

    def write(sheet: Worksheet) -> None:
        sheet[f"C{row_of(sheet, str(layout.FIXED[layout.CODE]))}"] = "341002"
        first = row_of(sheet, str(layout.TABLE[0].label)) + 1
        for number, row in enumerate(rows):
            for place, value in enumerate(row, start=2):
                sheet.cell(first + number, place, value)

    return changed(sheets.build(TOUR), write)


def test_products_are_found_or_proposed(city: LocalGovernment) -> None:
    cake = factories.attraction(city, kind="food", name_ja="もみじ饅頭", name_en="Momiji Manju")
    factories.attraction(kind="food", name_ja="よその菓子")
    found = sheets.read(
        with_table(
            ("ﾓﾐｼﾞ饅頭",), (None,), ("よその菓子", "食べ物", "広島市", "卵", None, None, "冷蔵"), ("神楽", "芸能", "", "", "１２人", 15.0)
        )
    )
    assert not found.errors
    assert found.attractions == [cake]  # in half-width kana
    snack, dance = found.proposals
    assert (snack.name, dance.name) == ("よその菓子", "神楽")  # what another body registered is not this one’s
    assert (snack.kind, snack.origin, snack.allergens, snack.needs) == ("food", "広島市", "卵", "冷蔵")
    assert (dance.kind, dance.people, dance.minutes) == ("performing_art", 12, 15)


def test_a_product_without_its_sort_is_asked_for(city: LocalGovernment) -> None:
    found = sheets.read(with_table(("新しい菓子",), ("別の菓子", "宇宙船"), ("舞", "芸能", "", "", "たくさん")))
    assert not found.proposals
    assert len(found.errors) == 3
    assert all(re.fullmatch(r"[A-H]\d+", error.cell) for error in found.errors)


# ── errors ───────────────────────────────────────────────────────────────────


def test_errors_name_the_cell_in_plain_words(city: LocalGovernment) -> None:
    file = fill(TOUR, {"months": "来年の春", "guests": "たくさん", "days": "一週間", "publish": "たぶん", "purpose": "長" * 3000})
    found = sheets.read(file)
    months = next(error for error in found.errors if "来年" in found.answers["_raw"].get("months", "") and "希望する月" in error.label)
    sheet = load_workbook(io.BytesIO(sheets.build(TOUR))).worksheets[0]
    assert months.cell == f"C{row_of(sheet, '希望する月')}"
    assert months.sentence.startswith(f"セル{months.cell}「希望する月」：")
    assert len(found.errors) == 5
    assert found.answers["_raw"]["guests"] == "たくさん"  # nothing typed is lost
    assert "3000" in "".join(error.sentence for error in found.errors).replace(",", "")
    with translation.override("en"):
        assert f"Cell {months.cell}" in sheets.read(fill(TOUR, {"months": "来年の春"})).errors[0].sentence


def test_formulas_need_a_result(city: LocalGovernment) -> None:
    found = sheets.read(fill(TOUR, {"guests": "=20+20", "purpose": "目的"}))
    assert [error.label for error in found.errors] == ["受入れ可能な人数"]
    assert found.answers == {"purpose": "目的"}


def test_questions_that_are_not_asked_are_left_out(city: LocalGovernment) -> None:
    found = sheets.read(fill(TOUR, {"days": "1日", "lodging": "旅" * 3000}))
    assert (found.answers, found.errors) == ({"days": "one"}, [])


def _zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        with zipfile.ZipFile(io.BytesIO(sheets.build(TOUR))) as form:
            for name in form.namelist():
                packed.writestr(name, form.read(name))
        packed.writestr("xl/worksheets/sheet9.xml", b"0" * 300_000_000)
    return file.getvalue()


def _broken() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheets.build(TOUR))) as form, zipfile.ZipFile(file, "w") as packed:
        for name in form.namelist():
            packed.writestr(name, form.read(name)[:200] if name.endswith("sheet1.xml") else form.read(name))
    return file.getvalue()


def _entities() -> bytes:
    file = io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(io.BytesIO(sheets.build(TOUR))) as form, zipfile.ZipFile(file, "w") as packed:
        for name in form.namelist():
            packed.writestr(name, bomb if "sheet1.xml" in name else form.read(name))
    return file.getvalue()


def _long() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(2000):
        sheet.append([number])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _other() -> bytes:
    book = Workbook()
    book.active["A1"] = "在庫表"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content", [lambda: b"", lambda: b"PK\x03\x04garbage", _zip_bomb, _broken, _entities, _long, _other], ids=lambda make: make.__name__
)
def test_what_is_no_form_is_refused_readably(content: Callable[[], bytes]) -> None:
    with pytest.raises(Refused) as refused:
        sheets.read(upload(content()))
    assert len(str(refused.value)) > 10


@pytest.mark.parametrize("name", ["form.xls", "form.xlsm", "form.csv", "form"])
def test_other_formats_are_refused(name: str) -> None:
    with pytest.raises(Refused):
        sheets.read(upload(sheets.build(TOUR), name))


# ── any answers at all ───────────────────────────────────────────────────────

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Cf")), min_size=1, max_size=40)
LINES = WORDS.map(lambda text: " ".join(text.split())).filter(lambda text: text == text.strip() and bool(text))
MONTH = st.builds(lambda year, month: f"{year}-{month:02d}", st.integers(2026, 2030), st.integers(1, 12))
ANSWERS: dict[Type, Callable[[Question], st.SearchStrategy[Any]]] = {
    Type.LINE: lambda _question: LINES,
    Type.TEXT: lambda _question: st.lists(LINES, min_size=1, max_size=3).map("\n".join),
    Type.PHONE: lambda _question: st.from_regex(r"0[1-9][0-9]-[0-9]{3}-[0-9]{4}", fullmatch=True),
    Type.EMAIL: lambda _question: st.from_regex(r"[a-z]{3,9}@[a-z]{3,9}\.example\.jp", fullmatch=True),
    Type.NUMBER: lambda question: st.integers(0, question.most),
    Type.YEN: lambda question: st.integers(0, question.most),
    Type.YES: lambda _question: st.booleans(),
    Type.CHOICE: lambda question: st.sampled_from([key for key, _label in question.choices]),
    Type.CHOICES: lambda question: st.lists(st.sampled_from([key for key, _label in question.choices]), min_size=1, unique=True),
    Type.DATE: lambda _question: st.dates(dt.date(2026, 1, 1), dt.date(2040, 12, 31)).map(dt.date.isoformat),
    Type.MONTHS: lambda _question: st.lists(MONTH, min_size=1, max_size=6, unique=True),
    Type.COUNTRIES: lambda _question: st.one_of(st.just(["*"]), st.lists(st.sampled_from(["NO", "CA", "FR"]), min_size=1, unique=True)),
}


@st.composite
def answered(draw: st.DrawFn) -> tuple[Kind, dict[str, Any]]:
    """A kind with answers to some of its questions, each of them asked."""
    kind = draw(st.sampled_from(list(KINDS.values())))
    given: dict[str, Any] = {}
    for question in kind.questions:
        if not question.type.is_row and answers.is_asked(question, given) and draw(st.booleans()):
            given[question.key] = draw(ANSWERS[question.type](question))
    return kind, given


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(answered(), st.sampled_from(["ja", "en"]))
def test_what_is_written_is_read_again(city: LocalGovernment, filled: tuple[Kind, dict[str, Any]], language: str) -> None:
    kind, values = filled
    for code in ("NO", "CA", "FR"):
        factories.country(code)
    request = MunicipalRequest(kind=kind.key, applicant=city, title="件名", answers=values)
    request.pk = 0
    content = sheets.build(kind, request=request, language=language)
    found = sheets.read(upload(content))
    assert not found.errors
    assert found.answers == values
    assert (found.kind, found.body, found.title) == (kind, city, "件名")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(1, 9), st.one_of(st.text(max_size=30), st.floats(), st.booleans(), st.dates())),
        max_size=12,
    )
)
def test_nonsense_is_no_accident(city: LocalGovernment, cells: list[tuple[int, int, Any]]) -> None:
    def write(sheet: Worksheet) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        for row, column, value in cells:
            text = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", value) if isinstance(value, str) else value
            sheet.cell(row, column).value = text

    with contextlib.suppress(Refused):
        found = sheets.read(changed(sheets.build(TOUR), write), kind_hint=TOUR)
        assert all(error.sentence for error in found.errors)
        kept = {key: value for key, value in found.answers.items() if key != answers.RAW}
        assert answers.tidied(TOUR, kept) == kept


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        sheets.read(upload(b"PK\x03\x04" + content))


@pytest.mark.usefixtures("countries")
def test_a_word_that_is_no_choice_is_named_as_it_was_typed(city):
    sheet = sheets.read(fill(TOUR, {"countries": "カナダ、ドィツ", "exchange": "企業、オペラ座"}))
    said = " ".join(str(error.sentence) for error in sheet.errors)
    assert "「ドィツ」" in said or "“ドィツ”" in said
    assert "オペラ座" in said
    assert "どぃつ" not in said
    assert "のるうぇー" not in said
