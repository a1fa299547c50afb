"""The next edition of an event: the copy, its checklist, and the list it proposes."""

import datetime as dt

import pytest
from django.utils import timezone

from events import editions, invitations
from events.editions import Why
from events.kinds import kind_of
from events.models import Event, LeftOut
from partnership.models import AuditEvent
from partnership.transitions import Refused
from tests import factories

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + dt.timedelta(days=200)


def lines(found):
    return [(line.position.organisation.name_en, line.why) for line in found]


# ── the copy ─────────────────────────────────────────────────────────────────


def test_the_next_edition_has_the_next_number_of_its_series(desk):
    first = factories.event(ordinal=5, title_ja="第5回飯倉公館レセプション", title_en="The 5th reception")
    factories.event(ordinal=2)

    edition, _list = editions.next_edition(event=first, by=desk, starts_on=SOON)

    assert (edition.ordinal, edition.previous, edition.state) == (6, first, Event.State.PLANNED)
    assert (edition.title_ja, edition.title_en) == ("第6回飯倉公館レセプション", "The 6th reception")
    assert AuditEvent.objects.filter(act="event.create", object_id=edition.pk).count() == 1


def test_the_number_follows_the_highest_of_the_series_not_the_copied_one(desk):
    old = factories.event(ordinal=3)
    factories.event(ordinal=9)

    assert editions.next_edition(event=old, by=desk, starts_on=SOON)[0].ordinal == 10


def test_an_event_without_a_series_gets_no_number(desk):
    assert editions.next_edition(event=factories.event(kind="ambassadors_tour"), by=desk, starts_on=SOON)[0].ordinal is None


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (112, "112th")],
)
def test_english_ordinals(number, words):
    assert editions.english_ordinal(number) == words


def test_deadlines_move_with_the_day(desk, event):
    moved = SOON - event.starts_on

    edition, _list = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert edition.reply_by == event.reply_by + moved
    assert edition.guest_list_closes_at == event.guest_list_closes_at + moved
    assert (edition.venue_ja, edition.capacity, edition.start_time) == (event.venue_ja, event.capacity, event.start_time)


def test_without_a_day_it_is_the_same_weekday_about_a_year_later(desk, event):
    edition, _list = editions.next_edition(event=event, by=desk)

    assert edition.starts_on - event.starts_on == dt.timedelta(days=364)


def test_an_old_event_is_moved_into_the_future(desk):
    old = factories.event(day=dt.date(2015, 7, 23), is_record=True, state="held", record_key="OLD")

    edition, _list = editions.next_edition(event=old, by=desk)

    assert timezone.localdate() < edition.starts_on <= timezone.localdate() + dt.timedelta(days=365)
    assert edition.starts_on.weekday() == old.starts_on.weekday()
    assert (edition.is_record, edition.record_key, edition.source, edition.note) == (False, None, "", "")


def test_a_day_that_has_passed_is_refused(desk, event):
    with pytest.raises(Refused):
        editions.next_edition(event=event, by=desk, starts_on=timezone.localdate())

    assert Event.objects.count() == 1


def test_the_checklist_is_copied_with_dates_relative_to_the_new_day(desk, event):
    factories.task(event, title_en="Book the hall", due_on=event.starts_on - dt.timedelta(days=30), offset_days=-30)
    factories.task(event, title_en="A date of its own", due_on=event.starts_on - dt.timedelta(days=3))

    edition, _list = editions.next_edition(event=event, by=desk, starts_on=SOON)

    due = {task.title_en: task.due_on for task in edition.tasks.all()}
    assert due == {"Book the hall": SOON - dt.timedelta(days=30), "A date of its own": SOON - dt.timedelta(days=3)}
    assert not edition.tasks.filter(done_at__isnull=False).exists()


def test_an_event_without_a_checklist_starts_with_that_of_its_kind(desk, event):
    edition, _list = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert edition.tasks.count() == len(kind_of(event.kind).checklist)


def test_hosts_are_copied_only_when_asked_for(desk, event):
    factories.host(event)
    factories.host(event, group=2, name_en="the City")

    without, _list = editions.next_edition(event=event, by=desk, starts_on=SOON)
    with_them, _list = editions.next_edition(event=event, by=desk, starts_on=SOON, with_hosts=True)

    assert without.hosts.count() == 0
    assert list(with_them.hosts.values_list("order", "group", "name_en")) == list(event.hosts.values_list("order", "group", "name_en"))


# ── the list ─────────────────────────────────────────────────────────────────


