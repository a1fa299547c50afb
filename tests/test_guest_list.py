"""The guest list: who comes, what waits for a decision, and the file that is taken away."""

import csv
import io

import pytest
from django.urls import reverse

from events import guest_list, invitations
from events.models import GuestNeeds, Participant
from partnership.models import AuditEvent, Email
from tests import factories


def address(event, name="guests"):
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def names(response):
    return [one.name_en for one in response.context["page_obj"]]


def table(response):
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def guests(event, embassy, desk):
    """An ambassador with a companion and needs, a substitute who waits, and one who gave back."""
    first = factories.invitation(event, factories.head(embassy))
    invitations.answer(invitation=first, reply="accept", source="phone", by=desk, companions=["Mr. Example"], diet="no shellfish")
    second = factories.invitation(event, factories.head(factories.embassy("KE")))
    invitations.answer(invitation=second, reply="substitute", source="fax", by=desk, attendee_name="Ms. Deputy", attendee_post="Minister")
    third = factories.invitation(event)
    invitations.answer(invitation=third, reply="accept", source="phone", by=desk)
    invitations.answer(invitation=third, reply="decline", source="phone", by=desk)
    return first, second, third


def test_at_first_those_who_come_are_shown(login, desk, event, guests):
    page = login(desk).get(address(event))

    assert names(page) == ["Ms. Ingrid Example", "Mr. Example"]
    assert page.context["people"] == {"expected": 2, "asked": 1, "cancelled": 1}
    assert page.context["waiting"] == 1


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"state": "asked"}, 1),
        ({"state": "cancelled"}, 1),
        ({"state": ""}, 4),
        ({"part": "companion"}, 1),
        ({"kind": "embassy"}, 4),
        ({"kind": "media"}, 0),
        ({"q": "deputy"}, 1),
        ({"q": "ノルウェー"}, 2),
        ({"country": "99999999999999999999999"}, 0),
        ({"state": "nonsense"}, 0),
    ],
)
def test_the_list_is_filtered(login, desk, event, guests, asked, count):
    assert len(names(login(desk).get(address(event), asked))) == count


def test_a_country_filters_the_list(login, desk, event, guests):
    assert len(names(login(desk).get(address(event), {"country": guests[0].country_id}))) == 2


def test_the_list_costs_the_same_with_one_and_160_guests(login, desk, event, assert_fixed_queries):
    client = login(desk)

    def add():
        one = factories.invitation(event, reply="accepted")
        factories.participant(event, invitation=one, country=one.country)

    assert assert_fixed_queries(lambda: client.get(address(event)), add, rows=160) < 25


def test_the_file_holds_what_the_filter_finds_and_is_put_on_record(login, desk, event, guests):
    response = login(desk).post(address(event), {"act": "csv", "filtered": "state=expected"})

    rows = table(response)
    assert len(rows) == 3
    assert "no shellfish" not in str(rows)
    assert "text/csv" in response["Content-Type"]
    facts = AuditEvent.objects.get(act="guest_list.download").facts
    assert facts == {"count": 2, "needs": False}


def test_the_needs_are_a_choice_of_their_own(login, desk, event, guests):
    rows = table(login(desk).post(address(event), {"act": "csv_needs", "filtered": ""}))

    assert sum("no shellfish" in row for row in rows) == 1
    assert AuditEvent.objects.get(act="guest_list.download").facts["needs"] is True


def test_the_needs_stay_with_those_who_may_see_them(login, event, guests):
    from django.contrib.auth.models import Permission

    helper = factories.user("viewer")
    helper.user_permissions.add(Permission.objects.get(codename="export_participant"))
    client = login(helper)

    assert client.post(address(event), {"act": "csv", "filtered": ""}).status_code == 200
    assert client.post(address(event), {"act": "csv_needs", "filtered": ""}).status_code == 403
    assert "csv_needs" not in client.get(address(event)).content.decode()


def test_a_get_never_hands_out_the_file(login, desk, event, guests):
    response = login(desk).get(address(event), {"act": "csv"})

    assert "text/html" in response["Content-Type"]
    assert not AuditEvent.objects.filter(act="guest_list.download").exists()
    assert login(desk).post(address(event), {"act": "xlsx"}).status_code == 400


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_no_cell_is_a_formula(login, desk, event, name):
    factories.participant(event, name_en=name, post_en=name)

    rows = table(login(desk).post(address(event), {"act": "csv", "filtered": ""}))

    assert name in rows[1][4]
    assert rows[1][4].startswith("'")
    assert rows[1][6].startswith("'")


def test_the_file_streams_in_a_fixed_number_of_queries(event, django_assert_num_queries):
    for _number in range(30):
        factories.participant(event, invitation=factories.invitation(event, reply="accepted"))

    with django_assert_num_queries(1):
        assert len(list(guest_list.lines(guest_list.rows_of(event), with_needs=True))) == 30


# ── what waits for a decision ────────────────────────────────────────────────


def test_a_substitute_is_agreed_to_and_told(login, protocol, event, guests):
    one = guests[1]
    before = Email.objects.count()

    login(protocol).post(address(event, "decide"), {"act": "consent", "invitation": one.pk, "version": one.version})

    one.refresh_from_db()
    assert one.reply == "accepted"
    assert Participant.objects.get(invitation=one, state="expected").name_en == "Ms. Deputy"
    assert Email.objects.count() > before


def test_a_substitute_is_refused(login, desk, event, guests):
    one = guests[1]

    login(desk).post(address(event, "decide"), {"act": "refuse", "invitation": one.pk, "version": one.version})

    one.refresh_from_db()
    assert one.reply == "none"


@pytest.mark.parametrize(("act", "reply"), [("consent", "accepted"), ("refuse", "declined")])
def test_a_late_acceptance_is_decided(login, desk, event, act, reply):
    one = factories.invitation(event, reply="late")
    factories.answer(one, "late")

    login(desk).post(address(event, "decide"), {"act": act, "invitation": one.pk, "version": one.version})

    one.refresh_from_db()
    assert one.reply == reply


def test_what_was_decided_is_not_decided_again(login, desk, event, guests):
    one = guests[1]
    client = login(desk)
    client.post(address(event, "decide"), {"act": "consent", "invitation": one.pk, "version": one.version})

    response = client.post(address(event, "decide"), {"act": "refuse", "invitation": one.pk, "version": one.version}, follow=True)

    one.refresh_from_db()
    assert one.reply == "accepted"
    assert "notice bad" in response.content.decode()


def test_the_page_says_who_would_come(login, viewer, event, guests):
    page = login(viewer).get(address(event, "decide")).content.decode()

    assert "Ms. Deputy" in page
    assert "<form" not in page.split("<main")[1]


def test_decisions_cost_the_same_with_one_and_30(login, desk, event, assert_fixed_queries):
    client = login(desk)

    def add():
        one = factories.invitation(event, reply="substitute")
        factories.answer(one, "substitute", attendee_name="A", attendee_post="B")

    assert assert_fixed_queries(lambda: client.get(address(event, "decide")), add) < 20


def test_needs_are_on_no_page_for_readers(login, protocol, event, guests):
    assert GuestNeeds.objects.exists()

    for name in ("home", "guests", "decide", "invited"):
        assert "no shellfish" not in login(protocol).get(address(event, name)).content.decode()
