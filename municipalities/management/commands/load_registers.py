"""``manage.py load_registers``: countries, the Ministry, embassies, missions and local governments from the data files."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from municipalities.registers import load_local_governments
from partnership import audit
from partnership.body_registers import load_bodies, load_countries, load_embassies, load_missions
from partnership.progress import Bar
from partnership.registers import BadRegister, Outcome, told


class Command(BaseCommand):
    """Can be run again at any time: it takes over what the files changed and leaves alone what people changed."""

    help = "Load or refresh the registers from the project's data files. Running it again changes nothing that is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the files are; ``-v 2`` lists every change."""
        parser.add_argument("--data", type=Path, help="a folder with newer files of the same names, instead of those of the product")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Load them all, or nothing at all when a file cannot be trusted."""
        began = time.monotonic()
        everything: list[Outcome] = []
        steps = (
            ("countries", 199, load_countries),
            ("ministry and associations", 8, load_bodies),
            ("embassies in Tokyo", 159, load_embassies),
            ("missions abroad", 256, load_missions),
            ("local governments", 1788, load_local_governments),
        )
        try:
            for name, size, load in steps:
                with Bar(name, size, self.stdout._out if options["verbosity"] else None) as bar:
                    made = load(tick=bar.to, **({"data": options["data"]} if options["data"] else {}))
                outcomes = [made] if isinstance(made, Outcome) else list(made)
                for line in told(outcomes, everything=options["verbosity"] > 1):
                    self.stdout.write(line)
                everything += outcomes
        except (BadRegister, FileNotFoundError) as error:
            raise CommandError(f"{error}. Nothing was loaded.") from error
        counts = {
            one.register: {"added": one.added, "changed": one.changed, "conflicts": len(one.conflicts)}
            for one in everything
            if one.added or one.changed or one.changes or one.conflicts
        }
        if counts:
            audit.record("registers.load", by=None, registers=counts)
        self.stdout.write(f"Registers are up to date ({time.monotonic() - began:.1f} s).")