def test_the_same_guests_are_proposed_again(desk, event, embassy):
    invitations.invite(event=event, position=factories.head(embassy), by=desk)

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.invite) == [("Embassy of Norway", Why.SAME)]
    assert found.drop == []


def test_nobody_is_invited_by_the_copy(desk, event, embassy):
    invitations.invite(event=event, position=factories.head(embassy), by=desk)

    edition, _list = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert edition.invitations.count() == 0


def test_a_new_holder_is_pointed_out(desk, event, embassy):
    head = factories.head(embassy)
    invitations.invite(event=event, position=head, by=desk)
    head.appointments.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    factories.appointment(head, factories.person(name_en="Nils Newcomer", prefix="His Excellency"))

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.invite) == [("Embassy of Norway", Why.NEW_HOLDER)]
    assert found.invite[0].remark == "His Excellency Ingrid Example → His Excellency Nils Newcomer"


def test_a_body_that_closed_is_dropped_and_its_successor_proposed(desk, event, embassy):
    invitations.invite(event=event, position=factories.head(embassy), by=desk)
    new = factories.embassy("FR", head="New Head")
    embassy.valid_to, embassy.successor = timezone.localdate() - dt.timedelta(days=1), new
    embassy.save()

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.drop) == [("Embassy of Norway", Why.ENDED)]
    assert lines(found.invite) == [("Embassy of France", Why.SUCCESSOR)]


def test_a_successor_that_was_invited_then_too_is_proposed_once(desk, event, embassy):
    new = factories.embassy("FR", head="New Head")
    for body in (embassy, new):
        invitations.invite(event=event, position=factories.head(body), by=desk)
    embassy.valid_to, embassy.successor = timezone.localdate() - dt.timedelta(days=1), new
    embassy.save()

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.invite) == [("Embassy of France", Why.SAME)]


def test_embassies_that_opened_since_are_proposed(desk, event, embassy):
    invitations.invite(event=event, position=factories.head(embassy), by=desk)
    factories.embassy("KE", head="First Ambassador")

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.invite) == [("Embassy of Norway", Why.SAME), ("Embassy of Kenya", Why.NEW_BODY)]


def test_a_mission_left_out_then_is_not_proposed_but_shown_with_its_reason(desk, event, embassy):
    invitations.invite(event=event, position=factories.head(embassy), by=desk)
    LeftOut.objects.create(event=event, organisation=factories.embassy("KE"), reason=LeftOut.Reason.VACANT, decided_by=desk)

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.invite) == [("Embassy of Norway", Why.SAME)]
    assert lines(found.drop) == [("Embassy of Kenya", Why.LEFT_OUT)]


def test_a_withdrawn_invitation_is_not_part_of_the_list(desk, event, embassy):
    row = invitations.invite(event=event, position=factories.head(embassy), by=desk)
    invitations.withdraw(invitation=row, by=desk)

    _edition, found = editions.next_edition(event=event, by=desk, starts_on=SOON)

    assert lines(found.invite) == [("Embassy of Norway", Why.NO_LIST)]


def test_an_edition_of_the_record_proposes_every_embassy(desk, embassy):
    old = factories.event(day=dt.date(2015, 7, 23), is_record=True, state="held", record_key="OLD")

    _edition, found = editions.next_edition(event=old, by=desk)

    assert lines(found.invite) == [("Embassy of Norway", Why.NO_LIST)]


def test_the_proposal_costs_the_same_for_thirty_embassies(desk, event, assert_fixed_queries):
    def add():
        invitations.invite(event=event, position=factories.head(factories.embassy(head="Somebody")), by=desk)
        factories.embassy()

    assert_fixed_queries(lambda: editions.proposal(event), add)


def test_an_event_known_by_its_month_is_followed_by_one_of_one_day(desk):
    july = factories.event(starts_on=dt.date(2015, 7, 1), ends_on=dt.date(2015, 7, 31), precision="month", is_record=True, state="held")

    edition, _list = editions.next_edition(event=july, by=desk, starts_on=SOON)

    assert (edition.starts_on, edition.ends_on, edition.precision) == (SOON, SOON, "day")


def test_whoever_makes_an_edition_is_in_charge_of_it_unless_somebody_was(desk, event):
    colleague = factories.user("desk")
    alone, _list = editions.next_edition(event=event, by=desk, starts_on=SOON)
    event.owners.set([colleague])
    handed_on, _list = editions.next_edition(event=event, by=desk, starts_on=SOON + dt.timedelta(days=1))

    assert list(alone.owners.all()) == [desk]
    assert list(handed_on.owners.all()) == [colleague]
