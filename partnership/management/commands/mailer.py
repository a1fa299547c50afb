"""manage.py mailer: sends what the outbox holds, with or without a message broker."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from partnership import mailer


class Command(BaseCommand):
    """The loop that a wake-up runs."""

    requires_system_checks = []  # no pages are served; a worker that was killed is back sooner
    help = "Sends what is due in the outbox and stays to send what comes; stops on SIGTERM or Ctrl-C after the mail at hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read --once."""
        parser.add_argument("--once", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        stop = threading.Event()

        def leave(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, leave)
        if options["once"]:
            self.stdout.write(f"{_all(stop)} mails")
        else:
            mailer.stay(stop)


def _all(stop: threading.Event) -> int:
    """Run until nothing is due, waiting where the rate asks for it."""
    handled = 0
    while not stop.is_set():
        done = mailer.run(stop=stop.is_set)
        handled += done.handled
        if not done.wait or done.unreachable:
            break
        stop.wait(done.wait)
    return handled
