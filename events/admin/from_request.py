"""The page on which an accepted request becomes an event, joins one, or is taken off one again."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from events import from_requests
from events.admin import voided
from events.admin.pages import address, demand, keys, person, render
from events.from_request_forms import JoinForm, MakeForm
from events.kinds import kinds_from
from events.models import Event, EventRequest
from municipalities.models import MunicipalRequest
from partnership import admin_pages
from partnership.transitions import Refused


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the forms with what was refused, or do one of the acts."""
    demand(request, "municipalities.view_municipalrequest", "events.add_event", "events.change_event")
    visible = MunicipalRequest.objects.visible_to(person(request)).exclude(state=MunicipalRequest.State.DRAFT)
    row = get_object_or_404(visible.select_related("applicant__organisation", "mission", "assignee"), pk=pk)
    if request.method != "POST":
        return _show(request, row)
    acts: dict[str, Callable[[HttpRequest, MunicipalRequest], HttpResponse]] = {"make": _make, "join": _join, "unlink": _unlink}
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        raise BadRequest(_("This page has no such act."))
    return chosen(request, row)


def _make(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    form = MakeForm(request.POST, request_row=row)
    if form.is_valid():
        try:
            event = from_requests.make_event(request=row, by=person(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The event has been made, with its hosts and its checklist. The applicants are told."))
            return redirect(address("home", event))
    return _show(request, row, make_form=form, status=422)


def _join(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    form = JoinForm(request.POST, request_row=row)
    if form.is_valid():
        event: Event = form.cleaned_data["event"]
        try:
            _confirmed(request, event, lambda: from_requests.add_as_co_host(request=row, event=event, by=person(request)))
        except Refused as refused:
            form.add_error(None, str(refused))
        except voided.WouldVoid as stop:
            return _show(request, row, join_form=form, would_void=stop.letters, status=422)
        else:
            messages.success(request, _("They have been added to the hosts. The applicants are told."))
            return redirect(address("home", event))
    return _show(request, row, join_form=form, status=422)


def _unlink(request: HttpRequest, row: MunicipalRequest) -> HttpResponse:
    tie = get_object_or_404(EventRequest.objects.select_related("event"), request=row, pk__in=keys(request.POST.getlist("tie")[:1]))
    with_hosts = "with_hosts" in request.POST
    try:
        _confirmed(request, tie.event, lambda: from_requests.unlink(tie=tie, by=person(request), with_hosts=with_hosts))
    except Refused as refused:
        messages.error(request, str(refused))
    except voided.WouldVoid as stop:
        return _show(request, row, unlinking=tie, with_hosts=with_hosts, would_void=stop.letters, status=422)
    else:
        messages.success(request, _("The request is no longer part of the event."))
    return redirect("admin:events_from_request", row.pk)


@transaction.atomic
def _confirmed(request: HttpRequest, event: Event, work: Callable[[], object]) -> None:
    """Do it; when it would void an approval and nobody said yes, nothing of it stays.

    Raises:
        WouldVoid: with the letters.
    """
    before = voided.approved(event)
    work()
    if "confirm_void" not in request.POST:
        voided.refuse_silently_voided(event, before)


def _show(
    request: HttpRequest,
    row: MunicipalRequest,
    *,
    make_form: forms.Form | None = None,
    join_form: forms.Form | None = None,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    accepted = row.state == MunicipalRequest.State.ACCEPTED
    ties = list(from_requests.ties(row))
    response = render(
        request,
        "events/from_request_page.html",
        None,
        _("Part of an event") if ties else _("Make it an event"),
        request_row=row,
        accepted=accepted and bool(kinds_from(row.kind)),
        make_form=make_form or MakeForm(request_row=row),
        join_form=join_form or JoinForm(request_row=row),
        joinable=from_requests.upcoming_for(row).exists(),
        ties=ties,
        form=next((one for one in (make_form, join_form) if one is not None), None),
        **context,
    )
    response.status_code = status
    return response


admin_pages.register("events/from-request/<int:pk>/", page, "events_from_request")
