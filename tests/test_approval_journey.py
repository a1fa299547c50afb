"""決裁 walked in a real browser: an urgent way, a deputy, seeing afterwards, the print; accessible in both languages."""

import pytest
from playwright.sync_api import Page

from tests.browser import assert_accessible, sign_in
from tests.servers import Served

pytestmark = pytest.mark.browser

PREPARE = """
from partnership.models import Approval, User
from partnership import approvals
paper = Approval.objects.filter(state="circulating").latest("pk")
print(paper.pk)
"""


def as_somebody(served: Served, page: Page, who: str) -> None:
    """Sign in as one of the demonstration's people."""
    page.context.clear_cookies()
    sign_in(page, served, f"{who}@mofa.example.jp")


def looks_right(page: Page) -> None:
    """Accessible in Japanese and in English, wide and on a telephone."""
    here = page.url.split("#")[0]
    for language in ("en", "ja"):
        page.goto(here + ("&" if "?" in here else "?") + f"lang={language}")
        for width, height in ((1366, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            assert_accessible(page)
    page.set_viewport_size({"width": 1366, "height": 768})


def press(page: Page, name: str) -> None:
    """The button of an act, and the page that follows."""
    with page.expect_navigation():
        page.locator(f"main button[name=act][value={name}]").first.click()


def test_a_paper_is_decided_by_a_deputy_and_seen_afterwards(live: Served, browser_page: Page):
    page = browser_page
    number = live.python(PREPARE).split()[-1]
    paper = f"{live.url}/admin/approvals/{number}/"

    as_somebody(live, page, "director")
    page.goto(f"{live.url}/admin/delegations/")
    looks_right(page)
    page.select_option("[name=principal]", label=page.locator("[name=principal] option", has_text="有馬").inner_text())
    page.select_option("[name=deputy]", label=page.locator("[name=deputy] option", has_text="田所").inner_text())
    today = live.python("from django.utils import timezone; print(timezone.localdate().isoformat())").split()[-1]
    page.fill("[name=starts_on]", today)
    page.fill("[name=ends_on]", today)
    press(page, "create")
    assert not page.locator(".notice.bad").count()

    as_somebody(live, page, "chief")
    page.goto(f"{live.url}/admin/approvals/")
    looks_right(page)
    page.goto(paper)
    looks_right(page)
    press(page, "return")  # without a word
    assert page.locator(".notice.bad[role=alert]").count()
    page.fill("[name=opinion]", "差し支えありません。")
    press(page, "agree")
    assert "差し支えありません。" in page.locator("main").inner_text()

    as_somebody(live, page, "director")
    page.goto(paper)
    looks_right(page)
    press(page, "review")
    assert not page.locator("button[name=act][value=review]").count()
    page.goto(f"{paper}print/")
    looks_right(page)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
