"""Reads the mailbox behind our addresses: a Maildir that the mail server fills, or an account on an IMAP server.

Each mail is looked at without being marked, taken in by a transaction of its own, and marked as seen only then. Whatever is cut short
is read again, and what was taken in before is known by its bytes. One mail that cannot be taken in stays where it is, and the rest goes on.
"""

import contextlib
import imaplib
import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from partnership import intake

LARGEST = 30 * 2**20  # bytes of one mail that are read: what all files of a request may have, as mails write them
AT_ONCE = 500  # mails of one look; the next look takes the rest
_SEEN = ":2,S"  # the end of a Maildir’s file name: read

logger = logging.getLogger(__name__)


class Unreadable(Exception):
    """The mailbox cannot be read now."""


@dataclass(frozen=True)
class Tally:
    """What one look brought: new mails, those known already, those that could not be taken in."""

    new: int = 0
    known: int = 0
    broken: int = 0


def read(limit: int = AT_ONCE) -> Tally:
    """Take in what is new. A mailbox out of reach is logged, and tried again at the next look."""
    try:
        return _count(_letters(), limit)
    except Unreadable as error:
        logger.error("the mailbox cannot be read: %s", error)  # noqa: TRY400 (its address holds a password)
        return Tally()


def problem() -> str:
    """What is wrong with ``INBOX_URL``, for whoever starts the system; "" when it can be tried."""
    if not settings.INBOX_URL:
        return ""
    url = urlsplit(settings.INBOX_URL)
    if url.scheme == "maildir" and url.path.startswith("/"):
        return ""
    if url.scheme in {"imap", "imaps"} and url.hostname and url.username and url.password:
        return ""
    return "INBOX_URL must be like maildir:/var/mail/bounce or imaps://user:password@host/INBOX."


def _count(letters: Iterator[tuple[bytes, Callable[[], None]]], limit: int) -> Tally:
    new = known = broken = 0
    for data, mark in letters:
        if new + known + broken >= limit:
            break
        try:
            is_new = intake.take_in(data=data) is not None
        except (DatabaseError, InterfaceError) as error:
            broken += 1
            logger.error("a mail that came in cannot be kept: %s", type(error).__name__)  # noqa: TRY400
            continue
        except Exception:
            broken += 1
            logger.exception("a mail that came in cannot be taken in")
            continue
        new, known = new + is_new, known + (not is_new)
        mark()
    return Tally(new, known, broken)


def _letters() -> Iterator[tuple[bytes, Callable[[], None]]]:
    """Each mail with the act that marks it as seen."""
    if sentence := problem():
        raise Unreadable(sentence)
    url = urlsplit(settings.INBOX_URL)
    if url.scheme == "maildir":
        yield from _maildir(Path(unquote(url.path)))
    elif url.scheme:
        yield from _imap(settings.INBOX_URL)


# ── a Maildir ────────────────────────────────────────────────────────────────


def _maildir(folder: Path) -> Iterator[tuple[bytes, Callable[[], None]]]:
    """What lies in ``new``, the oldest first; seen mails move to ``cur``, as Maildir says."""
    try:
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        waiting = sorted((entry.stat().st_mtime_ns, entry.name) for entry in os.scandir(folder / "new") if entry.is_file())
    except OSError as error:
        raise Unreadable(type(error).__name__) from error
    for _at, name in waiting:
        path = folder / "new" / name
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # another reader was quicker
            data = file.read(LARGEST)
            yield data, lambda path=path: _move(path, folder / "cur")  # type: ignore[misc]


def _move(path: Path, folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.rename(folder / f"{path.name.partition(':')[0]}{_SEEN}")


# ── an account on an IMAP server ─────────────────────────────────────────────


def _imap(address: str) -> Iterator[tuple[bytes, Callable[[], None]]]:
    """What is not seen yet, in the order of arrival; ``PEEK`` leaves it unseen until it is taken in."""
    try:
        with _signed_in(address) as server:
            for uid in _unseen(server):
                data = _fetched(server, uid)
                if data is not None:
                    yield data, lambda uid=uid: _see(server, uid)  # type: ignore[misc]
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreadable(type(error).__name__) from error


@contextlib.contextmanager
def _signed_in(address: str) -> Iterator[imaplib.IMAP4]:
    url = urlsplit(address)
    kind, port = (imaplib.IMAP4_SSL, 993) if url.scheme == "imaps" else (imaplib.IMAP4, 143)
    server = kind(url.hostname or "", url.port or port, timeout=settings.EMAIL_TIMEOUT)
    try:
        server.login(unquote(url.username or ""), unquote(url.password or ""))
        done, _words = server.select(f'"{unquote(url.path).strip("/") or "INBOX"}"')
        if done != "OK":
            raise Unreadable("there is no such folder")
        yield server
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _unseen(server: imaplib.IMAP4) -> list[str]:
    _done, found = server.uid("SEARCH", "UNSEEN")
    return found[0].decode("ascii", "replace").split() if found and isinstance(found[0], bytes) else []


def _fetched(server: imaplib.IMAP4, uid: str) -> bytes | None:
    _done, found = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
    pieces = [piece[1] for piece in found or [] if isinstance(piece, tuple) and re.search(rb"BODY", piece[0])]
    return pieces[0] if pieces else None


def _see(server: imaplib.IMAP4, uid: str) -> None:
    server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
