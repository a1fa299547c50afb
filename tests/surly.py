"""A mail server that says what it is told to: for what a real one seldom says."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

USUAL = {
    "": "220 ready",
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 accepted",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class Surly:
    """What it says to each verb (“” is its greeting), and what it heard."""

    port: int
    says: dict[str, str]
    heard: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def surly(says: Mapping[str, str]) -> Iterator[Surly]:
    """Listen until the end of the block. What ``says`` does not name gets the usual answer."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            in_data = not self._say("")
            for line in self.rfile:
                verb = line.split(maxsplit=1)[0].decode("latin-1").upper() if line.strip() else ""
                if in_data and verb != ".":
                    continue
                kept.heard.append(verb)
                in_data = verb == "DATA"
                if not self._say(verb):
                    return

        def _say(self, verb: str) -> bool:
            self.wfile.write(f"{kept.says.get(verb, '500 what')}\r\n".encode())
            return verb != "QUIT"

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        kept = Surly(listening.server_address[1], {**USUAL, **says})
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield kept
        listening.shutdown()
