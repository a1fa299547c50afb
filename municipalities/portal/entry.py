"""The portal's door: who is let in, and what every page of it starts with."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from municipalities import officials
from municipalities.models import LocalGovernment, MunicipalRequest
from municipalities.officials import Official
from partnership.models import User

MOST_FIELDS = 500  # of one form; the longest of ours has some eighty
_NEEDED = ("call", "applicant__organisation", "relay__organisation", "assignee", "mission", "created_by")


def official_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let officials in; the view gets its ``Official`` as second argument. Anyone else who is signed in gets 403."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        official = officials.of(cast("User", request.user))
        if official is None:
            raise PermissionDenied
        if sum(len(values) for sent in (request.POST, request.FILES) for _name, values in sent.lists()) > MOST_FIELDS:
            raise TooManyFieldsSent  # shown as 413
        return view(request, official, *args, **kwargs)

    return page


def confirmed_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """As ``official_only``, without accounts whose access is not confirmed yet."""

    @official_only
    @wraps(view)
    def page(request: HttpRequest, official: Official, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not official.is_confirmed:
            raise PermissionDenied
        return view(request, official, *args, **kwargs)

    return page


def acting(official: Official) -> LocalGovernment:
    """The body that an official acts for; 403 for an account that is not confirmed yet."""
    if official.body is None:
        raise PermissionDenied
    return official.body


def request_of(official: Official, uuid: UUID) -> MunicipalRequest:
    """The request of an address, if this official may see it; 404 otherwise, at the same price."""
    return get_object_or_404(MunicipalRequest.objects.visible_to(official.user).select_related(*_NEEDED), uuid=uuid)


def show(request: HttpRequest, official: Official, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """One page of the portal."""
    return render(request, template, {"official": official, **context}, status=status)
