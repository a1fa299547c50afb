"""A small virus scanner that speaks clamd's INSTREAM: it finds a virus where it sees the word EICAR, and writes down what it was asked."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Scanner:
    """What it was asked, and how it is to behave: "" as a scanner does, "silent" hangs up, or the very words of its answer."""

    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    mood: str = ""

    def answer(self, content: bytes) -> bytes:
        """Its verdict."""
        self.asked.append(content)
        if self.mood:
            return b"" if self.mood == "silent" else self.mood.encode() + b"\0"
        return b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"


@contextmanager
def clamd() -> Iterator[Scanner]:
    """Listen until the end of the block."""
    kept = Scanner()

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(len(b"zINSTREAM\0")) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
            self.wfile.write(kept.answer(content))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as server:
        kept.url = f"tcp://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield kept
        server.shutdown()
