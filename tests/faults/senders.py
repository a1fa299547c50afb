"""Who sends in the laboratory: the product's mailer, and for the negative controls the senders that others write.

Each runs until it is killed. ``slot`` of ``of`` shares the rows out among the simple ones, so that without a fault they double nothing.
"""

import contextlib
import datetime as dt
import smtplib
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, models
from django.db.models import F, Value
from django.db.models.functions import Mod, Now
from django.utils import timezone

from partnership import message
from partnership.models import Email

_State = Email.State


def mailer(slot: int, of: int) -> None:
    """The product's own, in as many copies as one likes."""
    call_command("mailer")


def naive(slot: int, of: int) -> None:
    """Look at the state, send, save the state: what everybody writes first."""
    for email in _mine(slot, of):
        send_then_save(email)


def hasty(slot: int, of: int) -> None:
    """Save first and send afterwards, so as to double nothing; as Celery does that acknowledges early."""
    for email in _mine(slot, of):
        if _save(email, _State.SENT):
            _hand_over(email)


def blind(slot: int, of: int) -> None:
    """Claims with a lease, and sends again whatever was claimed longer ago than that."""
    for email in _leased(Now):
        send_then_save(email)


def own_clock(slot: int, of: int) -> None:
    """The same, by the clock of the machine it runs on."""
    for email in _leased(timezone.now):
        send_then_save(email)


KINDS: dict[str, Callable[[int, int], None]] = {one.__name__: one for one in (mailer, naive, hasty, blind, own_clock)}


def send_then_save(email: Email) -> None:
    """Send one letter and save what came of it; a temporary failure is tried again some time."""
    if state := _hand_over(email):
        _save(email, state)


def _hand_over(email: Email) -> str:
    built, url = message.build(email), urlsplit(settings.EMAIL_URL)
    try:
        with smtplib.SMTP(url.hostname, url.port, "localhost", timeout=settings.EMAIL_TIMEOUT) as server:
            server.sendmail(built.sender, built.recipient, built.data)
    except smtplib.SMTPRecipientsRefused as error:
        return _State.FAILED if all(code >= 500 for code, _text in error.recipients.values()) else ""
    except (OSError, smtplib.SMTPException):
        return ""
    return _State.SENT


def _save(email: Email, state: str) -> bool:
    try:
        return Email.objects.filter(pk=email.pk).update(state=state, reason="", accepted_at=Now()) == 1
    except DatabaseError:
        connection.close()
        return False


def _mine(slot: int, of: int) -> Iterator[Email]:
    rows = Email.objects.annotate(share=Mod(F("id"), of)).filter(share=slot, state=_State.QUEUED).order_by("priority", "id")
    yield from _for_ever(lambda: list(rows.all()))


def _leased(now: Callable[[], object]) -> Iterator[Email]:
    """One row at a time: free, or held for longer than its lease by somebody who may still be at it."""

    def claim() -> list[Email]:
        at = now()
        over = models.Q(state=_State.CLAIMED, lease_until__lt=at) | models.Q(state=_State.QUEUED)
        for pk in Email.objects.filter(over).order_by("priority", "id").values_list("pk", flat=True)[:5]:
            until = (Now() + Value(_lease())) if now is Now else at + _lease()
            if Email.objects.filter(over, pk=pk).update(state=_State.CLAIMED, lease_until=until):
                return [Email.objects.get(pk=pk)]
        return []

    yield from _for_ever(claim)


def _lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings.MAIL_LEASE)


def _for_ever(ask: Callable[[], list[Email]]) -> Iterator[Email]:
    while True:
        found = []
        with contextlib.suppress(DatabaseError):
            found = ask()
        yield from found
        if not found:
            connection.close()
            time.sleep(0.1)
