"""Asks a ClamAV daemon about a file, where the environment names one (``CLAMD``). No answer is never a yes.

The protocol is one command (INSTREAM, clamd(8)); spoken here, because a whole file must arrive and every wait must end.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction

TASK = "partnership.tasks.scan_attachments"
EXPIRES = 60  # seconds; beat looks again
TIMEOUT = 60  # seconds for one answer; a zip of 5 MB takes clamd a few
CONNECT = 5
CHUNK = 64 * 1024
PORT = 3310


class NoAnswer(Exception):
    """The scanner is away, or broke off."""


class NotScanned(Exception):
    """The scanner answered that it could not scan this file."""


class Readable(Protocol):
    """Something with bytes."""

    def read(self, size: int, /) -> Any:
        """The next bytes."""
        ...


def is_configured() -> bool:
    """Whether files are scanned at all."""
    return bool(settings.CLAMD)


def scan(file: Readable) -> str:
    """What the scanner found: its name for it, or "" for a clean file.

    Raises:
        NoAnswer: when it cannot be reached, or does not answer in time.
        NotScanned: when it refuses this file.
    """
    try:
        with _connected() as line:
            reply = _ask(line, file)
    except OSError as fault:
        raise NoAnswer(str(fault)) from fault
    words = reply.removeprefix("stream:").strip()
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND").strip()[:100] or "?"
    if not words:
        raise NoAnswer("it closed the connection")
    raise NotScanned(words[:200])


def wake() -> None:
    """Have the scanner asked once the current transaction is committed; a broker that is down harms nobody."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    current_app.send_task(TASK, expires=EXPIRES, retry=False, ignore_result=True)


@contextmanager
def _connected() -> Iterator[socket.socket]:
    place = urlsplit(settings.CLAMD)
    if place.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT)
        with line:
            line.connect(place.path)
            yield line
    else:
        with socket.create_connection((place.hostname or "127.0.0.1", place.port or PORT), timeout=CONNECT) as line:
            yield line


def _ask(line: socket.socket, file: Readable) -> str:
    line.settimeout(TIMEOUT)
    line.sendall(b"zINSTREAM\0")
    while piece := file.read(CHUNK):
        line.sendall(struct.pack("!L", len(piece)) + piece)
    line.sendall(struct.pack("!L", 0))
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < 4096 and (more := line.recv(4096)):
        reply += more
    return reply.rstrip(b"\0\n").decode("utf-8", "replace").strip()
