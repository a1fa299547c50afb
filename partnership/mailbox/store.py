"""Where the mailbox keeps its letters: one file each under DATA_DIR, numbered in the order they came, never the database."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from partnership import reasons
from partnership.transport import Dropped, Reply, Unreachable


class MailboxTransport:
    """Accepts every message by writing it to a file that did not exist before."""

    def __init__(self) -> None:
        self._to = ""
        self.is_open = False

    def open(self) -> None:
        """Make the folder."""
        try:
            _folder().mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unreachable(reasons.UNREACHABLE, type(error).__name__) from error
        self.is_open = True

    def envelope(self, sender: str, recipient: str, size: int) -> None:
        """Remember whom it is for, and where reports about it go."""
        self._from, self._to = sender, recipient

    def body(self, data: bytes) -> Reply:
        """Write the message; it is whole or not there at all."""
        try:
            number = self._written(f"Return-Path: <{self._from}>\r\nDelivered-To: {self._to}\r\n".encode() + data)
        except OSError as error:
            self.is_open = False  # the folder may be gone
            raise Dropped("data", type(error).__name__) from error
        return Reply(250, f"mailbox {number}")

    def _written(self, data: bytes) -> int:
        handle, name = tempfile.mkstemp(dir=_folder(), prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            return _take_number(Path(name))
        finally:
            with contextlib.suppress(OSError):
                Path(name).unlink()

    def reset(self) -> None:
        """Forget whom it was for."""
        self._from = self._to = ""

    def close(self) -> None:
        """Nothing stays open."""
        self.is_open = False


def numbers() -> list[int]:
    """The numbers of all letters, newest first."""
    return sorted(_numbers(), reverse=True)


def read(number: int) -> bytes | None:
    """One letter as it came; None when there is none of that number."""
    try:
        return _path(number).read_bytes()
    except (OSError, ValueError):  # not there; or a number that no file can have
        return None


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "mailbox"


def _path(number: int) -> Path:
    return _folder() / f"{number}.eml"


def _numbers() -> Iterator[int]:
    if not _folder().is_dir():
        return
    with os.scandir(_folder()) as entries:
        for entry in entries:
            stem, _dot, ending = entry.name.partition(".")
            if ending == "eml" and stem.isascii() and stem.isdigit():
                yield int(stem)


def _take_number(written: Path) -> int:
    number = max(_numbers(), default=0) + 1
    while True:
        try:
            os.link(written, _path(number))  # fails when someone else took that number
        except FileExistsError:
            number += 1
        else:
            return number
