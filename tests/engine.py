"""A purpose for tests of the outbox, with hooks that a test may set."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy

from partnership import emails, marks, purposes
from partnership.models import Email, Mailing
from tests import factories
from tests.faults.sink import Sink, sink

hooks: dict[str, Any] = {}


def _label(text: str) -> Promise:
    return format_lazy("{}", text)


def _check(email: Email) -> str:
    return hooks["check"](email) if "check" in hooks else ""


def _links(email: Email) -> Mapping[str, str]:
    if "links" in hooks:
        hooks["links"](email)
    return {"link": f"https://example.jp/rsvp/{email.pk}/?a=1&b=2"}


def _attach(email: Email) -> Sequence[purposes.Attached]:
    return hooks.get("attach", ())


LETTER = purposes.register(
    purposes.Purpose(
        key="engine_letter",
        label=_label("letter"),
        priority=30,
        check=_check,
        links=_links,
        attach=_attach,
        until=lambda _email: hooks.get("until"),
        needs_approval=False,
    )
)
SECRET = purposes.register(
    purposes.Purpose(key="engine_secret", label=_label("code"), priority=0, check=_check, secret=True, needs_approval=False)
)


def letter(to: str = "guest@mission.example.jp", **changes: Any) -> Email:
    """A queued letter with a personal link."""
    values = {
        "purpose": LETTER.key,
        "to_address": to,
        "language": "en",
        "subject": "Invitation",
        "text": f"Dear guest,\n\n{marks.mark('link')}\n",
        "html": f'<p><a href="{marks.mark("link")}">Reply</a></p>',
        **changes,
    }
    return emails.queue(**values)


def sending(count: int = 0, **fields: Any) -> Mailing:
    """A mailing that is being sent, with so many letters waiting."""
    mailing = factories.mailing(purpose=LETTER.key, state=Mailing.State.SENDING, **fields)
    for number in range(count):
        letter(f"guest{number}@mission.example.jp", mailing=mailing, recipient_key=str(number))
    return mailing


def fresh(email: Email) -> Email:
    """The row as it is now."""
    email.refresh_from_db()
    return email


def late(email: Email, seconds: int = -1) -> None:
    """Let its lease run out."""
    Email.objects.filter(pk=email.pk).update(lease_until=timezone.now() + dt.timedelta(seconds=seconds))


def due_now(*emails: Email) -> None:
    """Let no row wait any longer; these, or all."""
    rows = Email.objects.filter(pk__in=[email.pk for email in emails]) if emails else Email.objects.all()
    rows.update(next_at=timezone.now() - dt.timedelta(seconds=1))


@pytest.fixture
def server(settings: Any, tmp_path: Path) -> Iterator[Sink]:
    """A mail server that misbehaves on demand, and the product set to use it."""
    hooks.clear()
    with sink(tmp_path / "accepted.jsonl") as running:
        settings.EMAIL_URL = running.url
        settings.EMAIL_TIMEOUT = 1
        yield running
