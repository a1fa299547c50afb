"""Who holds a post, how they are titled and addressed, and in which order they stand."""

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from partnership import positions
from partnership.models import Appointment
from tests import factories

pytestmark = pytest.mark.django_db
Rank = Appointment.Rank


@pytest.fixture
def seat():
    return factories.head(factories.embassy("NO"))


def hold(seat, rank, name="Marit Ekdal", *, since=(2024, 4, 1), until=None, credentials=None, **person):
    who = factories.person(name_en=name, name_ja=person.pop("name_ja", "マリット・エクダール"), **person)
    moment = dt.datetime(*credentials, tzinfo=timezone.get_default_timezone()) if credentials else None
    return factories.appointment(
        seat, who, rank=rank, starts_on=dt.date(*since), ends_on=dt.date(*until) if until else None, credentials_presented_at=moment
    )


# ── who holds it ─────────────────────────────────────────────────────────────


def test_a_vacant_post_has_no_incumbent(seat):
    assert positions.incumbent(seat) is None
    assert positions.addressee(seat, "en") == ""


@pytest.mark.parametrize("order", list(itertools.permutations([Rank.AMBASSADOR, Rank.DESIGNATE, Rank.CHARGE_AD_INTERIM])))
def test_the_ambassador_comes_first_then_the_designate_then_the_charge(seat, order):
    held = {rank: hold(seat, rank) for rank in order}

    assert positions.incumbent(seat) == held[Rank.AMBASSADOR]
    held[Rank.AMBASSADOR].delete()
    assert positions.incumbent(seat) == held[Rank.DESIGNATE]
    held[Rank.DESIGNATE].delete()
    assert positions.incumbent(seat) == held[Rank.CHARGE_AD_INTERIM]


def test_one_who_left_or_has_not_come_yet_does_not_count(seat):
    hold(seat, Rank.AMBASSADOR, since=(2019, 1, 1), until=(2023, 12, 31))
    hold(seat, Rank.AMBASSADOR, since=(2099, 1, 1))

    assert positions.incumbent(seat) is None


def test_of_equals_the_one_who_came_last_counts(seat):
    hold(seat, Rank.AMBASSADOR, since=(2020, 1, 1))
    newest = hold(seat, Rank.AMBASSADOR, since=(2025, 1, 1))

    assert positions.incumbent(seat) == newest


def test_another_day_has_another_incumbent(seat):
    old = hold(seat, Rank.AMBASSADOR, since=(2019, 1, 1), until=(2023, 12, 31))
    hold(seat, Rank.AMBASSADOR)

    assert positions.incumbent(seat, dt.date(2023, 12, 31)) == old
    assert positions.incumbent(seat, dt.date(2024, 1, 1)) is None


def test_all_incumbents_cost_one_query(django_assert_num_queries):
    seats = [factories.head(factories.embassy(head=f"Ambassador {number}")) for number in range(30)]

    with django_assert_num_queries(1):
        found = positions.incumbents(seats)
        names = [found[seat.pk].person.name_en for seat in seats]

    assert names == [f"Ambassador {number}" for number in range(30)]


# ── titles ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rank", "ja", "en"),
    [
        (Rank.AMBASSADOR, "駐日ノルウェー王国特命全権大使", "Ambassador Extraordinary and Plenipotentiary of the Kingdom of Norway"),
        (Rank.DESIGNATE, "次期駐日ノルウェー王国特命全権大使", "Ambassador-designate of the Kingdom of Norway"),
        (Rank.CHARGE_EN_TITRE, "駐日ノルウェー王国代理大使", "Chargé d’Affaires of the Kingdom of Norway"),
        (Rank.CHARGE_AD_INTERIM, "駐日ノルウェー王国臨時代理大使", "Chargé d’Affaires ad interim of the Kingdom of Norway"),
    ],
)
def test_a_head_of_mission_is_titled_by_rank(seat, rank, ja, en):
    holder = hold(seat, rank)

    assert (positions.title(seat, "ja", holder), positions.title(seat, "en")) == (ja, en)


def test_a_vacant_head_is_titled_as_an_office(seat):
    assert positions.title(seat, "en") == "Head of Mission, Embassy of Norway"
    assert positions.title(seat, "ja") == "駐日ノルウェー大使館　館長"


def test_a_title_of_its_own_goes_first_but_not_for_a_charge(seat):
    seat.title_en, seat.title_ja = "Apostolic Nuncio to Japan", "駐日ローマ教皇庁大使"

    assert positions.title(seat, "en", hold(seat, Rank.AMBASSADOR)) == "Apostolic Nuncio to Japan"
    assert positions.title(seat, "ja", hold(seat, Rank.DESIGNATE)) == "次期駐日ローマ教皇庁大使"
    assert positions.title(seat, "en", hold(seat, Rank.CHARGE_AD_INTERIM)).startswith("Chargé d’Affaires ad interim")


