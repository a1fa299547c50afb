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
        "campaign": email.mailing_id,
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
        "explicit_resends": email.seq,  # each step of seq is a decision: a person's, or the audited rule of its purpose
        "resend_of": email.resend_of_id,
        "held": email.held,
        "evidence": email.evidence,
        "smtp_code": email.smtp_code,
        "crashes": email.crashes,
        "created_at": email.created_at.isoformat(),
        "data_started_at": email.data_started_at.isoformat() if email.data_started_at else None,
        "finished_at": email.finished_at.isoformat() if email.finished_at else None,
        "bounced_at": email.bounced_at.isoformat() if email.bounced_at else None,
    }
