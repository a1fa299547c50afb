"""Brings up processes of the product in milliseconds: it has imported everything once, and forks. It neither sends nor asks the database.

Reads a line of JSON for each wish and answers with one: ``{"fork": "mailer", …}`` leaves a sender running in a session of its own, which is
then killed like any process; ``{"do": "fill", …}`` waits for the end of a deed.
"""

import json
import os
import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from tests.faults import clock, deeds, senders  # noqa: E402


def _fork(out: Path, work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
        os.dup2(os.open(Path(os.environ["DATA_DIR"]) / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        random.seed()  # or all would scatter their attempts alike
        work()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException:  # noqa: BLE001 (this is the end of the process)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _sender(wish: dict[str, Any]) -> None:
    clock.lie(wish.get("clock", 0))
    senders.KINDS[wish["fork"]](wish["slot"], wish["of"])


def _answer(wish: dict[str, Any]) -> dict[str, Any]:
    if "fork" in wish:
        return {"pid": _fork(Path(os.devnull), lambda: _sender(wish))}
    if "do" in wish:
        out = Path(wish["out"])
        pid = _fork(out, lambda: deeds.DEEDS[wish["do"]](*wish["with"]))
        return {"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}
    return {"ended": _ended()}


def _ended() -> dict[int, int]:
    """Who has died since the last time, and how."""
    found: dict[int, int] = {}
    try:
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found[ended[0]] = os.waitstatus_to_exitcode(ended[1])
    except ChildProcessError:
        pass
    return found


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()
