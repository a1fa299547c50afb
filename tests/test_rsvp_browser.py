"""The guests' pages on a phone, without JavaScript, in both languages, and on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from events import invitations
from events.models import Event, Invitation
from tests import factories
from tests.browser import assert_accessible, watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> str:
    """Both languages of the recipients."""
    return request.param


@pytest.fixture
def address(live_server, language: str) -> str:
    """The personal address of a guest who reads that language."""
    event = factories.event(
        dress_ja="平服", dress_en="Informal", before_ja="セミナー 17:30～18:10", before_en="Seminar, 17:30–18:10", companions_allowed=2
    )
    factories.host(event, name_ja="外務大臣", name_en="the Minister for Foreign Affairs of Japan", role="host")
    factories.host(event, name_ja="広島県知事", name_en="the Governor of Hiroshima Prefecture")
    invitation = factories.invitation(
        event, name_ja="マーリット・エクダール閣下", name_en="Her Excellency Ms. Marit Ekdal", language=language
    )
    return f"{live_server.url}/rsvp/{invitations.token(invitation)}/"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone that runs no scripts of pages."""
    with chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False) as context:
        page = context.new_page()
        errors = watch(page)
        yield page
        assert not errors, errors


def test_an_ambassador_s_secretary_answers_with_two_taps(phone, address):
    phone.goto(address)
    phone.locator("label.choice").nth(1).tap()
    with phone.expect_navigation():
        phone.locator("button[type=submit]").tap()

    assert phone.url == address
    assert phone.locator("h1").inner_text()
    assert Invitation.objects.get().reply == "declined"


def test_only_the_questions_that_fit_the_answer_are_shown(phone, address):
    phone.goto(address)
    shown = {name: phone.locator(f"#{name}") for name in ("attendee_name", "companions", "diet", "note")}
    assert not any(field.is_visible() for field in shown.values())

    phone.locator("label.choice").nth(0).tap()
    assert [name for name, field in shown.items() if field.is_visible()] == ["companions", "diet", "note"]
    phone.locator("label.choice").nth(2).tap()
    assert all(field.is_visible() for field in shown.values())


def test_every_target_is_large_enough_for_a_thumb(phone, address):
    phone.goto(address)
    phone.locator("label.choice").nth(2).tap()

    boxes = [one.bounding_box() for one in phone.locator("label.choice, .button, .control, .lang a").all()]

    assert [box for box in boxes if box["height"] < 44] == []


def test_every_page_of_the_way_is_accessible_and_fits_its_window(chromium, address):
    for viewport in (PHONE, {"width": 1366, "height": 768}, {"width": 320, "height": 640}):
        with chromium.new_context(viewport=viewport) as context:
            page = context.new_page()
            errors = watch(page)
            page.goto(f"{address}?change=1")
            assert_accessible(page)
            page.locator("[value=substitute]").check()
            assert_accessible(page)
            page.fill("#companions", "A\nB\nC")
            page.locator("button[type=submit]").click()
            assert_accessible(page)
            page.locator("summary").click()
            assert_accessible(page)
            page.fill("#attendee_name", "Hedda Rosmer")
            page.fill("#companions", "A")
            page.locator("button[type=submit]").click()
            page.wait_for_url(address)
            assert_accessible(page)
            page.goto(address[:-3] + "AA/")
            assert_accessible(page)
            assert not errors, errors


def test_a_closed_event_s_page_is_accessible(chromium, address):
    Event.objects.update(state="cancelled")

    with chromium.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(address)
        assert_accessible(page)


def test_the_card_prints_without_what_one_presses(chromium, address):
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.emulate_media(media="print")

        assert page.locator(".invite").is_visible()
        assert not page.locator("form").is_visible()
