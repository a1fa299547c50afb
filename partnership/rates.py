"""How fast mails may leave: one bucket of tokens for all of them, and one for each domain that has a rate or asked for fewer.

The buckets are rows (``MailGate``), so that all workers draw from the same ones, and they fill by the database's clock. A bucket holds
five seconds' worth: in any minute no more leaves than the rate and one bucket. A sign-in code never waits; it draws in advance.
Whoever has no rate set and was never asked for fewer mails pays nothing for all this.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Now

from partnership.models import Email, MailGate

BUCKET_SECONDS = 5
FULL_AGAIN = dt.timedelta(minutes=2)  # an unused bucket is full by then, however slow it fills
FORGOTTEN = dt.timedelta(hours=2)
START = 60.0  # mails a minute that a domain without a rate is supposed to take before the first halving
SLOWEST = 1.0
FREE = 240.0  # once a slowed domain without a rate has risen to this, it is free again
DOUBLES = dt.timedelta(minutes=10)  # the pace of a slowed domain doubles in this time
_HALVED_ONCE = dt.timedelta(minutes=1)  # the mails of one batch complain together, and are heard once


@dataclass
class Pace:
    """What one look at the buckets said: how many mails there are tokens for (None: no limit), and which domains have none."""

    room: int | None = None
    empty: list[str] = field(default_factory=list)
    limited: set[str] = field(default_factory=set)
    wait: float = 0  # seconds until there is a token again, where there is none

    def admits(self, email: Email) -> bool:
        """Draw the tokens of one mail, right before it is tried. False: there are none, and it must wait."""
        domain, urgent = domain_of(email.to_address), email.priority <= Email.Priority.LOGIN
        if (settings.MAIL_DOMAIN_RATE or domain in self.limited) and not draw(domain, urgent=urgent):
            return False
        return not settings.MAIL_RATE or draw(MailGate.ALL, urgent=urgent)


def domain_of(address: str) -> str:
    """The part whose server may ask for fewer mails."""
    return address.rpartition("@")[2].lower()


def burst(rate: float) -> float:
    """How many tokens the bucket of a rate holds."""
    return max(1.0, rate * BUCKET_SECONDS / 60)


def rate(gate: MailGate, now: dt.datetime) -> float | None:
    """Mails a minute that may pass this gate now; None for no limit. A slowed one rises again by itself."""
    usual = float(settings.MAIL_RATE if gate.key == MailGate.ALL else settings.MAIL_DOMAIN_RATE) or None
    if gate.per_minute is None or gate.slowed_at is None:
        return usual
    # by doublings, at most as many as lead from the slowest to the fastest
    risen = gate.per_minute * 2 ** min(max((now - gate.slowed_at) / DOUBLES, 0), 20)
    return usual if risen >= (usual or FREE) else risen


def tokens(gate: MailGate, now: dt.datetime, per_minute: float) -> float:
    """What is in the bucket now."""
    if gate.refilled_at is None:
        return burst(per_minute)
    seconds = max((now - gate.refilled_at).total_seconds(), 0)  # a statement that waited for the lock is older than the last draw
    return min(gate.tokens + seconds * per_minute / 60, burst(per_minute))


def wanted() -> Q:
    """The gates that may hold something back."""
    drawn = Q(refilled_at__gte=Now() - Value(FULL_AGAIN)) if settings.MAIL_DOMAIN_RATE else Q(pk__in=[])
    return Q(key=MailGate.ALL) | Q(per_minute__isnull=False) | drawn


def pace(rows: Sequence[tuple[MailGate, dt.datetime]]) -> Pace:
    """What these gates, each with the database's time, say together."""
    found, waits = Pace(), []
    for gate, now in rows:
        per_minute = rate(gate, now)
        if per_minute is None:
            continue
        has = tokens(gate, now, per_minute)
        if has < 1:
            waits.append((1 - has) * 60 / per_minute)
        if gate.key == MailGate.ALL:
            found.room = max(int(has), 0)
        else:
            found.limited.add(gate.key)
            if has < 1:
                found.empty.append(gate.key)
    found.wait = min(waits, default=0)
    if settings.MAIL_RATE and found.room is None:  # nobody has drawn yet
        found.room = int(burst(settings.MAIL_RATE))
    return found


@transaction.atomic
def draw(key: str, *, urgent: bool = False) -> bool:
    """Take one token. An urgent mail takes it in advance where there is none, at most one bucket's worth."""
    gate, now = locked(key)
    per_minute = rate(gate, now)
    if per_minute is None:
        return True
    has = tokens(gate, now, per_minute)
    if has < 1 and not urgent:
        return False
    _put(gate, now, max(has - 1, -burst(per_minute)))
    return True


@transaction.atomic
def slow_down(domain: str) -> None:
    """Its server asked for fewer mails: halve the pace, once a minute at most, and begin with an empty bucket."""
    gate, now = locked(domain)
    if gate.slowed_at is not None and now - gate.slowed_at < _HALVED_ONCE:
        return
    gate.per_minute, gate.slowed_at = max((rate(gate, now) or START) / 2, SLOWEST), now
    _put(gate, now, min(tokens(gate, now, gate.per_minute), 0))


def forget() -> None:
    """Drop the buckets of domains that nobody drew from for hours: they are full, and their pace has risen again."""
    MailGate.objects.exclude(key=MailGate.ALL).filter(refilled_at__lt=Now() - Value(FORGOTTEN)).delete()


def locked(key: str) -> tuple[MailGate, dt.datetime]:
    """The gate under its lock, and the database's time. It is made where there is none."""
    row = MailGate.objects.select_for_update().filter(key=key).annotate(now=models.ExpressionWrapper(Now(), models.DateTimeField()))
    found = row.first()
    if found is None:
        MailGate.objects.bulk_create([MailGate(key=key)], ignore_conflicts=True)
        found = row.get()
    return found, found.now


def _put(gate: MailGate, now: dt.datetime, left: float) -> None:
    gate.tokens = left
    gate.refilled_at = max(now, gate.refilled_at or now)
    gate.save(update_fields=["tokens", "refilled_at", "per_minute", "slowed_at"])
