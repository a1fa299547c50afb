"""When an event is, said no more exactly than it is known."""

import datetime as dt

from events.models import Event
from partnership import dates


def words(event: Event, language: str, *, era: bool = False) -> str:
    """2027年1月14日（木） · 2015年7月 · 2015年9月～10月頃 · 2015年 · 2015年8月13日（木）～17日（月）."""
    first, last = event.starts_on, event.ends_on
    english = language.startswith("en")
    if event.precision == Event.Precision.YEAR:
        return str(first.year) if english else f"{first.year}年"
    if event.precision == Event.Precision.MONTH:
        return dates.month(first, language)
    if first == last:
        return dates.long_date(first, language, era=era)
    if event.precision == Event.Precision.PERIOD:
        about = (
            f"about {dates.month(first, language)} to {dates.month(last, language)}",
            f"{dates.month(first, language)}～{f'{last.year}年' if last.year != first.year else ''}{last.month}月頃",
        )
        return about[0] if english else about[1]
    return _span_in_english(first, last) if english else _span_in_japanese(first, last, era=era)


def _span_in_english(first: dt.date, last: dt.date) -> str:
    """Monday, 8 – Wednesday, 10 June 2015: what both days share is said once, with the last."""
    begin = dates.long_date(first, "en")
    if (first.year, first.month) == (last.year, last.month):
        begin = begin.removesuffix(f" {dates.month(first, 'en')}")
    elif first.year == last.year:
        begin = begin.removesuffix(f" {first.year}")
    return f"{begin} – {dates.long_date(last, 'en')}"


def _span_in_japanese(first: dt.date, last: dt.date, *, era: bool) -> str:
    """2015年6月8日（月）～10日（水）: what both days share is said once, with the first."""
    until = dates.long_date(last, "ja", era=era)
    if first.year == last.year:
        until = dates.short_date(last, "ja")
        if first.month == last.month:
            until = until.removeprefix(f"{last.month}月")
    return f"{dates.long_date(first, 'ja', era=era)}～{until}"
