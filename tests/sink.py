"""A real SMTP server that writes down what it accepts."""

import email
import email.policy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.services import free_port


@dataclass(frozen=True)
class Arrived:
    """One message with its envelope."""

    sender: str
    to: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        return body.get_content() if body else ""

    @property
    def html(self) -> str:
        """Its HTML, or nothing."""
        body = self.message.get_body(("html",))
        return body.get_content() if body else ""


@dataclass
class Sink:
    """What has arrived so far."""

    port: int
    arrived: list[Arrived] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd calls it so
        """Accept everything."""
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        with self._lock:
            self.arrived.append(Arrived(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 2.0.0 accepted"

    def to(self, address: str) -> list[Arrived]:
        """What arrived for one address."""
        with self._lock:
            return [one for one in self.arrived if address in one.to]

    def wait(self, count: int, patience: float = 60) -> list[Arrived]:
        """Wait until so many have arrived."""
        end = time.monotonic() + patience
        while len(self.arrived) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.arrived)} of {count} mails arrived within {patience} s")
            time.sleep(0.05)
        return list(self.arrived)


@contextmanager
def sink() -> Iterator[Sink]:
    """Listen until the end of the block."""
    kept = Sink(free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
