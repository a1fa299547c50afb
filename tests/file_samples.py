"""Files as people send them, and as nobody should: made here, so that what is wrong with each can be read."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

TYPES = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": f"{TYPES}wordprocessingml.document.main+xml",
    "xlsx": f"{TYPES}spreadsheetml.sheet.main+xml",
    "pptx": f"{TYPES}presentationml.presentation.main+xml",
}
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    """As a form gives it."""
    return SimpleUploadedFile(name, content)


def packed(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return kept.getvalue()


def content_types(*kinds: str) -> str:
    """The list that says what an Office document is made of."""
    parts = "".join(f'<Override PartName="/part{number}.xml" ContentType="{kind}"/>' for number, kind in enumerate(kinds))
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{parts}</Types>'


def office(extension: str = "docx", *, kinds: tuple[str, ...] = (), **parts: bytes | str) -> bytes:
    """A Word, Excel or PowerPoint document with further parts; ``__`` in a name stands for a slash, ``_`` for a point."""
    extra = {name.replace("__", "/").replace("_", "."): content for name, content in parts.items()}
    return packed({"[Content_Types].xml": content_types(*(kinds or (MAIN[extension],))), "main.xml": "<x/>", **extra})


def workbook() -> bytes:
    """A sheet as Excel writes it."""
    kept = io.BytesIO()
    openpyxl.Workbook().save(kept)
    return kept.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    """A picture that knows its camera and its place, lying on its side."""
    made, kept = Image.new(mode, size, 128), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    exif.get_ifd(0x8825)[2] = (35.0, 40.0, 12.0)
    options: dict = {"pnginfo": PngInfo()} if kind == "PNG" else {"comment": b"SecretComment"}
    if kind == "PNG":
        options["pnginfo"].add_text("Author", "SecretAuthor")
    made.save(kept, kind, exif=exif, **options)
    return kept.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A small file that says it is an enormous picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack("!L", len(content)) + name + content + struct.pack("!L", zlib.crc32(name + content))

    head = struct.pack("!LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of one empty page and further objects."""
    body = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>", *objects]
    parts = [f"{number} 0 obj".encode() + one + b"endobj\n" for number, one in enumerate(body, 1)]
    return b"%PDF-1.7\n" + b"".join(parts) + b"trailer<</Root 1 0 R" + trailer + b">>\nstartxref\n0\n%%EOF\n"


def object_stream(content: bytes) -> bytes:
    """Objects of a PDF, packed, as Word writes them."""
    inner = zlib.compress(content)
    return f"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {len(inner)}>>stream\r\n".encode() + inner + b"\r\nendstream "


def bomb(size: int) -> bytes:
    """A zip whose one text unpacks to ``size`` noughts."""
    return packed({"a.txt": b"0" * size})


def lying_bomb(size: int) -> bytes:
    """The same, which says of itself that it unpacks to ten bytes."""
    content = bytearray(bomb(size))
    claimed, true = struct.pack("<L", 10), struct.pack("<L", size)
    return bytes(content.replace(true, claimed))


def encrypted(content: bytes) -> bytes:
    """The zip with the mark that its files have a password."""
    changed = bytearray(content)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(sign)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(sign, at + 4)
    return bytes(changed)
