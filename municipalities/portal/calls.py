"""Calls for requests, open to everybody: what is asked for, until which hour, and with which form."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from municipalities import officials
from municipalities.kinds import KINDS, Kind
from municipalities.models import Call
from partnership import attachments, dates
from partnership.models import User

RECENTLY = dt.timedelta(days=183)  # how long a closed call stays on the list


@dataclass(frozen=True)
class Standing:
    """Where a call stands at a moment: not yet open, open, or closed; and how many days are left."""

    call: Call
    state: str  # upcoming, open, closed
    days_left: int | None = None

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of request that it takes."""
        return [KINDS[key] for key in self.call.kinds if key in KINDS]


def standing(call: Call, now: dt.datetime) -> Standing:
    """Where a call stands."""
    if call.opens_at > now:
        return Standing(call, "upcoming")
    if call.closes_at is None:
        return Standing(call, "open")
    if call.closes_at <= now:
        return Standing(call, "closed")
    return Standing(call, "open", (timezone.localdate(call.closes_at) - timezone.localdate(now)).days)


def _show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A public page; an official who is signed in keeps the portal's menu."""
    user = request.user
    official = officials.of(user) if isinstance(user, User) else None
    return render(request, template, {"official": official, **context})


def _published(pk: int) -> Call:
    return get_object_or_404(Call.objects.published(), pk=pk)


@login_not_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """All calls that matter now: open, announced, closed not long ago."""
    now = timezone.now()
    every = [standing(call, now) for call in Call.objects.published().order_by(F("closes_at").asc(nulls_last=True), "pk")]
    closed = [one for one in every if one.state == "closed" and one.call.closes_at and one.call.closes_at > now - RECENTLY]
    return _show(
        request,
        "portal/calls.html",
        open=[one for one in every if one.state == "open"],
        upcoming=sorted((one for one in every if one.state == "upcoming"), key=lambda one: one.call.opens_at),
        closed=closed[::-1],
    )


@login_not_required
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call, with everything that one needs to apply."""
    one = _published(pk)
    context = {
        "guidelines": one.in_language("guidelines"),
        "year": _year(one),
        "files": attachments.of(one),
        "phone": settings.CONTACT_PHONE,
    }
    return _show(request, "portal/call.html", one=standing(one, timezone.now()), call=one, **context)


def _year(one: Call) -> str:
    """The fiscal year that it is for, as the page’s language writes it."""
    if one.fiscal_year is None:
        return ""
    return f"FY{one.fiscal_year}" if (get_language() or "ja").startswith("en") else dates.fiscal_year_ja(one.fiscal_year)


@login_not_required
@require_safe
def file(request: HttpRequest, pk: int, key: UUID) -> HttpResponseBase:
    """A file of a published call."""
    return attachments.download(get_object_or_404(attachments.of(_published(pk)), key=key))


urlpatterns = [
    path("calls/", calls, name="calls"),
    path("calls/<int:pk>/", call, name="call"),
    path("calls/<int:pk>/files/<uuid:key>/", file, name="call_file"),
]
