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
from typing import Any

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import connection
from django.utils import timezone

from partnership import circulation, clearances, delivery, emails, evidence, gates, holds, ledger, mailings, rates, reasons
from partnership.mailbox.store import MailboxTransport
from partnership.models import Email
from partnership.smtp import SmtpTransport
from partnership.transitions import Refused
from partnership.transport import Transport, Unreachable

BATCH = 50  # rows of one claim; fewer where the last ones took too long
BATCH_SECONDS = 5  # then the rest is given back, so that a login code does not wait behind a slow server
SWEEP_SECONDS = 15  # the longest time between two sweeps of a mailer at work; beat sweeps as well
IDLE_SECONDS = 10  # then a kept connection is closed, before the server does it
AFTER_ERROR = dt.timedelta(minutes=1)
IN_A_ROW = 3  # letters of a mailing refused for their content, one after the other

_slots = threading.BoundedSemaphore(max(settings.MAIL_CONNECTIONS, 1))  # of this process
_owed: deque[Email] = deque(maxlen=1000)  # claimed by this process, and to be given back
logger = logging.getLogger(__name__)


@dataclass
class Run:
    """What one run did."""

    handled: int = 0
    unreachable: str = ""  # a word of partnership/reasons.py when no server took us in
    wait: float = 0  # seconds until the rate lets more leave, where something waits for that


class Broom:
    """Sweeps when asked, but not more often than is of use."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> None:
        """Sweep, if it is time."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + min(SWEEP_SECONDS, settings.MAIL_SWEEP)
            sweep()


def run(
    *,
    stop: Callable[[], bool] = lambda: False,
    seconds: float = float("inf"),
    broom: Broom | None = None,
    carrier: Transport | None = None,
) -> Run:
    """Send what is due until nothing is, or no server can be reached, or the rate is used up, or ``stop`` says so.

    Args:
        stop: asked before each mail.
        seconds: when they are over, it rings for the next run.
        broom: what keeps runs that follow each other quickly from sweeping each time.
        carrier: a connection that the caller keeps; by default one is made, and closed in the end.
    """
    if not _slots.acquire(blocking=False):
        return Run()  # enough of us are at work here, and each looks for the most urgent mail after every batch
    try:
        _give_back(deque([_owed.popleft() for _email in range(len(_owed))]))
        until, broom = time.monotonic() + seconds, broom or Broom()
        if carrier is not None:
            return _Shift(carrier, stop).until(until, broom)
        with contextlib.closing(gates.Guarded(transport())) as own:
            return _Shift(own, stop).until(until, broom)
    finally:
        _slots.release()


def sweep() -> None:
    """Put right what a lost worker left behind, finish mailings that are through, start those that are due."""
    ledger.sweep()
    gates.watch()
    for work in (mailings.settle, mailings.start_due, circulation.settle, clearances.settle, evidence.apply_defaults):
        try:
            work()
        except AnyDatabaseError:
            raise
        except Exception:  # one mailing that cannot be judged must not stop everyone's mail
            logger.exception("%s.%s broke off", work.__module__, work.__name__)


def sweep_and_wake() -> None:
    """Sweep, and ring when something is due."""
    sweep()
    if ledger.due().exists():
        emails.wake()


def stay(stop: threading.Event, *, poll: float = 1.0) -> None:
    """Run again and again until ``stop`` is set: a mailer that needs no broker to wake it, and keeps its connection for a while."""
    failures, broom = 0, Broom()
    with contextlib.closing(_Kept()) as kept:
        while not stop.is_set():
            done = Run()
            try:
                done = run(stop=stop.is_set, broom=broom, carrier=kept.carrier())
                failures = 0
            except Exception as error:  # noqa: BLE001 (whatever it was, mail must leave again once it is over)
                logger.error("the outbox cannot be worked on: %s", type(error).__name__)  # noqa: TRY400 (a traceback may hold a text)
                if not connection.in_atomic_block:  # whose it is, decides
                    connection.close()
                failures += 1
            kept.rest(done)
            stop.wait(_pause(poll, done, failures))


def _pause(poll: float, done: Run, failures: int) -> float:
    if failures:
        return min(poll * 2**failures, 60)
    if done.unreachable:
        return min(poll, settings.MAIL_BACKOFF[0])
    return min(poll, max(done.wait, 0.05)) if done.wait else poll


class _Kept:
    """The connection of a mailer that stays, closed when nothing went over it for a while."""

    def __init__(self) -> None:
        self._carrier: gates.Guarded | None = None
        self._used = 0.0

    def carrier(self) -> gates.Guarded:
        if self._carrier is None:
            self._carrier = gates.Guarded(transport())
        return self._carrier

    def rest(self, done: Run) -> None:
        """Called after each run."""
        if done.handled:
            self._used = time.monotonic()
        elif self._carrier is not None and self._carrier.is_open and time.monotonic() - self._used > IDLE_SECONDS:
            self.close()

    def close(self) -> None:
        """Say goodbye."""
        if self._carrier is not None:
            self._carrier.close()


def transport() -> Transport:
    """The way out that EMAIL_URL names.

    Raises:
        ValueError: when it names none.
    """
    return MailboxTransport() if settings.EMAIL_URL.startswith("mailbox:") else SmtpTransport(settings.EMAIL_URL)


