"""Filters of the event pages: days as exactly as they are known, hosts as they sign, figures as they were stated."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import days, hosts
from events.models import Event, EventHost
from partnership import dates
from partnership.models import Figure
from partnership.models.base import Bilingual

register = template.Library()


@register.filter
def event_day(event: Event, style: str = "") -> str:
    """When the event is, no more exactly than it is known; ``era`` adds the Japanese year."""
    return days.words(event, get_language() or "ja", era=style == "era")


@register.filter
def event_day_short(event: Event) -> str:
    """1月14日（木） where a line has little room and the day is known; else as exactly as it is."""
    known = event.precision == Event.Precision.DAY and event.starts_on == event.ends_on
    language = get_language() or "ja"
    return dates.short_date(event.starts_on, language) if known else days.words(event, language)


@register.filter
def said(thing: Bilingual, name: str) -> str:
    """A text that exists in two languages, in the active one."""
    return thing.in_language(name)


@register.filter
def signs_as(host: EventHost) -> str:
    """The host as the card names it."""
    return hosts.sign(host, get_language() or "ja")


@register.filter
def figure_value(figure: Figure) -> str:
    """約300人、20～50人 · about 300 people, 20–50 people."""
    english = (get_language() or "ja").startswith("en")
    value = number_format(figure.value.normalize(), force_grouping=True, use_l10n=True) if figure.value % 1 else f"{int(figure.value):,}"
    if figure.value_to is not None:
        value += f"{'–' if english else '～'}{int(figure.value_to):,}"
    unit = figure.in_language("unit")
    space = " " if unit and english else ""
    text = f"{value}{space}{unit}"
    return _("about %(number)s") % {"number": text} if figure.is_approximate else text


@register.filter
def host_line(event: Event) -> str:
    """Who hosts, in one line."""
    return hosts.host_line(event, get_language() or "ja")


@register.filter
def to_decide(event: Event) -> int:
    """Answers of a counted event that wait for the hosts."""
    return event.n_substitute + event.n_late + event.n_waitlisted  # type: ignore[attr-defined]
