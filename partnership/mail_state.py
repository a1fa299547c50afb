"""How the outbox stands, counted by query: what waits and since when, what is held, when the last letter was taken."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone
from django.utils.functional import Promise

from partnership import emails, ledger, reasons, restores
from partnership.models import Email, Mailing

_State = Email.State


@dataclass(frozen=True)
class Waiting:
    """The letters of one priority that have not left."""

    label: str | Promise
    now: int
    later: int
    paused: int
    oldest: dt.datetime | None


@dataclass(frozen=True)
class Outbox:
    """All of it at one moment."""

    lines: list[Waiting]
    running: int
    held: int
    uncertain: int
    last_accepted_at: dt.datetime | None

    @property
    def waiting(self) -> int:
        """How many could leave now."""
        return sum(line.now for line in self.lines)

    @property
    def oldest(self) -> dt.datetime | None:
        """Since when the one that waits longest could have left."""
        return min((line.oldest for line in self.lines if line.oldest), default=None)


def now() -> Outbox:
    """Ask; a fixed number of queries."""
    moment = timezone.now()
    may_leave = ledger.let_go() & Q(next_at__lte=moment)
    queued = Email.objects.filter(state=_State.QUEUED, held=False)
    rows = (
        queued.order_by()
        .values("priority")
        .annotate(
            n=Count("pk"),
            now=Count("pk", filter=may_leave),
            later=Count("pk", filter=ledger.let_go() & Q(next_at__gt=moment)),
            oldest=Min("next_at", filter=may_leave),
        )
    )
    found = {row["priority"]: row for row in rows}
    lines = [_line(label, found[value]) for value, label in Email.Priority.choices if value in found]
    rest = Email.objects.aggregate(
        running=Count("pk", filter=Q(state__in=[_State.CLAIMED, _State.TRANSMITTING])),
        held=Count("pk", filter=Q(held=True)),
        last=Max("accepted_at", filter=Q(smtp_code__isnull=False)),
    )
    return Outbox(lines, rest["running"], rest["held"], emails.undecided().count(), rest["last"])


def _line(label: str | Promise, row: Any) -> Waiting:
    return Waiting(label, row["now"], row["later"], row["n"] - row["now"] - row["later"], row["oldest"])


@dataclass(frozen=True)
class Held:
    """What a restore holds back of one mailing, or of everything that belongs to none."""

    mailing: Mailing | None
    waits: int  # the log has not been asked, or could not tell
    absent: int  # the log shows that they never left
    left: int  # they left, or may have


def held() -> list[Held]:
    """The letters on hold, by mailing."""
    rows = (
        restores.held()
        .order_by()
        .values("mailing")
        .annotate(
            total=Count("pk"),
            absent=Count("pk", filter=Q(state=_State.QUEUED, reason=reasons.RESTORED_ABSENT)),
            left=Count("pk", filter=Q(state=_State.UNCERTAIN)),
        )
        .order_by(F("mailing").desc(nulls_last=True))
    )
    mailings = Mailing.objects.in_bulk([row["mailing"] for row in rows if row["mailing"]])
    return [Held(mailings.get(row["mailing"]), row["total"] - row["absent"] - row["left"], row["absent"], row["left"]) for row in rows]
