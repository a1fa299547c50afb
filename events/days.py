"""When an event is, said no more exactly than it is known."""

from events.models import Event
from partnership import dates


def words(event: Event, language: str, *, era: bool = False) -> str:
    """2027年1月14日（木） · 2015年7月 · 2015年9月～10月頃 · 2015年."""
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
    until = dates.long_date(last, language) if first.year != last.year else dates.short_date(last, language)
    return f"{dates.long_date(first, language, era=era)}–{until}" if not english else f"{dates.long_date(first, language)} – {until}"
