"""How far a mailing is: counted from its rows each time, never from a counter."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Q
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
        .annotate(total=Count("pk"), recent=Count("pk", filter=Q(accepted_at__gte=now - _RECENT)), **names)
    )
    out = dict.fromkeys(found, Progress())
    for row in rows:
        counted = Progress(**{name: row[name] for name in ("total", *names)})  # type: ignore[literal-required]
        out[row["mailing"]] = _timed(found[row["mailing"]], counted, row["recent"], now)
    return out


def _timed(mailing: Mailing, counted: Progress, recent: int, now: dt.datetime) -> Progress:
    if mailing.state != Mailing.State.SENDING or mailing.started_at is None or not recent:
        return counted
    since = max(mailing.started_at, now - _RECENT)
    minutes = max((now - since).total_seconds(), 1) / 60
    rate = recent / minutes
    left = counted.waiting + counted.running
    return replace(counted, per_minute=round(rate), ends_at=now + dt.timedelta(minutes=left / rate) if left else None)
