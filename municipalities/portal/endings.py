"""Acts that end a request or one body's part in it, or take it up again: each asks once more on a page of its own, for a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities import applicants, clock, requests, rights
from municipalities.models import MunicipalRequest
from municipalities.officials import Official
from municipalities.portal.entry import acting, confirmed_only, request_of, show
from municipalities.portal.following_forms import ReasonForm
from partnership.transitions import Refused

State = MunicipalRequest.State
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Ending:
    """One act as its page shows and does it. ``is_done``: pressed twice, it is done once."""

    act: str
    title: str
    lead: str
    help: str
    button: str
    done: str
    is_done: Callable[[MunicipalRequest], bool]
    perform: Callable[[MunicipalRequest, str], Any]
    is_end: bool = True


def _page(request: HttpRequest, official: Official, uuid: UUID, ending: Ending) -> HttpResponse:
    one = request_of(official, uuid)
    if request.method == "POST" and ending.is_done(one):
        return redirect("portal:request", uuid=uuid)
    _demand(one, ending.act, official)
    form = ReasonForm(request.POST if request.method == "POST" else None, help_text=ending.help)
    refused = ""
    if form.is_valid():
        try:
            ending.perform(one, form.cleaned_data["reason"])
        except Refused as fault:
            refused = str(fault)
        else:
            notices.success(request, ending.done)
            return redirect("portal:request", uuid=uuid)
    status = 409 if refused else 422 if form.is_bound else 200
    until = clock.reopen_until(one)
    return show(request, official, "portal/ending.html", status=status, one=one, ending=ending, form=form, refused=refused, until=until)


def _demand(one: MunicipalRequest, act: str, official: Official) -> None:
    """Say why it cannot be done: because of the request's state (409), or because it is another body's business (403)."""
    if one.state not in rights.STATES[act]:
        rights.demand(one, act, official.user)
    if not rights.may(one, act, official.user):
        raise PermissionDenied


@require_http_methods(METHODS)
@confirmed_only
def withdraw(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """Take the request back."""
    ending = Ending(
        "withdraw",
        title=_("Withdraw this request"),
        lead=_("The Ministry stops considering it. All applicants are told by e-mail. Nothing is deleted."),
        help=_("The Ministry and the other applicants read it."),
        button=_("Withdraw the request"),
        done=_("The request has been withdrawn."),
        is_done=lambda one: one.state == State.WITHDRAWN,
        perform=lambda one, reason: requests.withdraw(request=one, by=official.user, reason=reason, body=official.body),
    )
    return _page(request, official, uuid, ending)


@require_http_methods(METHODS)
@confirmed_only
def reopen(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """Ask to take up again what has ended."""
    ending = Ending(
        "reopen",
        title=_("Take this request up again"),
        lead=_("The Ministry considers it once more, under the same number. The thread and the files stay."),
        help=_("What has changed, or what you ask to be looked at again. The Ministry and the other applicants read it."),
        button=_("Have it taken up again"),
        done=_("The request is being considered again."),
        is_done=lambda one: one.state in MunicipalRequest.ACTIVE,
        perform=lambda one, reason: requests.reopen(request=one, by=official.user, reason=reason, body=official.body),
        is_end=False,
    )
    return _page(request, official, uuid, ending)


@require_http_methods(METHODS)
@confirmed_only
def refuse(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """A body that was named as joint applicant does not take part."""
    ending = Ending(
        "refuse",
        title=_("%(body)s does not take part") % {"body": official.body},
        lead=_("The request goes on without you. The applicant and the Ministry are told by e-mail."),
        help=_("The applicant and the Ministry read it."),
        button=_("We do not take part"),
        done=_("The applicant and the Ministry know that you do not take part."),
        is_done=lambda one: one.parties.filter(local_government=official.body, refused_at__isnull=False).exists(),
        perform=lambda one, reason: applicants.refuse(request=one, body=acting(official), by=official.user, reason=reason),
    )
    return _page(request, official, uuid, ending)


urlpatterns = [
    path("requests/<uuid:uuid>/withdraw/", withdraw, name="request_withdraw"),
    path("requests/<uuid:uuid>/reopen/", reopen, name="request_reopen"),
    path("requests/<uuid:uuid>/refuse/", refuse, name="request_refuse"),
]
