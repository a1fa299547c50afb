"""The main job, walked in a real browser: an event opens, its guests are chosen, the letter is approved and sent, an embassy answers.

Once on one process with SQLite and the built-in mailbox, once with PostgreSQL, Redis, a separate worker and a mail server. Every page
on the way holds to WCAG 2.2 AA, in both languages, and breaks no rule of the Content-Security-Policy.
"""

import email
import email.policy
import re
import time
from collections.abc import Callable
from email.message import EmailMessage

import icalendar
import pytest
from playwright.sync_api import Page

from tests.browser import assert_accessible, sign_in
from tests.servers import Served, Stack

pytestmark = pytest.mark.browser

FACTS = {
    "start_time": "18:30",
    "end_time": "20:00",
    "venue_ja": "外務省飯倉公館",
    "venue_en": "Iikura Guest House",
    "address_ja": "東京都港区麻布台1-5-3",
    "address_en": "1-5-3 Azabudai, Minato-ku, Tokyo",
    "dress_ja": "平服",
    "dress_en": "Informal (lounge suit)",
    "reply_by_0": "R9.1.25",
    "reply_by_1": "17:00",
    "guest_list_closes_at_0": "2027-02-03",
    "guest_list_closes_at_1": "12:00",
    "contact_email": "reception@mofa.example.jp",
    "contact_phone": "03-0000-0000",
}
AMBASSADOR = "ambassador.no@embassy.example.jp"
SECRETARIAT = "secretariat.no@embassy.example.jp"


def test_the_main_job_in_one_process(live: Served, browser_page: Page):
    def mails(address: str) -> list[EmailMessage]:
        files = sorted((live.data_dir / "mailbox").glob("*.eml"), key=lambda path: int(path.stem))
        messages = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files)
        return [message for message in messages if message["To"] and address in message["To"]]

    walk(live, browser_page, mails)


def test_the_main_job_with_worker_and_mail_server(stack: Stack, browser_page: Page):
    walk(stack, browser_page, lambda address: [one.message for one in stack.sink.to(address)])


def walk(served: Served, page: Page, mails: Callable[[str], list[EmailMessage]]) -> None:
    """From the record of 2015 to an answer that the division sees."""
    link, home, mailing = send_invitations(served, page, mails)

    answer(served, page, link, mails)

    sign_in_as(served, page, "desk")
    page.goto(home)
    looks_right(page)
    assert "2015" in page.locator("main").inner_text()  # the programme of 2015 stands beside it
    page.goto(home.replace("/home/", "/guests/"))
    looks_right(page)
    page.goto(home.replace("/home/", "/guests/?lang=en"))
    assert "Marit Ekdal" in page.content()
    assert "Jonas Ekdal" in page.content()
    page.goto(home.replace("/home/", "/calls/?lang=ja"))
    looks_right(page)
    assert "ノルウェー" not in page.locator("main table").inner_text()

    change_a_fact(page, home)
    page.goto(mailing)
    assert not page.locator("button[name=act][value=send]").count()
    leaves_no_trace(served, link)


def open_edition(served: Served, page: Page) -> str:
    """Make the next edition of the reception of July 2015 and fill in its facts; the address of its home."""
    record = served.python("from events.models import Event; print(Event.objects.get(record_key='IIK-2015-3').pk)")
    page.goto(f"{served.url}/admin/events/event/{record}/home/")
    looks_right(page)
    page.goto(f"{served.url}/admin/events/event/{record}/next/")
    looks_right(page)
    page.fill("[name=starts_on]", "令和9年2月4日")
    page.fill("[name=title_ja]", "広島の春")
    page.fill("[name=title_en]", "Spring in Hiroshima")
    page.check("[name=with_hosts]")
    act(page, "make")
    home = page.url
    assert "外務大臣" in page.locator("main").inner_text()

    page.goto(home.replace("/home/", "/change/"))
    for name, value in FACTS.items():
        page.fill(f"[name={name}]", value)
    page.click("[name=_save]")
    page.wait_for_url("**/home/")
    return home


def send_invitations(served: Served, page: Page, mails: Callable[[str], list[EmailMessage]]) -> tuple[str, str, str]:
    """Open the next edition, choose guests, freeze, approve, send; the link that reached Norway, the event’s home, the mailing’s page."""
    sign_in_as(served, page, "desk")
    looks_right(page)
    home = open_edition(served, page)
    page.goto(home.replace("/home/", "/invitees/?group=asean"))
    looks_right(page)
    page.goto(home.replace("/home/", "/letters/"))
    looks_right(page)
    page.locator("main form button[name=purpose][value=invitation]").click()
    page.wait_for_url("**/mailing/*/home/")
    mailing = page.url
    looks_right(page)
    act(page, "freeze")
    assert not page.locator("button[name=act][value=send]").count()  # nothing leaves without an approval
    act(page, "submit")
    looks_right(page)
    paper = page.locator("main a[href^='/admin/approvals/']").first.get_attribute("href")
    page.goto(f"{served.url}{paper}")
    assert not page.locator("button[name=act][value=agree]").count()  # its author cannot approve it

    sign_in_as(served, page, "director")
    page.goto(f"{served.url}{paper}")
    looks_right(page)
    act(page, "agree")

    sign_in_as(served, page, "desk")
    page.goto(mailing)
    act(page, "send")
    wait_until(lambda: any("広島の春" in (one["Subject"] or "") or "Spring" in (one["Subject"] or "") for one in mails(AMBASSADOR)))
    letter = next(one for one in reversed(mails(AMBASSADOR)) if "Spring in Hiroshima" in one["Subject"])
    copy = wait_for_one(lambda: [one for one in mails(SECRETARIAT) if "Spring in Hiroshima" in one["Subject"]])
    wait_until(
        lambda: (
            "finished"
            in served.python(
                f"from partnership.models import Mailing; print(Mailing.objects.get(pk={mailing.rstrip('/').split('/')[-2]}).state)"
            )
        )
    )
    page.goto(mailing)
    looks_right(page)

    link = link_of(letter, served)
    assert link_of(copy, served) == link  # the secretariat’s copy is the same invitation
    assert "The Governor of Hiroshima Prefecture" in letter_text(letter) or "the Governor of Hiroshima Prefecture" in letter_text(letter)
    assert "Thursday, 4 February 2027" in letter_text(letter)
    calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    entry = next(iter(icalendar.Calendar.from_ical(calendar.get_payload(decode=True)).walk("VEVENT")))
    assert entry["SUMMARY"] == "Spring in Hiroshima"
    assert len([one for one in mails(AMBASSADOR) if "Spring in Hiroshima" in one["Subject"]]) == 1
    return link, home, mailing


