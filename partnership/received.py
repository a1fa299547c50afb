"""A message as it came in, made readable: heads, texts and characters of any mail program or gateway. Nothing here raises for bad input.

Python's newer parser knows more and breaks on more; the older one takes every byte, and what it leaves undone is little.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import CloseBoundaryNotFoundDefect, HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser
from typing import Any

MOST_TEXT = 20_000  # characters that are kept of what somebody wrote
MOST_PARTS = 200
MOST_FILES = 20
_JAPANESE = ("iso-2022-jp-3", "cp932", "euc-jp")
_ALIASES = {"shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "iso-2022-jp": "iso-2022-jp-3"}
_ALIASES |= {"cp50220": "iso-2022-jp-3", "cp50221": "iso-2022-jp-3", "us-ascii": "utf-8", "ascii": "utf-8"}
# controls, and signs that turn text around or hide in it
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# where a mail program puts the letter that is answered
_OLD_LETTER = re.compile(
    r"\s*(?:-{2,}\s*(?:original|forwarded|元の|転送|オリジナル)|(?:from|差出人|送信者|送信元)\s*[:：]\s*\S|_{10,}\s*$)", re.IGNORECASE
)
_INTRODUCES = re.compile(
    r"(?:wrote|schrieb|a écrit|writes)\s*[:：]\s*$"
    r"|^[0-9]{4}[年/-].{4,80}<[^>]+>.{0,12}[:：]\s*$|(?:さん|様)?(?:は|が)書きました\s*[:：]?\s*$"
)
_BEGINS_INTRODUCTION = re.compile(r"(?:On|Le|Am) .{6,}")
_BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote", "table", "hr"}


def parse(data: bytes) -> Message:
    """The message; of bytes that are none, one without heads."""
    return message_from_bytes(data, policy=policy.compat32)


def head(message: Message, name: str) -> str:
    """One head, decoded, on one line; "" where there is none."""
    values = heads(message, name)
    return values[0] if values else ""


def heads(message: Message, name: str) -> list[str]:
    """All heads of that name, as above."""
    wanted = name.lower()
    # raw: the parser’s own way replaces what is not ASCII, although old programs write Japanese there
    return [_one_line(_decoded(str(value))) for key, value in message.raw_items() if key.lower() == wanted]


def address(message: Message, name: str) -> str:
    """The first address of a head; "" where there is none."""
    found = parseaddr(head(message, name))[1][:320]
    return found if "@" in found else ""


def addresses(message: Message, *names: str) -> list[str]:
    """All addresses of these heads."""
    values = [value for name in names for value in heads(message, name)]
    return [found for _name, found in getaddresses(values) if "@" in found]


def parts(message: Message) -> Iterator[Message]:
    """The message and what is inside it, from the outside in; of a bomb only the first parts."""
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        yield part


def own_parts(message: Message) -> Iterator[Message]:
    """The same without what is inside a message that it carries along."""
    if message.is_multipart() and message.get_content_maintype() != "message":
        for part in _children(message):
            yield from own_parts(part)
    else:
        yield message


def text(message: Message) -> str:
    """What is written in it, as plain text; of HTML what one reads."""
    plain = [content(part) for part in own_parts(message) if part.get_content_type() == "text/plain" and not _is_attached(part)]
    if any(piece.strip() for piece in plain):
        return clean("\n".join(plain))
    rich = [readable(content(part)) for part in own_parts(message) if part.get_content_type() == "text/html" and not _is_attached(part)]
    return clean("\n".join(rich))


def attached(message: Message) -> list[str]:
    """The names of the files that came with it."""
    names = (_filename(part) for part in own_parts(message) if _is_attached(part) or part.get_content_maintype() not in {"text", "message"})
    return [name for name in names if name][:MOST_FILES]


def files(message: Message) -> list[tuple[str, bytes]]:
    """The files that came with it, by name; what has no name is no file (a picture in a signature)."""
    found: list[tuple[str, bytes]] = []
    for part in own_parts(message):
        name = _filename(part)
        if name and not part.is_multipart() and (_is_attached(part) or part.get_content_maintype() != "text"):
            found.append((name, _payload(part)))
    return found[: MOST_FILES if _is_whole(message) else len(found) - 1]


def content(part: Message) -> str:
    """The characters of one part, whatever it says of its encoding."""
    pieces = part.get_payload()
    if isinstance(pieces, list):
        raw = b"\n".join(_flat(piece) for piece in pieces[:MOST_PARTS])
        return characters(_transferred(raw, head(part, "Content-Transfer-Encoding").lower()), _charset(part))
    return characters(_payload(part), _charset(part))


def characters(data: bytes, charset: str = "") -> str:
    """Bytes as text. Old gateways of Japan say “us-ascii” and write ISO-2022-JP, or say nothing and write Shift_JIS."""
    first = _JAPANESE[0] if b"\x1b$" in data or b"\x1b(J" in data else ""
    for wanted in filter(None, (first, charset, "utf-8", *_JAPANESE[1:])):
        try:
            return data.decode(_ALIASES.get(wanted, wanted))
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def clean(written: str) -> str:
    """Text fit to be kept and shown: line ends unified, nothing unseen, not endless."""
    lines = written.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return re.sub(r"\n{4,}", "\n\n\n", _UNSEEN.sub("", lines)).strip()[:MOST_TEXT]


def readable(html: str) -> str:
    """What one reads of an HTML text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", re.sub(r"[ \t]+", " ", "".join(reader.pieces)))


