"""What the mailer asks of a way to deliver, and the four ways in which it may go wrong. Which one decides what we may do next."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """What a server said."""

    code: int
    text: str = ""


class Unreachable(Exception):
    """No server took us in: nothing was tried, for any mail. ``word`` is one of partnership/reasons.py."""

    def __init__(self, word: str, text: str = "") -> None:
        super().__init__(text)
        self.word, self.text = word, text


class Rejected(Exception):
    """The server said no (4xx: not now, 5xx: never): certainly not accepted.

    ``phase`` says to what: ``sender`` (to us), ``envelope`` (to the address), ``data`` or ``reply`` (to the letter).
    """

    def __init__(self, phase: str, reply: Reply) -> None:
        super().__init__(f"{phase}: {reply.code}")
        self.phase, self.reply = phase, reply


class Dropped(Exception):
    """The connection broke before the final dot: certainly not accepted."""

    def __init__(self, phase: str, text: str = "") -> None:
        super().__init__(text)
        self.phase, self.text = phase, text


class Silent(Exception):
    """The final dot may have left and no answer came: nobody knows."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text


class Transport(Protocol):
    """One connection to whatever takes our mail. One message at a time: ``envelope``, then ``body`` or ``reset``."""

    @property
    def is_open(self) -> bool:
        """Whether the next mail goes over a connection that stands."""

    def open(self) -> None:
        """Connect; nothing to do when we are connected.

        Raises:
            Unreachable: when that fails.
        """

    def envelope(self, sender: str, recipient: str, size: int) -> None:
        """MAIL and RCPT.

        Raises:
            Rejected, Dropped: nothing was accepted.
            Unreachable: the connection had to be made anew, or the server has no time for anybody or no trust in us.
        """

    def body(self, data: bytes) -> Reply:
        """DATA, the message, the final dot; the reply that accepts it.

        Raises:
            Rejected, Dropped: nothing was accepted.
            Silent: nobody knows.
        """

    def reset(self) -> None:
        """Forget the envelope; the connection stays usable or is closed."""

    def close(self) -> None:
        """Say goodbye; never fails."""
