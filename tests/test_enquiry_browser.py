"""The phone note in a browser: names and earlier answers appear while one types, and one press answers with them."""

import pytest

from tests.browser import assert_accessible, sign_in

pytestmark = pytest.mark.browser
NOTE = "/admin/municipalities/enquiry/add/"


def test_an_enquiry_is_taken_down_and_answered_with_an_earlier_answer(live, browser_page):
    page = browser_page
    sign_in(page, live, "desk@mofa.example.jp")
    page.locator(".head a.button.primary").click()
    page.wait_for_url(f"**{NOTE}")
    assert_accessible(page)

    page.locator("#id_who").press_sequentially("ひろしまし")
    page.wait_for_selector("#organisations option[value^='広島市']", state="attached")
    page.fill("#id_who", "広島市 国際課 平田（デモ）")
    page.locator("#id_topic").press_sequentially("姉妹都市の提携の手続")
    page.wait_for_selector("#similar button[name=reuse]")
    assert_accessible(page)
    page.locator("#similar button[name=reuse]").first.click()

    page.wait_for_url("**/home/")
    assert "広島市" in page.locator(".eyebrow").first.inner_text()
    assert "姉妹都市の提携の手続について" in page.locator("section[aria-labelledby=answer]").inner_text()
    assert_accessible(page)


def test_a_body_sees_its_events_on_a_phone(live, browser_page):
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, live, "hiroshima@lg.example.jp")
    page.goto(f"{live.url}/portal/events/")
    assert_accessible(page)

    page.get_by_role("link", name="ディスカバー広島", exact=True).click()

    assert "お好み焼き" in page.locator("section[aria-labelledby=ours]").inner_text()
    assert_accessible(page)
