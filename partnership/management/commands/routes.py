"""``manage.py routes``: every address, its name and who gets past its door."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from partnership import routes


class Command(BaseCommand):
    """List the routes."""

    help = "Lists every address: pattern, name, and the roles that get past its door (the rules of a single row may ask more)."

    def add_arguments(self, parser: CommandParser) -> None:
        """JSON for tools, a table for people."""
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        rows = [{"pattern": one.pattern, "name": one.name, "roles": routes.roles_for(one)} for one in routes.every()]
        if options["format"] == "json":
            self.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False))
            return
        width = max(len(row["pattern"]) for row in rows)
        for row in rows:
            self.stdout.write(f"{row['pattern']:<{width}}  {row['name']:<45}  {' '.join(row['roles'])}")
