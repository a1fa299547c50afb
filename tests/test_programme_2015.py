"""The record of 2015: every event and figure of the source, exactly, and nothing more."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events import editions, events, hosts, record
from events.models import Event, EventHost
from partnership.models import AuditEvent, Figure
from partnership.transitions import Refused
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("registers")]  # in their order: first without it

# key, kind, first day, last day, precision
EVENTS = [
    ("IIK-2015-1", "iikura_reception", "2015-02-03", "2015-02-03", "day"),
    ("IIK-2015-2", "iikura_reception", "2015-03-12", "2015-03-12", "day"),
    ("IIK-2015-3", "iikura_reception", "2015-07-23", "2015-07-23", "day"),
    ("IIK-2015-4", "iikura_reception", "2015-10-27", "2015-10-27", "day"),
    ("IIK-2015-5", "iikura_reception", "2015-11-12", "2015-11-12", "day"),
    ("MAY-2015", "city_mayors_reception", "2015-06-01", "2015-06-30", "month"),
    ("SEM-18", "regional_promotion_seminar", "2015-07-01", "2015-07-31", "month"),
    ("TOUR-2015-MATSUDO", "diplomats_study_tour", "2015-09-10", "2015-09-10", "day"),
    ("TOUR-2015-KANAGAWA", "diplomats_study_tour", "2015-10-01", "2015-10-31", "month"),
    ("TOUR-2015-SAITAMA", "diplomats_study_tour", "2015-11-01", "2015-11-30", "month"),
    ("TOUR-2015-TOYOTA", "diplomats_study_tour", "2015-11-01", "2015-11-30", "month"),
    ("TOUR-2015-MITAKE", "diplomats_study_tour", "2015-11-01", "2015-11-30", "month"),
    ("FORUM-2015", "local_partnership_forum", "2015-01-01", "2015-01-31", "month"),
    ("HKFE-2015", "reputation_recovery_event", "2015-08-13", "2015-08-17", "day"),
    ("SHA-2015-EVENT", "reputation_recovery_event", "2015-11-27", "2015-11-29", "day"),
    ("SHA-2015-TOUR", "blogger_invitation_tour", "2015-09-15", "2015-10-15", "period"),
    ("RPP-2015-ABASHIRI", "regional_promotion_project", "2015-07-01", "2015-07-31", "month"),
    ("IKI-2015-11", "municipal_promotion_event", "2015-11-01", "2015-11-30", "month"),
    ("AMB-2015-TOYAMA", "ambassadors_tour", "2015-06-08", "2015-06-10", "day"),
    ("AMB-2015-FUKUSHIMA", "ambassadors_tour", "2015-10-22", "2015-10-23", "day"),
]
STATED, COUNTED = "stated", "counted"

# key, value, up to, about, basis: everything that the source says in numbers
FIGURES = [
    ("iikura-receptions-2015", 5, None, False, STATED),
    ("seminar-18-invited", 75, None, False, STATED),
    ("seminar-18-local-governments", 7, None, False, COUNTED),
    ("seminar-18-groups", 5, None, False, COUNTED),
    ("study-tour-destinations-2015", 5, None, False, COUNTED),
    *((f"study-tour-{place}-participants", 20, 50, True, STATED) for place in ("matsudo", "kanagawa", "saitama", "toyota", "mitake")),
    ("forum-2015-attendance", 130, None, True, STATED),
    ("forum-2015-parts", 2, None, False, STATED),
    ("forum-2015-sections", 4, None, False, STATED),
    ("hong-kong-2015-prefectures", 8, None, False, COUNTED),
    ("hong-kong-2015-visitors", 470_000, None, True, STATED),
    ("shanghai-2015-prefectures", 8, None, False, COUNTED),
    ("shanghai-2015-visitors", 15_000, None, True, STATED),
    ("shanghai-2015-days", 3, None, False, STATED),
    ("bloggers-2015-prefectures", 11, None, False, COUNTED),
    ("bloggers-2015-groups", 5, None, False, STATED),
    ("regional-promotion-projects-2015", 15, None, False, STATED),
    ("sister-city-ties-us", 446, None, False, STATED),
    ("sister-city-ties-cn", 362, None, False, STATED),
    ("sister-city-ties-kr", 160, None, False, STATED),
    ("sister-city-ties-au", 108, None, False, STATED),
    ("sister-city-ties-ca", 70, None, False, STATED),
    ("partner-wish-major-cities", 20, None, False, STATED),
    ("division-founded", 2006, None, False, STATED),
    ("division-staff", 14, None, True, STATED),
    ("trainees-2015-12", 57, None, False, STATED),
    ("trainees-total", 400, None, True, STATED),
    ("trainee-years-headquarters", 2, None, False, STATED),
    ("trainee-years-mission", 2, None, False, STATED),
    ("officials-sent-to-municipalities", 5, None, False, STATED),
    ("official-sent-to-iki", 1, None, False, STATED),
    ("osaka-liaison-office", 1, None, False, STATED),
]
# the same for what other sources add
OTHERS = [
    ("iikura-reception-1-attendance", 240),
    ("iikura-reception-2-attendance", 220),
    ("iikura-reception-3-attendance", 300),
    ("iikura-reception-4-attendance", 300),
    ("iikura-reception-5-attendance", 300),
    ("city-mayors-reception-2014-attendance", 300),
    ("city-mayors-reception-2013-booths", 49),
    ("city-mayors-reception-2013-missions", 90),
    ("study-tour-matsudo-attendance", 52),
    ("study-tour-matsudo-countries", 34),
    ("study-tour-matsudo-ambassadors", 11),
    ("study-tour-matsudo-expected", 70),
    ("study-tour-matsudo-expected-countries", 47),
    ("bloggers-2015-people", 22),
    ("regional-promotion-projects-2014", 10),
    ("regional-promotion-projects-2012", 9),
    ("ambassadors-tour-toyama-expected", 20),
    ("ambassadors-tour-toyama-countries", 13),
    ("ambassadors-tour-fukushima-expected", 22),
    ("ambassadors-tour-fukushima-countries", 14),
]
with_record = pytest.mark.usefixtures("registers")


def event(key):
    return Event.objects.get(record_key=key)


# ── without registers (first, because the others load them) ──────────────────


def test_without_the_registers_the_load_says_what_to_do():
    with pytest.raises(CommandError, match="run load_registers first"):
        call_command("load_programme_2015", stdout=StringIO())

    assert not Event.objects.exists()


# ── events ───────────────────────────────────────────────────────────────────


@with_record
@pytest.mark.parametrize(("key", "kind", "first", "last", "precision"), EVENTS, ids=[row[0] for row in EVENTS])
def test_every_event_is_held_with_its_dates(key, kind, first, last, precision):
    row = event(key)

    assert (row.kind, str(row.starts_on), str(row.ends_on), row.precision) == (kind, first, last, precision)
    assert (row.state, row.is_record, row.is_demo) == ("held", True, False)
    assert row.source


@with_record
def test_the_record_holds_these_events_and_no_others():
    assert set(Event.objects.filter(is_record=True).values_list("record_key", flat=True)) == {row[0] for row in EVENTS}


@with_record
def test_the_receptions_are_numbered_one_to_five_and_the_seminar_is_the_18th():
    receptions = Event.objects.filter(kind="iikura_reception").order_by("starts_on")

    assert list(receptions.values_list("ordinal", flat=True)) == [1, 2, 3, 4, 5]
    assert event("SEM-18").ordinal == 18


@with_record
@pytest.mark.parametrize(
    ("key", "ja", "en"),
    [
        ("IIK-2015-1", "外務大臣及び京都市長の共催", "Co-hosted by the Minister for Foreign Affairs and the Mayor of Kyoto"),
        (
            "IIK-2015-2",
            "外務大臣及び福島県知事の共催",
            "Co-hosted by the Minister for Foreign Affairs and the Governor of Fukushima Prefecture",
        ),
        (
            "IIK-2015-3",
            "外務大臣、広島県知事及び広島市長の共催",
            "Co-hosted by the Minister for Foreign Affairs, the Governor of Hiroshima Prefecture and the Mayor of Hiroshima",
        ),
        ("IIK-2015-4", "外務大臣及び三重県知事の共催", "Co-hosted by the Minister for Foreign Affairs and the Governor of Mie Prefecture"),
        (
            "IIK-2015-5",
            "外務大臣及び青森県知事の共催",
            "Co-hosted by the Minister for Foreign Affairs and the Governor of Aomori Prefecture",
        ),
        ("MAY-2015", "外務大臣の主催", "Hosted by the Minister for Foreign Affairs"),
        (
            "RPP-2015-ABASHIRI",
            "在バンクーバー日本国総領事館及び網走市の共催",
            "Co-hosted by the Consulate-General of Japan in Vancouver and Abashiri City",
        ),
        ("TOUR-2015-MITAKE", "外務省及び御嵩町の共催", "Co-hosted by the Ministry of Foreign Affairs and Mitake Town"),
        ("IKI-2015-11", "壱岐市の参加", "With the participation of Iki City"),
    ],
)
def test_hosts_are_named_in_protocol_order(key, ja, en):
    assert (hosts.host_line(event(key), "ja"), hosts.host_line(event(key), "en")) == (ja, en)


@with_record
def test_the_seminar_has_seven_local_governments_in_five_groups():
    seminar = event("SEM-18")

    assert seminar.hosts.filter(organisation__kind="local_government").count() == 7
    assert hosts.groups(seminar, "ja") == ["松戸市・千葉県", "相模原市・神奈川県", "さいたま市", "豊田市", "御嵩町"]
    assert not seminar.hosts.filter(organisation__name_ja__in=["愛知県", "岐阜県"]).exists()


@with_record
@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("HKFE-2015", "岩手県 宮城県 福島県 茨城県 栃木県 群馬県 千葉県 新潟県"),
        ("SHA-2015-EVENT", "青森県 宮城県 福島県 山形県 茨城県 栃木県 群馬県 新潟県"),
        ("SHA-2015-TOUR", "青森県 岩手県 宮城県 福島県 秋田県 山形県 茨城県 栃木県 群馬県 千葉県 新潟県"),
    ],
)
def test_events_abroad_name_their_prefectures(key, names):
    participating = EventHost.objects.filter(event=event(key), role="participating").order_by("order")

    assert [host.organisation.name_ja for host in participating] == names.split()


@with_record
def test_the_bloggers_tour_is_part_of_the_event_in_shanghai():
    assert event("SHA-2015-TOUR").part_of == event("SHA-2015-EVENT")
    assert event("SHA-2015-EVENT").time_zone == "Asia/Shanghai"


@with_record
def test_ambassadors_tours_are_a_programme_of_their_own():
    tours = Event.objects.filter(kind="ambassadors_tour")

    assert tours.count() == 2
    assert Event.objects.filter(kind="diplomats_study_tour").count() == 5
    assert all("never counted together" in tour.note and "別" in tour.note for tour in tours)
    assert all(tour.hosts.order_by("order").first().organisation.register_key == "body:protocol" for tour in tours)


@with_record
@pytest.mark.parametrize("key", ["TOUR-2015-SAITAMA", "TOUR-2015-TOYOTA", "TOUR-2015-MITAKE"])
def test_the_record_says_that_the_number_of_tours_in_november_is_unknown(key):
    note = event(key).note

    assert "three separate tours, two, or one joint tour" in note
    assert "三つの別々のツアーか、二つか、一つの合同ツアーかは分からない" in note


# ── figures ──────────────────────────────────────────────────────────────────


@with_record
@pytest.mark.parametrize(("key", "value", "value_to", "about", "basis"), FIGURES, ids=[row[0] for row in FIGURES])
def test_every_figure_of_the_source_is_exact(key, value, value_to, about, basis):
    figure = Figure.objects.get(key=key)

    assert (figure.value, figure.value_to, figure.is_approximate, figure.basis) == (
        Decimal(value),
        None if value_to is None else Decimal(value_to),
        about,
        basis,
    )
    assert "外交青書2016" in figure.source


@with_record
@pytest.mark.parametrize(("key", "value"), OTHERS, ids=[row[0] for row in OTHERS])
def test_figures_from_elsewhere_name_their_source(key, value):
    figure = Figure.objects.get(key=key)

    assert figure.value == value
    assert figure.basis == STATED
    assert "外交青書2016" not in figure.source


@with_record
def test_there_are_no_other_figures():
    assert set(Figure.objects.values_list("key", flat=True)) == {row[0] for row in FIGURES} | {row[0] for row in OTHERS}


@with_record
def test_fifteen_projects_do_not_become_sixteen():
    total = Figure.objects.get(key="regional-promotion-projects-2015")

    assert total.value == 15
    assert total.about is None
    assert Event.objects.filter(kind="regional_promotion_project").count() == 1
    assert "one of the 15" in total.basis_note_en
    assert "15件に含まれる" in total.basis_note_ja
    assert "One of the 15" in event("RPP-2015-ABASHIRI").note


@with_record
@pytest.mark.parametrize("key", ["officials-sent-to-municipalities", "official-sent-to-iki"])
def test_whether_iki_is_among_the_five_is_left_open(key):
    figure = Figure.objects.get(key=key)

    assert "among the five" in figure.basis_note_en
    assert "分からない" in figure.basis_note_ja


@with_record
def test_ties_are_dated():
    ties = Figure.objects.filter(key__startswith="sister-city-ties-")

    assert {figure.as_of for figure in ties} == {dt.date(2016, 2, 29)}


@with_record
def test_visitors_of_hong_kong_are_those_of_the_whole_expo():
    figure = Figure.objects.get(key="hong-kong-2015-visitors")

    assert figure.about == event("HKFE-2015")
    assert "not to the Japanese booth" in figure.basis_note_en


@with_record
def test_every_figure_has_both_languages():
    for figure in Figure.objects.all():
        assert figure.label_ja
        assert figure.label_en
        assert figure.unit_ja
        assert figure.unit_en
        assert bool(figure.basis_note_ja) == bool(figure.basis_note_en), figure.key


# ── the load ─────────────────────────────────────────────────────────────────


@with_record
def test_a_second_load_changes_nothing():
    before = (Event.history.count(), Figure.history.count(), EventHost.history.count(), AuditEvent.objects.count())
    out = StringIO()

    call_command("load_programme_2015", stdout=out)

    assert (Event.history.count(), Figure.history.count(), EventHost.history.count(), AuditEvent.objects.count()) == before
    assert "20 unchanged" in out.getvalue()
    assert "5 iikura_reception" in out.getvalue()


@with_record
def test_a_figure_that_staff_mended_is_kept():
    figure = Figure.objects.get(key="trainees-2015-12")
    figure.label_en = "Trainees"
    figure.save()

    outcomes = record.load_2015()

    assert outcomes[-1].kept == 1
    figure.refresh_from_db()
    assert figure.label_en == "Trainees"


@with_record
def test_the_record_cannot_be_changed():
    with pytest.raises(Refused):
        events.report(event=event("IIK-2015-3"), by=factories.user("desk"))


@with_record
def test_the_sixth_reception_follows_the_fifth():
    assert editions.next_ordinal("iikura_reception") == 6
