"""A request becomes an event, or its applicants join one: who hosts, in which order, what goes over, and how it is taken back."""

import datetime as dt

import pytest
from django.utils import timezone

from events import from_requests, hosts, invitations, outcomes
from events.kinds import KINDS, kinds_from
from events.models import Event, EventRequest
from municipalities.kinds import KINDS as REQUEST_KINDS
from municipalities.models import RequestMessage
from municipalities.outcomes import became
from partnership import acts, approvals, mailings
from partnership.models import AuditEvent, Email
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timezone.localdate() + dt.timedelta(days=180)


@pytest.fixture(autouse=True)
def ministry(db):
    body = factories.organisation("government", name_ja="外務省", name_en="Ministry of Foreign Affairs", register_key="body:mofa")
    factories.position(body, "leader", title_ja="外務大臣", title_en="Minister for Foreign Affairs")
    return body


@pytest.fixture
def prefecture():
    body = factories.local_government("広島県", name_en="Hiroshima Prefecture", kind="prefecture", first_five="34000")
    factories.position(body.organisation, "chief", title_ja="広島県知事", title_en="Governor of Hiroshima Prefecture")
    return body


@pytest.fixture
def city(prefecture):
    body = factories.local_government("広島市", name_en="Hiroshima City", prefecture=prefecture, first_five="34100")
    factories.position(body.organisation, "chief", title_ja="広島市長", title_en="Mayor of Hiroshima")
    return body


@pytest.fixture
def tour(city, prefecture):
    """A study tour of the city, which applies, and its prefecture, accepted; with a dish."""
    request = factories.municipal_request(city, prefecture, kind="diplomats_study_tour", state="accepted", title="視察ツアー")
    request.attractions.add(factories.attraction(city, kind="food", name_ja="お好み焼き"))
    return request


def order(event):
    return [(row.order, row.organisation.name_ja, row.role, row.group) for row in event.hosts.order_by("order")]


def told(about):
    return [row.act for row in AuditEvent.objects.filter(object_id=about.pk, content_type__model=about._meta.model_name).order_by("pk")]


# ── a new event ──────────────────────────────────────────────────────────────


def test_it_becomes_a_planned_event_with_the_ministry_prefecture_and_city_in_this_order(tour, desk):
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)

    assert (event.state, event.starts_on, event.ends_on) == ("planned", DAY, DAY)
    assert order(event) == [(1, "外務省", "host", None), (2, "広島県", "co_host", None), (3, "広島市", "co_host", None)]
    assert (event.title_ja, event.title_en) == (
        "駐日外交団地方視察ツアー（広島県・広島市）",
        "Diplomats’ Study Tour to Hiroshima Prefecture and Hiroshima City",
    )
    assert event.tasks.count() == len(KINDS["diplomats_study_tour"].checklist)
    assert list(event.owners.all()) == [desk]


def test_both_are_linked_and_the_dish_comes_along(tour, desk):
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)

    assert [(tie.request, tie.is_origin) for tie in event.event_requests.all()] == [(tour, True)]
    assert [(row.attraction.name_ja, row.request) for row in event.event_attractions.all()] == [("お好み焼き", tour)]
    line = became([tour])[tour.pk][0]
    assert (line.staff_url, line.portal_url) == (f"/admin/events/event/{event.pk}/home/", f"/portal/events/{event.pk}/")


def test_the_thread_says_so_and_the_applicants_are_told(tour, desk, city):
    official = factories.official(city)
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)

    message = tour.messages.get()
    assert (message.kind, message.is_internal, message.facts["event"]) == (RequestMessage.Kind.LINKED, False, event.pk)
    assert event.title_ja in message.text
    assert Email.objects.filter(to_address=official.email, text__contains=event.title_ja).exists()


def test_the_reception_is_signed_by_the_chiefs(prefecture, city, desk):
    request = factories.municipal_request(prefecture, city, kind="cohost_reception", state="accepted")
    event = from_requests.make_event(request=request, kind="iikura_reception", by=desk, starts_on=DAY)

    assert hosts.host_line(event, "ja") == "外務大臣、広島県知事及び広島市長の共催"
    assert event.title_ja == "外務大臣、広島県知事及び広島市長共催レセプション"
    assert (event.venue_ja, event.ordinal, event.capacity) == ("外務省飯倉公館", 1, 300)


def test_abroad_the_mission_hosts_first(city, desk):
    mission = factories.mission("CA")
    request = factories.municipal_request(city, kind="mission_facility", state="accepted", mission=mission)
    event = from_requests.make_event(request=request, kind="regional_promotion_project", by=desk, starts_on=DAY)

    assert [row[1] for row in order(event)] == [mission.name_ja, "広島市"]
    assert event.country.iso2 == "CA"


def test_who_refused_or_never_confirmed_does_not_host(tour, desk, prefecture):
    tour.parties.filter(local_government=prefecture).update(confirmed_at=None)
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)

    assert [row[1] for row in order(event)] == ["外務省", "広島市"]


