"""Delivers by SMTP, step by step, so that “before the final dot” and “after” can be told apart.

``EMAIL_URL`` is ``smtp://``, ``smtp+tls://`` (STARTTLS) or ``smtp+ssl://``, with user, password and port.
"""

import contextlib
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings

from partnership import reasons
from partnership.transport import Dropped, Rejected, Reply, Silent, Unreachable

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
_DOT = re.compile(rb"^\.", re.MULTILINE)
_PER_CONNECTION = 50  # mails; servers close long sessions, and a fresh one is cheap
_NO_TRUST = {530, 534, 535, 538}  # RFC 4954 6: the server wants a password, or another one
_OUT_OF_STEP = 503  # bad sequence of commands


class SmtpTransport:
    """One connection to a mail server, kept open from mail to mail."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            msg = "EMAIL_URL must be smtp://, smtp+tls:// or smtp+ssl:// with the name of a server"
            raise ValueError(msg)
        self._scheme = parts.scheme
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._server: smtplib.SMTP | None = None
        self._used = 0
        self._until = 0.0  # when the lease of the letter in hand is over, at the earliest

    @property
    def is_open(self) -> bool:
        """Whether a connection stands that is still young."""
        return self._server is not None and self._used < _PER_CONNECTION

    def open(self) -> None:
        """Connect, encrypt, sign in; keep a connection that is still young."""
        if self.is_open:
            return
        self.close()
        try:
            self._server = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            # 454: the server cannot look passwords up just now
            word = reasons.UNREACHABLE if reasons.is_temporary(error.smtp_code) else reasons.AUTHENTICATION
            raise Unreachable(word, str(error.smtp_code)) from error
        except smtplib.SMTPResponseException as error:
            raise Unreachable(reasons.UNREACHABLE, str(error.smtp_code)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(reasons.UNREACHABLE, type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        name = urlsplit(settings.SITE_URL).hostname  # not asked of DNS, which may hang
        context = None if self._scheme == "smtp" else ssl.create_default_context()  # it reads all the certificates that it trusts
        # the constructor connects, and raises when the server does not greet with 220
        server: smtplib.SMTP
        if self._scheme == "smtp+ssl":
            server = smtplib.SMTP_SSL(self._host, self._port, name, timeout=settings.EMAIL_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, name, timeout=settings.EMAIL_TIMEOUT)
        try:
            _line(server).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the final dot leaves on its own, at once
            server.ehlo_or_helo_if_needed()
            if self._scheme == "smtp+tls":
                server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        self._used = 0
        return server

    def envelope(self, sender: str, recipient: str, size: int) -> None:
        """MAIL and RCPT. A server that said goodbye to a kept connection is greeted once more; nothing has been sent yet.

        A server that refuses us before it has heard any address refuses everybody, so that is no matter of this mail.
        """
        kept, self._used = self._used > 0, self._used + 1
        try:
            try:
                self._envelope(sender, recipient, size)
            except (Dropped, Rejected) as error:
                if not kept or (isinstance(error, Rejected) and error.reply.code != 421):
                    raise
                self.open()
                self._used = 1
                self._envelope(sender, recipient, size)
        except Rejected as no:
            if no.phase == "sender" and no.reply.code in {421, *_NO_TRUST}:
                self._drop()
                word = reasons.UNREACHABLE if no.reply.code == 421 else reasons.AUTHENTICATION
                raise Unreachable(word, str(no.reply.code)) from no
            raise
        self._until = time.monotonic() + settings.MAIL_LEASE  # before the intent is committed, which has the same time

    def _envelope(self, sender: str, recipient: str, size: int) -> None:
        with self._certainly_not_accepted("envelope"):
            server = self._open_server()
            option = f" SIZE={size}" if server.has_extn("size") else ""
            self._expect("sender", 250, server.docmd("MAIL", f"FROM:<{sender}>{option}"))
            self._expect("envelope", 250, server.docmd("RCPT", f"TO:<{recipient}>"))

    def body(self, data: bytes) -> Reply:
        """DATA, the message without its final dot, then the dot alone: up to there an error means “not accepted”.

        The dot never leaves after the lease: whoever was stopped for so long gives up.
        """
        with self._certainly_not_accepted("data"):
            server = self._open_server()
            self._expect("data", 354, server.docmd("DATA"))
            _line(server).sendall(_stuffed(data))
            if time.monotonic() > self._until:  # by now others may have looked for it, not found it, and sent it again
                raise TimeoutError
        try:
            _line(server).sendall(b".\r\n")
            code, text = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Silent(type(error).__name__) from error
        self._expect("reply", 250, (code, text))
        return Reply(code, _words(text))

    def reset(self) -> None:
        """RSET."""
        if self._server is None:
            return
        try:
            code, _text = self._server.docmd("RSET")
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._drop()

    def close(self) -> None:
        """QUIT, if anyone listens."""
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
        self._drop()

    def _open_server(self) -> smtplib.SMTP:
        if self._server is None:
            raise smtplib.SMTPServerDisconnected
        return self._server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def _expect(self, phase: str, wanted: int, reply: tuple[int, bytes]) -> None:
        code, text = reply
        if code == wanted or (wanted == 250 and 200 <= code < 300):
            return
        if code == 421:
            self._drop()  # RFC 5321 3.8: the server closes the connection
        if not 400 <= code < 600 or (code == _OUT_OF_STEP and phase != "reply"):
            # no SMTP at all, or we and the server are out of step, which is no fault of the letter: after the dot nobody knows,
            # before it nothing was accepted
            self._drop()
            raise Silent(str(code)) if phase == "reply" else Dropped(phase, str(code))
        raise Rejected(phase, Reply(code, _words(text)))

    @contextlib.contextmanager
    def _certainly_not_accepted(self, phase: str) -> Iterator[None]:
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Dropped(phase, type(error).__name__) from error


def _stuffed(data: bytes) -> bytes:
    """The bytes for the wire: a dot at the start of a line is doubled (RFC 5321 4.5.2); they end with a line end."""
    return _DOT.sub(b"..", data) + (b"" if data.endswith(b"\r\n") else b"\r\n")


def _line(server: smtplib.SMTP) -> socket.socket:
    if server.sock is None:
        raise smtplib.SMTPServerDisconnected
    return server.sock


def _words(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\x00", "")[:500]
