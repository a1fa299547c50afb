"""``manage.py load_programme_2015``: the programme of 2015 as held, with its hosts and figures."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import record
from events.models import Event
from partnership.models import Figure
from partnership.registers import BadRegister, told


class Command(BaseCommand):
    """Can be run again at any time; needs the registers."""

    help = "Load the programme of 2015 as read-only history. Running it again changes nothing that is up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, and say what is there now."""
        try:
            outcomes = record.load_2015()
        except BadRegister as error:
            raise CommandError(f"{error}. Nothing was loaded.") from error
        for line in told(outcomes, everything=options["verbosity"] > 1):
            self.stdout.write(line)
        kinds = Counter(Event.objects.filter(is_record=True).values_list("kind", flat=True))
        bases = Counter(Figure.objects.values_list("basis", flat=True))
        self.stdout.write("  held: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
        self.stdout.write("  figures: " + ", ".join(f"{count} {basis}" for basis, count in sorted(bases.items())))
