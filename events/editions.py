"""The next edition of an event: a copy with its checklist, and the old list brought up to date.

“The same − departed + newly arrived”: posts of bodies that ended are dropped (their successor's post is proposed instead),
bodies that were neither invited nor left out then are new, and a post whose holder changed says so.
"""

import datetime as dt
import re
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import checklist
from events.models import Event, EventHost, Invitation, LeftOut, Task
from partnership import audit, positions
from partnership.models import Appointment, Organisation, Position, User
from partnership.transitions import Refused

_COPIED = (
    "kind", "title_ja", "title_en", "start_time", "end_time", "time_zone", "before_ja", "before_en", "venue_ja", "venue_en",
    "address_ja", "address_en", "country_id", "dress_ja", "dress_en", "capacity", "companions_allowed", "reply_mode",
    "contact_email", "contact_phone", "is_demo",
)  # fmt: skip
_YEAR = dt.timedelta(days=364)  # 52 weeks: the same day of the week


class Why(models.TextChoices):
    """Why a post stands on the proposed list, or no longer does."""

    SAME = "same", gettext_lazy("as last time")
    NEW_HOLDER = "new_holder", gettext_lazy("as last time, with a new holder")
    SUCCESSOR = "successor", gettext_lazy("follows a body that ended")
    NEW_BODY = "new_body", gettext_lazy("new since last time")
    NO_LIST = "no_list", gettext_lazy("no list of the previous edition is kept")
    ENDED = "ended", gettext_lazy("the body no longer exists")
    LEFT_OUT = "left_out", gettext_lazy("left out last time")


@dataclass(frozen=True)
class Line:
    """One post of the proposal with the reason for it, already in words."""

    position: Position
    why: Why
    remark: str = ""


@dataclass(frozen=True)
class Proposal:
    """The list of the next edition: whom to invite, whom not."""

    invite: list[Line]
    drop: list[Line]


@transaction.atomic
def next_edition(
    *, event: Event, by: User, starts_on: dt.date | None = None, title_ja: str = "", title_en: str = "", with_hosts: bool = False
) -> tuple[Event, Proposal]:
    """Make the next edition of an event and propose its list; nobody is invited yet.

    Args:
        event: the edition to start from; it may be part of the record.
        by: who does it.
        starts_on: the new first day; without it the same weekday a year later, in the future.
        title_ja: of the new edition; without it the old title with the new ordinal.
        title_en: likewise.
        with_hosts: copy the hosts too.

    Raises:
        Refused: when the day has passed.
    """
    today = timezone.localdate()
    first = starts_on or next_day(event)
    if first <= today:
        raise Refused(_("The next edition must lie in the future."))
    edition = copy(event, first, exact=starts_on is not None)
    edition.title_ja, edition.title_en = title_ja or edition.title_ja, title_en or edition.title_en
    edition.save()
    edition.owners.set(event.owners.filter(is_active=True) or [by])
    if with_hosts:
        _copy_hosts(event, edition)
    _copy_checklist(event, edition)
    audit.record("event.create", edition, by=by, kind=edition.kind, previous=event.pk, ordinal=edition.ordinal)
    return edition, proposal(event)


def next_day(event: Event) -> dt.date:
    """The day proposed for the next edition: the same weekday a year later, in the future."""
    return _next_year(event.starts_on, timezone.localdate())


