"""A mail server that misbehaves on demand, and writes down each message it accepts BEFORE its 250 leaves.

What it does is decided by the recipient's local part, so a test reads like a letter: ``unknown@…`` is refused, ``full@…`` is put off,
``cut-before@…`` and ``cut-amid@…`` lose the connection before the final dot, ``cut-after@…`` after it was accepted, ``lost-after@…``
after the dot without having been accepted. Everything else is accepted after ``delay`` seconds: the line is written in the middle of them.

``python -m tests.faults.sink PORT FOLDER`` is the same as a process of its own, which can be killed. There chance decides as well, at the
rates of ``FOLDER/temper.json``, which may change at any time; ``accepted.jsonl`` has a line for each accepted message, ``heard.jsonl`` one
for each answer to RCPT and to a body.
"""

import asyncio
import email
import email.policy
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.services import free_port

RCPT = {
    "unknown": "550 5.1.1 no such user",
    "moved": "551 user not local",
    "grey": "451 4.7.1 Greylisted, come back later",
    "full": "452 4.2.2 mailbox full",
    "throttled": "421 4.7.0 too many mails from you",
}
DATA = {
    "content": "554 5.7.1 refused by policy",
    "large": "552 5.3.4 too big",
    "noroom": "552 5.2.2 mailbox over quota",
    "later": "451 4.3.0 try again",
    "odd": "777 what",
}
LATER, NEVER = "451 4.3.0 try again later", "550 5.1.1 no such user"


@dataclass(frozen=True)
class Temper:
    """How a sink behaves: rates between 0 and 1 for each attempt, ``unknown`` for each address for good."""

    delay: float = 0  # seconds between the final dot and the 250
    refuse: bool = False  # 421 instead of a greeting
    later: float = 0  # 451 after RCPT or after the dot
    unknown: float = 0  # 550 after RCPT
    cut_before: float = 0  # the connection breaks before the final dot
    cut_after: float = 0  # accepted and written down, then the connection breaks instead of the 250
    lost_after: float = 0  # the connection breaks after the dot, and nothing was accepted
    seed: int = 0

    def is_unknown(self, address: str) -> bool:
        """Whether this address does not exist, today and tomorrow."""
        return random.Random(f"{self.seed} {address}").random() < self.unknown


class _Server(SMTP):
    async def _handle_client(self) -> None:
        if self.event_handler.temper.refuse:
            await self.push("421 4.3.2 closed for maintenance")
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd calls it so
        who = _local(self.envelope)
        if who == "cut-amid":
            await self.push("354 go on")
            await asyncio.sleep(0.1)
        if who in {"cut-amid", "cut-before"} or self.event_handler.chance("cut_before"):
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@dataclass
class Sink:
    """What was accepted, in ``log``; how it behaves, in the other fields."""

    port: int
    log: Path
    delay: float = 0
    cut_next: int = 0  # so many accepted messages lose the connection instead of getting a 250
    connections: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """Every line of the log."""
        return lines(self.log)

    @property
    def temper(self) -> Temper:
        """How it behaves when no address says otherwise."""
        return Temper(delay=self.delay)

    def chance(self, name: str) -> bool:
        """Whether this befalls the attempt at hand."""
        return False

    def messages(self) -> list[EmailMessage]:
        """The accepted messages."""
        return [email.message_from_bytes(line["raw"].encode("latin-1"), policy=email.policy.default) for line in self.accepted]

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        self.said.append(f"RCPT {address}")
        reply = self.on_rcpt(address)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    def on_rcpt(self, address: str) -> str:
        """The answer to RCPT."""
        return RCPT.get(_local_part(address), "250 ok")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        who = _local(envelope)
        if who in DATA:
            return DATA[who]
        await asyncio.sleep(self.temper.delay / 2)
        if who != "lost-after":
            self._write(envelope)
        if self.cut_next > 0 or who in {"cut-after", "lost-after"}:
            self.cut_next -= 1
            server.transport.abort()
        elif who == "silent":
            await asyncio.sleep(3600)
        await asyncio.sleep(self.temper.delay / 2)
        return "250 2.0.0 accepted"

    def _write(self, envelope: Envelope) -> None:
        _append(self.log, {**_facts(envelope), "raw": (envelope.original_content or b"").decode("latin-1")})


