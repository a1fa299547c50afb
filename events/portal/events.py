"""Our events: what the official’s body hosts or takes part in. Guests, tasks and letters stay with the division."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import body_events, hosts
from municipalities.models import LocalGovernment
from municipalities.officials import Official
from municipalities.portal.entry import confirmed_only, show

ROWS = 30


def _body(official: Official) -> LocalGovernment:
    """The body of a confirmed official."""
    assert official.body is not None  # noqa: S101  confirmed_only lets nobody else in
    return official.body


@require_safe
@confirmed_only
def index(request: HttpRequest, official: Official) -> HttpResponse:
    """What is to come, then what was."""
    body, today = _body(official), timezone.localdate()
    past = Paginator(body_events.with_hosts(body_events.past(body, today)), ROWS).get_page(request.GET.get("page"))
    return show(
        request,
        official,
        "portal/events.html",
        coming=body_events.with_part(body_events.with_hosts(body_events.coming(body, today)), body, official.user),
        past=body_events.with_part(past.object_list, body, official.user),
        page_obj=past,
    )


@require_safe
@confirmed_only
def event(request: HttpRequest, official: Official, pk: int) -> HttpResponse:
    """One event of ours; another body’s is not there."""
    body = _body(official)
    row = get_object_or_404(body_events.of_body(body), pk=pk)
    every = hosts.of_event(row)
    return show(
        request,
        official,
        "portal/event.html",
        event=row,
        hosts=every,
        place=next((host for host in every if host.organisation_id == body.organisation_id), None),
        brought=body_events.brought_by(row, body),
        requests=body_events.requests_behind([row], official.user).get(row.pk, []),
        days_left=(row.starts_on - timezone.localdate()).days,
        contact_phone=settings.CONTACT_PHONE,
        contact_email=settings.CONTACT_EMAIL,
    )
