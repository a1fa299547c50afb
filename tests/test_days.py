"""When an event is, said no more exactly than it is known."""

import datetime as dt

import pytest

from events import days
from events.models import Event


@pytest.mark.parametrize(
    ("first", "last", "ja", "en"),
    [
        (dt.date(2015, 9, 15), dt.date(2015, 10, 15), "2015年9月～10月頃", "about September 2015 to October 2015"),
        (dt.date(2015, 12, 1), dt.date(2016, 1, 31), "2015年12月～2016年1月頃", "about December 2015 to January 2016"),
    ],
)
def test_a_period_names_each_year_that_it_touches(first, last, ja, en):
    event = Event(starts_on=first, ends_on=last, precision="period")

    assert (days.words(event, "ja"), days.words(event, "en")) == (ja, en)


def spoken(first, last, **fields):
    event = Event(starts_on=dt.date(*first), ends_on=dt.date(*last), **fields)
    return days.words(event, "ja"), days.words(event, "en")


@pytest.mark.parametrize(
    ("first", "last", "ja", "en"),
    [
        ((2015, 6, 8), (2015, 6, 10), "2015年6月8日（月）～10日（水）", "Monday, 8 – Wednesday, 10 June 2015"),
        ((2015, 9, 30), (2015, 10, 2), "2015年9月30日（水）～10月2日（金）", "Wednesday, 30 September – Friday, 2 October 2015"),
        (
            (2015, 12, 28),
            (2016, 1, 3),
            "2015年12月28日（月）～2016年1月3日（日）",
            "Monday, 28 December 2015 – Sunday, 3 January 2016",
        ),
        ((2015, 7, 23), (2015, 7, 23), "2015年7月23日（木）", "Thursday, 23 July 2015"),
    ],
)
def test_days_say_once_what_they_share(first, last, ja, en):
    assert spoken(first, last) == (ja, en)


def test_an_era_is_named_with_each_year():
    event = Event(starts_on=dt.date(2015, 8, 13), ends_on=dt.date(2015, 8, 17))

    assert days.words(event, "ja", era=True) == "2015年（平成27年）8月13日（木）～17日（月）"


def test_dates_are_no_more_exact_than_they_are_known():
    assert spoken((2015, 7, 1), (2015, 7, 31), precision="month") == ("2015年7月", "July 2015")
    assert spoken((2015, 1, 1), (2015, 12, 31), precision="year") == ("2015年", "2015")
