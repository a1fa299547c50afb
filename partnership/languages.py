"""In which language a page speaks.

What somebody chose (``?lang=``, then the cookie) wins. Otherwise: the language of the account, or of the recipient of a
personal link, or Japanese on the staff's and officials' pages, or what the browser asks for.
"""

from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

CODES = tuple(code for code, _name in settings.LANGUAGES)
NAMES = {"ja": "日本語", "en": "English"}
HOUSE = ("/admin/", "/portal/", "/accounts/")  # these open in Japanese, whatever the browser says


def asked(request: HttpRequest) -> str:
    """The language that ``?lang=`` names, or ""; read from the raw text, so that broken input cannot get in the way."""
    for pair in reversed(request.META.get("QUERY_STRING", "").split("&")):
        name, _, value = pair.partition("=")
        if name == "lang":
            return value if value in CODES else ""
    return ""


def chosen(request: HttpRequest) -> str:
    """What this person chose, now or earlier, or ""."""
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return asked(request) or (kept if kept in CODES else "")


def browser(request: HttpRequest) -> str:
    """The first of our languages that the browser asks for; Japanese if it names none."""
    for part in request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200].lower().split(","):
        code = part.split(";")[0].strip()[:2]
        if code in CODES:
            return code
    return settings.LANGUAGE_CODE


def of(request: HttpRequest, default: str = "") -> str:
    """The language of a page for someone who is not known."""
    if found := chosen(request) or (default if default in CODES else ""):
        return found
    house = request.path == "/" or request.path.startswith(HOUSE)
    return settings.LANGUAGE_CODE if house else browser(request)


def use(request: HttpRequest, default: str = "") -> str:
    """Speak to the owner of a personal link: what they chose, else ``default`` (the language they were written to in)."""
    language = of(request, default)
    translation.activate(language)
    request.LANGUAGE_CODE = language
    return language


def links(request: HttpRequest | None) -> list[dict[str, object]]:
    """The switch: for each language the same address with the same query."""
    pairs = []
    if request is not None:
        pairs = [
            pair for pair in request.META.get("QUERY_STRING", "").split("&") if pair and unquote_plus(pair.partition("=")[0]) != "lang"
        ]
    kept = "&".join(pairs)
    if len(kept) > 2000:  # the page about an address that is too long
        kept = ""
    now = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    return [
        {
            "code": code,
            "name": NAMES[code],
            "url": f"?{kept}&lang={code}" if kept else f"?lang={code}",
            "current": code == now,
        }
        for code in CODES
    ]
