"""Which files may be sent: by the name, by the size, by what is in them. ``check`` says no in a sentence that helps."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.file_packages import ARCHIVES, look_into_office, look_into_zip
from partnership.file_types import PICTURES, Budget, Look, clean_picture, look_into_pdf, look_into_picture, look_into_text
from partnership.transitions import Refused

MOST = 5 * 2**20  # bytes of one file
MOST_TOGETHER = 20 * 2**20  # bytes of all files of one request
LONGEST_NAME = 200

_OFFICE = "application/vnd.openxmlformats-officedocument."
MIMETYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
}
ACCEPT = ",".join(f".{extension}" for extension in MIMETYPES)
HELP = gettext_lazy(
    "PDF, Word, Excel and PowerPoint (docx, xlsx, pptx), JPEG, PNG, txt, csv or zip; up to 5 MB each, 20 MB together. "
    "No macros and no passwords: the connection is encrypted."
)

_LOOKS: dict[str, Look] = {
    "pdf": look_into_pdf,
    **dict.fromkeys(("docx", "xlsx", "pptx"), look_into_office),
    **dict.fromkeys(PICTURES, look_into_picture),
    **dict.fromkeys(("txt", "csv"), look_into_text),
}
_SAVE_AS = {
    **dict.fromkeys(("doc", "rtf", "dot", "odt"), "docx"),
    **dict.fromkeys(("xls", "ods", "xlsb"), "xlsx"),
    **dict.fromkeys(("ppt", "pps", "ppsx", "odp"), "pptx"),
    **dict.fromkeys(("jtd", "jtt", "jtdc", "jtdx", "xdw", "xbd", "pages"), "pdf"),
    **dict.fromkeys(("heic", "heif", "gif", "bmp", "webp", "tif", "tiff", "avif"), "jpg"),
    **dict.fromkeys(("docm", "dotm"), "docx"),
    **dict.fromkeys(("xlsm", "xltm"), "xlsx"),
    **dict.fromkeys(("pptm", "ppsm"), "pptx"),
    **dict.fromkeys(ARCHIVES - {"zip"}, "zip"),
}


class Sent(Protocol):
    """What comes with a form: a name, a size, bytes."""

    name: str | None
    size: int | None

    def read(self, *args: Any) -> bytes:
        """Its bytes."""
        ...


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its tidy name, its kind and its bytes (pictures without place and camera)."""

    name: str
    mimetype: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """The fingerprint of the bytes that are kept."""
        return hashlib.sha256(self.content).hexdigest()


def check(upload: "UploadedFile | Sent | Checked", *, already: int = 0) -> Checked:
    """Look at a file that was sent.

    Args:
        already: bytes that the same request already has in other files.

    Raises:
        Refused: with the name of the file, what is wrong with it and what to do.
    """
    name = upload.name if isinstance(upload, Checked) else tidy_name(upload.name or "")
    try:
        checked = upload if isinstance(upload, Checked) else _checked(name, upload)
        _refuse_sum(already + checked.size)
    except Refused as no:
        raise Refused(_("“%(name)s” was not taken. %(why)s") % {"name": name, "why": no}) from no
    return checked


def _refuse_sum(together: int) -> None:
    if together > MOST_TOGETHER:
        raise Refused(_("All files of one request together may have 20 MB. Please remove another file first, or send less."))


def _checked(name: str, upload: "UploadedFile | Sent") -> Checked:
    extension = extension_of(name)
    _refuse_kind(extension)
    if not upload.size:
        raise Refused(_("It is empty. Please check the file and send it again."))
    if upload.size > MOST:
        raise Refused(_("It is larger than 5 MB. Please make it smaller, or send it in parts."))
    content = upload.read()
    _look(name, content, Budget())
    if extension in PICTURES:
        content = clean_picture(content, extension)
    return Checked(name, MIMETYPES[extension], content)


def _refuse_kind(extension: str) -> None:
    if extension in MIMETYPES:
        return
    if extension.endswith("m") and extension in _SAVE_AS:
        words = _("Files with macros are not taken. Please save it without macros, as .%(instead)s.")
    elif extension in _SAVE_AS:
        words = _("This format is not taken. Please save it as .%(instead)s.")
    else:
        raise Refused(_("This kind of file is not taken. Please send pdf, docx, xlsx, pptx, jpg, png, txt, csv or zip."))
    raise Refused(words % {"instead": _SAVE_AS[extension]})


def _look(name: str, content: bytes, budget: Budget) -> None:
    extension = extension_of(name)
    if extension == "zip":
        look_into_zip(content, budget, _look_in_zip)
    else:
        _LOOKS[extension](content, extension, budget)


def _look_in_zip(name: str, content: bytes, budget: Budget) -> None:
    extension = extension_of(name)
    _refuse_kind(extension)
    _LOOKS[extension](content, extension, budget)


# ── names ────────────────────────────────────────────────────────────────────
_LOOSE_MARKS = re.compile("[ぁ-ヿ][\u3099\u309a]|[A-Za-z][\u0300-\u036f]+")  # macOS sends が as か and a mark
_UNSAFE = re.compile(r'[<>:"|?*]')


def extension_of(name: str) -> str:
    """What stands behind the last point, in plain small letters; "" for none."""
    return unicodedata.normalize("NFKC", name.rpartition(".")[2]).strip().lower() if "." in name else ""


def tidy_name(name: str) -> str:
    """The name as data: no folders, nothing invisible or reversed, no signs that Windows forbids, at most 200 characters.

    Letters stay as typed (髙, 﨑); only the loose marks that macOS sends are put together again.
    """
    name = _LOOSE_MARKS.sub(lambda found: unicodedata.normalize("NFC", found.group()), name)
    name = name.replace("\\", "/").rpartition("/")[2].replace("\u3000", " ")
    name = "".join(character for character in name if unicodedata.category(character)[0] not in "C" and character not in "\u2028\u2029")
    name = " ".join(_UNSAFE.sub("_", name).split()).lstrip(".").rstrip(". ")
    stem, point, extension = name.rpartition(".")
    if not point:
        stem, extension = name, ""
    room = LONGEST_NAME - len(point + extension)
    if room < 1:
        return name[:LONGEST_NAME]
    return f"{stem[:room] or 'file'}{point}{extension}" if point else (stem[:LONGEST_NAME] or "file")