class Moody(Sink):
    """A sink in which chance decides; it writes down every answer as well."""

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(port, folder / "accepted.jsonl")
        self._folder, self._read_at, self._temper = folder, 0, Temper()
        self._random = random.Random(f"{self.temper.seed} {time.time_ns()}")

    @property
    def temper(self) -> Temper:
        """As the file says now."""
        path = self._folder / "temper.json"
        changed = path.stat().st_mtime_ns if path.exists() else 0
        if changed != self._read_at:
            self._temper, self._read_at = Temper(**json.loads(path.read_text())), changed
        return self._temper

    def chance(self, name: str) -> bool:
        """At the rate of the temper."""
        return self._random.random() < getattr(self.temper, name)

    def on_rcpt(self, address: str) -> str:
        """The answer to RCPT, written down."""
        reply = super().on_rcpt(address)
        if self.temper.is_unknown(address):
            reply = NEVER
        elif self.chance("later") and self._random.random() < 0.5:  # the other half comes after the dot
            reply = LATER
        self._heard("rcpt", reply, to=address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The answer to a body, written down; whatever was accepted is in the log before."""
        await asyncio.sleep(self.temper.delay / 2)
        if self.chance("later") and self._random.random() < 0.5:
            return self._heard("body", LATER, **_facts(envelope))
        if self.chance("lost_after"):
            self._heard("body", "", **_facts(envelope))
            server.transport.abort()
            return LATER
        self._write(envelope)
        if self.chance("cut_after"):
            self._heard("body", "", **_facts(envelope))
            server.transport.abort()
        await asyncio.sleep(self.temper.delay / 2)
        return self._heard("body", "250 2.0.0 accepted", **_facts(envelope))

    def _heard(self, event: str, reply: str, **facts: Any) -> str:
        _append(self._folder / "heard.jsonl", {"t": time.time(), **facts, "event": event, "code": int(reply[:3] or 0)})
        return reply


def lines(log: Path) -> list[dict[str, Any]]:
    """Every whole line of a log."""
    return [json.loads(line) for line in log.read_text().split("\n")[:-1]] if log.exists() else []


def _facts(envelope: Envelope) -> dict[str, Any]:
    raw = envelope.original_content or b""
    _head, _blank, body = raw.partition(b"\r\n\r\n")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return {
        "t": time.time(),
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "message_id": str(message["Message-ID"]),
        "outbox_id": str(message["X-Outbox-Id"]),
        "body": hashlib.sha256(body).hexdigest(),
    }


def _append(path: Path, line: dict[str, Any]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, json.dumps(line).encode() + b"\n")
    os.close(handle)


def _local(envelope: Envelope | None) -> str:
    to = (envelope.rcpt_tos if envelope else None) or [""]
    return _local_part(to[0])


def _local_part(address: str) -> str:
    return address.partition("@")[0].partition("+")[0]


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.login == b"user" and data.password == b"right", handled=False)


@contextmanager
def sink(log: Path, **behaviour: Any) -> Iterator[Sink]:
    """Listen until the end of the block."""
    kept = Sink(free_port(), log, **behaviour)
    controller = _Controller(kept, hostname="127.0.0.1", port=kept.port, authenticator=_authenticate, auth_require_tls=False)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


async def _serve(port: int, folder: Path) -> None:
    handler = Moody(port, folder)
    server = await asyncio.get_running_loop().create_server(lambda: _Server(handler, hostname="sink"), "127.0.0.1", port, backlog=200)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
