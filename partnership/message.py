"""Makes the message of an outbox row: marks filled, text and HTML, attached parts, one recipient, the same Message-ID each time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.charset import BASE64, QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.utils import timezone
from django.utils.html import escape

from partnership import addresses, marks, purposes, verp
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
    body = _bodies(email, marks.fill(email.text, links), marks.fill(email.html, {name: escape(link) for name, link in links.items()}))
    attached = purpose.attach(email)
    message = _together(email, "mixed", [body, *map(_attachment, attached)]) if attached else body
    _head(message, email, purpose.reply_to(email))
    _thread(message, purpose.thread(email), own=email.message_id)
    return Built(sender=verp.sender(email), recipient=addresses.on_the_wire(email.to_address), data=message.as_bytes(policy=_WIRE))


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


def _bodies(email: Email, text: str, html: str) -> Message:
    plain = _text(text, "plain")
    return _together(email, "alternative", [plain, _text(html, "html")]) if html else plain


def _together(email: Email, subtype: str, parts: Sequence[Message]) -> Message:
    # a boundary of its own, so that every attempt of a row has the same body; it cannot occur in encoded text
    return MIMEMultipart(subtype, boundary=f"=_{email.outbox_id.hex}_{subtype}", _subparts=parts)


def _text(text: str, subtype: str) -> Message:
    charset = Charset("utf-8")
    # readable as it stands where it is mostly ASCII, shorter otherwise; never 8 bit, never a line above 998 characters
    charset.body_encoding = QP if len(text.encode()) < 1.2 * len(text) else BASE64
    return MIMEText(text, subtype, charset)  # type: ignore[arg-type]


def _attachment(part: purposes.Attached) -> Message:
    wanted = Message()
    wanted["Content-Type"] = part.mimetype
    made = MIMEBase(wanted.get_content_maintype(), wanted.get_content_subtype())
    for name, value in wanted.get_params(failobj=[])[1:]:
        made.set_param(name, value)
    made.set_payload(part.content)
    if made.get_content_maintype() == "text":
        made.set_param("charset", "utf-8")
    encode_base64(made)
    made.add_header("Content-Disposition", "attachment", filename=_filename(part.filename))
    return made


def _filename(name: str) -> str | tuple[str, str, str]:
    return name if name.isascii() else ("utf-8", "", name)
