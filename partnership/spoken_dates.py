"""Days as people say them on the telephone: 明日, 来週の月曜, 12/8, +3, beside the dates that are written in full."""

import datetime as dt
import re
import unicodedata

from partnership import business_days, japanese_dates

_NEAR = {"今日": 0, "本日": 0, "きょう": 0, "today": 0, "明日": 1, "あす": 1, "あした": 1, "tomorrow": 1, "明後日": 2, "あさって": 2}
_OPEN = re.compile(r"\+\s?([0-9]{1,2})|([0-9]{1,2})(?:開庁日|営業日|日以内|日後)", re.ASCII)
_DAY = re.compile(r"([0-9]{1,2})[/月.-]([0-9]{1,2})日?(?:\s?\([月火水木金土日]\))?", re.ASCII)
_WEEKDAY = re.compile(
    r"(今週|来週|再来週|next )?の?(月|火|水|木|金|土|日|mon|tue|wed|thu|fri|sat|sun)(?:曜日?|day|sday|nesday|rsday|urday)?"
)
_WEEKS = {"今週": 0, "来週": 1, "再来週": 2, "next ": 1}
_NAMES = [*"月火水木金土日", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def parse(text: str, today: dt.date) -> dt.date:
    """The day that is meant.

    Raises:
        ValueError: when no day can be read.
    """
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if said in _NEAR:
        return today + dt.timedelta(days=_NEAR[said])
    if match := _OPEN.fullmatch(said):
        return business_days.add(today, int(match[1] or match[2]))
    if match := _DAY.fullmatch(said):
        return _coming(int(match[1]), int(match[2]), today)
    if match := _WEEKDAY.fullmatch(said):
        return _weekday(match[1], _NAMES.index(match[2]) % 7, today)
    return japanese_dates.parse(text)


def _coming(month: int, day: int, today: dt.date) -> dt.date:
    """The next such day, today included; 29 February waits for its year."""
    for year in range(today.year, today.year + 5):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(month, day)


def _weekday(week: str | None, weekday: int, today: dt.date) -> dt.date:
    """金曜 is the next Friday; 来週の月曜 the Monday of the next week, which begins on Monday."""
    if week:
        monday = today - dt.timedelta(days=today.weekday())
        return monday + dt.timedelta(weeks=_WEEKS[week], days=weekday)
    return today + dt.timedelta(days=(weekday - today.weekday()) % 7 or 7)
