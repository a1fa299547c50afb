"""The portal's home: what waits for the body, its requests, the open calls."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities import panels
from municipalities.officials import of
from partnership.models import User
from tests import factories


def home(client):
    return client.get(reverse("portal:home")).content.decode()


@pytest.fixture
def hiroshima(db):
    prefecture = factories.local_government("広島県", kind="prefecture", first_five="34000")
    return factories.local_government("広島市", name_en="Hiroshima City", prefecture=prefecture, first_five="34100")


@pytest.fixture
def clerk(hiroshima):
    return factories.official(hiroshima)


def question(body, *joined, **fields):
    now = timezone.now()
    values = {"state": "waiting", "waiting_since": now, "reply_by": now + dt.timedelta(days=3), "title": "雨の日の行き先", **fields}
    return factories.municipal_request(body, *joined, **values)


def test_home_says_whose_it_is_and_what_day_it_is(login, clerk, hiroshima):
    page = home(login(clerk))

    assert hiroshima.code in page
    assert f"{timezone.localdate():%Y}年" in page
    assert reverse("portal:new") in page


def test_a_calm_page_where_nothing_waits(login, clerk):
    assert "notice turn" not in home(login(clerk))
    assert list(panels.turns(of(clerk))) == []


def test_a_question_waits_for_the_applicant_with_its_hour(login, clerk, hiroshima):
    asked = question(hiroshima)

    page = home(login(clerk))

    assert "notice turn" in page
    assert f"{timezone.localtime(asked.reply_by):%H:%M}" in page
    assert asked.number in page


def test_a_joint_application_waits_for_whoever_joins(clerk, hiroshima):
    other = factories.local_government()
    request = factories.municipal_request(other, hiroshima, confirm_by=timezone.localdate() + dt.timedelta(days=5))
    request.parties.filter(local_government=hiroshima).update(confirmed_at=None)

    turns = panels.turns(of(clerk))

    assert [turn.url for turn in turns] == [reverse("portal:request", args=[request.uuid])]
    assert turns[0].due == request.confirm_by


def test_an_opinion_waits_for_the_prefecture(hiroshima):
    official = factories.official(hiroshima.prefecture)
    request = factories.municipal_request(hiroshima, relay=hiroshima.prefecture)

    assert [turn.url for turn in panels.turns(of(official))] == [reverse("portal:request", args=[request.uuid])]


def test_what_is_due_first_stands_first(clerk, hiroshima):
    now = timezone.now()
    late = question(hiroshima, reply_by=now + dt.timedelta(days=9))
    soon = question(hiroshima, reply_by=now + dt.timedelta(days=1))

    assert [turn.url for turn in panels.turns(of(clerk))] == [reverse("portal:request", args=[one.uuid]) for one in (soon, late)]


def test_the_yearly_confirmation_waits_until_it_is_given(clerk):
    User.objects.filter(pk=clerk.pk).update(date_joined=timezone.now() - dt.timedelta(days=800))
    clerk = User.objects.get(pk=clerk.pk)
    assert [turn.url for turn in panels.turns(of(clerk))] == [reverse("portal:accounts") + "#mine"]

    clerk.confirmed_on = timezone.localdate()
    clerk.save()

    assert panels.turns(of(clerk)) == []


def test_a_neighbour_sees_nothing_of_it(login, clerk, hiroshima):
    asked = question(hiroshima)
    neighbour = factories.official()

    page = home(login(neighbour))

    assert asked.title not in page
    assert "notice turn" not in page


def test_what_waits_stands_first_among_the_requests_and_what_is_over_last(login, clerk, hiroshima):
    over = factories.municipal_request(hiroshima, state="declined", title="終わったもの")
    running = factories.municipal_request(hiroshima, title="検討中のもの")
    waiting = question(hiroshima)

    page = home(login(clerk))

    table = page[page.index("our-requests") :]
    assert table.index(waiting.title) < table.index(running.title) < table.index(over.title)


def test_the_count_leads_to_all_requests(login, clerk, hiroshima):
    for _ in range(8):
        factories.municipal_request(hiroshima)

    page = home(login(clerk))

    assert "8" in page
    assert reverse("portal:requests") in page
    assert page.count('<th scope="row">') == 6


def test_open_calls_stand_with_their_hour_those_that_close_first_at_the_top(login, clerk):
    later, sooner = (
        factories.call(title_ja="後の募集", closes_at=timezone.now() + dt.timedelta(days=40)),
        factories.call(title_ja="先の募集"),
    )
    endless = factories.call(title_ja="いつでも", closes_at=None)
    hidden = [
        factories.call(title_ja="未公開", is_published=False),
        factories.call(title_ja="終了", closes_at=timezone.now() - dt.timedelta(hours=1)),
    ]

    page = home(login(clerk))

    assert page.index(sooner.title_ja) < page.index(later.title_ja) < page.index(endless.title_ja)
    assert not any(call.title_ja in page for call in hidden)
    assert f"{timezone.localtime(sooner.closes_at):%H:%M}" in page


def test_who_is_not_confirmed_sees_own_drafts_and_what_happens_now(login, hiroshima, settings):
    asked = factories.access_request(hiroshima)
    draft = factories.municipal_request(hiroshima, state="draft", created_by=asked.user, title="私の下書き")
    other = factories.municipal_request(hiroshima, title="市の要望")

    page = home(login(asked.user))

    assert draft.title in page
    assert other.title not in page
    assert settings.CONTACT_PHONE in page
    assert reverse("portal:body") not in page
    assert reverse("portal:accounts") not in page


def test_who_was_never_confirmed_and_asks_no_more_is_told_so(login, db):
    stranded = factories.user("municipal_applicant")

    page = home(login(stranded))

    assert reverse("portal:access") in page
    assert reverse("portal:new") not in page.split("<main")[1]


@pytest.mark.parametrize("role", ["desk", "viewer", "mission_officer"])
def test_others_have_homes_of_their_own(login, role, db):
    user = factories.user(role, organisation=factories.mission() if role == "mission_officer" else None)

    assert login(user).get(reverse("portal:home")).status_code == 403
    assert login(user).get(reverse("landing"))["Location"] == reverse("account" if role == "mission_officer" else "admin:index")


def test_home_costs_the_same_whatever_is_on_it(login, clerk, hiroshima, assert_fixed_queries):
    client = login(clerk)

    def add():
        question(hiroshima, factories.local_government())
        factories.call()

    assert_fixed_queries(lambda: client.get(reverse("portal:home")), add, rows=12)


def test_an_officials_home_speaks_both_languages(login, clerk, hiroshima):
    question(hiroshima)

    page = login(clerk).get(reverse("portal:home"), {"lang": "en"}).content.decode()

    assert "It is the turn of Hiroshima City (1)" in page
