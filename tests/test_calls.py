"""募集 from the division's side: publishing, who applied, the spread over the country, the order, letters for many."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities import calls, regions
from municipalities.models import Call, DecisionPaper, MunicipalRequest
from partnership.models import AuditEvent
from partnership.transitions import Refused
from tests import factories

KIND = "diplomats_study_tour"


def home_of(call):
    return reverse("admin:municipalities_call_home", args=[call.pk])


def applied(call, body=None, *joined, **fields):
    return factories.municipal_request(body, *joined, call=call, kind=KIND, **fields)


def test_a_call_is_read_by_anyone_once_it_is_published(desk):
    call = factories.call(is_published=False)

    calls.publish(call=call, by=desk)

    assert call in Call.objects.open()
    assert AuditEvent.objects.filter(act="call.publish").exists()


def test_a_call_that_says_too_little_is_not_published(desk):
    call = factories.call(is_published=False, guidelines_en="", kinds=[])

    with pytest.raises(Refused):
        calls.publish(call=call, by=desk)

    assert len(calls.what_is_missing(call)) == 2


def test_a_call_that_somebody_answered_is_not_taken_back(desk):
    call = factories.call()
    applied(call)

    with pytest.raises(Refused):
        calls.unpublish(call=call, by=desk)


def test_a_call_is_open_from_its_opening_to_its_closing_hour(db):
    now = timezone.now()
    early = factories.call(opens_at=now + dt.timedelta(minutes=1))
    late = factories.call(opens_at=now - dt.timedelta(days=2), closes_at=now - dt.timedelta(seconds=1))
    always = factories.call(closes_at=None)

    assert {*Call.objects.open()} == {always}
    assert {*Call.objects.published()} == {early, late, always}


def test_the_47_prefectures_stand_on_tiles_of_their_own():
    places = [(one.column, one.row) for one in regions.PREFECTURES.values()]

    assert len(places) == len(set(places)) == 47
    assert {one.region for one in regions.PREFECTURES.values()} == set(regions.REGIONS)


def test_a_region_without_requests_is_a_line_too(db):
    call = factories.call()
    applied(call, factories.local_government("広島市", first_five="34100"))
    applied(call, factories.local_government("福岡市", first_five="40130"), state="accepted")

    lines = {line.label: (line.applied, line.chosen) for line in calls.balance(calls.applied(call))}

    assert len(lines) == 8
    assert sum(came for came, _chosen in lines.values()) == 2
    assert sum(chosen for _came, chosen in lines.values()) == 1


def test_a_joint_request_counts_once_in_each_prefecture(db):
    call = factories.call()
    hiroshima = factories.local_government("広島県", kind="prefecture", first_five="34000")
    applied(
        call, hiroshima, factories.local_government("広島市", first_five="34100"), factories.local_government("岡山市", first_five="33100")
    )

    assert calls.by_prefecture(calls.applied(call)) == {"34": 1, "33": 1}


def test_it_is_said_when_a_body_was_last_accepted(db):
    city = factories.local_government()
    factories.municipal_request(city, kind=KIND, state="accepted", decided_at=timezone.now() - dt.timedelta(days=3 * 365 + 1))
    factories.municipal_request(city, kind=KIND, state="declined")
    call = factories.call()
    applied(call, city)
    applied(call)

    again, first = calls.applied(call)

    assert again.years_since == 3
    assert first.last_time is None


def filed(call, body, outcome, paper="announced"):
    """A request that was answered and has been filed since."""
    row = applied(call, body, state="closed", decided_at=timezone.now() - dt.timedelta(days=40))
    factories.decision_paper(row, outcome=outcome, state=paper).decisions.update(is_open=False)
    return row


def test_what_was_accepted_stays_so_after_it_has_been_filed(desk, login):
    call = factories.call()
    filed(call, factories.local_government("広島市", first_five="34100"), "accepted")
    filed(call, factories.local_government("福岡市", first_five="40130"), "declined")

    spread = calls.balance(calls.applied(call))

    assert sum(line.chosen for line in spread) == 1
    assert login(desk).get(home_of(call)).context["n_accepted"] == 1


def test_an_acceptance_that_was_dropped_is_no_last_time(db):
    body = factories.local_government("広島市", first_five="34100")
    earlier = filed(factories.call(), body, "declined")
    factories.decision_paper(earlier, outcome="accepted", state="dropped").decisions.update(is_open=False)
    call = factories.call()
    applied(call, body)

    assert calls.applied(call)[0].last_time is None


def test_ranks_are_set_together_and_nobody_shares_one(desk):
    call = factories.call()
    one, two = applied(call), applied(call)

    assert calls.rank(call=call, ranks={one.pk: 2, two.pk: 1}, by=desk) == 2
    assert calls.rank(call=call, ranks={one.pk: 2, two.pk: 1}, by=desk) == 0
    assert [row.request for row in calls.applied(call)] == [two, one]
    with pytest.raises(Refused):
        calls.rank(call=call, ranks={one.pk: 1}, by=desk)


def test_two_requests_can_change_places(desk):
    call = factories.call()
    one, two = applied(call, rank=1), applied(call, rank=2)

    calls.rank(call=call, ranks={one.pk: 2, two.pk: 1}, by=desk)

    assert [*MunicipalRequest.objects.filter(call=call).order_by("rank")] == [two, one]


def test_the_home_of_a_call_costs_the_same_for_many(desk, login, assert_fixed_queries):
    call, client = factories.call(), login(desk)

    assert_fixed_queries(
        lambda: client.get(home_of(call)), lambda: applied(call, factories.local_government(), factories.local_government())
    )


def test_ranks_are_read_in_full_width_too(desk, login):
    call = factories.call()
    row = applied(call)

    login(desk).post(home_of(call), {"act": "rank", f"rank-{row.pk}": "３"})

    row.refresh_from_db()
    assert row.rank == 3


@pytest.mark.parametrize("typed", ["first", "-1", "0", "99999999999999999999", "9" * 5000, "1.5", "①"])
def test_what_is_no_rank_is_refused_and_nothing_is_saved(desk, login, typed):
    call = factories.call()
    row, other = applied(call), applied(call)

    answer = login(desk).post(home_of(call), {"act": "rank", f"rank-{row.pk}": typed, f"rank-{other.pk}": "1"}, follow=True)

    assert "保存していません" in answer.content.decode() or "nothing was saved" in answer.content.decode().lower()
    assert not MunicipalRequest.objects.exclude(rank=None).exists()


def test_requests_are_put_side_by_side_question_by_question(desk, login):
    call = factories.call()
    one = applied(call, title="春の視察")
    two = applied(call, title="秋の視察")

    page = login(desk).get(reverse("admin:municipalities_call_compare", args=[call.pk]), {"request": [one.pk, two.pk]}).content.decode()

    assert "春の視察" in page
    assert "秋の視察" in page


def test_more_than_five_do_not_fit_side_by_side(desk, login):
    call = factories.call()
    rows = [applied(call).pk for _ in range(6)]

    assert login(desk).get(reverse("admin:municipalities_call_compare", args=[call.pk]), {"request": rows}).status_code == 400


def test_letters_for_the_ticked_stand_on_one_paper(desk, login):
    call = factories.call()
    rows = [applied(call), applied(call)]

    answer = login(desk).post(home_of(call), {"act": "accepted", "request": [row.pk for row in rows]})

    paper = DecisionPaper.objects.get()
    assert answer["Location"] == reverse("admin:municipalities_decisionpaper_home", args=[paper.pk])
    assert {decision.request for decision in paper.decisions.all()} == set(rows)


def test_a_request_that_cannot_be_answered_now_is_named(desk, login):
    call = factories.call()
    ready, withdrawn = applied(call), applied(call, state="withdrawn")

    answer = login(desk).post(home_of(call), {"act": "declined", "request": [ready.pk, withdrawn.pk]}, follow=True)

    assert withdrawn.number in answer.content.decode()
    assert [decision.request for decision in DecisionPaper.objects.get().decisions.all()] == [ready]


def test_requests_of_another_call_are_not_answered_here(desk, login):
    call, elsewhere = factories.call(), applied(factories.call())

    login(desk).post(home_of(call), {"act": "accepted", "request": [elsewhere.pk]})

    assert not DecisionPaper.objects.exists()


def test_a_kind_that_somebody_applied_under_stays(desk, login):
    call = factories.call()
    applied(call)
    client = login(desk)
    url = reverse("admin:municipalities_call_change", args=[call.pk])
    form = client.get(url).context["adminform"].form

    data = {name: value for name, value in form.initial.items() if isinstance(value, str | int) and value is not None}
    data |= {"kinds": ["free_consultation"], "opens_at_0": "2026-04-01", "opens_at_1": "09:00", "relay": "may"}
    answer = client.post(url, data)

    assert answer.status_code in {200, 422}
    call.refresh_from_db()
    assert call.kinds == [KIND]


def test_viewers_see_a_call_and_change_nothing(viewer, login):
    call = factories.call()

    assert login(viewer).get(home_of(call)).status_code == 200
    assert login(viewer).post(home_of(call), {"act": "unpublish"}).status_code == 403
