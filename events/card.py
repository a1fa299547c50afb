"""What the invitation card prints, in one language: who invites, whom, to what, when, where, dress, until when.

The card on the guest's page, the letter's placeholders, the confirmation and the approval's material facts all read
this one place, so that they cannot say different things.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events import days, hosts
from events.models import Event, Invitation
from partnership import dates


@dataclass(frozen=True)
class Card:
    """The printed facts of an event in one language; an empty one is not printed."""

    hosts: tuple[str, ...]  # as they sign, in protocol order
    inviters: str  # the same in one line, as the subject of a sentence: A, B and C
    host_line: str  # the same with how they host: Co-hosted by A, B and C
    event: str  # the kind of occasion, as the card says it: Reception
    occasion: str  # as the card asks for it: at a Reception; 下記のレセプションに御臨席を賜りたく…
    title: str
    when: str
    day: str  # the two parts of it, for a card that breaks its line between them
    hours: str
    where: str
    dress: str
    before: str
    reply_by: str
    reply_line: str
    contact_email: str
    contact_phone: str
    contact: str  # address and telephone in one line


def of(event: Event, language: str) -> Card:
    """The card of an event."""
    with translation.override(language):
        reply_by = dates.long_moment(event.reply_by, language, event.time_zone) if event.reply_by else ""
        rows = hosts.of_event(event)
        names, kind = hosts.names(event, language, rows), event.kind_facts
        desk = (event.contact_email or settings.CONTACT_EMAIL, event.contact_phone or settings.CONTACT_PHONE)
        return Card(
            hosts=tuple(names),
            inviters=hosts.joined(names, language),
            host_line=hosts.host_line(event, language, rows),
            event=kind.event_en if language == "en" else kind.event_ja,
            occasion=f"{kind.lead_en} {kind.event_en}"
            if language == "en"
            else f"下記の{kind.event_ja}に{kind.wish_ja}を賜りたく、謹んで御案内申し上げます",
            title=event.in_language("title", language),
            when=when(event, language),
            day=days.words(event, language),
            hours=hours(event, language),
            where=where(event, language),
            dress=event.in_language("dress", language),
            before=event.in_language("before", language),
            reply_by=reply_by,
            reply_line=_reply_line(event, reply_by),
            contact_email=desk[0],
            contact_phone=desk[1],
            contact=(", " if language == "en" else "　").join(part for part in desk if part),
        )


def when(event: Event, language: str) -> str:
    """Thursday, 14 January 2027, 18:30–20:00 JST · 2027年1月14日（木）18:30～20:00."""
    return (", " if language == "en" else "").join(part for part in (days.words(event, language), hours(event, language)) if part)


def hours(event: Event, language: str) -> str:
    """18:30–20:00 JST · 18:30～20:00; English always names the zone, Japanese where it is not Japan's."""
    if event.precision != Event.Precision.DAY or not event.start_time:
        return ""
    english = language == "en"
    span = f"{event.start_time:%H:%M}"
    if event.end_time:
        span += f"{'–' if english else '～'}{event.end_time:%H:%M}"
    zone = dates.zone_name(dt.datetime.combine(event.starts_on, event.start_time, ZoneInfo(event.time_zone)))
    if english:
        return f"{span} {zone}"
    return span if event.time_zone == "Asia/Tokyo" else f"{span}（{zone}）"


def where(event: Event, language: str) -> str:
    """Venue and address."""
    parts = (event.in_language("venue", language), event.in_language("address", language))
    return (", " if language == "en" else "　").join(part for part in parts if part)


def _reply_line(event: Event, reply_by: str) -> str:
    mode = Event.ReplyMode(event.reply_mode)
    if mode == Event.ReplyMode.REMIND:
        return _("To remind: you have kindly accepted already. Please tell us only if something has changed.")
    if mode == Event.ReplyMode.REGRETS:
        if reply_by:
            return _("Regrets only, by %(when)s.") % {"when": reply_by}
        return _("Regrets only.")
    return _("R.S.V.P. by %(when)s.") % {"when": reply_by} if reply_by else _("R.S.V.P.")


def guest(invitation: Invitation, language: str) -> str:
    """Name and post as the card prints them, in one line; of a vacant post only the post."""
    name, post = invitation.in_language("name", language), invitation.in_language("post", language)
    return (", " if language == "en" else "　").join(part for part in ((name, post) if language == "en" else (post, name)) if part)


def weekday_hours() -> str:
    """When the division can be reached."""
    return _("weekdays 9:30–18:15 JST")


def answered_at(moment: dt.datetime, language: str) -> str:
    """The moment an answer came, in Japan's time."""
    return dates.long_moment(timezone.localtime(moment), language)


def host_lines(printed: Card, language: str) -> list[str]:
    """The hosts as the card sets them, one below the other: with commas and “and” in English, bare in Japanese."""
    names = list(printed.hosts)
    if language != "en" or len(names) < 2:
        return names
    return [*(f"{name}," for name in names[:-2]), names[-2], f"and {names[-1]}"]
