"""Looks into a file that somebody sent: whether it is what its name says, and holds nothing that runs, hides or explodes.

Each look takes the bytes and raises Refused with one sentence: what is wrong, and what to do about it.
"""

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from partnership.transitions import Refused

MOST_PIXELS = 60_000_000  # a phone takes 50 million; a decoded one of these needs 180 MB for a moment
MOST_UNPACKED = 100 * 2**20  # bytes of one file when everything in it is unpacked

PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Office files, and of Office files with a password


@dataclass
class Budget:
    """How much may still be unpacked. What a file says about its own sizes is not believed; bytes are counted as they come."""

    left: int = MOST_UNPACKED

    def spend(self, count: int) -> None:
        """Count bytes that were just unpacked.

        Raises:
            Refused: when it is too much.
        """
        self.left -= count
        if self.left < 0:
            raise Refused(_("Unpacked it is larger than 100 MB. Please send less at once."))


def damaged() -> Refused:
    """For a file that no program could open."""
    return Refused(_("It is damaged or incomplete. Please save it again and send the new file."))


def disguised(extension: str) -> Refused:
    """For a file whose content is not what its name says."""
    return Refused(
        _("It is not a .%(extension)s file, although its name says so. Please save it in that format, not only under that name.")
        % {"extension": extension}
    )


# ── text ─────────────────────────────────────────────────────────────────────
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")  # 1A ends old DOS files, 1B opens JIS


def look_into_text(content: bytes, extension: str, budget: Budget) -> None:
    """UTF-8 or the Shift_JIS of Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(_("Its characters are stored as UTF-16. Please save it as “UTF-8” and send it again."))
    if _NOT_IN_TEXT.search(content):
        raise disguised(extension)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    raise Refused(_("Its characters cannot be read. Please save it as “UTF-8” and send it again."))


# ── pictures ─────────────────────────────────────────────────────────────────
def look_into_picture(content: bytes, extension: str, budget: Budget) -> None:
    """Opens, decodes wholly, and is of the kind that its name says."""
    _decoded(content, extension)


def clean_picture(content: bytes, extension: str) -> bytes:
    """The same picture, upright, without the place, the camera and the comments that were stored in it."""
    picture = _decoded(content, extension)
    kind = PICTURES[extension]
    colours = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture) or picture
    bare = upright.copy()
    bare.info = {"transparency": upright.info["transparency"]} if "transparency" in upright.info else {}
    kept = io.BytesIO()
    options = {"quality": 90, "optimize": True} if kind == "JPEG" else {"optimize": bare.width * bare.height < 4_000_000}
    bare.save(kept, kind, **options, **({"icc_profile": colours} if colours else {}))
    return kept.getvalue()


def _decoded(content: bytes, extension: str) -> Image.Image:
    kind = PICTURES[extension]
    sign = b"\xff\xd8\xff" if kind == "JPEG" else b"\x89PNG\r\n\x1a\n"
    if not content.startswith(sign):
        raise disguised(extension)
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
        if picture.width * picture.height <= MOST_PIXELS:
            picture.load()
            return picture
    except Image.DecompressionBombError:  # Pillow's own limit, which is higher
        pass
    except Exception as fault:  # decoders fail in many ways, all of which mean the same here
        raise damaged() from fault
    raise Refused(_("The picture has more than 60 million pixels. Please send a smaller one."))


# ── pdf ──────────────────────────────────────────────────────────────────────
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch)(?![A-Za-z0-9])")
_CARRIES = re.compile(rb"/EmbeddedFiles?(?![A-Za-z0-9])")


def look_into_pdf(content: bytes, extension: str, budget: Budget) -> None:
    """A PDF without password, programs and carried files; its compressed objects are looked into as well."""
    if b"%PDF-" not in content[:1024]:
        raise disguised(extension)
    if b"startxref" not in content:
        raise damaged()
    outlines = _outlines(content, budget)
    if any(_ENCRYPTED.search(part) for part in outlines):
        raise Refused(
            _("It is protected by a password or against printing. Please send it without protection; the connection is encrypted.")
        )
    if any(_RUNS.search(part) for part in outlines):
        raise Refused(_("It holds a program (JavaScript or a command). Please print it to a new PDF and send that."))
    if any(_CARRIES.search(part) for part in outlines):
        raise Refused(_("It carries other files inside. Please print it to a new PDF, and send the other files on their own."))


def _outlines(content: bytes, budget: Budget) -> list[bytes]:
    """The objects of a PDF without the contents of its streams, except streams of objects, unpacked."""
    parts, kept, at = [], [], 0
    while found := _STREAM.search(content, at):
        kept.append(content[at : found.start()])
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        if b"ObjStm" in _HEX_IN_NAME.sub(_byte, kept[-1][-400:]):
            parts.append(_inflated(content[found.end() : end], budget))
        at = end + len(b"endstream")
    kept.append(content[at:])
    parts.append(b"\n".join(kept))
    return [_HEX_IN_NAME.sub(_byte, part) for part in parts]


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes([int(match.group(1), 16)])


def _inflated(packed: bytes, budget: Budget) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(packed, max(1, budget.left + 1))
    except zlib.error:
        return packed  # not packed at all, or in a way that is not used for objects
    budget.spend(len(plain))
    return plain


Look = Callable[[bytes, str, Budget], None]
