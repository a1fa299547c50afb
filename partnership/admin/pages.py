"""What our own pages inside the administration share: the way in, the frame, and how an act is found and answered."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from partnership.admin.base import is_key
from partnership.models import User
from partnership.transitions import Refused

PAGE_ROWS = 50

Work = Callable[[], str | None]  # does an act and returns the words for the person, or None for silence
Act = tuple[Work, str]  # an act that takes a permission of its own


def demand(request: HttpRequest, *permissions: str) -> None:
    """Stop whoever lacks one of the permissions.

    Raises:
        PermissionDenied: shown as 403.
    """
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def person(request: HttpRequest) -> User:
    """Who acts; the administration lets nobody in who has not signed in."""
    return cast("User", request.user)


def framed(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any) -> TemplateResponse:
    """One of our pages inside the admin's frame."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, **context}, status=status)


def act(request: HttpRequest, table: Mapping[str, Work] | Mapping[str, Act], otherwise: str) -> HttpResponse:
    """Do the posted act, say how it went, and go back.

    Args:
        request: with the field ``act``.
        table: by the value of the field ``act``; what to do, with the permission it takes where that is not the page's own.
        otherwise: the address to return to; a safe ``next`` in the form wins.

    Raises:
        BadRequest: for an act that this page does not have.
        PermissionDenied: for someone who may not.
    """
    chosen = table.get(request.POST.get("act", ""))
    if chosen is None:
        raise BadRequest(_("This page has no such act."))
    work, permission = chosen if isinstance(chosen, tuple) else (chosen, "")
    if permission:
        demand(request, permission)
    try:
        said = work()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect(next_page(request, otherwise))


def next_page(request: HttpRequest, otherwise: str) -> str:
    """Where to go after an act: the form's ``next`` if it stays on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise


def keys(texts: list[str]) -> list[int]:
    """The keys among what a form sent; anything that no row can have is left out."""
    return [int(text) for text in texts if is_key(text)]
