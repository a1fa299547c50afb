"""What every request passes through."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from partnership import errors, guard, kept_forms, languages

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


SAVED = {"saved", "kept"}  # the lines below a form that say whether what was typed is saved


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads to the login page whoever has not signed in. A form whose session ended is kept until its owner is back."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:  # type: ignore[override]
        """Keep the form, if there is one, and ask to sign in."""
        if "HX-Request" in request.headers:
            return self._for_htmx(request, view_func)
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        if kept_forms.keep(request):
            messages.warning(request, _("You had been signed out. What you typed is kept: sign in, and it can be sent with one click."))
            return redirect_to_login(reverse("kept_form"), self.get_login_url(view_func))
        messages.warning(request, _("You had been signed out, so nothing has been sent. Sign in, then please send it once more."))
        return super().handle_no_permission(request, view_func)

    def _for_htmx(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:
        """Never the login page inside another page. What is being typed stays where it is: the next ordinary “save” keeps it."""
        response = HttpResponse(_("You have been signed out."), status=401, content_type="text/plain; charset=utf-8")
        response["HX-Reswap"] = "none"
        if request.method == "POST" and request.headers.get("HX-Target") in SAVED:
            response.content = _("You have been signed out, and this is not saved. Press the button and sign in: what you typed is kept.")
            response["HX-Reswap"] = "innerHTML"
        if request.method != "POST":
            current = urlsplit(request.headers.get("HX-Current-URL", ""))
            page = current.path + (f"?{current.query}" if current.query else "")
            ours = page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else "/"
            response["HX-Redirect"] = redirect_to_login(ours, self.get_login_url(view_func)).url
        return response

    @staticmethod
    def process_response(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A kept form that has arrived is thrown away."""
        if request.method == "POST" and kept_forms.KEY in request.POST and request.user.is_authenticated:
            kept_forms.drop_if_sent(request, response.status_code)
        return response
