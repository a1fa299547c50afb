"""Who sees which request, who may do what: the whole matrix."""

import pytest
from django.utils import timezone

from municipalities import rights
from municipalities.models import MunicipalRequest
from tests import factories

pytestmark = pytest.mark.django_db
State = MunicipalRequest.State


@pytest.fixture
def people(city, prefecture, official, prefectural, desk, viewer, approver, protocol, officer, neighbour):
    """Everyone who might look, by what they are to the city’s request."""
    refused = factories.local_government("断った市")
    joined = factories.local_government("共同の市")
    return {
        "own": official,
        "colleague": factories.official(city, role="municipal_manager"),
        "joined": factories.official(joined),
        "refused": factories.official(refused),
        "relay": prefectural,
        "neighbour": neighbour,
        "unconfirmed": factories.access_request(city).user,
        "closed account": factories.official(city, is_active=False),
        "desk": desk,
        "viewer": viewer,
        "approver": approver,
        "protocol": protocol,
        "officer": officer,
    }


def the_request(people, state, **fields):
    made = factories.municipal_request(
        people["own"].organisation.local_government,
        *(people[name].organisation.local_government for name in ("joined", "refused")),
        state=state,
        relay=people["relay"].organisation.local_government,
        **fields,
    )
    made.parties.filter(local_government__organisation=people["refused"].organisation).update(confirmed_at=None, refused_at=timezone.now())
    return made


def who_sees(people):
    return {name for name, person in people.items() if MunicipalRequest.objects.visible_to(person).exists()}


def test_a_draft_is_seen_by_the_applicants_accounts_alone(people):
    the_request(people, "draft", created_by=people["own"])

    assert who_sees(people) - {"closed account"} == {"own", "colleague"}


def test_a_draft_of_somebody_without_access_is_seen_by_them_alone(people):
    the_request(people, "draft", created_by=people["unconfirmed"])

    assert who_sees(people) == {"unconfirmed"}


def test_a_draft_that_staff_write_on_behalf_is_seen_by_staff_alone(people):
    the_request(people, "draft", created_by=people["desk"])

    assert who_sees(people) == {"desk", "viewer", "approver"}


@pytest.mark.parametrize("state", [state for state in State.values if state != "draft"])
def test_what_was_sent_is_seen_by_all_concerned_and_by_staff_with_the_right(people, state):
    the_request(people, state)

    # who refused sees what it was asked, and that it refused
    assert who_sees(people) - {"closed account"} == {"own", "colleague", "joined", "refused", "relay", "desk", "viewer", "approver"}


SENT_ACTS = {
    "own": {"say", "withdraw", "copy"},
    "colleague": {"say", "withdraw", "copy"},
    "joined": {"say"},
    "refused": set(),
    "relay": {"say", "relay"},
    "neighbour": set(),
    "unconfirmed": set(),
    "closed account": set(),
    "viewer": set(),
    "approver": set(),
    "protocol": set(),
    "officer": set(),
    "desk": {
        *("say", "withdraw", "relay", "copy", "assign", "ask", "send_back", "note", "tag", "relate", "record_opinion", "decide"),
    },
}


@pytest.mark.parametrize("who", SENT_ACTS)
def test_who_may_do_what_while_it_is_considered(people, who):
    request = the_request(people, "in_review")

    assert {act for act in rights.STATES if rights.may(request, act, people[who])} == SENT_ACTS[who]


@pytest.mark.parametrize("who", SENT_ACTS)
def test_who_may_reply(people, who):
    request = the_request(people, "waiting", waiting_since=timezone.now())

    assert rights.may(request, "reply", people[who]) == (who in {"own", "colleague", "joined", "desk"})
    assert not rights.may(request, "save", people[who])


@pytest.mark.parametrize("who", SENT_ACTS)
def test_who_may_write_a_returned_form(people, who):
    request = the_request(people, "waiting", waiting_since=timezone.now(), is_returned=True)

    assert rights.may(request, "save", people[who]) == (who in {"own", "colleague", "desk"})


@pytest.mark.parametrize("who", SENT_ACTS)
def test_who_may_write_a_draft(people, who):
    request = the_request(people, "draft", created_by=people["own"])

    assert rights.may(request, "save", people[who]) == (who in {"own", "colleague"})
    assert rights.may(request, "submit", people[who]) == (who in {"own", "colleague"})