def answer(served: Served, page: Page, link: str, mails: Callable[[str], list[EmailMessage]]) -> None:
    """An ambassador’s secretary answers from a telephone."""
    page.context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(link)
    looks_right(page, both=False)
    assert not page.locator("input[name=reply]:checked").count()
    page.goto(f"{link}?lang=ja")
    looks_right(page, both=False)
    page.goto(f"{link}?lang=en")
    page.check("input[name=reply][value=substitute]")
    page.locator("form button[type=submit]").last.click()
    page.wait_for_load_state()
    assert page.locator(".notice.bad").count()  # who comes instead is missing, nothing is lost
    looks_right(page, both=False)
    assert page.locator("input[name=reply][value=substitute]").is_checked()
    page.check("input[name=reply][value=accept]")
    page.fill("[name=companions]", "Jonas Ekdal")
    page.fill("[name=diet]", "Vegetarian")
    page.locator("form button[type=submit]").last.click()
    page.wait_for_load_state()
    looks_right(page, both=False)
    assert "Jonas Ekdal" in page.content()
    wait_for_one(lambda: [one for one in mails(AMBASSADOR) if "Jonas Ekdal" in letter_text(one)])
    page.set_viewport_size({"width": 1366, "height": 768})


def change_a_fact(page: Page, home: str) -> None:
    """Move the reception by half an hour: whatever was approved is approved no more."""
    page.goto(home.replace("/home/", "/change/"))
    page.fill("[name=start_time]", "19:00")
    page.click("[name=_save]")
    page.wait_for_load_state()


def leaves_no_trace(served: Served, link: str) -> None:
    """The link that was mailed and opened stands in no table and in no log. The guest’s companion does, so the search would find it."""
    token = link.rstrip("/").rpartition("/")[2]
    assert "events_participant" in tables_that_hold(served, "Jonas Ekdal")
    assert not tables_that_hold(served, token)
    assert token not in served.printed
    if isinstance(served, Stack):
        assert token not in served.worker_log


def tables_that_hold(served: Served, text: str) -> list[str]:
    """The tables in which some row holds ``text`` in any column."""
    return served.python(
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    for table in connection.introspection.table_names(cursor):\n"
        "        cursor.execute(f'SELECT * FROM {connection.ops.quote_name(table)}')\n"
        f"        if any({text!r} in repr(row) for row in cursor.fetchall()): print(table)\n"
    ).split()


def sign_in_as(served: Served, page: Page, who: str) -> None:
    """With the password that the server printed."""
    page.context.clear_cookies()
    sign_in(page, served, f"{who}@mofa.example.jp")


def act(page: Page, name: str) -> None:
    """Press the button of an act and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(f"main button[name=act][value={name}]").first.click()
    assert not page.locator(".notice.bad").count(), page.locator(".notice.bad").first.inner_text()


def looks_right(page: Page, *, both: bool = True) -> None:
    """No breach of accessibility, in the language shown and in the other one."""
    assert_accessible(page)
    if both:
        here = page.url
        page.goto(here + ("&" if "?" in here else "?") + "lang=en")
        assert_accessible(page)
        page.goto(here + ("&" if "?" in here else "?") + "lang=ja")


def link_of(message: EmailMessage, served: Served) -> str:
    """The personal link, on a line of its own in the plain text."""
    found = re.search(rf"^{re.escape(served.url)}/rsvp/\S+/$", letter_text(message), re.MULTILINE)
    assert found, letter_text(message)
    return found.group()


def letter_text(message: EmailMessage) -> str:
    """The plain text of a message."""
    body = message.get_body(("plain",))
    return body.get_content().replace("\r\n", "\n") if body else ""


def wait_for_one(ask: Callable[[], list[EmailMessage]]) -> EmailMessage:
    """The newest of what ``ask`` finds, once there is one."""
    wait_until(lambda: bool(ask()))
    return ask()[-1]


def wait_until(ready: Callable[[], bool], patience: float = 90) -> None:
    """Look again and again, at most so many seconds."""
    end = time.monotonic() + patience
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.5)
