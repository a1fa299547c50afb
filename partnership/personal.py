"""Pages behind a personal link: nobody else may keep, index or learn their address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_variables

View = Callable[..., HttpResponse]


def personal_link(view: View) -> View:
    """For views whose address is the key: no cache, no search engine, and other sites never see the address.

    The referrer policy is ``same-origin``. With ``no-referrer`` browsers send ``Origin: null`` with a form, and the
    protection against forged forms would refuse every answer.
    """

    @wraps(view)
    @sensitive_variables()
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        return response

    return wrapped
