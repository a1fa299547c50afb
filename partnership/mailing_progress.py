"""How far a mailing is: counted from its rows each time, never from a counter."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncMinute
from django.utils import timezone

from partnership import emails
from partnership.models import Email, Mailing

_RECENT = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Progress:
    """The mails of a mailing by state; one that was sent again counts once, as its newest."""

    total: int = 0
    waiting: int = 0
    running: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    cancelled: int = 0
    bounced: int = 0  # of those sent
    per_minute: int = 0
    ends_at: dt.datetime | None = None

    @property
    def final(self) -> int:
        """Those of which the end is known."""
        return self.sent + self.failed + self.cancelled

    @property
    def percent(self) -> int:
        """The final ones of all, rounded down, so that 100 means all."""
        return self.final * 100 // self.total if self.total else 0

    @property
    def through(self) -> bool:
        """Whether the end of every mail is known."""
        return self.total > 0 and self.final == self.total


def progress(mailing: Mailing) -> Progress:
    """How far it is, its rate over the last two minutes and when it should end."""
    return several([mailing])[mailing.pk]


def several(mailings: Iterable[Mailing]) -> dict[int, Progress]:
    """The progress of many mailings in one query."""
    now = timezone.now()
    found = {mailing.pk: mailing for mailing in mailings}
    state, names = Email.State, {}
    for name, states in {
        "waiting": [state.QUEUED],
        "running": [state.CLAIMED, state.TRANSMITTING],
        "sent": [state.SENT],
        "failed": [state.FAILED],
        "uncertain": [state.UNCERTAIN],
        "cancelled": [state.CANCELLED],
    }.items():
        names[name] = Count("pk", filter=Q(state__in=states))
    rows = (
        emails.current()
        .filter(mailing__in=found)
        .order_by()
        .values("mailing")
        .annotate(
            total=Count("pk"),
            recent=Count("pk", filter=Q(accepted_at__gte=now - _RECENT)),
            bounced=Count("pk", filter=Q(state=state.SENT, bounced_at__isnull=False)),
            last=Max("next_at", filter=Q(state=state.QUEUED, held=False)),
            **names,
        )
    )
    out = dict.fromkeys(found, Progress())
    for row in rows:
        counted = Progress(**{name: row[name] for name in ("total", "bounced", *names)})  # type: ignore[literal-required]
        out[row["mailing"]] = _timed(found[row["mailing"]], counted, row, now)
    return out


def _timed(mailing: Mailing, counted: Progress, row: Mapping[str, Any], now: dt.datetime) -> Progress:
    """With its rate, and when it should end: not before the last of those that a server put off."""
    if mailing.state != Mailing.State.SENDING or mailing.started_at is None or not row["recent"]:
        return counted
    since = max(mailing.started_at, now - _RECENT)
    minutes = max((now - since).total_seconds(), 1) / 60
    rate = row["recent"] / minutes
    left = counted.waiting + counted.running
    ends_at = max(now + dt.timedelta(minutes=left / rate), row["last"] or now) if left else None
    return replace(counted, per_minute=round(rate), ends_at=ends_at)


@dataclass(frozen=True)
class Column:
    """The letters that servers took in one stretch of time, as a column of a drawing 100 high."""

    starts_at: dt.datetime
    count: int
    x: int
    height: int

    @property
    def y(self) -> int:
        """Where the column begins, from above."""
        return 100 - self.height


@dataclass(frozen=True)
class Pace:
    """How fast it went, stretch by stretch of so many minutes."""

    minutes: int
    columns: list[Column]

    @property
    def width(self) -> int:
        """Of the drawing."""
        return len(self.columns) * COLUMN

    @property
    def first(self) -> Column:
        """Where it began."""
        return self.columns[0]

    @property
    def last(self) -> Column:
        """Where it is, or ended."""
        return self.columns[-1]

    @property
    def most(self) -> int:
        """The highest column."""
        return max(column.count for column in self.columns)


COLUMN, COLUMNS = 12, 48


def pace(mailing: Mailing) -> Pace | None:
    """How many letters servers took minute by minute, in one query; None while there is no course to speak of."""
    taken = Email.objects.filter(mailing=mailing, accepted_at__isnull=False).order_by()
    rows = taken.annotate(minute=TruncMinute("accepted_at")).values("minute").annotate(n=Count("pk")).order_by("minute")
    counted = {row["minute"]: row["n"] for row in rows}
    if len(counted) < 2:
        return None
    first = min(counted)
    stretch = math.ceil((int((max(counted) - first).total_seconds() // 60) + 1) / COLUMNS)
    sums: dict[int, int] = {}
    for minute, count in counted.items():
        place = int((minute - first).total_seconds() // 60) // stretch
        sums[place] = sums.get(place, 0) + count
    most = max(sums.values())
    return Pace(
        stretch,
        [
            Column(
                first + dt.timedelta(minutes=place * stretch),
                n := sums.get(place, 0),
                place * COLUMN,
                max(round(n * 100 / most), 2 if n else 0),
            )
            for place in range(max(sums) + 1)
        ],
    )
