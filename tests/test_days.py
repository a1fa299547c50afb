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