def test_twice_makes_one(tour, desk):
    made = [from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY) for _ in range(2)]

    assert made[0] == made[1]
    assert Event.objects.count() == 1
    assert tour.messages.count() == 1


def test_after_the_event_was_called_off_another_can_be_made(tour, desk):
    first = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)
    Event.objects.filter(pk=first.pk).update(state="cancelled")

    assert from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY) != first


@pytest.mark.parametrize("state", ["submitted", "in_review", "waiting", "declined", "withdrawn", "closed"])
def test_only_an_accepted_request_becomes_an_event(city, desk, state):
    request = factories.municipal_request(city, kind="diplomats_study_tour", state=state)

    with pytest.raises(Refused):
        from_requests.make_event(request=request, kind="diplomats_study_tour", by=desk, starts_on=DAY)
    assert not Event.objects.exists()


def test_a_tour_is_no_reception_and_no_event_lies_in_the_past(tour, desk):
    for kind, day in (("iikura_reception", DAY), ("garden_party", DAY), ("diplomats_study_tour", timezone.localdate())):
        with pytest.raises(Refused):
            from_requests.make_event(request=tour, kind=kind, by=desk, starts_on=day)


# ── joining one ──────────────────────────────────────────────────────────────


@pytest.fixture
def seminar(ministry):
    event = factories.event(kind="regional_promotion_seminar")
    factories.host(event, ministry, role="host")
    return event


def seminar_request(*bodies):
    return factories.municipal_request(*bodies, kind="regional_promotion_seminar", state="accepted")


def test_they_stand_after_the_present_hosts_prefectures_first(seminar, city, prefecture, desk):
    chiba = factories.local_government("千葉県", kind="prefecture", first_five="12000")
    factories.host(seminar, chiba.organisation)
    from_requests.add_as_co_host(request=seminar_request(city, prefecture), event=seminar, by=desk)

    assert [row[1] for row in order(seminar)] == ["外務省", "千葉県", "広島県", "広島市"]


def test_a_body_hosts_once_and_joining_twice_changes_nothing(seminar, city, prefecture, desk):
    factories.host(seminar, city.organisation)
    request = seminar_request(city, prefecture)
    ties = {from_requests.add_as_co_host(request=request, event=seminar, by=desk).pk for _ in range(2)}

    assert len(ties) == 1
    assert [row[1] for row in order(seminar)] == ["外務省", "広島市", "広島県"]


def test_where_groups_share_an_event_they_are_the_next_group(seminar, city, prefecture, desk):
    factories.host(seminar, group=1)
    from_requests.add_as_co_host(request=seminar_request(city, prefecture), event=seminar, by=desk)

    assert [row[3] for row in order(seminar)] == [None, 1, 2, 2]


@pytest.mark.parametrize("fields", [{"state": "held"}, {"state": "cancelled"}, {"is_record": True}, {"kind": "iikura_reception"}])
def test_nobody_joins_what_is_over_of_the_record_or_of_another_kind(city, desk, fields):
    event = factories.event(**{"kind": "regional_promotion_seminar", **fields})

    with pytest.raises(Refused):
        from_requests.add_as_co_host(request=seminar_request(city), event=event, by=desk)
    assert not EventRequest.objects.exists()


def test_only_coming_events_of_a_fitting_kind_are_offered(seminar, city):
    factories.event(kind="diplomats_study_tour")
    factories.event(kind="regional_promotion_seminar", state="held")

    assert list(from_requests.upcoming_for(seminar_request(city))) == [seminar]


# ── taking it back ───────────────────────────────────────────────────────────


def test_taken_back_the_dish_goes_and_the_hosts_stay_unless_asked(tour, desk):
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)
    from_requests.unlink(tie=event.event_requests.get(), by=desk)

    assert not event.event_requests.exists()
    assert not event.event_attractions.exists()
    assert len(order(event)) == 3
    assert tour.messages.order_by("pk").last().is_internal
    assert told(event)[-1] == "event.unlink_request"
    assert told(tour) == ["municipalrequest.link", "municipalrequest.unlink"]


def test_the_hosts_close_ranks(seminar, city, prefecture, desk):
    tie = from_requests.add_as_co_host(request=seminar_request(city, prefecture), event=seminar, by=desk)
    other = factories.local_government("松戸市")
    factories.host(seminar, other.organisation)
    from_requests.unlink(tie=tie, by=desk, with_hosts=True)

    assert [row[:2] for row in order(seminar)] == [(1, "外務省"), (2, "松戸市")]


def test_whom_another_request_brought_stays(seminar, city, prefecture, desk):
    from_requests.add_as_co_host(request=seminar_request(prefecture), event=seminar, by=desk)
    tie = from_requests.add_as_co_host(request=seminar_request(city, prefecture), event=seminar, by=desk)
    from_requests.unlink(tie=tie, by=desk, with_hosts=True)

    assert [row[1] for row in order(seminar)] == ["外務省", "広島県"]


def test_what_was_held_stays_on_record(tour, desk):
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)
    Event.objects.filter(pk=event.pk).update(state="held")

    with pytest.raises(Refused):
        from_requests.unlink(tie=event.event_requests.get(), by=desk)


