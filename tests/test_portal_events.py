"""Our events in the portal: what a body hosts or takes part in, and nothing of anybody else’s, nor of the guests."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import EventAttraction, EventRequest
from municipalities.models import LocalGovernment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(clerk):
    return LocalGovernment.objects.get(organisation=clerk.organisation)


@pytest.fixture
def ours(event, city):
    """A reception of the Ministry and the city, with a dish and a guest."""
    factories.host(event, factories.organisation("government", name_ja="外務省", name_en="Ministry"), role="host")
    factories.host(event, city.organisation)
    return event


def text(response):
    return response.content.decode()


def test_the_list_shows_what_is_to_come_and_what_was(login, clerk, city, ours):
    held = factories.event(title_ja="昔の視察", day=timezone.localdate() - dt.timedelta(days=400), state="held", is_record=True)
    factories.host(held, city.organisation)
    other = factories.event(title_ja="よその行事")
    factories.host(other)

    page = text(login(clerk).get("/portal/events/"))

    assert str(ours) in page
    assert "昔の視察" in page
    assert page.index(str(ours)) < page.index("昔の視察")
    assert "よその行事" not in page


def test_an_event_shows_its_hosts_in_order_what_we_bring_and_the_request_behind_it(login, clerk, city, ours):
    dish = factories.attraction(city, kind="food", name_ja="お好み焼き")
    theirs = factories.attraction(name_ja="よその名産")
    request = factories.municipal_request(city, kind="cohost_reception", state="accepted")
    EventAttraction.objects.create(event=ours, attraction=dish, request=request)
    EventAttraction.objects.create(event=ours, attraction=theirs)
    EventRequest.objects.create(event=ours, request=request, is_origin=True, linked_by=factories.user("desk"))

    page = text(login(clerk).get(f"/portal/events/{ours.pk}/"))

    assert page.index("外務省") < page.index("<b>2</b>")
    assert "お好み焼き" in page
    assert "よその名産" not in page
    assert f"/portal/requests/{request.uuid}/" in page


def test_guests_tasks_and_notes_stay_with_the_division(login, clerk, ours, embassy):
    factories.invitation(ours, factories.head(embassy), name_en="Ms. Secret Guest", reply="accepted")
    factories.task(ours, title_ja="内部の準備")
    ours.note = "内部のメモ"
    ours.save()

    page = text(login(clerk).get(f"/portal/events/{ours.pk}/"))

    assert not any(word in page for word in ("Secret Guest", "内部の準備", "内部のメモ", "/admin/"))


def test_a_request_that_is_not_ours_is_not_named(login, clerk, ours):
    request = factories.municipal_request(kind="cohost_reception", state="accepted", title="よその要望")
    EventRequest.objects.create(event=ours, request=request, linked_by=factories.user("desk"))

    assert "よその要望" not in text(login(clerk).get(f"/portal/events/{ours.pk}/"))


@pytest.mark.parametrize("state", ["cancelled", "postponed"])
def test_what_was_called_off_says_so(login, clerk, ours, state):
    ours.state = state
    ours.save()
    client = login(clerk)

    for address in ("/portal/events/", f"/portal/events/{ours.pk}/"):
        assert ours.get_state_display() in text(client.get(address))


def test_another_bodys_event_is_not_there_at_the_same_price(login, clerk, neighbour, ours):
    other = factories.event()
    factories.host(other)
    client = login(clerk)
    client.get(f"/portal/events/{other.pk}/")

    answers, counts = [], []
    for address in (f"/portal/events/{other.pk}/", "/portal/events/999999/"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(client.get(address))
        counts.append(len(queries))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert counts[0] == counts[1]
    assert login(neighbour).get(f"/portal/events/{ours.pk}/").status_code == 404


def test_an_account_that_is_not_confirmed_sees_none(login, ours):
    applicant = factories.user("municipal_applicant")

    assert login(applicant).get("/portal/events/").status_code == 403
    assert login(applicant).get(f"/portal/events/{ours.pk}/").status_code == 403


def test_the_home_page_shows_the_next_ones(login, clerk, ours):
    page = text(login(clerk).get("/portal/"))

    assert f"/portal/events/{ours.pk}/" in page


def test_the_price_of_the_list_is_fixed(login, clerk, city, assert_fixed_queries):
    client, days = login(clerk), iter(range(-40, 400))

    def add():
        day = timezone.localdate() + dt.timedelta(days=next(days) * 10)
        event = factories.event(day=day, state="held" if day < timezone.localdate() else "planned")
        factories.host(event, city.organisation)
        factories.host(event)

    assert_fixed_queries(lambda: client.get("/portal/events/"), add, rows=12)
