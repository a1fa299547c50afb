"""Days on which offices are open: Monday to Friday, without public holidays and 29 December to 3 January.

The closing days are those of the state's offices (行政機関の休日に関する法律, 1988, art. 1). The Ministry's counter already closes
on 28 December where that is said so in ``CLOSED``; a date that is promised to a local government counts open days only.
"""

import datetime as dt

import jpholiday

# month and day; the counter is closed from 28 December (the last day is for putting things in order) to 3 January
CLOSED = frozenset({(12, 28), (12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def is_open(day: dt.date) -> bool:
    """Whether the offices are open on that day."""
    return day.weekday() < 5 and (day.month, day.day) not in CLOSED and not jpholiday.is_holiday(day)


def on_or_after(day: dt.date) -> dt.date:
    """The day itself, or the next open one."""
    while not is_open(day):
        day += dt.timedelta(days=1)
    return day


def on_or_before(day: dt.date) -> dt.date:
    """The day itself, or the last open one before it."""
    while not is_open(day):
        day -= dt.timedelta(days=1)
    return day


def add(day: dt.date, days: int) -> dt.date:
    """The open day that lies ``days`` open days after ``day``; the day itself is not counted (民法140条: the first day is left out)."""
    for _count in range(days):
        day = on_or_after(day + dt.timedelta(days=1))
    return day


def between(first: dt.date, last: dt.date) -> int:
    """How many open days lie after ``first`` up to and with ``last``; 0 when ``last`` is not later."""
    return sum(is_open(first + dt.timedelta(days=number)) for number in range(1, (last - first).days + 1))
