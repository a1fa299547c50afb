"""What is done with an event as a whole: begin inviting, close, hold, report, cancel, postpone, and mend its facts."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import checklist
from events.models import Event
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused, move, step

STEPS = {
    "open_invitations": step("planned", to="inviting"),
    "close_replies": step("inviting", to="closed"),
    "reopen_replies": step("closed", to="inviting"),
    "hold": step("inviting", "closed", to="held"),
    "report": step("held", to="reported"),
    "cancel": step("planned", "inviting", "closed", "postponed", to="cancelled"),
    "postpone": step("planned", "inviting", "closed", to="postponed"),
    "plan_again": step("postponed", to="planned"),
}

REPORT_WITHIN = dt.timedelta(days=14)  # the report on an event is due two weeks after its last day


def refuse_record(event: Event) -> None:
    """Stop whoever wants to change history.

    Raises:
        Refused: when the event is part of the published record.
    """
    if event.is_record:
        raise Refused(_("This event is part of the published record; nothing of it is changed."))


def may(event: Event, act: str) -> bool:
    """Whether the act is possible in the event's present state."""
    return not event.is_record and event.state in STEPS[act].sources


def _move(event: Event, act: str, by: User, **facts: Any) -> None:
    refuse_record(event)
    move(event, STEPS, act, by=by, **facts)


@transaction.atomic
def open_invitations(*, event: Event, by: User) -> None:
    """Begin to invite: from now on its letters go out and its guests may answer."""
    _move(event, "open_invitations", by)


@transaction.atomic
def close_replies(*, event: Event, by: User) -> None:
    """Close the list; what still comes in is decided one by one."""
    _move(event, "close_replies", by)


@transaction.atomic
def reopen_replies(*, event: Event, by: User) -> None:
    """Take answers again, after a list was closed too early."""
    _move(event, "reopen_replies", by)


@transaction.atomic
def hold(*, event: Event, by: User, today: dt.date) -> None:
    """Note that the event took place.

    Raises:
        Refused: before its first day.
    """
    if event.starts_on > today:
        raise Refused(_("This event has not begun yet."))
    _move(event, "hold", by)


@transaction.atomic
def report(*, event: Event, by: User) -> None:
    """Note that the report is done."""
    _move(event, "report", by)


@transaction.atomic
def cancel(*, event: Event, by: User, reason: str = "") -> None:
    """Call the event off. Mails about it that have not left do not leave any more."""
    _move(event, "cancel", by, reason=reason)


@transaction.atomic
def postpone(*, event: Event, by: User, reason: str = "") -> None:
    """Put the event off without a new date yet."""
    _move(event, "postpone", by, reason=reason)


@transaction.atomic
def plan_again(*, event: Event, by: User) -> None:
    """Take up a postponed event again; its new dates are set on its form."""
    _move(event, "plan_again", by)


@transaction.atomic
def create(*, event: Event, by: User) -> Event:
    """Store a new event with the checklist of its kind."""
    event.save()
    checklist.begin(event=event)
    audit.record("event.create", event, by=by, kind=event.kind)
    return event


@transaction.atomic
def edit(*, event: Event, fields: Iterable[str], by: User) -> Event:
    """Store changed facts; what hangs on the date follows it.

    Args:
        event: with the new values set.
        fields: the names of the fields that were changed.
    """
    stored = Event.objects.select_for_update().get(pk=event.pk)
    refuse_record(stored)
    event.save()
    changed = sorted(fields)
    if changed:
        audit.record("event.edit", event, by=by, fields=changed)
    if event.starts_on != stored.starts_on:
        checklist.follow_date(event=event, by=by)
    return event
