"""``manage.py load_demo``: invented people, accounts and a live reception, for a demonstration only."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events import demonstration
from events.models import Event
from municipalities import demonstration as portal
from partnership import demo_people
from partnership.environment import DEMO_MARKER


class Command(BaseCommand):
    """Can be run again: it makes only what is missing."""

    help = "Invent people, accounts and a reception for a demonstration. Refused in an installation without the demo marker."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demonstration, or say why not."""
        if not settings.DEMO:
            raise CommandError(
                f"This installation is not a demonstration: there is no file “{DEMO_MARKER}” in {settings.DATA_DIR}. "
                "Invented people have no place beside real ones; nothing was loaded."
            )
        if not Event.objects.filter(record_key="IIK-2015-3").exists():
            raise CommandError("Run load_registers and load_programme_2015 first.")
        done = [
            f"{count} {what}"
            for count, what in ((demo_people.load_accounts(), "accounts"), (demo_people.load_people(), "invented people"))
            if count
        ]
        for line in [*done, *portal.load(), *demonstration.load()] or ["the demonstration is complete"]:
            self.stdout.write(f"  {line}")
