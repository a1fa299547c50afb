"""Real processes on a database of their own, and what must be true of them afterwards."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tests.faults.sink import Sink, sink

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE = 5  # seconds; more than the time-out below
_FINAL = {"sent", "failed", "cancelled", "uncertain"}


@dataclass
class Laboratory:
    """A mail server, a database, and any number of workers."""

    sink: Sink
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A process that ends by itself."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def fill(self, count: int, **environment: str) -> None:
        """A mailing to so many."""
        self.run("-m", "tests.faults.deeds", "fill", str(count), **environment)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """One more worker, in a process group of its own."""
        log = (Path(self.environment["DATA_DIR"]) / "worker.log").open("ab")
        with log:
            worker = subprocess.Popen(
                [sys.executable, *(command or ("manage.py", "mailer"))],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def kill_all(self) -> int:
        """SIGKILL for every worker; returns how many there were."""
        killed = len(self.workers)
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.workers.clear()
        return killed

    def wait_for_accepts(self, count: int, patience: float = 120) -> None:
        """Until the server has accepted so many; returns within milliseconds of the line in its log, so before its 250."""
        self._wait(lambda: len(self.sink.accepted) >= count, f"{count} accepted mails", patience, pause=0.002)

    def wait_for_states(self, wanted: set[str] = frozenset(_FINAL), patience: float = 120) -> list[dict]:
        """Until every mail is in one of these states; returns what the audit says."""
        self._wait(lambda: self._states() <= wanted, f"nothing but {sorted(wanted)}", patience, pause=0.1)
        return self.audit()

    def _states(self) -> set[str]:
        """Asked of the database itself, because a process of the product takes seconds to start."""
        url = self.environment["DATABASE_URL"]
        connect = psycopg2.connect(url) if url.startswith("postgres") else sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
        with contextlib.closing(connect) as connection, contextlib.closing(connection.cursor()) as cursor:
            cursor.execute("SELECT DISTINCT state FROM partnership_email")
            return {row[0] for row in cursor.fetchall()}

    def audit(self) -> list[dict]:
        """Every row of the outbox, as an outsider sees it."""
        return [json.loads(line) for line in self.run("manage.py", "mail_audit", "--format", "jsonl").stdout.splitlines()]

    @property
    def log(self) -> str:
        """What the workers wrote."""
        return (Path(self.environment["DATA_DIR"]) / "worker.log").read_text()

    def _wait(self, ready: Callable[[], bool], what: str, patience: float, *, pause: float) -> None:
        end = time.monotonic() + patience
        while not ready():
            assert time.monotonic() < end, f"{what} did not come within {patience} s:\n{self.log[-2000:]}"
            time.sleep(pause)


def broken_rules(rows: list[dict], accepted: list[dict]) -> list[str]:
    """What a letter must never suffer: lost in silence, doubled, unknown to us, or called what it is not."""
    by_id = {row["message_id"]: row for row in rows}
    times = Counter(line["message_id"] for line in accepted)
    broken = [f"{message_id} was accepted {count} times" for message_id, count in times.items() if count > 1]
    broken += [f"{message_id} was accepted and is no row of ours" for message_id in times if message_id not in by_id]
    for line in accepted:
        row = by_id.get(line["message_id"])
        if row and line["to"] != [row["to"]]:
            broken.append(f"{line['message_id']} went to {line['to']} instead of {row['to']}")
        if row and row["state"] not in {"transmitting", "sent", "uncertain"}:
            broken.append(f"{line['message_id']} was accepted and is called {row['state']}")
    for row in rows:
        if row["state"] == "sent" and not times[row["message_id"]]:
            broken.append(f"{row['message_id']} is called sent and was never accepted")
        if row["state"] in {"failed", "uncertain", "cancelled"} and not row["reason"]:
            broken.append(f"{row['message_id']} is {row['state']} without a reason")
        if row["state"] not in _FINAL:
            broken.append(f"{row['message_id']} is still {row['state']}")
    return broken


@contextlib.contextmanager
def _postgres_copy(template: str, server: str) -> Iterator[str]:
    name = f"laboratory_{uuid.uuid4().hex[:8]}"
    with contextlib.closing(psycopg2.connect(server.rsplit("/", 1)[0] + "/postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            made = f" TEMPLATE {template}" if template else ""
            cursor.execute(sql.SQL("CREATE DATABASE {}" + made).format(sql.Identifier(name)))
            try:
                yield name
            finally:
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def environment(data_dir: Path, database: str, email_url: str) -> dict[str, str]:
    """What every process of the laboratory is told."""
    (data_dir / "demo").touch()
    ours = ("DATA_DIR", "DATABASE_URL", "TEST_DATABASE_URL", "BROKER_URL", "SECRET_KEY", "RSVP_KEY", "SITE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    told = {
        "EMAIL_TIMEOUT": "4",
        "MAIL_LEASE": str(LEASE),
        "MAIL_SWEEP": "1",
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
    }
    return {**kept, **told, "DATA_DIR": str(data_dir), "DATABASE_URL": database, "EMAIL_URL": email_url}


def migrated(data_dir: Path, database: str) -> None:
    """An empty database of the product."""
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment(data_dir, database, "mailbox:"), check=True, capture_output=True)


@contextlib.contextmanager
def postgres_template(data_dir: Path, server: str) -> Iterator[str]:
    """A migrated database on the server, to be copied."""
    with _postgres_copy("", server) as name:
        migrated(data_dir, f"{server.rsplit('/', 1)[0]}/{name}")
        yield name


@contextlib.contextmanager
def laboratory(data_dir: Path, template: str, server: str, **behaviour: float) -> Iterator[Laboratory]:
    """A fresh copy of the template: of a file of SQLite, or of a database on ``server``."""
    with contextlib.ExitStack() as parts:
        if server:
            database = f"{server.rsplit('/', 1)[0]}/{parts.enter_context(_postgres_copy(template, server))}"
        else:
            shutil.copy(template, data_dir / "laboratory.sqlite3")
            database = f"sqlite:///{data_dir / 'laboratory.sqlite3'}"
        kept = parts.enter_context(sink(data_dir / "accepted.jsonl", **behaviour))
        running = Laboratory(kept, environment(data_dir, database, kept.url))
        parts.callback(running.kill_all)
        yield running
