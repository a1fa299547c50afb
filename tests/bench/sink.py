"""A mail server that only counts: ``python -m tests.bench.sink PORT DELAY``. It answers after the final dot, DELAY seconds later.

Ours and the floors are measured against this same one. It speaks just enough SMTP (RFC 5321) for clients that do not pipeline.
"""

import asyncio
import sys

REPLIES = {b"MAIL": b"250 ok\r\n", b"RCPT": b"250 ok\r\n", b"RSET": b"250 ok\r\n", b"NOOP": b"250 ok\r\n", b"DATA": b"354 go on\r\n"}


class Server(asyncio.Protocol):
    """One connection."""

    delay = 0.0
    accepted = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self.buffer, self.is_body = b"", False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each line, and each message as a whole."""
        self.buffer += data
        while True:
            end = b"\r\n.\r\n" if self.is_body else b"\r\n"
            line, found, rest = self.buffer.partition(end)
            if not found:
                return
            self.buffer = rest
            if self.is_body:
                self.is_body = False
                asyncio.get_running_loop().call_later(self.delay, self.accept) if self.delay else self.accept()
            else:
                self.answer(line[:4].upper())

    def accept(self) -> None:
        """The message is ours."""
        Server.accepted += 1
        self.transport.write(b"250 accepted\r\n")

    def answer(self, verb: bytes) -> None:
        """One command."""
        if verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        elif verb == b"EHLO":
            self.transport.write(b"250-sink\r\n250-8BITMIME\r\n250 SIZE 35882577\r\n")
        elif verb == b"COUN":  # for the measurer
            self.transport.write(b"250 %d\r\n" % Server.accepted)
        else:
            self.is_body = verb == b"DATA"
            self.transport.write(REPLIES.get(verb, b"500 what\r\n"))


async def main(port: int, delay: float) -> None:
    """Serve until killed."""
    Server.delay = delay
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
