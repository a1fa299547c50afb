"""The calendar entry of an event (RFC 5545), in the language of its reader.

METHOD is PUBLISH, not REQUEST (RFC 5546 3.2): a REQUEST makes mail programs answer the organiser by mail, and answers to
our invitations come by the personal link. No link stands in it, because calendars are shared with others. A change is the
same UID with a higher SEQUENCE; a letter that calls the event off carries METHOD CANCEL (RFC 5546 3.2.5). The entry of a
save-the-date is tentative, and a second older than the confirmed one of the same facts, which so replaces it
(RFC 5546 2.1.5: at the same SEQUENCE the later DTSTAMP counts).
"""

import datetime as dt
import functools
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Timezone, vCalAddress, vText
from icalendar import Event as Entry

from events import card, windows
from events.models import Event
from partnership.purposes import Attached

FILENAME = "event.ics"
PUBLISH, CANCEL = "PUBLISH", "CANCEL"
MIMETYPE = "text/calendar; charset=utf-8; method=PUBLISH"


def is_possible(event: Event) -> bool:
    """Whether the dates are known to the day."""
    return event.precision == Event.Precision.DAY


def uid(event: Event) -> str:
    """The same for the whole life of an event, so that a newer entry replaces the older one."""
    return f"event-{event.pk}@{urlsplit(settings.SITE_URL).hostname}"


def ics(event: Event, language: str, *, method: str = PUBLISH, tentative: bool = False) -> bytes:
    """The entry as a file: the same bytes until a fact of it changes."""
    with translation.override(language):
        calendar = Calendar()
        calendar.add("prodid", "-//Ministry of Foreign Affairs of Japan//Partnership//EN")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", method)
        entry = _entry(event, language, tentative=tentative)
        if event.start_time is not None:
            calendar.add_component(_zone(event.time_zone))  # before what refers to it
        calendar.add_component(entry)
        return calendar.to_ical()


@functools.cache
def _zone(name: str) -> Timezone:
    """The definition of a time zone; it takes longer to make than all the rest of an entry."""
    return Timezone.from_tzid(name)


def attached(event: Event, language: str, *, method: str = PUBLISH, tentative: bool = False) -> list[Attached]:
    """The entry as a part of a mail; nothing where the day is not known."""
    if not is_possible(event):
        return []
    return [Attached(FILENAME, ics(event, language, method=method, tentative=tentative), MIMETYPE.replace(PUBLISH, method))]


def _entry(event: Event, language: str, *, tentative: bool) -> Entry:
    printed = card.of(event, language)
    off = event.state in windows.CALLED_OFF
    entry = Entry()
    entry.add("uid", uid(event))
    entry.add("sequence", event.calendar_sequence)
    changed = (event.calendar_changed_at or event.created_at).astimezone(dt.UTC) - dt.timedelta(seconds=tentative)
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    start, end = _times(event)
    entry.add("dtstart", start)
    if end:
        entry.add("dtend", end)
    entry.add("summary", vText(printed.title, params={"LANGUAGE": language}))
    if printed.where:
        entry.add("location", vText(printed.where, params={"LANGUAGE": language}))
    entry.add("description", "\n".join(_description(printed)))
    entry.add("status", "CANCELLED" if off else "TENTATIVE" if tentative else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if off or tentative else "OPAQUE")
    if printed.contact_email:
        organiser = vCalAddress(f"mailto:{printed.contact_email}")
        organiser.params["cn"] = vText(_("Local Partnership Cooperation Division"))
        entry.add("organizer", organiser)
    return entry


def _times(event: Event) -> tuple[dt.date | dt.datetime, dt.date | dt.datetime | None]:
    """From and until; whole days end on the day after (RFC 5545 3.6.1)."""
    if event.start_time is None:
        return event.starts_on, event.ends_on + dt.timedelta(days=1)
    zone = ZoneInfo(event.time_zone)
    start = dt.datetime.combine(event.starts_on, event.start_time, zone)
    end = dt.datetime.combine(event.ends_on, event.end_time, zone) if event.end_time else None
    return start, end if end and end > start else None


def _description(printed: card.Card) -> list[str]:
    lines = [printed.host_line, printed.before]
    if printed.dress:
        lines.append(_("Dress: %(dress)s") % {"dress": printed.dress})
    if printed.contact:
        lines.append(_("Questions: %(contact)s") % {"contact": printed.contact})
    return [line for line in lines if line]
