"""A letter that was sent, in a real browser: late names are added with a supplementary approval, an address is put right."""

import email
import email.policy
import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import assert_accessible, sign_in, watch
from tests.servers import Served
from tests.test_journeys import act, letter_text, link_of, looks_right, sign_in_as, wait_for_one, wait_until

pytestmark = pytest.mark.browser

LATE = """
from events import invitations
from events.models import Event
from partnership.models import Mailing, Position
mailing = Mailing.objects.filter(purpose="invitation", started_at__isnull=False).order_by("id").first()
event = mailing.event_mailing.event
taken = event.invitations.values("position_id")
posts = Position.objects.filter(organisation__kind="embassy", role="head").exclude(pk__in=taken).exclude(email="")
if not posts:
    posts = Position.objects.filter(organisation__kind="embassy").exclude(pk__in=taken).exclude(email="")
late = list(posts.order_by("-pk")[:2])
invitations.invite_many(event=event, positions=late, by=None)
print(mailing.pk, *[post.email for post in late])
"""
NEW = "ambassador-office@embassy.example.jp"
TITLE = re.compile("Discover Hiroshima|ディスカバー広島")


def letters(served: Served, address: str) -> list[EmailMessage]:
    """The letters of the demonstration's reception for one address that hold a personal link; other tests invite to other events."""
    files = sorted((served.data_dir / "mailbox").glob("*.eml"), key=lambda path: int(path.stem))
    found = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files)
    mine = (one for one in found if address in (one["To"] or "") and f"{served.url}/rsvp/" in letter_text(one))
    return [one for one in mine if TITLE.search(letter_text(one))]


def state(served: Served, key: str) -> str:
    return served.python(f"from partnership.models import Mailing; print(Mailing.objects.get(pk={key}).state)")


def count(served: Served, key: str) -> int:
    return int(served.python(f"from partnership.models import Email; print(Email.objects.filter(mailing={key}).count())"))


def test_late_names_and_a_corrected_address(live: Served, browser_page: Page, chromium: Browser):
    key, *late = live.python(LATE).split()
    home = f"{live.url}/admin/partnership/mailing/{key}/home/"
    wait_until(lambda: "finished" in state(live, key))
    before = count(live, key)

    add_late_names(live, browser_page, home)
    wait_until(lambda: count(live, key) > before and "finished" in state(live, key))  # in this order: it was finished before as well
    assert {address: len(letters(live, address)) for address in late} == dict.fromkeys(late, 1)

    correct_an_address(live, chromium, home)


def add_late_names(served: Served, page: Page, home: str) -> None:
    """Add who came late, have the names approved, send to them; with scripts."""
    sign_in_as(served, page, "desk")
    page.goto(home)
    looks_right(page)
    act(page, "add_late")
    looks_right(page)
    assert not page.locator("button[name=act][value=send_additions]").count()
    act(page, "submit")
    paper = page.locator("#additions a[href^='/admin/approvals/']").first.get_attribute("href")

    sign_in_as(served, page, "director")
    page.goto(f"{served.url}{paper}")
    looks_right(page)
    assert page.locator("ol.names li").count() <= 4  # the added names alone
    act(page, "agree")

    sign_in_as(served, page, "desk")
    page.goto(home)
    act(page, "send_additions")
    looks_right(page)


def correct_an_address(served: Served, chromium: Browser, home: str) -> None:
    """Find one letter by its address and send it elsewhere; without scripts, on a phone. The old link leads nowhere."""
    old = letters(served, "ambassador.is@embassy.example.jp")[-1]
    with chromium.new_context(locale="ja-JP", java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        errors = watch(page)
        sign_in(page, served, "desk@mofa.example.jp")
        page.goto(home)
        page.fill("main input[name=q]", "ambassador.is@")  # the masthead has another
        page.locator("form[role=search][action='#rcpt'] button").click()
        page.wait_for_url(lambda url: "q=ambassador.is" in url)
        page.locator("main table th a").first.click()
        page.wait_for_url("**/letters/*/")
        page.fill("input[name=to_address]", NEW)
        act(page, "again")
        assert NEW in page.locator("main").inner_text()
        new = wait_for_one(lambda: letters(served, NEW))
        assert link_of(new, served) != link_of(old, served)
        assert "[personal link]" not in letter_text(new)
        assert page.goto(link_of(old, served)).status == 404
        assert page.goto(link_of(new, served)).status == 200
        assert not errors, errors
    with chromium.new_context(locale="ja-JP", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        sign_in(page, served, "desk@mofa.example.jp")
        for language in ("ja", "en"):
            page.goto(f"{home}?q=ambassador-office&lang={language}")
            assert_accessible(page)
            page.locator("main table th a").first.click()
            assert_accessible(page)
