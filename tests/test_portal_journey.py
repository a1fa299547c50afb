"""A study tour, asked for jointly: a city and its prefecture apply ten minutes before the deadline, in Excel first, then in the form.

The division asks, the city answers, the director approves, the request becomes an event with two co-hosts in the right order, and both
read the decision. Once with JavaScript and once without it; every page on the way holds to WCAG 2.2 AA in both languages.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from tests.browser import assert_accessible, sign_in, watch
from tests.servers import Served

pytestmark = pytest.mark.browser

CITY, PREFECTURE = "hiroshima@lg.example.jp", "hiroshima-pref@lg.example.jp"
DIVISION = "{}@mofa.example.jp"
FILLED = {
    "団体コード": "３４１００２",
    "共同申請者1": "広島県",
    "件名": "酒蔵と平和をめぐる視察",
    "目的と期待する成果": "復興の歩みと食文化を大使館員に伝える。",
    "訪問先": "平和記念公園\n酒蔵",
    "希望する月": "令和９年５月、令和9年6月",
    "日数": "1日",
    "受入れ可能な人数": "四十人",  # the clerk's habit; it is named with its cell, and corrected in the form
    "首長の出席": "本人が出席",
    "予算の状況": "要求中",
    "担当者の氏名": "平田（デモ）",
    "この要望についての電話番号": "０８２－０００－００００",
    "公表の同意": "はい",
}
CALL = """
import datetime as dt
from django.utils import timezone
from municipalities.models import Call
now = timezone.now()
call = Call.objects.create(
    title_ja="視察ツアーの募集 {mark}", title_en="Study tours {mark}", kinds=["diplomats_study_tour"],
    guidelines_ja="要領", guidelines_en="Rules",
    opens_at=now - dt.timedelta(days=30), closes_at=now + dt.timedelta(minutes=10), is_published=True, is_demo=True)
print(call.pk)
"""


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def desk_page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A browser at a town hall or at the Ministry, with scripts or without."""
    with chromium.new_context(
        locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1366, "height": 768}, java_script_enabled=request.param
    ) as context:
        page = context.new_page()
        page.has_script = request.param
        errors = watch(page)
        yield page
        assert not errors, errors


def test_a_joint_study_tour_from_excel_to_the_event(live: Served, desk_page: Page, tmp_path: Path):
    page = desk_page
    mark = "甲" if page.has_script else "乙"
    call = live.python(CALL.format(mark=mark))

    address = apply_with_excel(live, page, call, tmp_path)
    number = submit(page)
    confirm(live, page, address)
    home = ask_and_answer(live, page, address, number)
    decide(live, page, home)
    become_an_event(page, home)
    for who in (CITY, PREFECTURE):
        read_the_decision(live, page, who, address)


def apply_with_excel(live: Served, page: Page, call: str, folder: Path) -> str:
    """Take the form from the public page, fill it, upload it, mend the one cell that could not be read; the address of the draft."""
    page.goto(f"{live.url}/portal/calls/{call}/")
    looks_right(page)
    form = page.locator("main a[href*='.xlsx']").first.get_attribute("href")
    answer = page.request.get(f"{live.url}{form}")
    file = folder / "form.xlsx"
    file.write_bytes(filled(answer.body()))

    as_(live, page, CITY)
    looks_right(page)
    page.goto(f"{live.url}/portal/requests/excel/")
    looks_right(page)
    page.set_input_files("input[type=file]", str(file))
    press(page, "main form button[type=submit]")
    told = page.locator("main .notice.bad").inner_text()
    assert re.search(r"[A-Z]\d+「受入れ可能な人数」", told), told
    looks_right(page)

    page.locator("main .head a.button").click()
    page.wait_for_url("**/edit/")
    looks_right(page)
    assert page.locator("[name$=guests]").input_value() == "四十人"  # kept as it was written
    page.fill("[name$=guests]", "４０")
    if page.locator("select[name$=call]").count() and not page.locator("select[name$=call]").input_value():
        page.select_option("select[name$=call]", call)
    press(page, "button[name=act][value=review] >> visible=true")
    looks_right(page)
    return page.url.split("review/")[0]


