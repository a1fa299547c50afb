"""Looks into files that are zips inside: Office documents and zips themselves. Macros, passwords, nesting and bombs are refused."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from partnership.file_types import CFB, Budget, damaged, disguised
from partnership.transitions import Refused

MOST_ENTRIES = 300  # of a zip
MOST_PARTS = 5_000  # of an Office document; a long presentation has a thousand
CHUNK = 64 * 1024
LONGEST_XML = 2 * 2**20  # of the lists that say what a document is made of

_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error)
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def entries(content: bytes, extension: str, budget: Budget, most: int) -> Iterator[tuple[str, bytes]]:
    """The names and bytes of what a zip holds, each read in pieces and counted.

    Raises:
        Refused: for too many, too large, encrypted, doubled or damaged ones.
    """
    if not content.startswith(b"PK\x03\x04"):
        raise disguised(extension)
    if content.count(b"PK\x01\x02") > 4 * MOST_PARTS:  # before the list is read into memory
        raise _too_many(most)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            infos = packed.infolist()
            _look_at_list(infos, most)
            for info in infos:
                yield _name(info), _bytes(packed, info, budget)
    except _FAULTS as fault:
        raise damaged() from fault


def _too_many(most: int) -> Refused:
    return Refused(_("It holds more than %(most)s files. Please send fewer at once.") % {"most": most})


def _look_at_list(infos: list[zipfile.ZipInfo], most: int) -> None:
    if len(infos) > most:
        raise _too_many(most)
    if any(info.flag_bits & 0x1 for info in infos):
        raise Refused(
            _(
                "It is a zip with a password (PPAP), which cannot be checked. Please send the files without password: "
                "this page is encrypted, and only those in charge can open them."
            )
        )
    if any(info.compress_type not in _PACKED for info in infos):
        raise Refused(_("It is packed in an unusual way. Please pack it again with the zip of Windows or macOS."))
    if len({_name(info) for info in infos}) < len(infos):
        raise damaged()


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was typed; zips of Japanese Windows say it in Shift_JIS and do not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.orig_filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return info.orig_filename


def _bytes(packed: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    pieces = []
    with packed.open(info) as stream:
        while piece := stream.read(CHUNK):
            budget.spend(len(piece))
            pieces.append(piece)
    return b"".join(pieces)


# ── Office ───────────────────────────────────────────────────────────────────
_MAIN = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS = {
    "docx": f"{_MAIN}wordprocessingml.document.main+xml",
    "xlsx": f"{_MAIN}spreadsheetml.sheet.main+xml",
    "pptx": f"{_MAIN}presentationml.presentation.main+xml",
}
_MACRO_NAMES = re.compile(r"vbaProject|vbaData|/activeX/|/macrosheets/|/dialogsheets/|/customUI/.*\.bin$", re.IGNORECASE)
_MACRO_TYPES = re.compile(r"macroEnabled|vbaProject|activeX|macrosheet|dialogsheet", re.IGNORECASE)
_REMOTE = re.compile(r"^(?:https?:|ftp:|mhtml:|ms-\w+:|file://(?![/\\]|[A-Z]:)|file:/{4,}|file:///\\\\|\\\\)", re.IGNORECASE)
_EMBEDDED = re.compile(r"(?:^|/)embeddings/[^/]+\.(?P<extension>\w+)$", re.IGNORECASE)
_OLE_WITH_PROGRAM = tuple(word.encode("utf-16-le") for word in ("_VBA_PROJECT", "Ole10Native", "Macros"))


def has_macros() -> Refused:
    """For a document that carries a program."""
    return Refused(_("It holds macros (a program inside the document). Please save it without macros, as .docx, .xlsx or .pptx."))


def look_into_office(content: bytes, extension: str, budget: Budget) -> None:
    """A .docx, .xlsx or .pptx without macros, controls, carried programs and templates from elsewhere."""
    if content.startswith(CFB):
        raise _old_or_locked(content, extension)
    types = None
    for name, part in entries(content, extension, budget, MOST_PARTS):
        if _MACRO_NAMES.search(f"/{name}"):
            raise has_macros()
        if name == "[Content_Types].xml":
            types = _attributes(part, "ContentType")
        elif name.endswith(".rels"):
            _look_at_relations(part)
        elif found := _EMBEDDED.search(name):
            _look_at_embedded(part, found["extension"].lower(), budget)
    if types is None:
        raise disguised(extension)
    if any(_MACRO_TYPES.search(one) for one in types):
        raise has_macros()
    if _MAIN_PARTS[extension] not in types:
        raise disguised(extension)


def _old_or_locked(content: bytes, extension: str) -> Refused:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused(
            _("It is protected by a password. Please remove the password (File › Info) and send it again; the connection is encrypted.")
        )
    return disguised(extension)


def _attributes(xml: bytes, name: str) -> list[str]:
    """The values of one attribute, of all elements."""
    if len(xml) > LONGEST_XML:
        raise damaged()
    try:
        return [element.get(name, "") for element in fromstring(xml, forbid_dtd=True).iter()]
    except (ParseError, DefusedXmlException, ValueError, LookupError) as fault:
        raise damaged() from fault


def _look_at_relations(xml: bytes) -> None:
    """What is fetched from elsewhere when the document is opened brings its programs with it."""
    kinds, targets = _attributes(xml, "Type"), _attributes(xml, "Target")
    for kind, target in zip(kinds, targets, strict=True):
        if kind.endswith(("/attachedTemplate", "/oleObject", "/frame", "/subDocument")) and _REMOTE.match(target):
            raise Refused(_("It fetches its template or a part from another computer. Please save it as a document that stands alone."))
        if kind.endswith(("/vbaProject", "/xlMacrosheet", "/xlIntlMacrosheet")):
            raise has_macros()


def _look_at_embedded(part: bytes, extension: str, budget: Budget) -> None:
    """Charts carry the sheet they are drawn from; anything else that is carried must not run."""
    if extension in _MAIN_PARTS and part.startswith(b"PK"):
        if any(_MACRO_NAMES.search(f"/{name}") for name, _part in entries(part, extension, budget, MOST_PARTS)):
            raise has_macros()
    elif extension in {"docm", "dotm", "xlsm", "xltm", "xlsb", "pptm", "ppsm", "potm"} or any(word in part for word in _OLE_WITH_PROGRAM):
        raise Refused(_("It carries another file or a program inside. Please remove it, and send the other file on its own."))


# ── zip ──────────────────────────────────────────────────────────────────────
ARCHIVES = frozenset({"zip", "7z", "rar", "lzh", "lha", "gz", "tgz", "bz2", "xz", "tar", "cab", "iso", "zst"})
_LEFTOVERS = re.compile(r"(?:^|/)(?:\.DS_Store|Thumbs\.db|desktop\.ini)$|^__MACOSX/(?:.*/)?\._[^/]*$", re.IGNORECASE)


def look_into_zip(content: bytes, budget: Budget, look: Callable[[str, bytes, Budget], None]) -> None:
    """A zip of files each of which could have been sent on its own.

    Args:
        look: checks one of its files by name and bytes.
    """
    count = 0
    _refuse_links(content)
    for name, part in entries(content, "zip", budget, MOST_ENTRIES):
        _refuse_path(name)
        if name.endswith("/") or _LEFTOVERS.search(name):
            continue
        if name.rpartition(".")[2].lower() in ARCHIVES:
            raise Refused(_("It holds another archive (“%(name)s”). Please unpack that one first.") % {"name": _short(name)})
        try:
            look(name, part, budget)
        except Refused as no:
            raise Refused(_("“%(name)s” in it: %(why)s") % {"name": _short(name), "why": no}) from no
        count += 1
    if not count:
        raise Refused(_("It holds no file."))


def _short(name: str) -> str:
    plain = "".join(character if character.isprintable() else "?" for character in name)
    return plain if len(plain) <= 80 else f"…{plain[-80:]}"


def _refuse_path(name: str) -> None:
    """Names that would lead a careless program out of its folder."""
    steps = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in steps or ":" in name or "\0" in name:
        raise Refused(_("It holds a file with an unsafe name (“%(name)s”). Please pack it again.") % {"name": _short(name)})


def _refuse_links(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            linked = any(stat.S_ISLNK(info.external_attr >> 16) for info in packed.infolist())
    except _FAULTS:
        return  # said in words by ``entries``
    if linked:
        raise Refused(_("It holds links instead of files. Please pack the files themselves."))
