"""The product as its users run it: ``manage.py serve`` in a process of its own, alone or with PostgreSQL, Redis and a separate worker."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import environ
import psycopg2
from psycopg2 import sql

from tests import services
from tests.sink import Sink, sink

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 240  # seconds; the first start loads every register
_OURS = ("DATABASE_URL", "TEST_DATABASE_URL", "SECRET_KEY", "RSVP_KEY", "DJANGO_SETTINGS_MODULE", "DATA_DIR", "PORT", "SITE_URL")


@dataclass
class Served:
    """A running server: where it is, who may sign in, and what it printed."""

    url: str
    data_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)

    @property
    def printed(self) -> str:
        """Everything it has printed so far."""
        return "".join(self.output)

    @property
    def password(self) -> str:
        """The password of every demo account."""
        found = re.search(r"password (\S+)", self.printed)
        assert found, self.printed
        return found.group(1)

    @property
    def accounts(self) -> list[str]:
        """The addresses of the demo accounts."""
        return re.findall(r"^\s+(\S+@\S+)", self.printed, re.MULTILINE)

    @property
    def rsvp_url(self) -> str:
        """The live invitation that was printed."""
        found = re.search(r"http\S+/rsvp/\S+", self.printed)
        assert found, self.printed
        return found.group()

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on the same data."""
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def python(self, code: str) -> str:
        """Run a few lines on the same data and return what they print."""
        return self.manage("shell", "-v0", "-c", code).strip()


@dataclass
class Stack(Served):
    """A server with PostgreSQL, Redis, a separate Celery worker with beat, and a mail server."""

    sink: Sink = field(kw_only=True)
    worker: subprocess.Popen[str] | None = None

    def start_worker(self) -> None:
        """Start ``celery worker -B`` in a process group of its own."""
        log = (self.data_dir / "worker.log").open("a")
        options = ["-A", "partnership", "worker", "-B", "-s", str(self.data_dir / "beat"), "--concurrency", "2", "--loglevel", "INFO"]
        command = [sys.executable, "-m", "celery", *options]
        self.worker = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True, text=True
        )  # fmt: skip

    def kill_worker(self) -> None:
        """SIGKILL for the worker and all its children."""
        assert self.worker is not None
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()
        self.worker = None

    def stop_worker(self) -> None:
        """The way an administrator stops it."""
        if self.worker is not None:
            self.worker.terminate()
            try:
                self.worker.wait(20)
            except subprocess.TimeoutExpired:
                self.kill_worker()
            self.worker = None

    @property
    def worker_log(self) -> str:
        """What the worker wrote."""
        return (self.data_dir / "worker.log").read_text()


def environment(data_dir: Path, port: int, **more: str) -> dict[str, str]:
    """What a server of ours is told: this process’s environment without what only the tests use."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {**kept, "DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **more}


def _data_dir() -> Path:
    data_dir = Path(tempfile.mkdtemp(prefix="partnership-served-"))
    (data_dir / "demo").touch()
    return data_dir


@contextlib.contextmanager
def _running(said: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """``manage.py serve`` until the end of the block; yields once it says that it is ready."""
    output: list[str] = []
    command = [sys.executable, "manage.py", "serve"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with services.process(command, cwd=ROOT, env=said, **pipes) as process:
        threading.Thread(target=lambda: output.extend(process.stdout), daemon=True).start()
        end = time.monotonic() + PATIENCE
        while not any(line.startswith("Ready at") for line in output):
            if process.poll() is not None or time.monotonic() > end:
                time.sleep(0.2)
                raise RuntimeError("manage.py serve did not become ready:\n" + "".join(output))
            time.sleep(0.05)
        time.sleep(0.3)  # the lines after it are printed in the same breath
        yield process, output


@contextlib.contextmanager
def serve(data_dir: Path | None = None, **more: str) -> Iterator[Served]:
    """The demonstration in one process on SQLite, as ``make run`` starts it; with ``data_dir`` on the data of an earlier start."""
    home, port = data_dir or _data_dir(), services.free_port()
    said = environment(home, port, **more)
    try:
        with _running(said) as (process, output):
            yield Served(f"http://127.0.0.1:{port}", home, said, process, output)
    finally:
        if data_dir is None:
            shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _database(server: str) -> Iterator[str]:
    """A new database on the server, removed afterwards."""
    parts = environ.Env.db_url_config(server)
    name = f"partnership_{uuid.uuid4().hex[:8]}"
    options = {
        "user": parts["USER"],
        "password": parts["PASSWORD"],
        "host": parts["HOST"],
        "port": parts["PORT"],
        **parts.get("OPTIONS", {}),
    }
    connection = psycopg2.connect(dbname="postgres", **{key: value for key, value in options.items() if value})
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", server, count=1) if "?" in server else server.rsplit("/", 1)[0] + f"/{name}"
        finally:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def stack(**more: str) -> Iterator[Stack]:
    """The demonstration on PostgreSQL and Redis, with a separate worker and a mail server that keeps what it gets."""
    home, port = _data_dir(), services.free_port()
    with contextlib.ExitStack() as parts:
        parts.callback(shutil.rmtree, home, ignore_errors=True)
        database = parts.enter_context(_database(parts.enter_context(services.postgres())))
        broker = parts.enter_context(services.redis())
        kept = parts.enter_context(sink())
        said = environment(home, port, DATABASE_URL=database, BROKER_URL=broker, EMAIL_URL=kept.url, **more)
        process, output = parts.enter_context(_running(said))
        running = Stack(f"http://127.0.0.1:{port}", home, said, process, output, sink=kept)
        parts.callback(running.stop_worker)
        running.start_worker()
        services.wait_for(lambda: " ready." in running.worker_log, "the worker")
        yield running
