"""When a letter leaves by itself: so many days before or after a date of the event, at ten on a day on which offices are open.

The moment is derived each time it is asked for, so a reminder moves with the date by which answers are expected.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import windows
from events.letter_kinds import AFTER, BEGINNING, CANCELLED, END, LETTERS, POSTPONED, REPLY_BY, LetterKind
from events.models import Event, EventMailing
from partnership import business_days
from partnership.models import Mailing

HOUR = dt.time(10)
_TOKYO = ZoneInfo("Asia/Tokyo")
_WORDS: dict[str, tuple[Promise, Promise]] = {  # one day, several
    REPLY_BY: (
        gettext_lazy("by itself, on the day before the date by which answers are expected, at 10:00 of an open day"),
        gettext_lazy("by itself, %(days)s days before the date by which answers are expected, at 10:00 of an open day"),
    ),
    BEGINNING: (
        gettext_lazy("by itself, on the day before the event, at 10:00 of an open day"),
        gettext_lazy("by itself, %(days)s days before the event, at 10:00 of an open day"),
    ),
    END: (
        gettext_lazy("by itself, on the day after the event, at 10:00 of an open day"),
        gettext_lazy("by itself, %(days)s days after the event, at 10:00 of an open day"),
    ),
}


def anchor_of(event: Event, kind: LetterKind) -> dt.date | None:
    """The date from which the days are counted; None where the event has none."""
    moments = {
        REPLY_BY: event.reply_by,
        BEGINNING: windows.starts_at(event) if event.precision == Event.Precision.DAY else None,
        END: windows.ends_at(event) if event.precision == Event.Precision.DAY else None,
    }
    moment = moments.get(kind.anchor)
    return moment.astimezone(_TOKYO).date() if moment else None


def starts_at(mailing: Mailing) -> dt.datetime | None:
    """When it leaves by itself; None when nothing says so, or what it is about is called off."""
    row: EventMailing = mailing.event_mailing
    return moment(row.event, LETTERS[mailing.purpose], row.days_before) or mailing.starts_at


def moment(event: Event, kind: LetterKind, days_before: int | None) -> dt.datetime | None:
    """Ten in the morning of the open day that lies so many days before the date: never later than that before it, nor earlier after it."""
    day = anchor_of(event, kind)
    if days_before is None or day is None or event.state in windows.CALLED_OFF:
        return None
    wanted = day - dt.timedelta(days=days_before)
    open_day = business_days.on_or_before(wanted) if days_before >= 0 else business_days.on_or_after(wanted)
    return dt.datetime.combine(open_day, HOUR, _TOKYO)


def not_now(event: Event, kind: LetterKind) -> list[str]:
    """Sentences that say why no such letter may leave now, whoever is on its list."""
    state = {"state": event.get_state_display()}
    called_off, over = event.state in windows.CALLED_OFF, timezone.now() >= windows.ends_at(event)
    if kind.when in {CANCELLED, POSTPONED}:
        return [] if event.state == kind.when else [_("The event is “%(state)s”. This letter is for one that was called off.") % state]
    if called_off:
        return [_("The event is “%(state)s”.") % state]
    if kind.when == AFTER:
        return [] if over or event.state in windows.OVER else [_("The event is not over yet; this letter leaves after it.")]
    if over or event.state in windows.OVER:
        return [_("The event is over.")]
    if kind.anchor == REPLY_BY:
        return _no_reminder(event)
    return []


def _no_reminder(event: Event) -> list[str]:
    if event.reply_mode != Event.ReplyMode.RSVP:
        return [_("Its guests are not asked for an answer either way, so silence says what they mean.")]
    if event.reply_by is None or event.reply_by <= timezone.now():
        return [_("The date by which answers are expected is over. Move it first.")]
    return []


def words(kind: LetterKind, days_before: int) -> str:
    """The rule as a sentence, in the active language; it is what the approval of such a letter binds."""
    count = abs(days_before)
    one, many = _WORDS[kind.anchor]
    return str(one) if count == 1 else str(many) % {"days": count}


def choices(kind: LetterKind) -> list[tuple[str, str]]:
    """What can be chosen on the page: by hand, or one of the usual distances."""
    if not kind.anchor:
        return []
    days = (-1, -2, -5, -7) if kind.anchor == END else (1, 2, 3, 5, 7, 10)
    return [("", _("by hand")), *((str(one), words(kind, one)) for one in days)]
