"""What the other side would send back: a person's reply, or a server's report. Real messages, put where the product reads its mailbox."""

import os
import re
import socket
import time
from collections.abc import Callable
from email import message_from_string
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, getaddresses, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from partnership.mailbox.letters import Letter

LONGEST = 5_000
WAYS = (
    ("unknown", _("the address does not exist")),
    ("full", _("the mailbox is full")),
    ("carrier", _("the address does not exist, in the words of a Japanese gateway")),
    ("delayed", _("it is delayed")),
    ("delivered", _("it arrived: a report of delivery")),
    ("absent", _("nobody is there: an automatic reply")),
)


def reply(letter: Letter, text: str) -> bytes:
    """What the recipient writes back, with our letter quoted below as mail programs do."""
    message = EmailMessage()
    message["From"], message["To"] = _recipient(letter), str(letter.message["Reply-To"] or letter.sender)
    message["Subject"] = f"Re: {letter.subject}"
    message["Date"], message["Message-ID"] = _now(), make_msgid(domain="mailbox.example")
    if letter.message_id:
        message["In-Reply-To"] = message["References"] = letter.message_id
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines()[:40])
    message.set_content(f"{text[:LONGEST]}\n\n{_recipient(letter)} wrote:\n{quoted}\n")
    return message.as_bytes()


def report(letter: Letter, way: str) -> bytes:
    """What a server sends back.

    Raises:
        KeyError: for a way that there is not.
    """
    return _MAKERS[way](letter)


def put(data: bytes) -> None:
    """Lay a message into the Maildir that the product reads, as a mail server does: whole or not at all."""
    url = urlsplit(settings.INBOX_URL)
    if url.scheme != "maildir":
        return
    folder = Path(url.path)
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}.{os.getpid()}_{get_random_string(8)}.{re.sub('[^A-Za-z0-9-]', '', socket.gethostname())}"
    (folder / "tmp" / name).write_bytes(data)
    (folder / "tmp" / name).rename(folder / "new" / name)


def _standard(action: str, status: str, said: str) -> Callable[[Letter], bytes]:
    def make(letter: Letter) -> bytes:
        message = MIMEMultipart("report")
        message.set_param("report-type", "delivery-status")
        _address(message, letter, "Undelivered Mail Returned to Sender" if action == "failed" else "Delivery Status Notification")
        message["Auto-Submitted"] = "auto-replied"
        message.attach(MIMEText(f"This is the mail system at host mx.mailbox.example.\n\n<{_recipient(letter)}>: {said}\n"))
        fields = (
            f"Reporting-MTA: dns; mx.mailbox.example\n\n"
            f"Final-Recipient: rfc822; {_recipient(letter)}\nAction: {action}\n"
            f"Status: {status}\nDiagnostic-Code: smtp; {said}\n"
        )
        message.attach(_status(fields))
        message.attach(_headers(letter))
        return message.as_bytes()

    return make


def _of_a_carrier(letter: Letter) -> bytes:
    """As a gateway writes it: no status, ISO-2022-JP, the head of the letter pasted below."""
    words = f"""次の宛先へのメールは配信できませんでした。
宛先のメールアドレスが存在しません。

  宛先: {_recipient(letter)}

----- 元のメッセージのヘッダ -----
{_head_of(letter)}"""
    message = MIMEText(words.encode("iso-2022-jp", "replace").decode("iso-2022-jp"), "plain", "iso-2022-jp")
    _address(message, letter, "配信不能メールのお知らせ")
    return message.as_bytes()


def _absent(letter: Letter) -> bytes:
    message = EmailMessage()
    _address(message, letter, f"Automatic reply: {letter.subject}", sender=_recipient(letter))
    message["Auto-Submitted"], message["In-Reply-To"] = "auto-replied", letter.message_id
    message.set_content("Thank you for your message. I am away until Monday and will read it then.\n")
    return message.as_bytes()


def _address(message: Message, letter: Letter, subject: str, sender: str = "MAILER-DAEMON@mx.mailbox.example") -> None:
    """To the envelope sender, which is where reports go; from nobody, so that nothing answers them."""
    back = parseaddr(str(letter.message["Return-Path"] or letter.sender))[1]
    message["Return-Path"], message["From"], message["To"], message["Subject"] = "<>", sender, back, subject
    message["Date"], message["Message-ID"] = _now(), make_msgid(domain="mx.mailbox.example")


def _status(fields: str) -> Message:
    """The part that machines read; the library wants each group of fields as a message."""
    return message_from_string(f"Content-Type: message/delivery-status\n\n{fields}")


def _headers(letter: Letter) -> Message:
    part = MIMEBase("text", "rfc822-headers")
    part.set_payload(_head_of(letter))
    return part


def _head_of(letter: Letter) -> str:
    names = ("Message-ID", "X-Outbox-Id", "Date", "To")
    return "".join(f"{name}: {letter.message[name]}\n" for name in names if letter.message[name])


def _recipient(letter: Letter) -> str:
    return next((address for _name, address in getaddresses([letter.to]) if address), "somebody@mailbox.example")


def _now() -> str:
    return format_datetime(timezone.localtime())


_MAKERS: dict[str, Callable[[Letter], bytes]] = {
    "unknown": _standard("failed", "5.1.1", "550 5.1.1 user unknown"),
    "full": _standard("failed", "4.2.2", "452 4.2.2 mailbox full"),
    "carrier": _of_a_carrier,
    "delayed": _standard("delayed", "4.4.1", "connection timed out; it will be tried for four more days"),
    "delivered": _standard("delivered", "2.1.5", "250 2.1.5 delivered"),
    "absent": _absent,
}
