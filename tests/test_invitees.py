"""Choosing whom an event invites, and saying why others are not."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from events import invitees, precedence
from events.models import Invitation, LeftOut
from partnership.models import AuditEvent, Position
from partnership.transitions import Refused
from tests import factories


def address(event, name="invitees"):
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def found(response):
    return [row["position"].organisation.country.iso2 for row in response.context["rows"]]


@pytest.fixture
def corps(db):
    """Four embassies: Norway, France and Kenya with ambassadors, Saudi Arabia vacant."""
    norway, france, kenya, saudi = (factories.embassy(code) for code in ("NO", "FR", "KE", "SA"))
    for body, day in ((norway, 3), (france, 1), (kenya, 2)):
        factories.appointment(
            factories.head(body), factories.person(), credentials_presented_at=dt.datetime(2025, 5, day, 10, tzinfo=dt.UTC)
        )
    return {"NO": norway, "FR": france, "KE": kenya, "SA": saudi}


def test_at_first_the_heads_of_the_embassies_stand_in_precedence(login, desk, event, corps):
    factories.position(corps["NO"], "economic")

    response = login(desk).get(address(event))

    assert found(response) == ["FR", "KE", "NO", "SA"]


def test_in_country_order_they_follow_the_alphabet_or_the_syllabary(login, desk, event, corps):
    english = login(desk).get(address(event), {"kind": "embassy", "order": "country", "lang": "en"})
    japanese = login(desk).get(address(event), {"kind": "embassy", "order": "country", "lang": "ja"})

    assert found(english) == ["FR", "KE", "NO", "SA"]
    assert found(japanese) == ["KE", "SA", "NO", "FR"]


def test_an_ambassador_without_credentials_stands_after_all_who_have_presented_them(db, corps):
    late = factories.embassy("CA")
    factories.appointment(factories.head(late), factories.person(), rank="ambassador", starts_on=dt.date(2020, 1, 1))
    charge = corps["SA"]
    factories.appointment(factories.head(charge), factories.person(), rank="charge_ad_interim", starts_on=dt.date(2019, 1, 1))

    order = [one.organisation.country.iso2 for one in precedence.ordered(Position.objects.filter(role="head"))]

    assert order == ["FR", "KE", "NO", "CA", "SA"]


def test_a_charge_beside_an_ambassador_does_not_count(db, corps):
    factories.appointment(factories.head(corps["FR"]), factories.person(), rank="charge_ad_interim", starts_on=dt.date(2026, 1, 1))

    order = [one.organisation.country.iso2 for one in precedence.ordered(Position.objects.filter(role="head"))]

    assert order[0] == "FR"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"region": "africa"}, ["KE"]),
        ({"group": "nordic"}, ["NO"]),
        ({"language": "ja"}, ["SA"]),
        ({"role": "economic"}, ["NO"]),
        ({"q": "のるうぇー"}, ["NO", "NO"]),
        ({"q": "ノルウェー", "role": "head"}, ["NO"]),
        ({"q": "norw", "role": "head"}, ["NO"]),
        ({"q": "ＦＲＡＮＣＥ", "role": "head"}, ["FR"]),
        ({"q": "nobody of that name"}, []),
        ({"kind": "media"}, []),
    ],
)
def test_filters_find_what_they_say(login, desk, event, corps, asked, expected):
    factories.country_group("nordic", corps["NO"].country)
    factories.position(corps["NO"], "economic")
    corps["SA"].language = "ja"
    corps["SA"].save()

    if not {"role", "q", "kind"} & set(asked):
        asked = {**asked, "role": "head"}
    assert found(login(desk).get(address(event), asked)) == expected


def test_filters_know_who_was_invited_before(login, desk, event, corps):
    earlier = factories.event(day=dt.date(2025, 7, 23), state="held")
    factories.invitation(earlier, factories.head(corps["KE"]))
    factories.invitation(earlier, factories.head(corps["SA"]), reply="withdrawn")
    client = login(desk)

    assert found(client.get(address(event), {"event": earlier.pk})) == ["KE"]
    assert found(client.get(address(event), {"year": "2025"})) == ["KE"]
    assert found(client.get(address(event), {"year": "2024"})) == []


@pytest.mark.parametrize(
    "asked", [{"year": "99999999999999999999"}, {"event": "x"}, {"event": "9" * 30}, {"region": "moon"}, {"q": "a" * 5000}]
)
def test_a_broken_filter_is_told_and_finds_nobody(login, desk, event, corps, asked):
    response = login(desk).get(address(event), asked)

    assert response.status_code == 200
    assert found(response) == []
    assert "notice bad" in response.content.decode()


def test_marked_posts_are_invited_once(login, desk, event, corps):
    client = login(desk)
    marked = [factories.head(corps["NO"]).pk, factories.head(corps["KE"]).pk]

    client.post(address(event), {"act": "add", "position": marked})
    client.post(address(event), {"act": "add", "position": marked})

    assert Invitation.objects.filter(event=event).count() == 2
    assert AuditEvent.objects.filter(act="event.invite").count() == 1


def test_an_invited_post_is_shown_so(login, desk, event, invitation):
    rows = login(desk).get(address(event)).context["rows"]

    assert [row["is_invited"] for row in rows] == [True]


def test_all_that_the_filter_finds_are_invited(login, desk, event, corps):
    for _number in range(60):
        factories.embassy()
    client = login(desk)
    page = client.get(address(event))
    assert (len(page.context["rows"]), page.context["found"]) == (50, 64)

    client.post(address(event), {"act": "add_all", "filtered": page.context["filtered"], "found": 64})

    assert Invitation.objects.filter(event=event).count() == 64


def test_all_are_not_invited_when_the_register_changed_meanwhile(login, desk, event, corps):
    client = login(desk)
    page = client.get(address(event))
    factories.embassy("CA")

    response = client.post(address(event), {"act": "add_all", "filtered": page.context["filtered"], "found": 4}, follow=True)

    assert "notice bad" in response.content.decode()
    assert not Invitation.objects.exists()


def test_nobody_is_invited_to_a_record_or_to_what_is_over(desk, corps):
    for event in (factories.event(is_record=True, state="held"), factories.event(state="cancelled")):
        with pytest.raises(Refused):
            invitees.add(event=event, positions=[factories.head(corps["NO"])], by=desk)


def test_a_body_that_ended_is_not_offered(login, desk, event, corps):
    corps["FR"].valid_to = timezone.localdate() - dt.timedelta(days=1)
    corps["FR"].save()

    assert "FR" not in found(login(desk).get(address(event)))


def test_the_choice_costs_the_same_with_one_and_30_posts(login, desk, event, assert_fixed_queries):
    client = login(desk)

    assert assert_fixed_queries(lambda: client.get(address(event)), lambda: factories.embassy(head="A. B.")) < 30


def test_the_list_costs_the_same_with_one_and_160_posts(login, desk, event, assert_fixed_queries):
    client = login(desk)

    assert assert_fixed_queries(lambda: client.get(address(event, "invited")), lambda: factories.invitation(event), rows=160) < 30


# ── the list ─────────────────────────────────────────────────────────────────


def test_a_post_nobody_wrote_to_is_taken_off(login, desk, event, invitation):
    login(desk).post(address(event, "invited"), {"act": "remove", "invitation": invitation.pk})

    assert not Invitation.objects.exists()
    assert AuditEvent.objects.get(act="invitation.remove").facts["position"] == invitation.position_id


@pytest.mark.parametrize("trace", ["mail", "answer", "frozen"])
def test_a_post_that_was_written_to_or_answered_stays(desk, event, invitation, trace):
    if trace == "mail":
        factories.email(purpose="invitation", about=invitation)
    elif trace == "answer":
        factories.answer(invitation)
    else:
        factories.recipient(factories.event_mailing(event, factories.mailing(state="ready")).mailing, about=invitation)

    with pytest.raises(Refused):
        invitees.remove(invitation=invitation, by=desk)
    assert Invitation.objects.exists()


def test_of_several_none_is_taken_off_when_one_cannot_be(login, desk, event, invitation):
    other = factories.invitation(event)
    factories.email(purpose="invitation", about=other)

    login(desk).post(address(event, "invited"), {"act": "remove", "invitation": [invitation.pk, other.pk]})

    assert Invitation.objects.count() == 2


def test_the_list_is_searched_by_reading(login, desk, event, invitation):
    factories.invitation(event)
    client = login(desk)

    page = client.get(address(event, "invited"), {"q": "ノルウェ"})

    assert [one.pk for one in page.context["page_obj"]] == [invitation.pk]


# ── left out ─────────────────────────────────────────────────────────────────


def test_missions_that_are_not_invited_ask_why(login, desk, event, corps):
    factories.invitation(event, factories.head(corps["NO"]))
    factories.mission("CA")

    page = login(desk).get(address(event, "left_out"))

    assert {body.country.iso2 for body in page.context["unexplained"]} == {"FR", "KE", "SA"}


def test_one_reason_answers_for_all_that_are_marked(login, desk, event, corps):
    marked = [corps["FR"].pk, corps["KE"].pk]

    login(desk).post(address(event, "left_out"), {"act": "leave_out", "organisation": marked, "reason": "protocol", "note": "儀典"})

    assert LeftOut.objects.filter(event=event, reason="protocol", note="儀典", decided_by=desk).count() == 2
    assert set(invitees.unexplained(event)) == {corps["NO"], corps["SA"]}


def test_one_reason_answers_for_all_the_rest(login, desk, event, corps):
    factories.invitation(event, factories.head(corps["NO"]))
    client = login(desk)

    client.post(address(event, "left_out"), {"act": "leave_out_all", "found": "4", "reason": "out_of_scope"})
    assert not LeftOut.objects.exists()
    client.post(address(event, "left_out"), {"act": "leave_out_all", "found": "3", "reason": "out_of_scope"})

    assert LeftOut.objects.filter(event=event).count() == 3


@pytest.mark.parametrize("posted", [{"reason": "other", "note": ""}, {"reason": "nonsense"}, {"reason": "protocol", "note": "a\x00b"}])
def test_a_reason_must_be_one(login, desk, event, corps, posted):
    response = login(desk).post(address(event, "left_out"), {"act": "leave_out", "organisation": corps["FR"].pk, **posted}, follow=True)

    assert response.status_code < 500
    assert not LeftOut.objects.exists()


def test_who_is_invited_cannot_be_left_out(login, desk, event, corps):
    factories.invitation(event, factories.head(corps["NO"]))

    login(desk).post(address(event, "left_out"), {"act": "leave_out", "organisation": corps["NO"].pk, "reason": "protocol"})

    assert not LeftOut.objects.exists()


def test_a_mission_left_out_is_invited_after_all(login, desk, event, corps):
    invitees.leave_out(event=event, organisations=[corps["FR"]], reason="vacant", by=desk)

    login(desk).post(address(event, "left_out"), {"act": "invite", "one": corps["FR"].pk})

    assert Invitation.objects.get(event=event).position == factories.head(corps["FR"])
    assert not LeftOut.objects.exists()


def test_a_mission_without_a_post_in_the_register_is_told(desk, event, db):
    body = factories.organisation("embassy", country=factories.country("FR"))

    with pytest.raises(Refused):
        invitees.reinvite(event=event, organisation=body, by=desk)


def test_left_outs_cost_the_same_with_one_and_30(login, desk, event, assert_fixed_queries):
    client = login(desk)

    def add():
        factories.embassy()
        invitees.leave_out(event=event, organisations=[factories.embassy()], reason="vacant", by=desk)

    assert assert_fixed_queries(lambda: client.get(address(event, "left_out")), add) < 25
