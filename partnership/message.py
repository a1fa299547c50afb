"""Makes the message of an outbox row: marks filled, text and HTML, attached parts, one recipient, the same Message-ID each time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.message import Message
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.utils import timezone
from django.utils.html import escape

from partnership import addresses, marks, mime, purposes, verp
from partnership.models import Email

MOST_REFERENCES = 20  # a header stays short however long the conversation
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,300}>")
_WIRE = policy.compat32.clone(linesep="\r\n")


@dataclass(frozen=True)
class Built:
    """A message ready for a server: the envelope and the bytes. It holds personal links, so it shows nothing of itself."""

    sender: str
    recipient: str
    data: bytes

    def __repr__(self) -> str:
        return f"<message of {len(self.data)} bytes>"


def build(email: Email) -> Built:
    """The message of one row.

    Raises:
        Exception: whatever was wrong with the row; the caller fails that row alone and touches no network.
    """
    purpose = purposes.get(email.purpose)
    links = purpose.links(email)
    body = _body(email, marks.fill(email.text, links), marks.fill(email.html, {name: escape(link) for name, link in links.items()}))
    if attached := purpose.attach(email):
        body = _together(email, "mixed", [body, *(mime.attachment(one.content, one.mimetype, one.filename) for one in attached)])
    message = Message()
    _head(message, email, purpose.reply_to(email))
    _thread(message, purpose.thread(email), own=email.message_id)
    data = message.as_bytes(policy=_WIRE).rstrip() + mime.CRLF + bytes(body)
    return Built(sender=verp.sender(email), recipient=addresses.on_the_wire(email.to_address), data=data)


def author() -> str:
    """The address that the letter comes from, and that replies go to."""
    return addresses.on_the_wire(parseaddr(settings.MAIL_FROM)[1])


def _head(message: Message, email: Email, reply_to: str) -> None:
    name, address = parseaddr(settings.MAIL_FROM)
    message["From"] = formataddr((settings.MAIL_NAME_JA if email.language == "ja" else name, addresses.on_the_wire(address)), "utf-8")
    message["To"] = addresses.on_the_wire(email.to_address)
    if reply_to and not addresses.problem(reply_to) and addresses.on_the_wire(reply_to) != author():
        message["Reply-To"] = addresses.on_the_wire(reply_to)
    message["Subject"] = Header(email.subject, None if email.subject.isascii() else "utf-8", header_name="Subject")  # type: ignore[assignment]
    message["Date"] = format_datetime(timezone.localtime())
    message["Message-ID"] = email.message_id
    message["X-Outbox-Id"] = str(email.outbox_id)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = email.language


def _thread(message: Message, earlier: Sequence[str], *, own: str) -> None:
    """Say which mails this one follows (RFC 5322 3.6.4): the first, which all programs sort by, and the latest."""
    known = [one for one in dict.fromkeys(earlier) if one != own and _MESSAGE_ID.fullmatch(one)]
    if not known:
        return
    kept = known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]]
    message["In-Reply-To"] = kept[-1]
    message["References"] = Header(" ".join(kept), "us-ascii", header_name="References")  # type: ignore[assignment]


def _body(email: Email, text: str, html: str) -> mime.Part:
    plain = mime.text(text, "plain")
    return _together(email, "alternative", [plain, mime.text(html, "html")]) if html else plain


def _together(email: Email, subtype: str, parts: Sequence[mime.Part]) -> mime.Part:
    # a boundary of its own, so that every attempt of a row has the same body
    return mime.together(subtype, f"=_{email.outbox_id.hex}_{subtype}", parts)
