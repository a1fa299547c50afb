"""What every request passes through."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from partnership import errors, guard, languages

Handler = Callable[[HttpRequest], HttpResponse]
PERMISSIONS = ", ".join(
    f"{power}=()"
    for power in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class GuardMiddleware:
    """Refuses what no request may hold, and gives every refusal without words a page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look, refuse or pass on."""
        guard.clean_cookies(request)
        if found := guard.fault(request):
            request._mark_post_parse_error()  # type: ignore[attr-defined]  # nobody may read the form again
            response = errors.page(request, found.status, detail=found.detail)
            if found.status == HTTPStatus.METHOD_NOT_ALLOWED:
                response["Allow"] = ", ".join(guard.METHODS)
            return response
        response = self.get_response(request)
        if response.status_code in errors.WORDS and not response.streaming and not response.content:
            return self._with_words(request, response)
        return response

    @staticmethod
    def _with_words(request: HttpRequest, empty: HttpResponse) -> HttpResponse:
        response = errors.page(request, empty.status_code)
        for name, value in empty.items():
            if name not in {"Content-Type", "Content-Length", "Content-Language"}:
                response[name] = value
        response.cookies = empty.cookies
        return response

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A database that is away, or a value that it cannot hold."""
        return errors.for_exception(request, exception)


class HeadersMiddleware:
    """What browsers are told on every page beside the Content-Security-Policy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing here needs a camera or a place; no page may stay in a cache that others use."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not isinstance(response, FileResponse):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class LanguageMiddleware:
    """Sets the language of the page; ``?lang=`` chooses it and is remembered in a cookie."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate, answer, remember."""
        user = request.user
        languages.use(request, user.language if user.is_authenticated else "")
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        if language := languages.asked(request):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response