@pytest.mark.parametrize(
    ("role", "ja", "en"),
    [
        ("economic", "駐日ノルウェー大使館　経済担当", "Economic Section, Embassy of Norway"),
        ("cultural", "駐日ノルウェー大使館　文化担当", "Cultural Section, Embassy of Norway"),
        ("deputy", "駐日ノルウェー大使館　次席", "Deputy Head of Mission, Embassy of Norway"),
    ],
)
def test_sections_are_titled_by_their_post(seat, role, ja, en):
    section = factories.position(seat.organisation, role)

    assert (positions.title(section, "ja"), positions.title(section, "en")) == (ja, en)


def test_every_role_has_a_title(seat):
    for role in set(type(seat).Role.values) - {"head"}:
        section = factories.position(seat.organisation, role)

        assert positions.title(section, "ja")
        assert positions.title(section, "en")


# ── forms of address ─────────────────────────────────────────────────────────


def test_an_ambassador_is_addressed_as_excellency(seat):
    holder = hold(seat, Rank.AMBASSADOR, prefix="Her Excellency", courtesy="Ms.")

    assert positions.addressee(seat, "en", holder) == "Her Excellency Ms. Marit Ekdal"
    assert positions.addressee(seat, "ja", holder) == "マリット・エクダール閣下"
    assert positions.salutation(seat, "ja", holder) == "駐日ノルウェー王国特命全権大使　マリット・エクダール閣下"
    assert positions.salutation(seat, "en", holder) == "Excellency,"


def test_an_ambassador_without_a_form_of_address_gets_the_neutral_one(seat):
    assert positions.addressee(seat, "en", hold(seat, Rank.AMBASSADOR)) == "H.E. Marit Ekdal"


@pytest.mark.parametrize("prefix", ["His Excellency", "H.E.", "h.e.", ""])
def test_a_charge_is_no_excellency(seat, prefix):
    holder = hold(seat, Rank.CHARGE_AD_INTERIM, prefix=prefix, courtesy="Mr.")

    assert positions.addressee(seat, "en", holder) == "Mr. Marit Ekdal"
    assert positions.addressee(seat, "ja", holder) == "マリット・エクダール様"
    assert positions.salutation(seat, "en", holder) == "Dear Mr. Marit Ekdal,"


def test_other_forms_of_address_stay(seat):
    holder = hold(seat, Rank.COUNSELLOR, prefix="The Honourable", courtesy="Dr.")

    assert positions.addressee(seat, "en", holder) == "The Honourable Dr. Marit Ekdal"


def test_names_are_printed_exactly_as_typed(seat):
    holder = hold(seat, Rank.AMBASSADOR, name_ja="髙﨑\u3000𠮷郎")

    assert positions.addressee(seat, "ja", holder) == "髙﨑\u3000𠮷郎閣下"


def test_a_section_is_written_to_as_an_office(seat):
    section = factories.position(seat.organisation, "economic")

    assert positions.salutation(section, "ja") == "駐日ノルウェー大使館　経済担当　御中"
    assert positions.salutation(section, "en") == "Dear Sir or Madam,"


# ── precedence ───────────────────────────────────────────────────────────────


def test_heads_of_mission_stand_by_credentials_then_designates_then_charges():
    def one(rank, **facts):
        return hold(factories.head(factories.embassy()), rank, **facts)

    expected = [
        one(Rank.AMBASSADOR, since=(2024, 1, 1), credentials=(2022, 5, 10, 10, 30)),
        one(Rank.AMBASSADOR, since=(2020, 1, 1), credentials=(2022, 5, 10, 11, 0)),
        one(Rank.AMBASSADOR, since=(2019, 1, 1), credentials=(2023, 1, 1, 9, 0)),
        one(Rank.AMBASSADOR, since=(2025, 1, 1)),  # no credentials yet: with the designates, by arrival
        one(Rank.DESIGNATE, since=(2025, 2, 1)),
        one(Rank.CHARGE_EN_TITRE, since=(2018, 1, 1)),
        one(Rank.CHARGE_AD_INTERIM, since=(2017, 1, 1)),
        one(Rank.CHARGE_AD_INTERIM, since=(2018, 1, 1)),
        one(Rank.MINISTER, since=(2010, 1, 1)),
        None,
    ]

    backwards = expected[::-1]
    assert sorted(backwards, key=positions.precedence) == expected
