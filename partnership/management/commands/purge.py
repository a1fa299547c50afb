"""manage.py purge: remove the personal data that has reached its end. Beat does the same every night."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from partnership import retention


class Command(BaseCommand):
    """Says how many rows went; the audit trail keeps the counts."""

    help = "Removes personal data whose time is over, and says how much. Can be repeated at any time; beat runs it every night."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge, and tell."""
        with translation.override("en"):
            for kind, count in retention.purge():
                self.stdout.write(f"{kind.label}, kept for {kind.days} days after the event: {count} removed")
