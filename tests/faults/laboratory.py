"""Real processes on a database of their own: how they are started and ended, and what is seen of them from outside."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from tests.faults import sink
from tests.faults.invariants import Evidence
from tests.faults.servers import ROOT, MailSink, Postgres, Redis
from tests.faults.sink import Temper

TIMEOUT = 4  # seconds that a worker waits for the mail server
LEASE = 5  # seconds; more than that
RETRY = (1, 1, 2)  # seconds until the next attempt
CELERY = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")
DATABASES = ("sqlite", "postgresql")


@dataclass
class Worker:
    """A sender: the process that talks SMTP and writes rows."""

    pid: int
    slot: int
    clock: float = 0

    def signal(self, number: int) -> bool:
        """Send a signal; False when it is dead already."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True


class Tail:
    """Counts the lines of a growing log, reading each once."""

    def __init__(self, path: Path) -> None:
        self._path, self._at, self._count = path, 0, 0

    def __call__(self) -> int:
        """How many there are."""
        if self._path.exists():
            with self._path.open("rb") as log:
                log.seek(self._at)
                found = log.read()
            self._at += len(found)
            self._count += found.count(b"\n")
        return self._count


class Nursery:
    """The process that forks senders and deeds; see tests/faults/nursery.py."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._data, self._outs = Path(environment["DATA_DIR"]), 0
        with (self._data / "worker.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                text=True,
            )

    def ask(self, **wish: object) -> dict:
        """One wish, one answer."""
        self._child.stdin.write(json.dumps(wish) + "\n")
        self._child.stdin.flush()
        if not (line := self._child.stdout.readline()):
            raise AssertionError("the nursery died:\n" + (self._data / "worker.log").read_text()[-3000:])
        return json.loads(line)

    def do(self, deed: str, *arguments: str) -> tuple[int, str]:
        """A deed, until its end; its status and what it printed."""
        self._outs += 1
        out = self._data / f"deed{self._outs}.out"
        status = self.ask(do=deed, **{"with": arguments, "out": str(out)})["status"]
        return status, out.read_text() if out.exists() else ""

    def close(self) -> None:
        """End it; the senders are ended by whoever started them."""
        self._child.stdin.close()
        self._child.wait(30)


@dataclass
class Laboratory:
    """A mail server, a database, and any number of workers of one kind."""

    sink: MailSink
    environment: dict[str, str]
    rng: random.Random
    kind: str = "mailer"
    postgres: Postgres | None = None
    redis: Redis | None = None
    workers: list[Worker] = field(default_factory=list)
    processes: list[subprocess.Popen] = field(default_factory=list)
    seen: Evidence = field(default_factory=lambda: Evidence(timeout=TIMEOUT, least_wait=0.8 * RETRY[0]))

    def __post_init__(self) -> None:
        self.accepts = Tail(self.sink.folder / "accepted.jsonl")
        self.nursery = Nursery(self.environment)
        self.of = 1

    # ── what is sent, and by whom ────────────────────────────────────────────

    def deed(self, name: str, *arguments: str, patience: float = 60) -> str:
        """A deed that must come about, if need be at the second attempt: its database may be away."""
        end = time.monotonic() + patience
        while True:
            status, out = self.nursery.do(name, *arguments)
            if status == 0:
                return out
            assert time.monotonic() < end, f"{name} ended with {status}:\n{self.log[-3000:]}"
            time.sleep(0.2)

    def fill(self, *local_parts: str) -> None:
        """A mailing to these."""
        self.deed("fill", *local_parts)
        self.seen.intended |= {f"{one}@mission.example.jp" for one in local_parts}

    def fork(self, slot: int | None = None, *, clock: float = 0) -> Worker:
        """One more sender."""
        slot = len(self.workers) if slot is None else slot
        answer = self.nursery.ask(fork=self.kind, slot=slot, of=self.of, clock=clock)
        self.workers.append(Worker(answer["pid"], slot, clock))
        return self.workers[-1]

    def staff(self, count: int, *, clocks: tuple[float, ...] = (0,)) -> None:
        """So many senders at once."""
        self.of = self.seen.slots = count
        for slot in range(count):
            self.fork(slot, clock=clocks[slot % len(clocks)])

    def celery(self, *command: str, **environment: str) -> subprocess.Popen:
        """A real Celery process, in a group of its own."""
        with Path(self.environment["DATA_DIR"], "worker.log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "partnership", *command],
                cwd=ROOT,
                env=self.environment | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(started)
        return started

    # ── what befalls them ────────────────────────────────────────────────────

    def kill(self, worker: Worker) -> None:
        """SIGKILL; it held one mail at most between its intent and its outcome."""
        if worker.signal(signal.SIGKILL):
            self.seen.faults["killed"] += 1
        self.workers.remove(worker)

    def replace_dead(self) -> None:
        """Do what systemd does: start again whoever has died."""
        dead = {int(pid) for pid in self.nursery.ask(reap=True)["ended"]}
        for worker in [one for one in self.workers if one.pid in dead]:
            self.workers.remove(worker)
            self.fork(worker.slot, clock=worker.clock)

    def crash_postgres(self) -> None:
        """Let PostgreSQL die and come back."""
        self.postgres.crash()
        self.seen.faults["slots lost"] += self.seen.slots
        time.sleep(self.rng.uniform(0.2, 1.5))
        self.postgres.start()

    def kill_sink(self) -> None:
        """Let the mail server die and come back."""
        self.sink.kill()
        self.seen.faults["slots lost"] += self.seen.slots
        time.sleep(self.rng.uniform(0.1, 0.8))
        self.sink.start()

    def end_group(self, process: subprocess.Popen, number: int = signal.SIGKILL) -> int:
        """End a Celery process with its children; returns its status."""
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        self.processes.remove(process)
        return process.wait(120)

    def end_all(self) -> None:
        """Nobody sends any more."""
        for worker in self.workers:
            worker.signal(signal.SIGKILL)
        self.workers.clear()
        for process in list(self.processes):
            self.end_group(process)

    # ── what is seen ─────────────────────────────────────────────────────────

    def wait_for_accepts(self, count: int, patience: float = 120) -> None:
        """Until the server has accepted so many; returns within milliseconds of the line in its log, so before its 250."""
        self.wait(lambda: self.accepts() >= count, f"{count} accepted mails", patience, pause=0.002)

    def states(self) -> Counter:
        """How many rows there are in each state, asked of the database itself; nothing while it is away."""
        url = self.environment["DATABASE_URL"]
        try:
            connected = psycopg2.connect(url) if self.postgres else sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
            with contextlib.closing(connected) as connection, contextlib.closing(connection.cursor()) as cursor:
                cursor.execute("SELECT state, count(*) FROM partnership_email GROUP BY state")
                return Counter(dict(cursor.fetchall()))
        except (psycopg2.Error, sqlite3.Error):
            return Counter()

    def wait_for_end(self, patience: float = 120) -> None:
        """Until every mail is final, or uncertain."""
        began = time.monotonic()
        open_states = ("queued", "claimed", "transmitting")

        def ended() -> bool:
            self.replace_dead()
            states = self.states()
            return bool(states) and not any(states[name] for name in open_states)

        self.wait(ended, "the end of every mail", patience, pause=0.2)
        self.seen.liveness.append((time.monotonic() - began, self._patience()))

    def _patience(self) -> float:
        """M12: a lease, a sweep, the mails themselves at the slowest rate seen or the one that is set, and a minute."""
        rate, _burst = self.seen.rate
        return (
            (60 * len(self.seen.intended) / rate if rate else 0)
            + LEASE
            + 30
            + len(self.seen.intended) * (0.05 + self.sink.temper.delay / max(1, self.seen.slots))
            + 60
        )

    def look(self) -> Evidence:
        """Ask the outbox and the mail server."""
        self.seen.rows = [json.loads(line) for line in self.deed("command", "mail_audit", "--format", "jsonl").splitlines()]
        self.seen.accepted = sink.lines(self.sink.folder / "accepted.jsonl")
        self.seen.heard = sink.lines(self.sink.folder / "heard.jsonl")
        self.seen.shown = json.loads(self.deed("progress"))
        return self.seen

    def reconcile(self) -> str:
        """Let the mail server's log decide about what is uncertain."""
        return self.deed("command", "mail_reconcile", str(self.sink.folder / "accepted.jsonl"))

    @property
    def log(self) -> str:
        """What the workers wrote."""
        return Path(self.environment["DATA_DIR"], "worker.log").read_text()

    def wait(self, ready: Callable[[], bool], what: str, patience: float, *, pause: float) -> None:
        """Until something is so."""
        end = time.monotonic() + patience
        while not ready():
            assert time.monotonic() < end, f"{what} did not come within {patience} s; {dict(self.states())}:\n{self.log[-2000:]}"
            time.sleep(pause)


