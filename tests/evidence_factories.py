"""Mails in states that only the engine makes, and logs of mail servers."""

import datetime as dt
import json
from typing import Any

from django.utils import timezone

from partnership.models import Email
from tests import engine


def uncertain(*, minutes: int = 60, **fields: Any) -> Email:
    """A letter that was handed over so many minutes ago, and of which nothing was heard."""
    return _moved(engine.letter(**fields), Email.State.UNCERTAIN, minutes, reason="no_answer", fence=1, attempts=1)


def sent(*, minutes: int = 60, **fields: Any) -> Email:
    """A letter that a server took so many minutes ago."""
    at = timezone.now() - dt.timedelta(minutes=minutes)
    return _moved(engine.letter(**fields), Email.State.SENT, minutes, accepted_at=at, finished_at=at, smtp_code=250, fence=1, attempts=1)


def _moved(email: Email, state: str, minutes: int, **changes: Any) -> Email:
    at = timezone.now() - dt.timedelta(minutes=minutes)
    Email.objects.filter(pk=email.pk).update(state=state, data_started_at=at, created_at=at, **changes)
    email.refresh_from_db()
    return email


def json_line(email: Email, **changes: Any) -> str:
    """What a server writes of a letter that it took, as an object."""
    at = email.data_started_at or timezone.now()
    return json.dumps({"t": at.timestamp(), "message_id": email.message_id, "to": [email.to_address], **changes}) + "\n"


def postfix_lines(email: Email, *, queue: str, status: str = "sent", minutes: int = 60, taken: bool = True, old: bool = False) -> str:
    """What Postfix writes of a letter: while it comes in, when it has it, and what became of it."""
    at = timezone.localtime(timezone.now() - dt.timedelta(minutes=minutes))
    stamp = f"{at:%b} {at.day:>2} {at:%H:%M:%S}" if old else at.isoformat()
    lines = [f"{stamp} mx postfix/cleanup[77]: {queue}: message-id={email.message_id}"]
    if taken:
        lines += [
            f"{stamp} mx postfix/qmgr[11]: {queue}: from=<bounce@mofa.example.jp>, size=2101, nrcpt=1 (queue active)",
            f"{stamp} mx postfix/smtp[80]: {queue}: to=<{email.to_address}>, relay=mx.example.jp[192.0.2.1]:25, status={status} (250 Ok)",
        ]
    return "\n".join(lines) + "\n"
