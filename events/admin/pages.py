"""What the pages of an event share: the way in, the frame, and how an act is found and answered."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from events import answers
from events.models import Event, Invitation
from partnership.admin.pages import PAGE_ROWS, act, demand, framed, keys, next_page, person
from partnership.transitions import Refused

__all__ = ["PAGE_ROWS", "act", "address", "demand", "event_for", "keys", "next_page", "person", "render", "unchanged"]


def event_for(request: HttpRequest, pk: int, permission: str = "events.view_event") -> Event:
    """The event of the address, for someone who may see it."""
    demand(request, permission)
    return get_object_or_404(Event.objects.select_related("country", "previous"), pk=pk)


def render(request: HttpRequest, template: str, event: Event | None, title: str, **context: Any) -> TemplateResponse:
    """One of our pages inside the admin's frame."""
    return framed(request, template, title, event=event, menu_item="events", **context)


def address(name: str, event: Event) -> str:
    """The address of one of the event's pages, such as ``home``."""
    return reverse(f"admin:events_event_{name}", args=[event.pk])


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
