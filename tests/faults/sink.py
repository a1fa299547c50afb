"""A mail server that misbehaves on demand, and writes down each message it accepts BEFORE its 250 leaves.

What it does is decided by the recipient's local part, so a test reads like a letter: ``unknown@…`` is refused, ``full@…`` is put off,
``cut-before@…`` and ``cut-amid@…`` lose the connection before the final dot, ``cut-after@…`` after it was accepted, ``lost-after@…``
after the dot without having been accepted. Everything else is accepted after ``delay`` seconds: the line is written in the middle of them.
"""

import asyncio
import email
import email.policy
import hashlib
import json
import os
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
    "later": "451 4.3.0 try again",
    "odd": "777 what",
}


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd calls it so
        who = _local(self.envelope)
        if who == "cut-amid":
            await self.push("354 go on")
            await asyncio.sleep(0.1)
        if who in {"cut-amid", "cut-before"}:
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
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def messages(self) -> list[EmailMessage]:
        """The accepted messages."""
        return [email.message_from_bytes(line["raw"].encode("latin-1"), policy=email.policy.default) for line in self.accepted]

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        self.said.append(f"RCPT {address}")
        envelope.rcpt_tos.append(address)
        refusal = RCPT.get(_local(envelope), "250 ok")
        if not refusal.startswith("250"):
            envelope.rcpt_tos.pop()
        return refusal

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        who = _local(envelope)
        if who in DATA:
            return DATA[who]
        await asyncio.sleep(self.delay / 2)
        if who != "lost-after":
            self._write(envelope)
        if self.cut_next > 0 or who in {"cut-after", "lost-after"}:
            self.cut_next -= 1
            server.transport.abort()
        elif who == "silent":
            await asyncio.sleep(3600)
        await asyncio.sleep(self.delay / 2)
        return "250 2.0.0 accepted"

    def _write(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        _head, _blank, body = raw.partition(b"\r\n\r\n")
        message = email.message_from_bytes(raw, policy=email.policy.default)
        line = {
            "t": time.time(),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "message_id": str(message["Message-ID"]),
            "outbox_id": str(message["X-Outbox-Id"]),
            "body": hashlib.sha256(body).hexdigest(),
            "raw": raw.decode("latin-1"),
        }
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, json.dumps(line).encode() + b"\n")
        os.close(handle)


def _local(envelope: Envelope | None) -> str:
    to = (envelope.rcpt_tos if envelope else None) or [""]
    return to[0].partition("@")[0].partition("+")[0]


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
