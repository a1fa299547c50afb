"""Whether mails may leave at all: one gate for our own mail server, shared by all workers.

A server that takes nobody in is a failure of the way, not of a letter: no row counts an attempt. The gate closes for 5 seconds, then
for longer each time; when the time is over one worker tries, with one mail, and opens it for all or closes it again. A server that does
not accept our password stops everything until a person lets it go on, or until EMAIL_URL says something else. Both are told to people.

How fast mails pass an open gate is partnership/rates.py.
"""

import contextlib
import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from partnership import audit, emails, rates, reasons
from partnership.models import MailGate, User
from partnership.transitions import Refused
from partnership.transport import Reply, Transport, Unreachable

PROBE = dt.timedelta(seconds=30)  # beside EMAIL_TIMEOUT, how long the one who tries may take before another may

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Leave:
    """Whether one may connect now, and the count of failures that one knew of: whoever reports names it.

    So a failure that many workers meet at once is counted once, and a late report changes nothing of what came after.
    """

    granted: bool
    failures: int = 0
    word: str = ""


@dataclass
class View:
    """One look at all gates: whether ours is shut (and why), whether it is just being tried, and how fast mails may pass."""

    shut: str = ""  # a word of partnership/reasons.py
    stopped: bool = False
    tried: bool = False
    pace: rates.Pace = field(default_factory=rates.Pace)


# ── what a worker asks ───────────────────────────────────────────────────────


def look() -> View:
    """All that holds back, in one query; before each claim."""
    now = models.ExpressionWrapper(Now(), models.DateTimeField())
    rows = [(gate, gate.now) for gate in MailGate.objects.filter(rates.wanted()).annotate(now=now)]
    view = View(pace=rates.pace(rows))
    for gate, at in rows:
        if gate.key == MailGate.ALL and gate.server == server():
            view.stopped = gate.stopped_at is not None
            closed = gate.closed_since is not None
            waits = gate.opens_at is not None and gate.opens_at > at
            view.tried = closed and not waits
            view.shut = gate.reason if view.stopped or (closed and waits) else ""
    return view


def may_connect() -> Leave:
    """Ask before a connection is made. When the time of a closed gate is over, one worker gets leave to try."""
    gate = MailGate.objects.filter(key=MailGate.ALL, server=server()).first()
    if gate is None or (gate.closed_since is None and gate.stopped_at is None):
        return Leave(granted=True)
    if gate.stopped_at is None:
        due = ours().filter(failures=gate.failures, stopped_at=None, opens_at__lte=Now())
        if due.update(opens_at=Now() + Value(PROBE + dt.timedelta(seconds=settings.EMAIL_TIMEOUT))) == 1:
            return Leave(granted=True, failures=gate.failures)
    return Leave(granted=False, word=gate.reason)


def succeeded(leave: Leave) -> None:
    """A server took us in."""
    if leave.failures and ours().filter(failures=leave.failures, stopped_at=None).update(**_OPEN) == 1:
        logger.warning("the mail server is back; mail leaves again")
        emails.wake()


def failed(leave: Leave, word: str, said: str = "") -> None:
    """No server took us in: close the gate, for longer each time."""
    _adopt()
    steps = settings.MAIL_BACKOFF
    wait = dt.timedelta(seconds=steps[min(leave.failures, len(steps) - 1)])
    ours().filter(failures=leave.failures, stopped_at=None).update(
        failures=F("failures") + 1,
        closed_since=Coalesce("closed_since", Now()),
        opens_at=Now() + Value(wait),
        reason=word,
        said=said[:500],
    )


def stop(word: str, said: str = "") -> None:
    """Stop everything until a person lets it go on, or EMAIL_URL changes."""
    _adopt()
    now = {"stopped_at": Now(), "alerted_at": Now(), "closed_since": Coalesce("closed_since", Now()), "reason": word, "said": said[:500]}
    if ours().filter(stopped_at=None).update(**now):
        logger.error("no mail leaves until somebody lets it go on: the mail server says %s (%s)", word, said)