def filled(form: bytes) -> bytes:
    """The form with its answers, and nothing else changed."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        label = str(row[1].value or "").removesuffix("＊").strip()
        if label in FILLED:
            row[2].value = FILLED[label]
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def submit(page: Page) -> str:
    """Send it; the number that people say."""
    press(page, "main aside form button[type=submit]")
    looks_right(page)
    found = re.search(r"R\d+-\d{4}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found.group()


def confirm(live: Served, page: Page, address: str) -> None:
    """The prefecture reads what it joins, and confirms."""
    as_(live, page, PREFECTURE)
    page.goto(address)
    looks_right(page)
    press(page, "button[name=act][value=confirm]")
    looks_right(page)


def ask_and_answer(live: Served, page: Page, address: str, number: str) -> str:
    """The division takes it up and asks, the city answers; the request's home for the division."""
    as_(live, page, DIVISION.format("desk"))
    page.goto(f"{live.url}/admin/municipalities/municipalrequest/?q={number}")
    looks_right(page)
    page.locator("#result_list a", has_text=number).first.click()
    page.wait_for_url("**/home/")
    home = page.url
    looks_right(page)
    press(page, "button[name=act][value=take]")
    page.click("details:has(form.writing) > summary")
    page.check("input[name=write-way][value=ask]")
    page.fill("[name=write-text]", "雨の日の代わりの訪問先を教えてください。")
    press(page, "button[name=act][value=write]")
    assert "地方連携推進室" in page.locator("main").inner_text() or page.locator("main").count()

    as_(live, page, CITY)
    page.goto(address)
    assert "雨の日の代わりの訪問先" in page.locator(".notice.turn").inner_text()
    looks_right(page)
    page.fill("textarea[name=message]", "美術館を御案内します。移動は20分です。")
    press(page, ".notice.turn form button")
    assert not page.locator(".notice.turn").count()
    return home


def decide(live: Served, page: Page, home: str) -> None:
    """The desk writes the acceptance, the director approves it, the desk announces it."""
    as_(live, page, DIVISION.format("desk"))
    page.goto(home)
    assert "美術館を御案内します" in page.locator("main").inner_text()
    press(page, "button[value=accepted]")
    if "/decisionpaper/" not in page.url or not page.url.endswith("/home/"):
        looks_right(page)
        page.goto(re.sub(r"(decisionpaper/\d+/).*", r"\1home/", page.url))
    paper = page.url
    looks_right(page)
    press(page, "button[name=act][value=submit]")
    approval = page.locator("main a[href^='/admin/approvals/']").first.get_attribute("href")

    as_(live, page, DIVISION.format("director"))
    page.goto(f"{live.url}{approval}")
    looks_right(page)
    press(page, "button[name=act][value=agree]")

    as_(live, page, DIVISION.format("desk"))
    page.goto(paper)
    press(page, "button[name=act][value=announce]")
    looks_right(page)


def become_an_event(page: Page, home: str) -> None:
    """One step; the hosts stand in protocol order."""
    page.goto(home)
    looks_right(page)
    page.fill("[name=starts_on]", "令和9年5月20日")
    press(page, "button[name=act][value=make]")
    page.goto(home)
    page.locator("main a[href^='/admin/events/event/']").first.click()
    page.wait_for_url("**/home/")
    text = page.locator("main").inner_text()
    assert text.index("広島県") < text.index("広島市")
    looks_right(page)


def read_the_decision(live: Served, page: Page, who: str, address: str) -> None:
    """The letter in full, and the event that it became."""
    as_(live, page, who)
    page.goto(address)
    assert "採択" in page.locator("main").inner_text()
    assert page.locator(".paper").inner_text().strip()
    looks_right(page)
    page.locator("main a[href^='/portal/events/']").first.click()
    page.wait_for_url("**/portal/events/*/")
    looks_right(page)


def as_(live: Served, page: Page, address: str) -> None:
    """Sign in as somebody else."""
    page.context.clear_cookies()
    sign_in(page, live, address)


def press(page: Page, button: str) -> None:
    """Press a button that leads to another page; nothing may be refused on the way."""
    with page.expect_navigation():
        page.locator(button).first.click()
    assert page.locator("h1").count() == 1


def looks_right(page: Page) -> None:
    """No breach of accessibility, in the language shown and in the other one; without scripts there is nobody to ask."""
    if not page.has_script:
        return
    assert_accessible(page)
    here: Any = page.url
    page.goto(here + ("&" if "?" in here else "?") + "lang=en")
    assert_accessible(page)
    page.goto(here + ("&" if "?" in here else "?") + "lang=ja")
