"""The clock of requests: open days, the days around New Year, and how it stands still while we wait."""

import datetime as dt

import pytest
from django.utils import timezone

from municipalities import clock
from municipalities.models import MunicipalRequest
from tests import factories

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("submitted", "last"),
    [
        ("2026-11-24T16:52", "2026-12-01"),  # Tuesday to Tuesday
        ("2026-11-20T09:00", "2026-11-30"),  # Labour Thanksgiving Day on Monday the 23rd is no open day
        ("2026-12-25T16:59", "2027-01-08"),  # Friday; closed from the 28th to the 3rd, a Sunday
        ("2027-04-28T23:59", "2027-05-11"),  # Shōwa Day, Constitution, Greenery and Children’s Day
        ("2026-11-28T10:00", "2026-12-04"),  # on a Saturday: Monday is the first open day
    ],
)
def test_five_open_days_to_confirm(submitted, last):
    assert clock.confirm_by(at(submitted)) == day(last)


def test_the_day_in_japan_counts_not_the_day_in_greenwich():
    assert clock.day_of(dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC)) == day("2026-11-25")


def test_the_answer_is_expected_after_the_open_days_of_its_kind():
    request = factories.municipal_request(kind="free_consultation")

    assert request.kind_facts.target_days == 5
    assert clock.expected(request, at("2026-12-24T10:00")) == day("2027-01-07")


def waiting(since, **fields):
    values = {"state": "waiting", "waiting_since": at(since), "submitted_at": at("2026-12-01T10:00"), "expected_on": day("2026-12-22")}
    return factories.municipal_request(**{**values, **fields})


@pytest.mark.parametrize(
    ("asked", "replied", "waited", "expected"),
    [
        ("2026-12-08T11:20", "2026-12-08T17:00", 0, "2026-12-22"),  # on the same day
        ("2026-12-08T11:20", "2026-12-10T09:00", 2, "2026-12-24"),
        ("2026-12-11T11:20", "2026-12-14T09:00", 1, "2026-12-23"),  # over a weekend
        ("2026-12-25T11:20", "2027-01-05T09:00", 2, "2026-12-24"),  # over New Year: Monday the 4th and Tuesday the 5th
    ],
)
def test_the_clock_stands_still_while_we_wait(asked, replied, waited, expected):
    changes = clock.started_again(waiting(asked), at(replied))

    assert (changes["waited_days"], changes["expected_on"]) == (waited, day(expected))
    assert (changes["waiting_since"], changes["reply_by"], changes["is_returned"]) == (None, None, False)


def test_two_waits_add_up():
    assert clock.started_again(waiting("2026-12-08T11:20", waited_days=3), at("2026-12-10T09:00"))["waited_days"] == 5


def test_the_open_days_of_processing_leave_the_waiting_out():
    request = factories.municipal_request(submitted_at=at("2026-12-01T10:00"))

    assert clock.processing(request, at("2026-12-15T10:00"), waited_days=0) == 10
    assert clock.processing(request, at("2026-12-15T10:00"), waited_days=4) == 6
    assert clock.processing(request, at("2026-12-01T17:00"), waited_days=4) == 0


def test_a_reply_is_due_at_five_in_the_afternoon():
    assert timezone.localtime(clock.reply_by(at("2026-12-25T11:00"))).isoformat() == "2027-01-08T17:00:00+09:00"


def test_what_has_not_ended_is_not_taken_up_again():
    assert clock.reopen_until(MunicipalRequest()) is None
