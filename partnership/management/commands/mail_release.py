"""manage.py mail_release: let go of what a restore put on hold, without the pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnership import mail_state, restores
from partnership.models import User
from partnership.transitions import Refused


class Command(BaseCommand):
    """The same act as the button on the page of the engine; it names a superuser."""

    requires_system_checks = []
    help = "Releases the letters that a restore put on hold. Run mail_reconcile first: what was not compared with a log may leave twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who does it, and whether in spite of letters that no log was asked about."""
        parser.add_argument("--by", required=True, metavar="ADDRESS", help="the superuser who decides it")
        parser.add_argument("--unreconciled", action="store_true", help="also letters of which no log says that they never left")
        parser.add_argument("--note", default="", help="how it was made sure; kept in the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Release, or say why not."""
        by = User.objects.filter(email__iexact=options["by"], is_superuser=True, is_active=True).first()
        if by is None:
            raise CommandError(f"{options['by']} is no superuser.")
        blind = sum(line.waits for line in mail_state.held())
        if blind and not options["unreconciled"]:
            raise CommandError(
                f"{blind} letters were not found in any log that covers their time. Say --unreconciled to release them all the same."
            )
        try:
            count = restores.release(by=by, note=options["note"])
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{count} letters may leave now.")
