"""``manage.py serve``: prepare the database and the static files, then run web, worker and beat in one process."""

import fcntl
import hashlib
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from partnership import demo
from partnership.models import Organisation

REGISTERS = ("load_registers", "load_programme_2015")
DEMO = ("load_demo",)


class Command(BaseCommand):
    """Prepare and start."""

    help = "Prepares the database and the static files, loads the registers on the first start, and serves on PORT (8000)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Become gunicorn once everything stands."""
        port = os.environ.get("PORT", "8000")
        self.take_the_place(port)
        self.collect_static()
        call_command("migrate", verbosity=0, interactive=False)
        self.load()
        os.environ["ANNOUNCE"] = "1"
        sys.stdout.flush()
        arguments = [sys.executable, "-m", "gunicorn", "-c", "python:partnership.gunicorn_conf", "partnership.wsgi:application"]
        os.execv(sys.executable, arguments)  # noqa: S606  our own interpreter, no shell

    def take_the_place(self, port: str) -> None:
        """Refuse a port in use and a second server on the same data, before anything is changed.

        Raises:
            CommandError: with what to do about it.
        """
        lock = os.open(settings.DATA_DIR / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
        os.set_inheritable(lock, True)  # noqa: FBT003  gunicorn, which this process becomes, keeps it
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(f"Another server already runs on {settings.DATA_DIR}.") from error
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(port)))
            except (OSError, ValueError, OverflowError) as error:
                raise CommandError(f"Port {port} is not free. Choose another one, such as: PORT=8001 make run") from error

    def collect_static(self) -> None:
        """Collect the static files, when any of them has changed since the last time."""
        seen = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list([]):
                state = Path(storage.path(name)).stat()
                seen.update(f"{name}|{state.st_size}|{state.st_mtime_ns}\n".encode())
        stamp: Path = settings.DATA_DIR / "static.stamp"
        if stamp.exists() and stamp.read_text() == seen.hexdigest():
            return
        self.stdout.write("Preparing the pages …")
        self.stdout.flush()
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(seen.hexdigest())

    def load(self) -> None:
        """Fill an empty database; a first start that was interrupted is finished by the next one."""
        stamp: Path = settings.DATA_DIR / "loaded"
        if not (stamp.exists() and Organisation.objects.exists()):
            known = get_commands()
            for name in (*REGISTERS, *(DEMO if settings.DEMO else ())):
                if name in known:
                    call_command(name)
            stamp.touch()
        if settings.DEMO:
            demo.keep_password()
