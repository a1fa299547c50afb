"""Fixtures for journeys in a real browser, on the product as its users run it."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import machine, servers

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=30_000)  # milliseconds; a machine at work is slower than a person's patience, and that is no fault
# without preloading, which would copy imported sheets into the page, against its CSP
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "preload": False}


@pytest.fixture(scope="session")
def live() -> Iterator[servers.Served]:
    """``manage.py serve`` on data of its own, with the demonstration loaded: one process, SQLite."""
    with servers.serve(MAIL_SWEEP="3") as served:  # the sweep is half a minute apart elsewhere
        yield served


@pytest.fixture(scope="session")
def stack() -> Iterator[servers.Stack]:
    """The same on PostgreSQL and Redis, with a separate worker and a real mail server."""
    with servers.stack() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, once for all journeys."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh profile (Japanese, 1366×768); the test fails on any error in its console, such as a breach of the CSP."""
    with chromium.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        errors = watch(page)
        yield page
        assert not errors, errors


def watch(page: Page) -> list[str]:
    """The errors of a page's console and scripts, filled as they happen; an answer of 4xx that a journey provokes is none."""
    errors: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded with a status of 4"):
            errors.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    return errors


def sign_in(page: Page, served: servers.Served, address: str) -> None:
    """Sign in on the login page with a demo account's password."""
    page.goto(f"{served.url}/accounts/login/")
    page.fill("input[name=login]", address)
    page.fill("input[name=password]", served.password)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def assert_accessible(page: Page) -> None:
    """Axe finds nothing (WCAG 2.2 AA and its best practices), and nothing sticks out sideways."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    told = [f"{one['id']}: {one['help']} – {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]
    assert not told, f"{page.url}\n" + "\n".join(told)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than its window"
