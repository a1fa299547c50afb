"""A small IMAP server with one account, for the reader of the mailbox: what it marks as seen is the point."""

import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator


class Mailbox:
    """What the server holds: messages, and the numbers of those that are seen."""

    def __init__(self, *messages: bytes) -> None:
        self.messages, self.seen, self.port = list(messages), set(), 0
        self.cut_after: int | None = None  # the connection breaks after so many messages


class _Session(socketserver.StreamRequestHandler):
    box: Mailbox

    def say(self, line: str | bytes) -> None:
        self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def handle(self) -> None:
        self.say("* OK ready")
        given = 0
        for raw in self.rfile:
            tag, _space, rest = raw.decode().strip().partition(" ")
            word = rest.upper()
            if word.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1")
            elif word.startswith("LOGIN") and '"right"' not in rest:
                self.say(f"{tag} NO wrong")
                continue
            elif word.startswith("SELECT"):
                self.say(f"* {len(self.box.messages)} EXISTS")
            elif word.startswith("UID SEARCH"):
                unseen = [str(n) for n in range(1, len(self.box.messages) + 1) if n not in self.box.seen]
                self.say("* SEARCH " + " ".join(unseen))
            elif word.startswith("UID FETCH"):
                if given == self.box.cut_after:
                    return
                given += 1
                number = int(re.search(r"FETCH (\d+)", word)[1])
                data = self.box.messages[number - 1]
                self.say(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(data)}}}".encode() + b"\r\n" + data + b")")
            elif word.startswith("UID STORE"):
                self.box.seen.add(int(re.search(r"STORE (\d+)", word)[1]))
            self.say(f"{tag} OK done")
            if word.startswith("LOGOUT"):
                return


@contextlib.contextmanager
def serving(box: Mailbox) -> Iterator[str]:
    """Run it; gives the address for INBOX_URL."""
    session = type("Session", (_Session,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), session) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"imap://reception:right@127.0.0.1:{server.server_address[1]}/INBOX"
        finally:
            server.shutdown()
            thread.join()
