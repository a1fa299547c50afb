"""One request as its officials follow it, and what they do on the way: answer, write, confirm, pass on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from municipalities import applicants, messages, relays, rights
from municipalities.models import MunicipalRequest
from municipalities.officials import Official
from municipalities.portal import request_page
from municipalities.portal.entry import acting, confirmed_only, official_only, request_of, show
from municipalities.portal.following_forms import DraftForm, RelayForm
from municipalities.portal.sending import send
from partnership.transitions import Refused

State = MunicipalRequest.State


@require_http_methods(["GET", "HEAD", "POST"])
@official_only
def page(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """The request; its acts are POSTs with a field ``act``. A draft is a form, not a thread: it opens in the form."""
    one = request_of(official, uuid)
    if one.state == State.DRAFT:
        return redirect("portal:edit", uuid=uuid)
    if request.method == "POST":
        return _ACTS.get(request.POST.get("act", ""), _no_such_act)(request, official, one)
    return _show(request, official, one)


def _show(request: HttpRequest, official: Official, one: MunicipalRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    return show(request, official, "portal/request.html", status=status, **request_page.context(one, official, forms))


def _again(request: HttpRequest, official: Official, uuid: UUID, fault: Refused, **forms: Any) -> HttpResponse:
    """The page as it is by now, with the reason why the act was refused, and with what was typed."""
    return _show(request, official, request_of(official, uuid), status=409, refused=str(fault), **forms)


def _no_such_act(request: HttpRequest, official: Official, one: MunicipalRequest) -> HttpResponse:
    return _show(request, official, one, status=400, refused=_("This form could not be read. Nothing has been changed."))


def _write(request: HttpRequest, official: Official, one: MunicipalRequest) -> HttpResponse:
    act = request.POST["act"]
    form = request_page.message_form(one, official, act, request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, official, one, status=422, form=form, act=act)
    said = form.cleaned_data
    try:
        send(request=one, official=official, act=act, text=said["message"], uploads=said["file"] or (), key=said["once"])
    except Refused as fault:
        return _again(request, official, one.uuid, fault, form=form, act=act)
    notices.success(request, _("Your reply has been sent.") if act == "reply" else _("Your message has been sent."))
    return redirect("portal:request", uuid=one.uuid)


def _confirm(request: HttpRequest, official: Official, one: MunicipalRequest) -> HttpResponse:
    party = rights.party_of(one, official.user)
    if party is None or party.confirmed_at is None:  # pressed twice, it is confirmed once
        try:
            applicants.confirm(request=one, body=acting(official), by=official.user)
        except Refused as fault:
            return _again(request, official, one.uuid, fault)
    notices.success(request, _("%(body)s takes part. The Ministry and the other applicants see it.") % {"body": official.body})
    return redirect("portal:request", uuid=one.uuid)


def _relay(request: HttpRequest, official: Official, one: MunicipalRequest) -> HttpResponse:
    form = RelayForm(request.POST, request=one, prefix="relay")
    if not form.is_valid():
        return _show(request, official, one, status=422, relay_form=form)
    said = form.cleaned_data
    try:
        relays.pass_on(body=acting(official), by=official.user, words=[relays.Word(one, said["comment"], said["rank"])])
    except Refused as fault:
        return _again(request, official, one.uuid, fault, relay_form=form)
    notices.success(request, _("The opinion of the prefecture has been added. The applicants and the Ministry see it."))
    return redirect("portal:request", uuid=one.uuid)


_ACTS: dict[str, Callable[[HttpRequest, Official, MunicipalRequest], HttpResponse]] = {
    "reply": _write,
    "message": _write,
    "confirm": _confirm,
    "relay": _relay,
}


@require_POST
@confirmed_only
def draft(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """Keep what is being typed; scripts get the line that says so, anyone else the page."""
    one = request_of(official, uuid)
    form = DraftForm(request.POST)
    if form.is_valid():
        messages.keep_draft(request=one, user=official.user, text=form.cleaned_data["message"])
    if "HX-Request" not in request.headers:
        return redirect("portal:request", uuid=uuid)
    return render(request, "portal/draft_kept.html", {"at": timezone.now(), "form": form})


urlpatterns = [
    path("requests/<uuid:uuid>/", page, name="request"),
    path("requests/<uuid:uuid>/draft/", draft, name="request_draft"),
]
