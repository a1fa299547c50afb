"""The pages that say what went wrong, in the language of whoever reads them. They need no database and no session."""

import logging
import sys
from http import HTTPStatus
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.template import loader
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership import languages
from partnership.transitions import Refused

logger = logging.getLogger("partnership.errors")

OUTAGES = (OperationalError, InterfaceError, redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)  # it will pass
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
RETRY_AFTER = 30  # seconds

WORDS: dict[int, tuple[Promise, Promise]] = {
    400: (
        _("This could not be read"),
        _("The address or the form holds something that cannot be processed. Nothing has been changed. Please go back and try again."),
    ),
    403: (
        _("You may not open this page"),
        _("Your account does not cover it. If you need it for your work, please ask the Local Partnership Cooperation Division."),
    ),
    404: (
        _("There is no such page"),
        _("The address may be mistyped or out of date, or the page belongs to another account."),
    ),
    405: (
        _("This address cannot be used like that"),
        _("Nothing has been changed. Please go back and use the links and buttons of the page."),
    ),
    409: (
        _("This is not possible now"),
        _("Something has changed in the meantime. Nothing has been saved. Please go back and look again."),
    ),
    413: (
        _("This is too much at once"),
        _("What was sent is larger than can be taken. Nothing has been saved. Please go back, shorten it or send smaller files."),
    ),
    414: (_("The address is too long"), _("Please go back and choose fewer conditions at once.")),
    429: (_("Too many attempts"), _("Please wait a few minutes, then try again.")),
    500: (
        _("Something went wrong here"),
        _("The fault is ours and has been recorded. Nothing is left half done. Please try again; if it happens again, tell us when."),
    ),
    503: (
        _("A short interruption"),
        _("The system cannot reach its data for the moment. Links and everything stored remain valid. Please try again in a minute."),
    ),
}
LAST_RESORT = (
    '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>Partnership</title></head><body>'
    "<h1>ただいま処理できません　Something went wrong</h1>"
    '<p>しばらくしてからもう一度お試しください。</p><p lang="en">Please try again in a minute.</p></body></html>'
)


def page(request: HttpRequest, status: int, *, detail: object = "", **extra: Any) -> HttpResponse:
    """The page of one status. ``detail`` replaces the general sentence."""
    title, text = WORDS.get(status, WORDS[400])
    with translation.override(getattr(request, "LANGUAGE_CODE", "") or languages.of(request)):
        try:
            context = {"status": status, "title": title, "text": detail or text, "request": request, "demo": settings.DEMO, **extra}
            body = loader.get_template("error.html").render(context)
        except Exception:  # a page about an error must not fail itself
            logger.exception("the page for %s could not be rendered", status)
            body = LAST_RESORT
        response = HttpResponse(body, status=status, headers={"Content-Language": translation.get_language() or "ja"})
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when it was simply too much."""
    return page(request, 413 if isinstance(exception, TOO_MUCH) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same words for what is not there and for what belongs to somebody else."""
    return page(request, 404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: sign-in attempts and other things that are counted."""
    return page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 when the database cannot be reached, for that will pass."""
    return for_exception(request, sys.exc_info()[1]) or page(request, 500)


def for_exception(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The page for an outage, a rule that says no, or a value that the database cannot hold; None for anything else."""
    if isinstance(exception, Refused):  # where a view has no better place for the sentence
        return page(request, 409, detail=str(exception))
    if isinstance(exception, OUTAGES):
        logger.error("no answer from the data store at %s: %s", request.path, exception)
        return page(request, 503)
    if isinstance(exception, DataError):
        logger.error("a value that the database cannot hold at %s: %s", request.path, exception)
        return page(request, 400)
    return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that is too old or comes from elsewhere.

    What was typed is offered again behind one button, if the browser itself says that it comes from a page of ours
    (``Sec-Fetch-Site`` cannot be set by another site's page) and it holds no password.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    typed = request.POST if ours and not request.FILES else QueryDict()
    if any("password" in name for name in typed):
        typed = QueryDict()
    fields = [(name, value) for name, values in typed.lists() for value in values if name != "csrfmiddlewaretoken"]
    return page(
        request,
        403,
        title=_("This page was open too long"),
        detail=_("For safety nothing has been sent yet. You may have signed in or out in another window since you opened it.")
        if fields
        else _("For safety nothing has been sent. Please go back, load the page again and send it once more."),
        resend=fields,
        token=get_token(request),
    )