def own_words(written: str) -> str:
    """What a person wrote, without the letter of ours that their program quotes; all of it where nothing else is left."""
    kept: list[str] = []
    for line in written.splitlines():
        if _OLD_LETTER.match(line):
            break
        if _INTRODUCES.search(line):
            while kept and _BEGINS_INTRODUCTION.match(kept[-1]):
                kept.pop()
        elif not line.startswith((">", "＞")):
            kept.append(line)
    return "\n".join(kept).strip() or written.strip()


class _Reader(HTMLParser):
    """Collects the words; what a browser does not show is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in {"script", "style", "head", "title"}
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head", "title"}:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [piece for piece in payload[:MOST_PARTS] if isinstance(piece, Message)] if isinstance(payload, list) else []


def _flat(piece: Any) -> bytes:
    """A part that the parser split into heads and rest, as it stood there."""
    if not isinstance(piece, Message):
        return _bytes(str(piece))
    inside = piece.get_payload()
    rest = b"\n".join(map(_flat, inside)) if isinstance(inside, list) else _payload(piece)
    return b"".join(_bytes(f"{name}: {value}\n") for name, value in piece.raw_items()) + b"\n" + rest


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _bytes(written: str) -> bytes:
    return written.encode("utf-8", "surrogateescape")


def _is_whole(message: Message) -> bool:
    """Whether nothing was cut off: each multipart has its end."""
    return not any(isinstance(defect, CloseBoundaryNotFoundDefect) for part in parts(message) for defect in part.defects)


def _transferred(raw: bytes, how: str) -> bytes:
    if "base64" in how:
        try:
            return base64.b64decode(b"".join(raw.split()) + b"==")
        except (binascii.Error, ValueError):
            return raw
    return quopri.decodestring(raw) if "quoted" in how else raw


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset("") or "").strip()
    except (LookupError, UnicodeError, ValueError):
        return ""


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _filename(part: Message) -> str:
    try:
        return _one_line(_decoded(str(part.get_filename("") or "")))[:150]
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""


def _decoded(value: str) -> str:
    if not value.isascii() or "\x1b" in value:
        value = characters(_bytes(value))
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, UnicodeError):
        return value
    return "".join(piece if isinstance(piece, str) else characters(piece, (charset or "").lower()) for piece, charset in pieces)


def _one_line(value: str) -> str:
    return " ".join(_UNSEEN.sub("", re.sub(r"[\r\n\t]+", " ", value)).split())
