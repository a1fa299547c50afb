"""What a mail is for. Upper packages register their purposes (module ``purposes``); the kernel calls what they registered.

So the outbox can ask “is this still wanted?”, fill a personal link and attach a calendar entry, and know nothing of events.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from partnership.models import Email, Mailing, Recipient


@dataclass(frozen=True)
class Attached:
    """A part of the message beside its text, such as the calendar entry."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Placeholder:
    """A {name} that a letter may hold, explained to the person who writes it."""

    name: str
    explanation: Promise | str
    required: bool = False


@dataclass(frozen=True)
class Content:
    """What a mailing's approval binds beside its own texts: the list and the material facts, as plain JSON values."""

    recipients: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Purpose:
    """One purpose of mails.

    ``check`` is asked right before a mail is transmitted: a word of partnership/reasons.py cancels it, "" lets it go.
    ``links`` gives the addresses that fill the marks of the text; they are never stored.
    ``uncertain`` is the default when nobody knows whether a mail arrived: "hold", "resend" or "sent".
    ``needs_approval`` mailings leave only with an approval that still holds.
    """

    key: str
    label: Promise
    priority: int
    check: Callable[["Email"], str] = lambda _email: ""
    links: Callable[["Email"], Mapping[str, str]] = lambda _email: {}
    attach: Callable[["Email"], Sequence[Attached]] = lambda _email: ()
    secret: bool = False  # the text itself is a secret (a login code): wiped once the mail is final
    uncertain: str = "hold"
    needs_approval: bool = True
    placeholders: Sequence[Placeholder] = ()
    recipients: Callable[["Mailing"], list["Recipient"]] | None = None  # unsaved rows, made when the list is frozen
    facts: Callable[["Mailing"], Mapping[str, Any]] = lambda _mailing: {}  # material facts: what is printed in the letter
    values: Callable[["Mailing", str], Mapping[str, str]] = lambda _mailing, _language: {}  # placeholders equal for all
    before_freeze: Callable[["Mailing"], list[str]] = lambda _mailing: []  # sentences that say what is still missing
    home: Callable[["Mailing"], str] = lambda _mailing: ""  # the page of what the mailing is about
    about: Callable[["Mailing"], Any] = lambda _mailing: None
    extra: Mapping[str, Any] = field(default_factory=dict)


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Make a purpose known.

    Raises:
        ValueError: when its key is taken.
    """
    if purpose.key in _purposes:
        msg = f"the purpose {purpose.key} is registered twice"
        raise ValueError(msg)
    _purposes[purpose.key] = purpose
    return purpose


def get(key: str) -> Purpose:
    """The purpose of that key.

    Raises:
        KeyError: for an unknown one.
    """
    return _purposes[key]


def every() -> list[Purpose]:
    """All purposes, in the order of their priority."""
    return sorted(_purposes.values(), key=lambda purpose: (purpose.priority, purpose.key))
