"""Reads the log of a mail server: which Message-IDs of ours it took, when, for whom, and which stretch of time the log covers.

Two forms, told apart line by line: objects of JSON, one a line, and Postfix's syslog. Either may be compressed with gzip. Files are read
as a stream; a line that says nothing is passed over, one that is broken is counted, and no line stops the reading.
"""

import datetime as dt
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

LONGEST_LINE = 16 * 2**20  # bytes; a log that keeps whole messages stays readable
_OURS = re.compile(r"<[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^<>\s]{1,255}>")  # emails.queue makes no others
_SYSLOG = re.compile(
    r"^(?:<\d+>)?(?P<at>\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ "
    r"postfix[^\s\[]*/(?P<part>[a-z]+)\[\d+\]: (?P<said>.*)$"
)
_QUEUED = re.compile(r"^(?P<queue>[0-9A-Za-z]{5,20}): (?P<said>.*)$")
_STATUS = re.compile(r"\bto=<(?P<to>[^>]*)>.*\bstatus=(?P<status>[a-z]+)")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES_OF_ID = ("message_id", "message-id", "messageid", "msgid", "msg_id")
_NAMES_OF_TIME = ("t", "time", "timestamp", "@timestamp", "at", "date")
_NAMES_OF_ADDRESS = ("to", "recipient", "recipients", "rcpt", "rcpt_to")
_TAKEN = {"accepted", "sent", "delivered", "queued", "deferred", "bounced", "expired", "ok", "success", "true"}
_NOT_TAKEN = {"rejected", "reject", "refused", "failed", "error", "false"}


@dataclass
class Taken:
    """A message that the server took from us. ``status`` is what became of it afterwards, where the log says so."""

    message_id: str
    at: dt.datetime | None = None
    to: str = ""
    status: str = ""


@dataclass
class RelayLog:
    """What a log says."""

    taken: dict[str, Taken] = field(default_factory=dict)
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    lines: int = 0
    broken: int = 0
    cut: bool = False  # it was too long to be read to its end
    rotates: bool = False  # a syslog, of which this is one piece; what lies before and after it is elsewhere

    def saw(self, at: dt.datetime | None) -> None:
        """Widen the stretch of time."""
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)


def read(files: Iterable[BinaryIO], *, most: float = float("inf")) -> RelayLog:
    """What all of these say together, such as a log and the one before it, in any order.

    Args:
        most: bytes (after unpacking) that are read of each; a small compressed file can hold very much.
    """
    log = RelayLog()
    for file in files:
        queue: dict[str, Taken] = {}  # by the number that Postfix gives a message while it has it
        for line in _lines(file, log, most):
            log.lines += 1
            text = line.decode("utf-8", "replace").strip()
            if text.startswith("{"):
                _json(text, log)
            elif text:
                _postfix(text, log, queue)
    return log


def _lines(file: BinaryIO, log: RelayLog, most: float) -> Iterator[bytes]:
    stream, read = _opened(file), 0
    while True:
        if read > most:
            log.cut = True
            return
        try:
            line = stream.readline(LONGEST_LINE)
        except (OSError, EOFError, zlib.error):  # a compressed file that was cut off, or is none
            log.broken += 1
            return
        if not line:
            return
        read += len(line)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            log.broken += 1
            continue
        yield line


def _opened(file: BinaryIO) -> BinaryIO:
    buffered: Any = file if hasattr(file, "peek") else io.BufferedReader(file)
    return gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == b"\x1f\x8b" else buffered  # type: ignore[return-value]


# ── one object a line ────────────────────────────────────────────────────────


