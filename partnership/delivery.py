"""One attempt to deliver one mail, step by step; the order of the steps is what makes the outbox truthful.

Build the message (no network yet); connect, MAIL, RCPT; ask whether it is still wanted; commit the intent; send the body. Until the
intent is committed nothing can have left. From the final dot on only the server's answer tells; where that is missing the row says
so and waits for a person or for evidence, because a guess would lose letters or double them.
"""

import datetime as dt
import logging
import random
from dataclasses import replace

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.utils import timezone

from partnership import addresses, ledger, message, purposes, reasons
from partnership.ledger import Outcome
from partnership.models import Email
from partnership.transport import Dropped, Rejected, Silent, Transport

PATIENCE = dt.timedelta(days=3)  # RFC 5321 4.5.4.1 asks for four to five days, but an invitation is of no use by then
NO_SPACE = 552
_SCATTER = {reasons.GREYLISTED: (1.0, 1.2), reasons.THROTTLED: (1.0, 2.0)}  # of the step; others a fifth either way

logger = logging.getLogger(__name__)


def attempt(email: Email, carrier: Transport, *, on_hold: bool = False) -> Outcome | None:
    """Try one mail. None: it may not leave now, or not as it was built, and nothing of it left.

    Args:
        email: as it was claimed.
        carrier: the way out.
        on_hold: a server does not know its address (partnership/holds.py).

    Raises:
        transport.Unreachable: no server took us in; that was no attempt.
    """
    is_invented = not settings.DEMO and addresses.is_invented(email.to_address)
    if is_invented or on_hold:
        return Outcome("build", Email.State.FAILED, reasons.INVENTED if is_invented else reasons.ADDRESS_HELD)
    try:
        built = message.build(email)
    except AnyDatabaseError:  # also InterfaceError, which is no DatabaseError: a lost connection is no fault of the row
        raise
    except Exception as error:  # noqa: BLE001 (one row that no message can be made of fails alone)
        logger.error("mail %s cannot be built: %s", email.pk, type(error).__name__)  # noqa: TRY400
        return Outcome("build", Email.State.FAILED, reasons.BUILD)
    carrier.open()
    try:
        return _hand_over(email, built, carrier)
    except Rejected as no:
        carrier.reset()
        return _refused(email, no)
    except Dropped as broken:
        return _again(email, Outcome(broken.phase, Email.State.QUEUED, reasons.DROPPED))
    except Silent:
        return Outcome("reply", Email.State.UNCERTAIN, reasons.NO_ANSWER)
    except BaseException:  # the database is away, a check breaks off: the next mail must not follow on the MAIL of this one
        carrier.reset()
        raise


def _hand_over(email: Email, built: message.Built, carrier: Transport) -> Outcome | None:
    carrier.envelope(built.sender, built.recipient, len(built.data))
    try:
        word = purposes.get(email.purpose).check(email)
        may_leave = not word and ledger.intend(email)
    except purposes.Outdated:
        word, may_leave = "", False
    if not may_leave:
        carrier.reset()
        return Outcome("check", Email.State.CANCELLED, word) if word else None
    return Outcome("reply", Email.State.SENT, reply=carrier.body(built.data))


def _refused(email: Email, no: Rejected) -> Outcome:
    """What follows from a server's no; the classes are those of partnership/reasons.py."""
    word = reasons.of_reply(no.phase, no.reply.code, no.reply.text)
    if reasons.is_temporary(no.reply.code):
        return _again(email, Outcome(no.phase, Email.State.QUEUED, word, no.reply))
    # some say 552 for “no room just now”: asked once more, much later
    if word == reasons.NO_ROOM and no.reply.code == NO_SPACE and not email.tries.filter(code=NO_SPACE).exists():
        return _again(email, Outcome(no.phase, Email.State.QUEUED, reasons.MAILBOX_FULL, no.reply), slowly=True)
    return Outcome(no.phase, Email.State.FAILED, word, no.reply)


def _again(email: Email, outcome: Outcome, *, slowly: bool = False) -> Outcome:
    """When to try again: later each time, scattered, and not for ever."""
    wait = dt.timedelta(seconds=_seconds(email, outcome.reason, slowly=slowly))
    now = timezone.now()
    first = email.tries.order_by("id").values_list("started_at", flat=True).first()
    if first is not None and now - first > PATIENCE:
        return Outcome(outcome.phase, Email.State.FAILED, reasons.GAVE_UP, outcome.reply)
    until = purposes.get(email.purpose).until(email)
    if until is not None and now + wait > until:
        return Outcome(outcome.phase, Email.State.FAILED, reasons.TOO_LATE, outcome.reply)
    return replace(outcome, wait=wait)


def _seconds(email: Email, word: str, *, slowly: bool) -> float:
    """A server that greylists counts from five minutes on; one that is throttled asks that we come back one by one."""
    steps = settings.MAIL_RETRY_GREYLISTED if word == reasons.GREYLISTED else settings.MAIL_RETRY
    step = steps[-1] if slowly else steps[min(email.attempts, len(steps) - 1)]
    low, high = _SCATTER.get(word, (0.8, 1.2))
    return step * random.uniform(low, high)  # noqa: S311 (no secret)
