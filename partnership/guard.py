"""What no request may hold, checked once before anything else reads it: text that no form of ours can send.

PostgreSQL refuses NUL characters and Python's decoders refuse broken UTF-8, deep inside whatever view happens to read
them first. Here they are refused at the door, with a page that says so, and nothing is stored in a mutilated form.
"""

import codecs
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership.errors import TOO_MUCH

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
LONGEST_ADDRESS = 6_000
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
REPLACEMENT = "\ufffd"  # what Django's multipart parser leaves where bytes were not UTF-8

NOT_TEXT = _("It holds characters that are not valid text (UTF-8). Nothing has been changed. Please go back and type it again.")
BROKEN = _("What was sent arrived incomplete. Nothing has been changed. Please go back and send it again.")


@dataclass(frozen=True)
class Fault:
    """Why a request is refused."""

    status: int
    detail: Promise | str = ""


def fault(request: HttpRequest) -> Fault | None:
    """What is wrong with a request, or None. Reads its whole form, within the limits of the settings."""
    if request.method not in METHODS:
        return Fault(405)
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        return Fault(414)
    return _fault_of_body_size(request) or _fault_of_type(request) or _fault_of_address(request) or _fault_of_form(request)


def clean_cookies(request: HttpRequest) -> None:
    """Forget cookies that hold control characters: a browser never sends them, and nobody could get rid of them."""
    for name, value in list(request.COOKIES.items()):
        if not (name + value).isprintable():
            del request.COOKIES[name]


def _controls(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text)


def _is_text(raw: bytes) -> bool:
    """Whether an encoded query or form holds valid UTF-8 without NUL."""
    try:
        return "\0" not in unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False


def _fault_of_body_size(request: HttpRequest) -> Fault | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (str(length).isascii() and str(length).isdecimal()):
        return Fault(400, BROKEN)
    most = settings.MAX_BODY if request.content_type == MULTIPART else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return Fault(413) if len(str(length)) > 12 or int(length) > most else None


def _fault_of_type(request: HttpRequest) -> Fault | None:
    charset = (request.content_params or {}).get("charset", "utf-8")
    try:
        return None if codecs.lookup(charset).name == "utf-8" else Fault(400, NOT_TEXT)
    except (LookupError, ValueError):
        return Fault(400, NOT_TEXT)


def _fault_of_address(request: HttpRequest) -> Fault | None:
    if _controls(request.path_info):
        return Fault(400, NOT_TEXT)
    raw = str(request.META.get("QUERY_STRING", "")).encode("latin-1", "backslashreplace")
    if not _is_text(raw):
        return Fault(400, NOT_TEXT)
    try:
        request.GET  # noqa: B018  reading it counts its fields
    except TOO_MUCH:
        return Fault(414)
    return None


def _fault_of_form(request: HttpRequest) -> Fault | None:  # noqa: PLR0911  one for each fault
    if request.method != "POST":
        return None
    try:
        if request.content_type == FORM and not _is_text(request.body):
            return Fault(400, NOT_TEXT)
        texts = [text for name, values in request.POST.lists() for text in (name, *values)]
        texts += [text for name, files in request.FILES.lists() for text in (name, *(file.name or "" for file in files))]
    except TOO_MUCH:
        return Fault(413)
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return Fault(400, BROKEN)
    if request.content_type == MULTIPART and not texts and int(request.META.get("CONTENT_LENGTH") or 0):
        return Fault(400, BROKEN)  # a body in which no part could be found
    if request.content_type == MULTIPART and any("\0" in text or REPLACEMENT in text for text in texts):
        return Fault(400, NOT_TEXT)
    return None
