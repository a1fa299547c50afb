"""Dates as the Ministry writes them: weekday always, the era in Japanese, the zone where hours are given."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

_WEEKDAYS_JA = "月火水木金土日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_ERAS = ((dt.date(2019, 5, 1), "令和"), (dt.date(1989, 1, 8), "平成"), (dt.date(1926, 12, 25), "昭和"))


def era_year(day: dt.date) -> str:
    """令和8年, 平成27年; the first year is 元年."""
    for first, name in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    return f"{day.year}年"


def fiscal_year(day: dt.date) -> int:
    """The Japanese fiscal year: 1 April to 31 March."""
    return day.year - (day.month < 4)


def fiscal_year_ja(year: int) -> str:
    """令和元年度 for the whole of FY2019 (agreement of the state offices, 1 April 2019)."""
    return era_year(dt.date(year, 5, 1)) + "度"


def long_date(day: dt.date, language: str, *, era: bool = False) -> str:
    """2027年1月14日（木） · Thursday, 14 January 2027; with ``era`` 2027年（令和9年）1月14日（木）."""
    if language.startswith("en"):
        return f"{_WEEKDAYS_EN[day.weekday()]}, {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    year = f"{day.year}年（{era_year(day)}）" if era else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（{_WEEKDAYS_JA[day.weekday()]}）"


def day_with_year(day: dt.date, language: str) -> str:
    """2027年1月14日 · 14 Jan 2027."""
    if language.startswith("en"):
        return f"{day.day} {_MONTHS_EN[day.month - 1][:3]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: dt.date, language: str) -> str:
    """1月14日（木） · Thu 14 Jan."""
    if language.startswith("en"):
        return f"{_WEEKDAYS_EN[day.weekday()][:3]} {day.day} {_MONTHS_EN[day.month - 1][:3]}"
    return f"{day.month}月{day.day}日（{_WEEKDAYS_JA[day.weekday()]}）"


def month(day: dt.date, language: str) -> str:
    """2015年7月 · July 2015."""
    return f"{_MONTHS_EN[day.month - 1]} {day.year}" if language.startswith("en") else f"{day.year}年{day.month}月"


def zone_name(moment: dt.datetime) -> str:
    """JST, or the abbreviation that the zone itself uses then."""
    return moment.tzname() or ""


def long_moment(moment: dt.datetime, language: str, zone: str = "Asia/Tokyo") -> str:
    """2027年1月5日（火）17:00 · Tuesday, 5 January 2027, 17:00 JST. English always names the zone, Japanese where it is not Japan's."""
    local = timezone.localtime(moment, ZoneInfo(zone))
    day = long_date(local.date(), language)
    if language.startswith("en"):
        return f"{day}, {local:%H:%M} {zone_name(local)}"
    return f"{day}{local:%H:%M}" + ("" if zone == "Asia/Tokyo" else f"（{zone_name(local)}）")


def short_moment(moment: dt.datetime, language: str) -> str:
    """1月5日（火）17:00 · Tue 5 Jan 17:00, in Japan's time."""
    local = timezone.localtime(moment)
    return f"{short_date(local.date(), language)} {local:%H:%M}".replace("） ", "）")


def clock(moment: dt.datetime, language: str) -> str:
    """17:00 where it is today; with the day otherwise."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else short_moment(moment, language)


def month_name(number: int, language: str) -> str:
    """7月 · July."""
    return _MONTHS_EN[number - 1] if language.startswith("en") else f"{number}月"


def year(number: int, language: str) -> str:
    """2027年（令和9年） · 2027."""
    return str(number) if language.startswith("en") else f"{number}年（{era_year(dt.date(number, 12, 31))}）"
