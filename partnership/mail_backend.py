"""Django's own way to send mail, led into the outbox: whatever a library sends is a row first, like everything else."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from partnership import emails

if TYPE_CHECKING:
    from django.core.mail import EmailMessage


class OutboxBackend(BaseEmailBackend):
    """Puts each message into the outbox, once for each recipient."""

    def send_messages(self, email_messages: Sequence["EmailMessage"]) -> int:
        """Queue; returns how many messages were taken."""
        for message in email_messages:
            html = next((str(body) for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
            for address in message.recipients():
                emails.queue(
                    purpose=emails.SYSTEM.key,
                    to_address=address,
                    language="en" if (get_language() or "ja").startswith("en") else "ja",
                    subject=str(message.subject),
                    text=str(message.body),
                    html=html,
                )
        return len(email_messages)
