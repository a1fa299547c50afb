"""Sends what the outbox holds. A letter lost, doubled or falsely called sent is the worst that can happen here.

Rows are claimed in small batches, tried one by one (partnership/delivery.py), and whatever was not reached is given back. No SMTP
inside a database transaction. However this process ends, the sweep of another one finds what it held.
"""

import contextlib
import datetime as dt
import logging
import os
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from partnership import delivery, emails, evidence, ledger, mailings, reasons
from partnership.mailbox.store import MailboxTransport
from partnership.models import Email
from partnership.smtp import SmtpTransport
from partnership.transport import Transport, Unreachable

BATCH = 10  # rows of one claim
BATCH_SECONDS = 5  # then the rest is given back, so that a login code does not wait behind a slow server
SWEEP_SECONDS = 15  # the longest time between two sweeps of a mailer at work; beat sweeps as well
AFTER_ERROR = dt.timedelta(minutes=1)

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """What one run did."""

    handled: int = 0
    unreachable: str = ""  # a word of partnership/reasons.py when no server took us in


class Broom:
    """Sweeps when asked, but not more often than is of use."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> None:
        """Sweep, if it is time."""
        if time.monotonic() >= self._next:
            sweep()
            self._next = time.monotonic() + min(SWEEP_SECONDS, settings.MAIL_SWEEP)


def run(*, stop: Callable[[], bool] = lambda: False, seconds: float = float("inf"), broom: Broom | None = None) -> Run:
    """Send what is due until nothing is, or no server can be reached, or ``stop`` says so, or the time is over (then it rings)."""
    worker, done, until, broom = _worker(), Run(), time.monotonic() + seconds, broom or Broom()
    with contextlib.closing(transport()) as carrier:
        while not stop() and not done.unreachable:
            broom()
            batch = ledger.claim(worker, BATCH)
            if not batch:
                break
            _work(batch, carrier, worker, stop, done)
            if time.monotonic() > until:
                emails.wake()
                break
    if done.handled:
        ledger.finish_mailings()
    return done


def sweep() -> None:
    """Put right what a lost worker left behind, finish mailings that are through, pause those whose approval no longer holds."""
    ledger.sweep()
    for work in (mailings.settle, evidence.apply_defaults):
        try:
            work()
        except DatabaseError:
            raise
        except Exception:  # one mailing that cannot be judged must not stop everyone's mail
            logger.exception("%s.%s broke off", work.__module__, work.__name__)


def sweep_and_wake() -> None:
    """Sweep, and ring when something is due."""
    sweep()
    if ledger.due().exists():
        emails.wake()


def stay(stop: threading.Event, *, poll: float = 1.0) -> None:
    """Run again and again until ``stop`` is set: a mailer that needs no broker to wake it."""
    failures, broom = 0, Broom()
    while not stop.is_set():
        try:
            unreachable = run(stop=stop.is_set, broom=broom).unreachable
        except DatabaseError as error:
            logger.error("the outbox cannot be read: %s", type(error).__name__)  # noqa: TRY400 (a traceback may hold a text)
            connection.close()
            unreachable = "database"
        failures = failures + 1 if unreachable else 0
        stop.wait(min(5 * 2 ** (failures - 1), 300) if failures else poll)


def transport() -> Transport:
    """The way out that EMAIL_URL names.

    Raises:
        ValueError: when it names none.
    """
    return MailboxTransport() if settings.EMAIL_URL.startswith("mailbox:") else SmtpTransport(settings.EMAIL_URL)


def _worker() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def _work(batch: list[Email], carrier: Transport, worker: str, stop: Callable[[], bool], done: Run) -> None:
    """Deliver a claimed batch; whatever was not reached is given back."""
    pending, until, word = deque(batch), time.monotonic() + min(BATCH_SECONDS, settings.MAIL_LEASE / 2), ""
    try:
        while pending and not stop() and time.monotonic() < until:
            _deliver(pending[0], carrier, worker)
            pending.popleft()
            done.handled += 1
    except Unreachable as error:
        logger.warning("no mail server: %s %s", error.word, error.text)
        done.unreachable = word = error.word
    finally:
        with contextlib.suppress(DatabaseError):  # then the leases run out, and the sweep gives them back
            for email in pending:
                ledger.release(email, reason=word)


def _deliver(email: Email, carrier: Transport, worker: str) -> None:
    started_at = timezone.now()
    try:
        outcome = delivery.attempt(email, carrier)
    except (Unreachable, DatabaseError):
        raise
    except Exception as error:  # noqa: BLE001 (whatever a purpose's check raises must not stop the others)
        # only the error's name: its words, and a traceback, may hold a text or a personal link
        logger.error("mail %s broke off: %s", email.pk, type(error).__name__)  # noqa: TRY400
        carrier.reset()
        ledger.release(email, reason=reasons.CHECK, wait=AFTER_ERROR, blameless=False)
        return
    if outcome is None:
        ledger.release(email)
    else:
        _insist(lambda: ledger.conclude(email, outcome, worker=worker, started_at=started_at))


def _insist(write: Callable[[], bool]) -> bool:
    """Write an outcome even when the database is away for a while: it is the one thing that only we know."""
    until = time.monotonic() + 2 * settings.MAIL_LEASE
    while True:
        try:
            return write()
        except DatabaseError:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            time.sleep(1)
