"""One attempt to deliver one mail, step by step; the order of the steps is what makes the outbox truthful.

Build the message (no network yet); connect, MAIL, RCPT; ask whether it is still wanted; commit the intent; send the body. Until the
intent is committed nothing can have left. From the final dot on only the server's answer tells; where that is missing the row says
so and waits for a person or for evidence, because a guess would lose letters or double them.
"""

import datetime as dt
import logging
import random

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from partnership import addresses, ledger, message, purposes, reasons
from partnership.ledger import Outcome
from partnership.models import Email
from partnership.transport import Dropped, Rejected, Silent, Transport

PATIENCE = dt.timedelta(days=3)  # RFC 5321 4.5.4.1 asks for four to five days, but an invitation is of no use by then

logger = logging.getLogger(__name__)


def attempt(email: Email, carrier: Transport) -> Outcome | None:
    """Try one mail. None: it may not leave now, and nothing of it left.

    Raises:
        transport.Unreachable: no server took us in; that was no attempt.
    """
    if not settings.DEMO and addresses.is_invented(email.to_address):
        return Outcome("build", Email.State.FAILED, reasons.INVENTED)
    try:
        built = message.build(email)
    except DatabaseError:
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


def _hand_over(email: Email, built: message.Built, carrier: Transport) -> Outcome | None:
    carrier.envelope(built.sender, built.recipient, len(built.data))
    if word := purposes.get(email.purpose).check(email):
        carrier.reset()
        return Outcome("check", Email.State.CANCELLED, word)
    if not ledger.intend(email):
        carrier.reset()
        return None
    return Outcome("reply", Email.State.SENT, reply=carrier.body(built.data))


def _refused(email: Email, no: Rejected) -> Outcome:
    word = reasons.of_reply(no.phase, no.reply.code, no.reply.text)
    if reasons.is_temporary(no.reply.code):
        return _again(email, Outcome(no.phase, Email.State.QUEUED, word, no.reply))
    return Outcome(no.phase, Email.State.FAILED, word, no.reply)


def _again(email: Email, outcome: Outcome) -> Outcome:
    """When to try again: later each time, scattered, and not for ever."""
    first = email.tries.order_by("id").values_list("started_at", flat=True).first()
    if first is not None and timezone.now() - first > PATIENCE:
        return Outcome(outcome.phase, Email.State.FAILED, reasons.GAVE_UP, outcome.reply)
    steps = settings.MAIL_RETRY
    seconds = steps[min(email.attempts, len(steps) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
    return Outcome(outcome.phase, outcome.state, outcome.reason, outcome.reply, dt.timedelta(seconds=seconds))