def _next_year(day: dt.date, today: dt.date) -> dt.date:
    years = max(1, -(-(today - day).days // _YEAR.days))
    later = day + years * _YEAR
    return later if later > today else later + _YEAR


def copy(event: Event, first: dt.date, *, exact: bool) -> Event:
    """The next edition as an unsaved row. How long it lasts is copied, unless it was known only by the month or the year."""
    moved = first - event.starts_on
    last = first if exact and event.precision != Event.Precision.DAY else event.ends_on + moved
    edition = Event(**{name: getattr(event, name) for name in _COPIED}, previous=event, starts_on=first, ends_on=last)
    edition.precision = Event.Precision.DAY if exact else event.precision
    edition.reply_by = event.reply_by + moved if event.reply_by else None
    edition.guest_list_closes_at = event.guest_list_closes_at + moved if event.guest_list_closes_at else None
    if event.kind_facts.series:
        edition.ordinal = next_ordinal(event.kind)
        edition.title_ja, edition.title_en = _renumbered(event, edition.ordinal)
    return edition


def next_ordinal(kind: str) -> int:
    """The number after the highest that the series has; events that were called off keep theirs."""
    last = Event.objects.filter(kind=kind).aggregate(last=models.Max("ordinal"))["last"]
    return (last or 0) + 1


def _renumbered(event: Event, ordinal: int) -> tuple[str, str]:
    """The titles with 第18回 and 18th made 第19回 and 19th; others stay."""
    if event.ordinal is None:
        return event.title_ja, event.title_en
    ja = event.title_ja.replace(f"第{event.ordinal}回", f"第{ordinal}回")
    return ja, re.sub(rf"\b{event.ordinal}(st|nd|rd|th)\b", english_ordinal(ordinal), event.title_en)


def english_ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _copy_hosts(event: Event, edition: Event) -> None:
    for host in event.hosts.order_by("order"):
        EventHost.objects.create(
            event=edition,
            organisation_id=host.organisation_id,
            role=host.role,
            order=host.order,
            group=host.group,
            name_ja=host.name_ja,
            name_en=host.name_en,
        )


def _copy_checklist(event: Event, edition: Event) -> None:
    tasks = list(event.tasks.order_by("due_on", "pk"))
    if not tasks:
        checklist.begin(event=edition)
    for task in tasks:
        days = task.offset_days if task.offset_days is not None else (task.due_on - event.starts_on).days
        Task.objects.create(
            event=edition,
            title_ja=task.title_ja,
            title_en=task.title_en,
            offset_days=days,
            due_on=edition.starts_on + dt.timedelta(days=days),
            owner=task.owner if task.owner and task.owner.is_active else None,
        )


# ── the list ─────────────────────────────────────────────────────────────────


def proposal(event: Event) -> Proposal:
    """Whom the next edition would invite, from the list of this one; a fixed number of queries."""
    rows = list(
        event.invitations.exclude(reply=Invitation.Reply.WITHDRAWN)
        .select_related("position__organisation__country", "position__organisation__successor")
        .order_by("pk")
    )
    today = timezone.localdate()
    holders = positions.incumbents([row.position for row in rows])
    invite, drop, ended = [], [], []
    for row in rows:
        if _ended(row.position.organisation, today):
            drop.append(_dropped(row.position))
            ended.append(row.position)
        else:
            invite.append(_kept(row, holders[row.position_id]))
    known = {line.position.pk for line in invite}
    invite += [line for line in _successors(ended, today) if line.position.pk not in known]
    fresh, left = _others(
        event, {line.position.organisation_id for line in invite} | {row.organisation_id for row in rows}, had_list=bool(rows)
    )
    return Proposal(invite + fresh, drop + left)


def _ended(body: Organisation, today: dt.date) -> bool:
    return body.valid_to is not None and body.valid_to < today


def _dropped(position: Position) -> Line:
    successor = position.organisation.successor
    return Line(position, Why.ENDED, _("now %(body)s") % {"body": successor} if successor else "")


def _kept(row: Invitation, holder: Appointment | None) -> Line:
    before, now = row.name_en, positions.addressee(row.position, "en", holder)
    if before == now or (not before and not now):
        return Line(row.position, Why.SAME)
    return Line(row.position, Why.NEW_HOLDER, f"{before or _('vacant')} → {now or _('vacant')}")


def _successors(ended: list[Position], today: dt.date) -> list[Line]:
    wanted = {(seat.organisation.successor_id, seat.role): seat for seat in ended if seat.organisation.successor_id}
    seats = Position.objects.filter(organisation__in={body for body, _role in wanted}).select_related("organisation__country")
    return [
        Line(seat, Why.SUCCESSOR, str(wanted[seat.organisation_id, seat.role].organisation))
        for seat in seats.order_by("pk")
        if (seat.organisation_id, seat.role) in wanted and not _ended(seat.organisation, today)
    ]


def _others(event: Event, reached: set[int], *, had_list: bool) -> tuple[list[Line], list[Line]]:
    """Heads of the bodies of the event's audience that the old list did not reach: new ones, and those left out then."""
    heads = (
        Position.objects.filter(role=Position.Role.HEAD, organisation__kind__in=event.kind_facts.audience)
        .filter(organisation__in=Organisation.objects.current())
        .exclude(organisation__in=reached)
        .select_related("organisation__country")
        .order_by("organisation__name_en", "pk")
    )
    left_out = {row.organisation_id: row for row in LeftOut.objects.filter(event=event)}
    fresh, left = [], []
    for head in heads:
        row = left_out.get(head.organisation_id)
        if row is None:
            fresh.append(Line(head, Why.NEW_BODY if had_list else Why.NO_LIST))
        else:
            remark = row.get_reason_display()
            left.append(Line(head, Why.LEFT_OUT, f"{remark}{_(': ')}{row.note}" if row.note else remark))
    return fresh, left
