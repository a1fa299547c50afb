"""What the pages of an event share: the way in, the frame, and how an act is found and answered."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from events import answers
from events.models import Event, Invitation
from partnership.admin.base import is_key
from partnership.models import User
from partnership.transitions import Refused

PAGE_ROWS = 50


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


def event_for(request: HttpRequest, pk: int, permission: str = "events.view_event") -> Event:
    """The event of the address, for someone who may see it."""
    demand(request, permission)
    return get_object_or_404(Event.objects.select_related("country", "previous"), pk=pk)


def render(request: HttpRequest, template: str, event: Event | None, title: str, **context: Any) -> TemplateResponse:
    """One of our pages inside the admin's frame."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, "event": event, "menu_item": "events", **context})


def act(request: HttpRequest, table: Mapping[str, Callable[[], str | None]], otherwise: str) -> HttpResponse:
    """Do the posted act, say how it went, and go back.

    Args:
        table: by the value of the field ``act``; each returns the words for the person, or None for silence.
        otherwise: the address to return to; a safe ``next`` in the form wins.

    Raises:
        BadRequest: for an act that this page does not have.
    """
    chosen = table.get(request.POST.get("act", ""))
    if chosen is None:
        raise BadRequest(_("This page has no such act."))
    try:
        said = chosen()
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


def address(name: str, event: Event) -> str:
    """The address of one of the event's pages, such as ``home``."""
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def keys(texts: list[str]) -> list[int]:
    """The keys among what a form sent; anything that no row can have is left out."""
    return [int(text) for text in texts if is_key(text)]


@contextlib.contextmanager
def unchanged(request: HttpRequest, invitation: Invitation) -> Iterator[None]:
    """Hold an invitation as the person's page showed it, while they act on it in one transaction.

    Raises:
        Refused: when something newer is known than the page showed, with what is known by now.
    """
    seen = request.POST.get("version", "")
    with transaction.atomic():
        stored = answers.locked(invitation, count_places=True)
        if seen and seen != str(stored.version):
            invitation.version, invitation.reply = stored.version, stored.reply
            raise Refused(
                _("%(guest)s: somebody entered something in the meantime; it is now “%(reply)s”. Nothing was changed.")
                % {"guest": invitation, "reply": stored.get_reply_display()}
            )
        yield
