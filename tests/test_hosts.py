"""The generated line of hosts, in both languages."""

import pytest

from events import hosts
from events.models import EventHost
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def minister():
    body = factories.organisation("government", name_ja="外務省", name_en="Ministry of Foreign Affairs", register_key="body:mofa")
    factories.position(body, "leader", title_ja="外務大臣", title_en="Minister for Foreign Affairs")
    return body


def chief(name_ja, name_en, title_ja, title_en, kind="city"):
    body = factories.local_government(name_ja, name_en=name_en, kind=kind).organisation
    factories.position(body, "chief", title_ja=title_ja, title_en=title_en)
    return body


@pytest.fixture
def prefecture():
    return chief("広島県", "Hiroshima Prefecture", "広島県知事", "Governor of Hiroshima Prefecture", "prefecture")


@pytest.fixture
def city():
    return chief("広島市", "Hiroshima City", "広島市長", "Mayor of Hiroshima")


def both(event):
    return hosts.host_line(event, "ja"), hosts.host_line(event, "en")


def test_nobody_hosts_an_event_without_hosts(event):
    assert both(event) == ("", "")
    assert hosts.names(event, "en") == []


def test_one_host_hosts_alone(event, minister):
    factories.host(event, minister, role="host")

    assert both(event) == ("外務大臣の主催", "Hosted by the Minister for Foreign Affairs")


def test_two_hosts_are_joined_by_and(event, minister, prefecture):
    factories.host(event, minister, role="host")
    factories.host(event, prefecture)

    assert both(event) == (
        "外務大臣及び広島県知事の共催",
        "Co-hosted by the Minister for Foreign Affairs and the Governor of Hiroshima Prefecture",
    )


def test_three_hosts_have_one_and_before_the_last(event, minister, prefecture, city):
    for body in (minister, prefecture, city):
        factories.host(event, body)

    assert both(event) == (
        "外務大臣、広島県知事及び広島市長の共催",
        "Co-hosted by the Minister for Foreign Affairs, the Governor of Hiroshima Prefecture and the Mayor of Hiroshima",
    )


def test_the_card_names_the_minister_with_the_country(event, minister, prefecture, city):
    for body in (minister, prefecture, city):
        factories.host(event, body)

    assert hosts.names(event, "en") == [
        "The Minister for Foreign Affairs of Japan",
        "the Governor of Hiroshima Prefecture",
        "the Mayor of Hiroshima",
    ]
    assert hosts.names(event, "ja") == ["外務大臣", "広島県知事", "広島市長"]


def test_hosts_stand_in_protocol_order_whatever_order_they_were_entered_in(event, minister, prefecture, city):
    factories.host(event, city, order=3)
    factories.host(event, prefecture, order=2)
    factories.host(event, minister, order=1)

    assert hosts.names(event, "ja") == ["外務大臣", "広島県知事", "広島市長"]


def test_own_words_go_before_the_title_of_the_chief(event, minister, prefecture):
    factories.host(event, minister, name_ja="外務省", name_en="the Ministry of Foreign Affairs")
    factories.host(event, prefecture)

    assert both(event) == (
        "外務省及び広島県知事の共催",
        "Co-hosted by the Ministry of Foreign Affairs and the Governor of Hiroshima Prefecture",
    )


def test_a_body_without_a_chief_signs_with_its_name(event):
    factories.host(event, factories.mission("CA"), role="host")
    factories.host(event, factories.local_government("網走市", name_en="Abashiri City").organisation)

    assert both(event) == (
        "在カナダ日本国大使館及び網走市の共催",
        "Co-hosted by the Embassy of Japan in Canada and Abashiri City",
    )


def test_cooperating_and_participating_bodies_come_after_the_hosts(event, minister, prefecture, city):
    factories.host(event, prefecture, role="host")
    factories.host(event, minister, role=EventHost.Role.COOPERATING)
    factories.host(event, city, role=EventHost.Role.PARTICIPATING)

    assert both(event) == (
        "広島県知事の主催、外務大臣の協力、広島市の参加",
        (
            "Hosted by the Governor of Hiroshima Prefecture, in cooperation with the Minister for Foreign Affairs, "
            "with the participation of Hiroshima City"
        ),
    )


def test_cooperating_bodies_do_not_make_a_joint_event(event, minister, prefecture):
    factories.host(event, prefecture, role="host")
    factories.host(event, minister, role=EventHost.Role.COOPERATING)

    assert hosts.host_line(event, "en").startswith("Hosted by")
    assert hosts.names(event, "ja") == ["広島県知事"]


def test_only_participants_make_a_line_that_begins_with_a_capital(event, city):
    factories.host(event, city, role=EventHost.Role.PARTICIPATING)

    assert both(event) == ("広島市の参加", "With the participation of Hiroshima City")


def test_groups_keep_their_members_together(event, minister, prefecture, city):
    factories.host(event, minister)
    factories.host(event, prefecture, group=1)
    factories.host(event, city, group=1)
    factories.host(event, chief("松戸市", "Matsudo City", "松戸市長", "Mayor of Matsudo"), group=2)

    assert hosts.groups(event, "ja") == ["広島県・広島市", "松戸市"]
    assert hosts.groups(event, "en") == ["Hiroshima Prefecture and Hiroshima City", "Matsudo City"]


def test_no_group_is_told_where_there_is_none(event, minister):
    factories.host(event, minister)

    assert hosts.groups(event, "ja") == []


@pytest.mark.parametrize("count", range(1, 9))
def test_every_number_of_hosts_has_one_and(event, count):
    for number in range(count):
        factories.host(event, chief(f"市{number}", f"City {number}", f"市{number}長", f"Mayor of {number}"))

    ja, en = both(event)

    assert ja.count("及び") == (count > 1)
    assert en.count(" and ") == (count > 1)
    assert ja.count("、") == en.count(", ") == max(0, count - 2)


def test_a_line_costs_the_same_with_thirty_hosts(event, assert_fixed_queries):
    assert_fixed_queries(lambda: hosts.host_line(event, "en"), lambda: factories.host(event, factories.mission("CA")))