def _json(text: str, log: RelayLog) -> None:
    try:
        kept = json.loads(text)
        fields = {str(name).lower(): value for name, value in kept.items()}
        at = _moment(_first(fields, _NAMES_OF_TIME))
        message_id = str(_first(fields, _NAMES_OF_ID) or "").strip()
    except (ValueError, AttributeError, RecursionError, OverflowError):
        log.broken += 1
        return
    log.saw(at)
    message_id = message_id if not message_id or message_id.startswith("<") else f"<{message_id}>"
    if _OURS.fullmatch(message_id) and _was_taken(fields):
        _keep(log, Taken(message_id, at, _address(fields), str(fields.get("status") or "")[:20].lower()))


def _first(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((fields[name] for name in names if name in fields), None)


def _was_taken(fields: Mapping[str, Any]) -> bool:
    """What the line says of it; a log that says nothing is one of accepted messages."""
    said = next((fields[name] for name in ("accepted", "status", "state", "code") if fields.get(name) is not None), True)
    if isinstance(said, bool):
        return said
    word = str(said).strip().lower()
    if word[:1].isdigit():
        return word.startswith("2")
    return word in _TAKEN and word not in _NOT_TAKEN


def _address(fields: Mapping[str, Any]) -> str:
    value = _first(fields, _NAMES_OF_ADDRESS)
    value = value[0] if isinstance(value, list) and value else value
    return value.strip("<> ")[:320] if isinstance(value, str) else ""


def _moment(value: Any) -> dt.datetime | None:
    """Seconds since 1970, or ISO 8601; without a zone it is the zone of this installation."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return dt.datetime.fromtimestamp(value / 1000 if value > 1e11 else value, dt.UTC)
    found = dt.datetime.fromisoformat(str(value).strip())
    return found if found.tzinfo else found.replace(tzinfo=_zone())


# ── Postfix ──────────────────────────────────────────────────────────────────


def _postfix(text: str, log: RelayLog, queue: dict[str, Taken]) -> None:
    """Join what cleanup says of a message (its Message-ID) with what happened to its queue number.

    ``cleanup`` speaks while the message still comes in, so its line alone is no proof: the message has been taken when the queue
    manager has it, or a delivery of it is reported. A delivery that is put off or came back was taken from us all the same.
    """
    line = _SYSLOG.match(text)
    if line is None:
        log.broken += "postfix" in text
        return
    try:
        at = _syslog_moment(line["at"])
    except ValueError:
        log.broken += 1
        return
    log.saw(at)
    log.rotates = True
    found = _QUEUED.match(line["said"])
    if found is None:
        return
    number, said = found["queue"], found["said"]
    if line["part"] == "cleanup" and said.startswith("message-id="):
        message_id = said.removeprefix("message-id=").strip()
        queue.pop(number, None)  # short numbers are used again
        if _OURS.fullmatch(message_id):
            queue[number] = Taken(message_id, at)
    elif number in queue:
        _of_a_message(line["part"], said, queue[number], log)
        if line["part"] == "qmgr" and said == "removed":
            del queue[number]


def _of_a_message(part: str, said: str, message: Taken, log: RelayLog) -> None:
    status = _STATUS.search(said)
    if status is not None:
        message.to, message.status = status["to"][:320], status["status"]
    if status is not None or part == "qmgr":
        _keep(log, message)


def _syslog_moment(text: str) -> dt.datetime:
    """RFC 3339, or the old form without a year: then the latest such moment that is not to come."""
    if text[0].isdigit():
        found = dt.datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=_zone())
    now = timezone.localtime(timezone=_zone())
    clock = dt.time.fromisoformat(text[7:15])
    for year in range(now.year, now.year - 9, -1):
        try:
            day = dt.date(year, _MONTHS.index(text[:3]), int(text[4:6]))
        except ValueError:  # 29 February
            continue
        if (found := dt.datetime.combine(day, clock, _zone())) <= now + dt.timedelta(days=1):
            return found
    raise ValueError(text)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _keep(log: RelayLog, message: Taken) -> None:
    """The first time counts; what became of it is added. A relay behind the relay logs the same message once more."""
    known = log.taken.setdefault(message.message_id, message)
    if known is not message:
        known.to, known.status = known.to or message.to, message.status or known.status
