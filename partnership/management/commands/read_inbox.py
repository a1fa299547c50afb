"""``manage.py read_inbox``: take in what came back, once."""

from typing import Any

from django.core.management.base import BaseCommand

from partnership import inbox


class Command(BaseCommand):
    """Reads the mailbox of ``INBOX_URL``."""

    help = "Takes in the reports of failure and the replies that wait in the mailbox of INBOX_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look once and say what was there."""
        tally = inbox.read()
        self.stdout.write(f"new {tally.new}, known {tally.known}, not taken in {tally.broken}")