# ── what the lists ask ───────────────────────────────────────────────────────


def test_every_kind_that_is_named_exists_and_has_titles():
    for kind in KINDS.values():
        assert set(kind.from_requests) <= set(REQUEST_KINDS)
        assert not kind.from_requests or (kind.title_ja and kind.title_en)
    assert [kind.key for kind in kinds_from("diplomats_study_tour")] == ["diplomats_study_tour"]


def test_what_became_of_many_requests_costs_one_query(tour, desk, django_assert_num_queries):
    rows = [tour, *(factories.municipal_request(kind="diplomats_study_tour", state="accepted") for _ in range(5))]
    for row in rows[:3]:
        from_requests.make_event(request=row, kind="diplomats_study_tour", by=desk, starts_on=DAY)

    with django_assert_num_queries(1):
        assert [len(lines) for lines in outcomes.became(rows).values()] == [1, 1, 1]


def test_when_a_body_last_had_the_like(city):
    day = timezone.localdate() - dt.timedelta(days=400)
    for held in (day, day - dt.timedelta(days=700)):
        factories.host(factories.event(kind="diplomats_study_tour", state="held", day=held), city.organisation)
    factories.host(factories.event(kind="iikura_reception", state="held"), city.organisation)
    factories.host(factories.event(kind="diplomats_study_tour"), city.organisation)

    assert from_requests.last_times([city.organisation_id], "diplomats_study_tour") == {city.organisation_id: day}


def test_every_act_has_words():
    assert {"event.make_from_request", "event.add_co_hosts", "event.unlink_request"} <= set(acts.known())
    assert {"municipalrequest.link", "municipalrequest.unlink"} <= set(acts.known())


# ── the pages ────────────────────────────────────────────────────────────────


def page_of(request):
    return f"/admin/events/from-request/{request.pk}/"


def test_the_page_makes_the_event_and_leads_to_it(login, desk, tour):
    response = login(desk).post(page_of(tour), {"act": "make", "kind": "diplomats_study_tour", "starts_on": f"{DAY:%Y年%m月%d日}"})

    event = Event.objects.get()
    assert response["Location"] == f"/admin/events/event/{event.pk}/home/"
    home = login(desk).get(response["Location"]).content.decode()
    assert tour.number in home
    assert "お好み焼き" in home


def test_a_wrong_day_comes_back_with_what_was_typed(login, desk, tour):
    response = login(desk).post(page_of(tour), {"act": "make", "kind": "diplomats_study_tour", "starts_on": "いつか"})

    assert response.status_code == 422
    assert "いつか" in response.content.decode()
    assert login(desk).post(page_of(tour), {"act": "burn"}).status_code == 400


def test_joining_asks_before_it_voids_an_approval(login, desk, approver, seminar, city, embassy):
    factories.invitation(seminar, factories.head(embassy))
    letter = factories.event_mailing(seminar, factories.mailing(by=desk)).mailing
    invitations.reprint(event=seminar, by=desk)
    letter = mailings.freeze(mailing=letter, by=desk)
    approvals.agree(approval=approvals.submit(approval=approvals.draft(thing=letter, by=desk), by=desk), by=approver)
    request = seminar_request(city)
    form = {"act": "join", "event": seminar.pk}

    first = login(desk).post(page_of(request), form)
    assert first.status_code == 422
    assert "confirm_void" in first.content.decode()
    assert not EventRequest.objects.exists()

    assert login(desk).post(page_of(request), {**form, "confirm_void": "1"}).status_code == 302
    assert EventRequest.objects.exists()
    assert approvals.standing(letter).void


def test_the_page_takes_it_back(login, desk, tour):
    event = from_requests.make_event(request=tour, kind="diplomats_study_tour", by=desk, starts_on=DAY)
    tie = event.event_requests.get()
    client = login(desk)

    assert event.title_ja in client.get(page_of(tour)).content.decode()
    assert client.post(page_of(tour), {"act": "unlink", "tie": "999999"}).status_code == 404
    client.post(page_of(tour), {"act": "unlink", "tie": tie.pk, "with_hosts": "1"})

    assert [row[1] for row in order(event)] == ["外務省"]


def test_whoever_makes_no_events_is_refused(login, viewer, tour):
    assert login(viewer).get(page_of(tour)).status_code == 403


def test_the_home_of_an_accepted_request_offers_both_ways(login, desk, viewer, seminar, city):
    request = seminar_request(city)
    home = f"/admin/municipalities/municipalrequest/{request.pk}/home/"

    page = login(desk).get(home).content.decode()
    assert f'action="{page_of(request)}"' in page
    assert 'value="make"' in page
    assert 'value="join"' in page
    assert page_of(request) not in login(viewer).get(home).content.decode()

    from_requests.add_as_co_host(request=request, event=seminar, by=desk)
    page = login(desk).get(home).content.decode()
    assert 'value="make"' not in page
    assert f"/admin/events/event/{seminar.pk}/home/" in page
