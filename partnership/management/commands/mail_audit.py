"""manage.py mail_audit: every row of the outbox, to be compared with the log of a mail server."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from partnership.models import Email


class Command(BaseCommand):
    """One line of JSON for each mail; no texts."""

    requires_system_checks = []
    help = "Writes every row of the outbox as a line of JSON, without its text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read --format."""
        parser.add_argument("--format", choices=["jsonl"], default="jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, row by row, in bounded memory."""
        for email in Email.objects.order_by("id").defer("text", "html").iterator(chunk_size=1000):
            self.stdout.write(json.dumps(_line(email), ensure_ascii=False))


def _line(email: Email) -> dict[str, Any]:
    return {
        "id": email.pk,
        "mailing": email.mailing_id,
        "recipient": email.recipient_key,
        "purpose": email.purpose,
        "seq": email.seq,
        "to": email.to_address,
        "message_id": email.message_id,
        "outbox_id": str(email.outbox_id),
        "state": email.state,
        "reason": email.reason,
        "accepted_at": email.accepted_at.isoformat() if email.accepted_at else None,
        "attempts": email.attempts,
        "explicit_resends": email.seq,  # each step of seq is one person's decision
    }
