"""What was typed into a form whose session had ended: kept for an hour in the browser's new session, and offered after signing in.

Only what a page of ours sent is kept, never a password or a file, and it is thrown away as soon as it has been sent again.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string

from partnership import throttle

KEY = "kept_form"  # in the session; also the hidden field with which it is sent again
LIFE = 60 * 60  # seconds
MOST = 2**20  # characters of one form
MOST_FROM_ONE_PLACE, MOST_FROM_ALL = 20, 500  # forms in an hour: nobody fills our store without signing in
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", KEY})


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: where to, and its fields."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool
    mark: str
    at: float

    @property
    def texts(self) -> list[str]:
        """What a person wrote, to be read and copied: not the hidden marks and choices that programs exchange."""
        words = (value.strip() for name, value in self.fields if name not in {"act", "next", "version"})
        return list(dict.fromkeys(value for value in words if len(value) > 30 or " " in value or not value.isascii()))


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser itself says that the form stood on a page of ours; pages of others cannot make it say so."""
    if origin := request.headers.get("Origin"):
        there, here = urlsplit(origin), urlsplit(settings.SITE_URL)
        return (there.scheme, there.netloc) == (here.scheme, here.netloc) or there.netloc == request.get_host()
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def keep(request: HttpRequest) -> bool:
    """Keep the form of a request that came without a session; False when there is nothing that may be kept."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in _NOT_KEPT]
    if not fields or not is_ours(request) or any("password" in name.lower() for name, _value in fields):
        return False
    if sum(len(name) + len(value) for name, value in fields) > MOST or not _is_within_bounds(request):
        return False
    request.session[KEY] = {
        "path": request.get_full_path(),
        "fields": fields,
        "had_files": bool(request.FILES),
        "mark": get_random_string(22),
        "at": time.time(),
    }
    return True


def pending(request: HttpRequest) -> Kept | None:
    """What is kept for this browser, unless its hour is over."""
    stored: dict[str, Any] | None = request.session.get(KEY)
    if not stored:
        return None
    if time.time() - stored["at"] > LIFE:
        drop(request)
        return None
    return Kept(**{**stored, "fields": [(name, value) for name, value in stored["fields"]]})


def drop(request: HttpRequest) -> None:
    """Throw it away."""
    request.session.pop(KEY, None)


def drop_if_sent(request: HttpRequest, status: int) -> None:
    """Throw it away once its own page has taken it, or has shown it again with what is to be corrected."""
    mark = request.POST.get(KEY, "")
    if (status < 400 or status == 422) and (kept := pending(request)) and constant_time_compare(mark, kept.mark):
        drop(request)


def _is_within_bounds(request: HttpRequest) -> bool:
    place = get_adapter(request).get_client_ip(request)
    return throttle.allow(f"kept:{place}", most=MOST_FROM_ONE_PLACE, seconds=LIFE) and throttle.allow(
        "kept", most=MOST_FROM_ALL, seconds=LIFE
    )
