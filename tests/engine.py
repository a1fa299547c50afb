"""A purpose for tests of the outbox, with hooks that a test may set."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy

from partnership import emails, marks, purposes
from partnership.models import Email, Mailing
from tests import factories

hooks: dict[str, Any] = {}


def _label(text: str) -> Promise:
    return format_lazy("{}", text)


def _check(email: Email) -> str:
    return hooks["check"](email) if "check" in hooks else ""


def _links(email: Email) -> Mapping[str, str]:
    return {"link": f"https://example.jp/rsvp/{email.pk}/?a=1&b=2"}


def _attach(email: Email) -> Sequence[purposes.Attached]:
    return hooks.get("attach", ())


LETTER = purposes.register(
    purposes.Purpose(
        key="engine_letter", label=_label("letter"), priority=30, check=_check, links=_links, attach=_attach, needs_approval=False
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
