"""Following a request in a real browser: what is typed keeps itself, and every page is for everyone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, sign_in
from tests.servers import Served

TOUR = "駐日外交団視察ツアーの共催"  # of the demonstration: Hiroshima City is asked something about it


@pytest.fixture
def official(browser_page: Page, live: Served) -> Page:
    """Hiroshima City's official, on the list of its requests."""
    sign_in(browser_page, live, "hiroshima@lg.example.jp")
    browser_page.goto(f"{live.url}/portal/requests/")
    return browser_page


def test_a_reply_that_is_being_typed_survives_an_ended_page(official):
    official.get_by_role("link", name=TOUR).first.click()
    official.wait_for_load_state()  # what is typed before the script is there is kept with the next word only
    field = official.locator("textarea[name=message]")

    field.press_sequentially("酒蔵に変えます。")
    expect(official.locator("#kept")).to_contain_text("下書き")
    official.reload()

    expect(field).to_have_value("酒蔵に変えます。")
    field.fill("")
    expect(official.locator("#kept")).to_contain_text("下書き")


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_the_pages_of_a_request_are_for_everyone(official, live, width):
    official.set_viewport_size({"width": width, "height": 768})
    assert_accessible(official)
    official.get_by_role("link", name=TOUR).first.click()
    assert_accessible(official)
    official.get_by_role("link", name="取り下げる").click()
    assert_accessible(official)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_page_of_a_prefecture_is_for_everyone(browser_page, live, width):
    sign_in(browser_page, live, "hiroshima-pref@lg.example.jp")
    browser_page.set_viewport_size({"width": width, "height": 768})
    browser_page.goto(f"{live.url}/portal/relay/")
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name=TOUR).first.click()
    assert_accessible(browser_page)