class _Shift:
    """One run of one worker: batch after batch over one connection."""

    def __init__(self, carrier: Transport, stop: Callable[[], bool]) -> None:
        self._carrier, self._stop, self._done, self._most = carrier, stop, Run(), BATCH
        self._worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"

    def until(self, end: float, broom: Broom) -> Run:
        """Work; after each batch the queue is asked anew, so that what is more urgent comes first."""
        while not self._stop() and not self._done.unreachable:
            broom()
            view = gates.look()
            if view.stopped or (view.shut and not self._carrier.is_open):
                self._done.unreachable = view.shut
                break
            batch = self._claim(view)
            if not batch:
                self._done.wait = view.pace.wait if view.pace.wait and ledger.due().exists() else 0
                break
            self._work(batch, view.pace)
            if time.monotonic() > end:
                emails.wake()
                break
        if self._done.handled:
            ledger.finish_mailings()
        return self._done

    def _claim(self, view: gates.View) -> list[Email]:
        """Take no more than the rate lets leave now, and one mail only while a closed gate is tried."""
        room = view.pace.room
        most = 1 if view.tried else self._most
        if room == 0:
            return ledger.claim(self._worker, most, urgent=True)
        return ledger.claim(self._worker, most if room is None else min(most, room), without=view.pace.empty)

    def _work(self, batch: list[Email], pace: rates.Pace) -> None:
        """Deliver a claimed batch; whatever was not reached is given back."""
        pending, until, word = deque(batch), time.monotonic() + min(BATCH_SECONDS, settings.MAIL_LEASE / 2), ""
        try:
            on_hold = holds.among(email.to_address for email in batch)
            at_hand: dict[Any, Any] = {"emails": batch}
            for email in batch:
                email.at_hand = at_hand
            while pending and not self._stop() and time.monotonic() < until:
                if pace.admits(pending[0]):
                    self._deliver(pending[0], pace, on_hold=pending[0].to_address in on_hold)
                    self._done.handled += 1
                else:
                    ledger.release(pending[0])  # somebody else drew the token
                pending.popleft()
            self._most = max(len(batch) - len(pending), 1) if pending else min(2 * self._most, BATCH)
        except Unreachable as error:
            logger.warning("no mail server: %s %s", error.word, error.text)
            self._done.unreachable = word = error.word
        finally:
            _give_back(pending, word)

    def _deliver(self, email: Email, pace: rates.Pace, *, on_hold: bool) -> None:
        started_at = timezone.now()
        try:
            outcome = delivery.attempt(email, self._carrier, on_hold=on_hold)
        except (Unreachable, AnyDatabaseError):
            raise
        except Exception as error:  # noqa: BLE001 (whatever a purpose's check raises must not stop the others)
            # only the error's name: its words, and a traceback, may hold a text or a personal link
            logger.error("mail %s broke off: %s", email.pk, type(error).__name__)  # noqa: TRY400
            ledger.release(email, reason=reasons.CHECK, wait=AFTER_ERROR, blameless=False)
            return
        if outcome is None:
            ledger.release(email)
            return
        _insist(lambda again: ledger.conclude(email, outcome, worker=self._worker, started_at=started_at, again=again))
        _follow_up(email, outcome, pace)


def _give_back(rows: deque[Email], word: str = "") -> None:
    """Release what was claimed and not reached. Where the database is away it is owed, and given back by the next run.

    Otherwise the sweep would have to believe that a worker died with one of these rows, and after three times that it is to blame.
    """
    with contextlib.suppress(IndexError):
        while True:
            email = rows.popleft()
            try:
                ledger.release(email, reason=word)  # nothing happens to one that somebody claimed anew since
            except AnyDatabaseError:
                _owed.extend([email, *rows])
                return


def _follow_up(email: Email, outcome: ledger.Outcome, pace: rates.Pace) -> None:
    """What a server's reply to one mail means for others."""
    if outcome.reason == reasons.THROTTLED:
        domain = rates.domain_of(email.to_address)
        rates.slow_down(domain)
        pace.limited.add(domain)
    elif outcome.reply and outcome.reason == reasons.UNKNOWN_ADDRESS and reasons.is_unknown_for_good(outcome.reply.text):
        holds.put(address=email.to_address, email=email, status=reasons.enhanced(outcome.reply.text), diagnostic=outcome.reply.text)
    elif outcome.state == Email.State.FAILED and outcome.reason in reasons.OF_CONTENT:
        _pause_if_unwanted(email)


def _pause_if_unwanted(email: Email) -> None:
    if email.mailing is not None and ledger.refused_in_a_row(email.mailing, IN_A_ROW):
        with contextlib.suppress(Refused):  # somebody was quicker
            mailings.pause(mailing=email.mailing, by=None, reason=reasons.CONTENT)


def _insist(write: Callable[[bool], bool]) -> bool:
    """Write an outcome even when the database is away for a while: it is the one thing that only we know."""
    until, again = time.monotonic() + 2 * settings.MAIL_LEASE, False
    while True:
        try:
            return write(again)
        except AnyDatabaseError:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            again = True
            time.sleep(1)
