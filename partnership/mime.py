"""Writes the bodies of our messages (RFC 2045, 2046): text, HTML and attached files, and nothing that we do not send.

Python’s email package reads and writes every message there is, at one and a half milliseconds for one of ours; a mailing to
thousands spends most of its time there. Here each part is encoded once, by functions written in C. The headers, where the hard
rules are, stay with that package (partnership/message.py).
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

CRLF = b"\r\n"
_LONGEST_LINE = 998  # octets of a line (RFC 5322 2.1.1); encoded lines have 76


@dataclass(frozen=True)
class Part:
    """One part: the lines of its header, without the last line end, and its encoded content."""

    head: bytes
    content: bytes

    def __bytes__(self) -> bytes:
        """The part as it stands between two boundaries."""
        return self.head + CRLF + CRLF + self.content


def text(words: str, subtype: str) -> Part:
    """A text in UTF-8: readable as it stands where it is mostly ASCII, shorter otherwise; never 8 bit, never a long line."""
    data = words.replace("\r\n", "\n").encode()
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: '.encode()
    if len(data) < 1.2 * len(words):
        return Part(head + b"quoted-printable", binascii.b2a_qp(data, istext=True).replace(b"\n", CRLF))
    return Part(head + b"base64", _base64(data.replace(b"\n", CRLF)))  # lines of a text end so before they are encoded (RFC 2045 6.8)


def attachment(content: bytes, mimetype: str, filename: str) -> Part:
    """A file beside the text.

    Raises:
        ValueError: when ``mimetype`` could break the header.
    """
    wanted = Message()
    wanted["Content-Type"] = mimetype
    if wanted.get_content_maintype() == "text":
        wanted.set_param("charset", "utf-8")
    wanted.add_header("Content-Disposition", "attachment", filename=filename if filename.isascii() else ("utf-8", "", filename))
    lines = [f"Content-Type: {wanted['Content-Type']}", "MIME-Version: 1.0", "Content-Transfer-Encoding: base64"]
    head = "\r\n".join([*lines, f"Content-Disposition: {wanted['Content-Disposition']}"])
    if head.count("\n") != len(lines) or any(len(line) > _LONGEST_LINE for line in head.split("\r\n")):
        msg = "the kind or the name of an attached file does not fit a header"
        raise ValueError(msg)
    return Part(head.encode("ascii"), _base64(content))


def together(subtype: str, boundary: str, parts: Sequence[Part]) -> Part:
    """Several parts as one. The boundary cannot occur in encoded text."""
    line = b"--" + boundary.encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\nMIME-Version: 1.0'.encode()
    inner = b"".join(line + CRLF + bytes(part) + CRLF for part in parts)
    return Part(head, inner + line + b"--" + CRLF)


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", CRLF)
