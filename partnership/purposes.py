"""What a mail is for. Upper packages register their purposes (module ``purposes``); the kernel calls what they registered.

So the outbox can ask “is this still wanted?”, fill a personal link and attach a calendar entry, and know nothing of events.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from partnership.models import Email, IncomingMail, Mailing, Recipient, User


class Outdated(Exception):
    """What a message was made of has changed since: it must not leave as it is, but be made anew."""


@dataclass(frozen=True)
class Attached:
    """A part of the message beside its text, such as the calendar entry."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """One letter in one language as its reader gets it; links are still marks."""

    subject: str
    text: str
    language: str


@dataclass(frozen=True)
class Placeholder:
    """A {name} that a letter may hold, explained to the person who writes it.

    A ``link`` has no value: the letter keeps a mark there (partnership/marks.py), which ``Purpose.links`` fills while
    the message is built. A ``fresh`` one is printed as it is when the letters are written, and its approval does not bind it: what
    the approval binds instead is a fact that says by which rule it moves.
    """

    name: str
    explanation: Promise | str
    required: bool = False
    link: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class ReplyChoice:
    """An answer that staff can record for a person who wrote back.

    ``fields`` are what is asked besides: name, words, whether it is needed. ``button`` is what stands on the button, where “Record:” with
    the label does not say it.
    """

    key: str
    label: Promise | str
    fields: Sequence[tuple[str, Promise | str, bool]] = ()
    button: Promise | str = ""


@dataclass(frozen=True)
class Place:
    """Where a mail belongs, for whoever settles what came back: what it is about, its page, and the form of the address it went to.

    ``choices`` are the answers that can be recorded now, where they are not the same for all mails of the purpose.
    """

    about: str
    url: str = ""
    form: str = ""
    choices: Sequence[ReplyChoice] | None = None


@dataclass(frozen=True)
class Purpose:
    """One purpose of mails.

    ``check`` is asked right before a mail is transmitted: a word of partnership/reasons.py cancels it, "" lets it go, ``Outdated``
    says that the message must be made anew.
    ``links`` gives the addresses that fill the marks of the text; they are never stored.
    ``thread`` gives the Message-IDs of earlier mails of the same conversation, oldest first, so that mail programs show them together.
    ``reply_to`` is where an answer by mail goes, if not to the sender.
    ``address`` says where a mail that did not arrive is sent again: to the address that the register has by now.
    ``renew`` makes the personal link anew: asked when a mail that may have arrived is sent again to another address, so that what the
    old address holds leads nowhere. The new mail is given; its ``created_by`` is who decided it.
    ``until`` is when the mail would come too late, where that is known: a server that keeps it waiting is not asked after that.
    ``uncertain`` is the default when nobody knows whether a mail arrived: "hold", "resend" or "sent".
    ``needs_approval`` mailings leave only with an approval that still holds.

    For mailings:

    ``recipients`` makes the unsaved rows of the list. Each row's ``values`` hold what differs from one recipient to the
    next, in both languages: ``{"ja": {"salutation": …, "guest": …}, "en": {…}}``. They are printed as they were when
    the list was frozen, and the approval binds them.
    ``values`` gives the placeholders that are equal for all, in one language; a recipient's own value wins.
    Links appear in neither: they are marks.
    ``facts`` are the material facts, as plain JSON: ``{"when": {"label_ja": "日時", "label_en": "Date and time",
    "value_ja": …, "value_en": …}}``, in the order in which they are shown. A fact that a placeholder prints has that
    placeholder's name as its key, so that a change of it is told once.
    ``before_freeze`` gives sentences (or SafeString with a link) that say what is still missing for a complete list.
    ``before_send`` gives sentences that say why a frozen list is not right any more, such as a post that changed hands.
    ``starts_at`` is when an approved mailing leaves by itself; derived, so that it moves with what it depends on; None for by hand.
    ``reply_choices`` are the answers that staff can record when a person answers this mail by mail.
    ``record_reply`` records one of them: the mail that came in, the key, who records it, the fields of the choice and the ``words`` of
    the reply; returns a sentence.
    ``take_back_reply`` undoes that, as far as it can be undone, and says what is left to do; without it, what was recorded stays.
    ``places`` says of many mails where they belong, by primary key.
    ``on_start`` is told right before the letters of a mailing are written, in the same transaction. It returns further rows, unsaved:
    names that an approved supplement of its package's lead has added; never anybody else.
    ``issue`` is for letters on paper: no mail is written, but this is given each recipient with the letter in its language, in the
    transaction of the sending; it keeps and numbers them. ``sheets`` is then the address of the printed sheets.
    ``notes`` are sentences about how things stand now, shown beside the letter and bound by nothing.
    ``contradicts`` says which recipients of another letter of this purpose that waits would get something odd beside the first
    letter: the mailing that is looked at, the one that waits, and its rows for the same people.
    ``left_out`` names those who do not get the letter: dicts with ``label``, ``reason`` and ``by``, for the deciders.
    """

    key: str
    label: Promise
    priority: int
    check: Callable[["Email"], str] = lambda _email: ""
    links: Callable[["Email"], Mapping[str, str]] = lambda _email: {}
    attach: Callable[["Email"], Sequence[Attached]] = lambda _email: ()
    address: Callable[["Email"], str] = lambda email: email.to_address
    thread: Callable[["Email"], Sequence[str]] = lambda _email: ()
    reply_to: Callable[["Email"], str] = lambda _email: ""
    renew: Callable[["Email"], None] | None = None
    secret: bool = False  # the text itself is a secret (a login code): wiped once the mail is final
    until: Callable[["Email"], dt.datetime | None] = lambda _email: None
    uncertain: str = "hold"
    needs_approval: bool = True
    placeholders: Sequence[Placeholder] = ()
    recipients: Callable[["Mailing"], list["Recipient"]] | None = None
    facts: Callable[["Mailing"], Mapping[str, Mapping[str, str]]] = lambda _mailing: {}
    values: Callable[["Mailing", str], Mapping[str, str]] = lambda _mailing, _language: {}
    before_freeze: Callable[["Mailing"], list[str]] = lambda _mailing: []
    before_send: Callable[["Mailing"], list[str]] = lambda _mailing: []
    left_out: Callable[["Mailing"], Sequence[Mapping[str, str]]] = lambda _mailing: ()
    notes: Callable[["Mailing"], Sequence[str]] = lambda _mailing: ()
    contradicts: Callable[["Mailing", "Mailing", Sequence["Recipient"]], Sequence["Recipient"]] = lambda _mailing, _other, rows: rows
    on_start: Callable[["Mailing"], Sequence["Recipient"]] = lambda _mailing: ()
    starts_at: Callable[["Mailing"], dt.datetime | None] = lambda mailing: mailing.starts_at
    reply_choices: Callable[["Email"], Sequence[ReplyChoice]] = lambda _email: ()
    record_reply: Callable[["IncomingMail", str, "User", Mapping[str, str]], str] | None = None
    take_back_reply: Callable[["IncomingMail", "User"], str] | None = None
    places: Callable[[Sequence["Email"]], Mapping[int, Place]] = lambda _emails: {}
    issue: Callable[["Mailing", Sequence[tuple["Recipient", "Letter"]], "User"], None] | None = None
    sheets: Callable[["Mailing"], str] = lambda _mailing: ""
    home: Callable[["Mailing"], str] = lambda _mailing: ""  # the page of what the mailing is about
    about: Callable[["Mailing"], Any] = lambda _mailing: None  # what it is about; its str() heads the mailing's page
    abouts: Callable[[Sequence["Mailing"]], Mapping[int, Any]] = lambda _mailings: {}  # the same of many, by primary key, in one query


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


def abouts(mailings: Sequence["Mailing"]) -> dict[int, Any]:
    """What each of the mailings is about, by primary key; one query for each purpose among them."""
    found: dict[int, Any] = {}
    for key in dict.fromkeys(mailing.purpose for mailing in mailings):
        if key in _purposes:
            found |= _purposes[key].abouts([mailing for mailing in mailings if mailing.purpose == key])
    return found


def places(emails: Sequence["Email"]) -> dict[int, Place]:
    """Where each of the mails belongs, by primary key; asked once for each purpose among them."""
    found: dict[int, Place] = {}
    for key in dict.fromkeys(email.purpose for email in emails):
        if key in _purposes:
            found |= _purposes[key].places([email for email in emails if email.purpose == key])
    return found