def environment(data_dir: Path, database: str, email_url: str) -> dict[str, str]:
    """What every process of the laboratory is told."""
    data_dir.mkdir(exist_ok=True)
    (data_dir / "demo").touch()
    ours = ("DATA_DIR", "DATABASE_URL", "TEST_DATABASE_URL", "BROKER_URL", "CACHE_URL", "SECRET_KEY", "RSVP_KEY", "SITE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    told = {
        "EMAIL_TIMEOUT": str(TIMEOUT),
        "MAIL_LEASE": str(LEASE),
        "MAIL_SWEEP": "1",
        "MAIL_RETRY": ",".join(map(str, RETRY)),
        "MAIL_BACKOFF": "1,2",
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
    }
    return {**kept, **told, "DATA_DIR": str(data_dir), "DATABASE_URL": database, "EMAIL_URL": email_url}


class Bench:
    """What several laboratories share: migrated databases to copy, and one PostgreSQL of our own."""

    def __init__(self, folder: Path, postgres: Callable[[], Postgres]) -> None:
        self._folder, self._postgres, self._templates = folder, postgres, {}
        self._count = 0

    @contextlib.contextmanager
    def laboratory(
        self,
        database: str,
        *,
        seed: int = 1,
        kind: str = "mailer",
        temper: Temper | None = None,
        broker: bool = False,
        told: dict[str, str] | None = None,
    ) -> Iterator[Laboratory]:
        """A fresh one on that kind of database, with a Redis of its own or without any."""
        self._count += 1
        data = self._folder / f"{self._count}"
        data.mkdir()
        server = self._postgres() if database == "postgresql" else None
        with contextlib.ExitStack() as parts:
            url = self._copy(server, data, parts)
            sink_here = MailSink(data / "sink", temper or Temper(seed=seed))
            parts.callback(sink_here.kill)
            told = environment(data, url, sink_here.url) | (told or {})
            redis = None
            if broker:
                redis = Redis(data)
                parts.callback(redis.kill)
                told["BROKER_URL"] = redis.url
            place = Laboratory(sink_here, told, random.Random(seed), kind=kind, postgres=server, redis=redis)
            parts.callback(place.nursery.close)
            parts.callback(place.end_all)
            yield place
        shutil.rmtree(data, ignore_errors=True)

    def _copy(self, server: Postgres | None, data: Path, parts: contextlib.ExitStack) -> str:
        if server is None:
            shutil.copy(self._template("sqlite", self._migrated_file), data / "laboratory.sqlite3")
            return f"sqlite:///{data / 'laboratory.sqlite3'}"
        name = server.make(self._template("postgresql", lambda: self._migrated_database(server)))
        parts.callback(server.drop, name)
        return server.url(name)

    def _template(self, kind: str, make: Callable[[], str]) -> str:
        if kind not in self._templates:
            self._templates[kind] = make()
        return self._templates[kind]

    def _migrated_file(self) -> str:
        path = self._folder / "template.sqlite3"
        self._migrate(f"sqlite:///{path}")
        return str(path)

    def _migrated_database(self, server: Postgres) -> str:
        name = server.make()
        self._migrate(server.url(name))
        return name

    def _migrate(self, url: str) -> None:
        told = environment(self._folder / "migrating", url, "mailbox:")
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=told, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
