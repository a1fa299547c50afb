"""What an invitation's guest may still do now: answer in full, only give back or correct, or nothing any more."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event, Invitation

LINK_DAYS = 30  # a link leads nowhere this many days after the event

OPEN = "open"
LATE = "late"  # the deadline is over: declining and practical data only; an acceptance is a request
CLOSED = "closed"

CALLED_OFF = (Event.State.CANCELLED, Event.State.POSTPONED)
OVER = (Event.State.HELD, Event.State.REPORTED)


@dataclass(frozen=True)
class Window:
    """What is open now, and until when.

    ``reason`` says why it is closed: cancelled, postponed, over, list_closed or withdrawn.
    """

    state: str
    until: dt.datetime | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether every answer counts at once."""
        return self.state == OPEN

    @property
    def is_late(self) -> bool:
        """Whether an acceptance is only a request."""
        return self.state == LATE

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be changed by link."""
        return self.state == CLOSED

    @property
    def words(self) -> str:
        """Why it is closed, as a sentence for the guest."""
        return {
            "cancelled": _("This event has been cancelled. No answer is needed."),
            "postponed": _("This event has been postponed. The hosts will write to you again; no answer is needed now."),
            "over": _("This event is over."),
            "list_closed": _("The guest list is closed. For any change please call or write to us."),
            "withdrawn": _("This invitation no longer stands."),
        }.get(self.reason, "")


def starts_at(event: Event) -> dt.datetime:
    """The moment an event begins; without an hour, the first minute of its day."""
    return dt.datetime.combine(event.starts_on, event.start_time or dt.time(0), ZoneInfo(event.time_zone))


def ends_at(event: Event) -> dt.datetime:
    """The moment an event ends; without an hour, the last minute of its day."""
    return dt.datetime.combine(event.ends_on, event.end_time or dt.time(23, 59), ZoneInfo(event.time_zone))


def list_closes_at(event: Event) -> dt.datetime:
    """When the last practical change must have arrived: never later than the event itself."""
    begins = starts_at(event)
    return min(event.guest_list_closes_at, begins) if event.guest_list_closes_at else begins


def expires_at(event: Event) -> dt.datetime:
    """When the links of an event lead nowhere any more."""
    return ends_at(event) + dt.timedelta(days=LINK_DAYS)


def window(invitation: Invitation) -> Window:
    """What the guest may do by link now."""
    event, now = invitation.event, timezone.now()
    if invitation.reply == Invitation.Reply.WITHDRAWN:
        return Window(CLOSED, reason="withdrawn")
    if event.state in CALLED_OFF:
        return Window(CLOSED, reason=event.state)
    if event.state in OVER or now >= ends_at(event):
        return Window(CLOSED, reason="over")
    closes = list_closes_at(event)
    if now >= closes:
        return Window(CLOSED, reason="list_closed")
    deadline = min(event.reply_by, closes) if event.reply_by else closes
    if event.state != Event.State.CLOSED and now < deadline:
        return Window(OPEN, until=deadline)
    return Window(LATE, until=closes)


def staff_window(invitation: Invitation) -> Window:
    """What staff may still enter for a guest: everything until the event is over, for they are the hosts."""
    shown = window(invitation)
    if shown.is_closed and shown.reason != "list_closed":
        return shown
    return Window(OPEN, until=ends_at(invitation.event))
