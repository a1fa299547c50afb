"""A letter of the mailbox, read as a person's mail program would show it."""

import datetime as dt
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from partnership.mailbox import store


@dataclass(frozen=True)
class Letter:
    """What the pages show."""

    number: int
    sender: str
    to: str
    subject: str
    date: dt.datetime | None
    message_id: str
    message: EmailMessage

    @property
    def text(self) -> str:
        """The plain text."""
        return _content(self.message, "plain")

    @property
    def html(self) -> str:
        """The HTML, where there is any."""
        return _content(self.message, "html")

    @property
    def attachments(self) -> list[str]:
        """The names of the attached parts."""
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]


def letter(number: int, *, head_only: bool = False) -> Letter | None:
    """The letter of that number; None when there is none."""
    data = store.read(number)
    if data is None:
        return None
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data, headersonly=head_only)
    return Letter(
        number=number,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=_date(str(message["Date"] or "")),
        message_id=str(message["Message-ID"] or ""),
        message=message,
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if isinstance(part, EmailMessage) else ""


def _date(text: str) -> dt.datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