def watch() -> None:
    """Tell people about a gate that has been closed for long, once; part of the sweep."""
    long = ours().filter(alerted_at=None, closed_since__lt=Now() - Value(dt.timedelta(seconds=settings.MAIL_ALERT)))
    if long.update(alerted_at=Now()):
        logger.error("no mail leaves: no mail server has taken us in for %s seconds", settings.MAIL_ALERT)
    rates.forget()


# ── what people see and do ───────────────────────────────────────────────────


def alert() -> MailGate | None:
    """The gate of our server, if people must know that no mail leaves."""
    return ours().filter(alerted_at__isnull=False).first()


def status() -> list[MailGate]:
    """Our server's gate first, then the domains that are slowed down, each with its pace of now; for the page of the engine."""
    rows = MailGate.objects.exclude(key=MailGate.ALL).filter(per_minute__isnull=False).order_by("key")
    slowed, now = [], timezone.now()
    for gate in rows:
        pace = rates.rate(gate, now)
        if pace is not None and pace != settings.MAIL_DOMAIN_RATE:
            gate.per_minute = pace
            slowed.append(gate)
    return [*ours(), *slowed]


@transaction.atomic
def resume(*, by: User) -> None:
    """Let mail go on: somebody has put the password right, or knows that the server is back.

    Raises:
        Refused: when nothing is stopped or closed.
    """
    gate = ours().select_for_update().first()
    if gate is None or (gate.stopped_at is None and gate.closed_since is None):
        raise Refused(_("The way to our mail server is open already."))
    audit.record("mailgate.resume", gate, by=by, reason=gate.reason, stopped=gate.stopped_at is not None)
    ours().update(**_OPEN)
    emails.wake()


_OPEN = {"failures": 0, "closed_since": None, "opens_at": None, "stopped_at": None, "alerted_at": None, "reason": "", "said": ""}


def server() -> str:
    """A fingerprint of EMAIL_URL, which holds a password: what was said of another server or another password is no longer true."""
    return salted_hmac("partnership.gates", settings.EMAIL_URL, algorithm="sha256").hexdigest()


def ours() -> models.QuerySet[MailGate]:
    """The gate of the server that we use, if it was ever closed; what was said of another server is no longer true."""
    return MailGate.objects.filter(key=MailGate.ALL, server=server())


def _adopt() -> None:
    """Make the row speak of the server that we use."""
    MailGate.objects.bulk_create([MailGate(key=MailGate.ALL, server=server())], ignore_conflicts=True)
    MailGate.objects.filter(key=MailGate.ALL).exclude(server=server()).update(server=server(), **_OPEN)


# ── a connection behind the gate ─────────────────────────────────────────────


class Guarded:
    """A way to deliver that asks the gate before it connects, and tells it what came of it."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.url = settings.EMAIL_URL

    @property
    def is_open(self) -> bool:
        """Whether a connection stands, so that the gate need not be asked."""
        return self._inner.is_open

    def open(self) -> None:
        """Connect, if the gate lets us; nothing to do when we are connected."""
        if self._inner.is_open:
            return
        leave = may_connect()
        if not leave.granted:
            raise Unreachable(leave.word)
        with self._reporting(leave):
            self._inner.open()
        succeeded(leave)

    def envelope(self, sender: str, recipient: str, size: int) -> None:
        """MAIL and RCPT."""
        with self._reporting(Leave(granted=True)):  # a kept connection may have to be made anew
            self._inner.envelope(sender, recipient, size)

    def body(self, data: bytes) -> Reply:
        """The message, and the reply that accepts it."""
        return self._inner.body(data)

    def reset(self) -> None:
        """Forget the envelope."""
        self._inner.reset()

    def close(self) -> None:
        """Say goodbye."""
        self._inner.close()

    @staticmethod
    @contextlib.contextmanager
    def _reporting(leave: Leave) -> Iterator[None]:
        try:
            yield
        except Unreachable as error:
            if error.word == reasons.AUTHENTICATION:
                stop(error.word, error.text)
            else:
                failed(leave, error.word, error.text)
            raise
