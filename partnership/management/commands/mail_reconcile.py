"""manage.py mail_reconcile FILE…: settle what is uncertain by the log of the mail server."""

import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from partnership import reconciliations, relay_logs, restores
from partnership.reconciliations import ABSENT, ACCEPTED, NOT_COVERED, Comparison

SHOWN = 50


class Command(BaseCommand):
    """Reads, says what it found, and writes unless it was told to look only."""

    requires_system_checks = []
    help = (
        "Settles uncertain mails by the log of the mail server (JSON lines or Postfix's syslog, also .gz; - for standard input): "
        "what it took is sent, what it never took waits again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the files and how far their silence may be believed."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a log, compressed or not; - reads standard input")
        parser.add_argument(
            "--complete",
            "--covers-all",
            action="store_true",
            help="the log holds every message that was ever taken: whatever is not in it was not taken",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be changed, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, tell, apply."""
        with ExitStack() as stack:
            log = relay_logs.read([_opened(name, stack) for name in options["files"]])
        found = reconciliations.compare(log, complete=options["complete"])
        self._tell(found)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed (--dry-run).")
            return
        done = reconciliations.apply(found.changes, by=None, unknown=len(found.unknown))
        self.stdout.write(f"Changed: {done[ACCEPTED]} sent, {done[ABSENT]} not taken.")
        if restores.is_held():
            held = restores.held().count()
            self.stdout.write(f"The data was restored: {held} letters stay on hold until they are released on the page of the engine.")

    def _tell(self, found: Comparison) -> None:
        log = found.log
        stretch = f" from {log.first.isoformat()} to {log.last.isoformat()}" if log.first and log.last else ""
        self.stdout.write(f"Read {log.lines} lines{stretch}; {len(log.taken)} messages of ours, {log.broken} broken lines.")
        self.stdout.write(f"Uncertain or on hold: {len(found.verdicts)}")
        self.stdout.write(f"  taken by the server: {len(found.of(ACCEPTED))}")
        self.stdout.write(f"  never taken: {len(found.of(ABSENT))}")
        self.stdout.write(f"  the log cannot tell: {len(found.of(NOT_COVERED))}")
        if not found.silence_counts:
            self.stdout.write(f"The log proves nothing by its silence: {_why(found)}. Say --complete if it is whole all the same.")
        if found.unknown:
            self.stdout.write(
                f"{len(found.unknown)} messages of ours are in no row; they left after the backup from which this data comes:"
            )
            for one in found.unknown[:SHOWN]:
                self.stdout.write(f"  {one.at.isoformat() if one.at else '?'} {one.to or '?'} {one.message_id}")
            if len(found.unknown) > SHOWN:
                self.stdout.write(f"  and {len(found.unknown) - SHOWN} more")


def _why(found: Comparison) -> str:
    if not found.log.taken:
        return "it shows no message of ours"
    if found.missing:
        return f"{found.missing} letters that the server certainly took are not in it"
    return f"its clock differs from ours by {found.skew}"


def _opened(name: str, stack: ExitStack) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error
