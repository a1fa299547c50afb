"""How fast the outbox sends, beside what the same machine can do at best, in the same run: ``make bench``.

Every figure is a ratio to a floor that was measured between the rounds of ours, because machines and their neighbours differ.
``MAILS``, ``ROUNDS`` and ``BIG`` (mails of the run that looks at memory; 0 leaves it out) change the size.
"""

import contextlib
import json
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests import services
from tests.faults import servers

ROOT = Path(__file__).resolve().parent.parent.parent
MAILS, ROUNDS, BIG = (int(os.environ.get(name, default)) for name, default in (("MAILS", "1000"), ("ROUNDS", "3"), ("BIG", "10000")))
SLOW = 0.03  # a server that takes thirty milliseconds
LEAST = 500

Told = dict[str, Any]


class Bench:
    """A database, a broker, and a server that counts."""

    def __init__(self, data_dir: Path, database: str, broker: str) -> None:
        self.port, self.sink = services.free_port(), None
        self.environment = {
            **os.environ,
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": database,
            "BROKER_URL": broker,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "MAIL_RATE": "0",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        }
        (data_dir / "demo").touch()

    def run(self, *command: str) -> None:
        """A process that ends by itself."""
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)

    def deed(self, name: str, *arguments: str, senders: int = 1) -> Told:
        """So many processes that do the same, let go at one moment; how long the last took, and what all cost together."""
        command = [sys.executable, "-m", "tests.bench.deeds", name, *arguments]
        running = [
            subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _sender in range(senders)
        ]
        for one in running:
            one.stdout.readline()  # ready
        for one in running:
            one.stdin.write("go\n")
            one.stdin.flush()
        told = [json.loads(one.communicate()[0]) for one in running]
        together: Told = {key: sum(one[key] for one in told) for key in ("mails", "cpu", "statements")}
        return {**together, "seconds": max(one["seconds"] for one in told), "memory": max(one["memory"] for one in told)}

    @contextlib.contextmanager
    def server(self, delay: float = 0) -> Iterator[None]:
        """The sink."""
        with services.process([sys.executable, "-m", "tests.bench.sink", str(self.port), str(delay)], cwd=ROOT):
            services.wait_for(lambda: services.listens(self.port), "the sink")
            yield

    def accepted(self) -> int:
        """What the sink counted so far."""
        with smtplib.SMTP("127.0.0.1", self.port) as asked:
            return int(asked.docmd("COUN")[1])

    def ours(self, senders: int) -> Told:
        """The outbox, once more from the beginning."""
        self.run("-m", "tests.bench.deeds", "again")
        before = self.accepted()
        told = self.deed("ours", senders=senders)
        arrived = self.accepted() - before
        assert told["mails"] == arrived, f"{told['mails']} were handled and {arrived} accepted"
        return told

    def batches(self, mails: int) -> Told:
        """The floor of Celery."""
        before = self.accepted()
        command = [sys.executable, "-m", "celery", "-A", "partnership", "worker", "--concurrency", "2", "-l", "ERROR"]
        # the engine of these workers would send as well: nothing is due
        with services.process(
            [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ):
            time.sleep(6)
            self.run("-m", "tests.bench.deeds", "batches")
            services.wait_for(lambda: self.accepted() > before, "the first mail")
            began, first = time.monotonic(), self.accepted() - before
            services.wait_for(lambda: self.accepted() - before >= mails, "the last mail", patience=120)
            return {"mails": mails - first, "seconds": time.monotonic() - began}


def rate(told: Told) -> float:
    """Mails a second."""
    return float(told["mails"]) / float(told["seconds"])


def rounds(measured: dict[str, Callable[[], Told]]) -> dict[str, list[Told]]:
    """All of them in turn, several times."""
    found: dict[str, list[Told]] = {name: [] for name in measured}
    for _round in range(ROUNDS):
        for name, measure in measured.items():
            found[name].append(measure())
    return found


def table(title: str, found: dict[str, list[Told]], floor: str, scale: Callable[[str], float] = lambda _name: 1.0) -> None:
    """Medians, their ratio to the floor round by round, and what one mail cost."""
    print(f"\n{title}\n| way | mails/s | of the floor | CPU ms/mail | statements/mail |\n|---|---|---|---|---|")
    for name, told in found.items():
        speeds = [rate(one) for one in told]
        ratios = [rate(one) / rate(base) / scale(name) for one, base in zip(told, found[floor], strict=True)]
        cost = [
            f"{statistics.median(one[key] * unit / one['mails'] for one in told):.2f}" if key in told[0] else "–"
            for key, unit in (("cpu", 1000), ("statements", 1))
        ]
        spread = f"{statistics.median(speeds):.0f} ({min(speeds):.0f}–{max(speeds):.0f})"
        print(f"| {name} | {spread} | {statistics.median(ratios):.2f} | {cost[0]} | {cost[1]} |", flush=True)


def main() -> None:
    """Measure, and say it."""
    if MAILS < LEAST:
        raise SystemExit(f"MAILS: {LEAST} at least; fewer are through before the clock of Celery's series runs")
    with contextlib.ExitStack() as parts:
        home = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="partnership-bench-")))
        server, broker = parts.enter_context(servers.postgres()), parts.enter_context(services.redis())
        measure(_bench(home, server, broker))
        if BIG:
            tell_memory({count: memory(_bench(home, server, broker), count) for count in (MAILS, BIG)})


def _bench(home: Path, server: servers.Postgres, broker: str) -> Bench:
    """One on a fresh database, for the factories that fill it count from one."""
    bench = Bench(home, server.url(server.make()), broker)
    bench.run("manage.py", "migrate", "-v0")
    return bench


def measure(bench: Bench) -> None:
    """All series."""
    bench.run("-m", "tests.bench.deeds", "fill", str(MAILS))
    with bench.server():
        written = bench.deed("write")
        print(f"Written: {rate(written):.0f} mails/s, {written['statements'] / MAILS:.2f} statements each")
        found = rounds({
            "built: a message each, one connection, nothing remembered": lambda: bench.deed("built", str(MAILS)),
            "ours, 1 sender": lambda: bench.ours(1),
            "ours, 2 senders": lambda: bench.ours(2),
            "ours, 4 senders": lambda: bench.ours(4),
        })  # fmt: skip
        table(f"{MAILS} letters with link and calendar entry, a server that answers at once", found, next(iter(found)))
        celery = rounds({
            "batches of 100 in Celery, 2 processes, nothing remembered": lambda: bench.batches(MAILS),
            "ours, 2 senders": lambda: bench.ours(2),
        })  # fmt: skip
        table("Beside Celery", celery, next(iter(celery)))
    with bench.server(SLOW):
        slow = {f"ours, {n} sender{'s' if n > 1 else ''}": (lambda n=n: bench.ours(n)) for n in (1, 2, 4)}
        found = rounds(slow)
        table(
            f"A server that takes {SLOW * 1000:.0f} ms; the ratio is to N × one sender",
            found,
            "ours, 1 sender",
            lambda name: float(name.split()[1]),
        )


def memory(bench: Bench, count: int) -> Told:
    """What one sender needs for a mailing of that size."""
    bench.run("-m", "tests.bench.deeds", "fill", str(count))
    with bench.server():
        bench.deed("write")
        return bench.ours(1)


def tell_memory(found: dict[int, Told]) -> None:
    """How much more a large mailing needs than a small one."""
    print(
        "\nMemory of a sender: "
        + ", ".join(f"{told['memory']:.0f} MB for {count} mails ({rate(told):.0f}/s)" for count, told in found.items())
    )


if __name__ == "__main__":
    main()
