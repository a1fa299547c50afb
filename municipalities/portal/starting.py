"""What a kind of request means, and the start of a draft: new, for a call, or with last year’s answers."""

import datetime as dt
from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from municipalities import requests, rights
from municipalities.kinds import KINDS, Kind
from municipalities.models import AccessRequest, Call, LocalGovernment, MunicipalRequest
from municipalities.officials import Official
from municipalities.portal.calls import Standing, standing
from municipalities.portal.entry import official_only, show
from partnership import business_days
from partnership.transitions import Refused

EARLIER = 12  # how many own requests are offered as a pattern


class StartForm(forms.Form):
    """Begins a draft; pressed twice, it begins once (``start_key``)."""

    start_key = forms.UUIDField(widget=forms.HiddenInput)
    call = forms.ModelChoiceField(Call.objects.none(), required=False, label=_("Call"), empty_label=_("without a call"))
    copy = forms.ModelChoiceField(
        MunicipalRequest.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Copy from"),
        empty_label=_("begin with an empty form"),
    )

    def __init__(self, *args: Any, calls: list[Standing], earlier: list[MunicipalRequest], needs_call: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("call", Call.objects.filter(pk__in=[one.call.pk for one in calls]), needs_call=needs_call)
        self._offer("copy", MunicipalRequest.objects.filter(pk__in=[one.pk for one in earlier]).select_related("applicant__organisation"))

    def _offer(self, name: str, rows: Any, *, needs_call: bool = False) -> None:
        field = self.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        field.required = needs_call
        if needs_call:
            field.empty_label = None  # type: ignore[attr-defined]
            if len(rows) == 1:  # nothing to choose
                field.widget = forms.HiddenInput()


def applicant_of(official: Official) -> LocalGovernment:
    """The body for which an official writes: their own, or the one that they asked access for.

    Raises:
        Refused: when there is none, as after a refusal of the access.
    """
    if official.body is not None:
        return official.body
    asked = AccessRequest.objects.filter(user=official.user, state="waiting").select_related("local_government__organisation").last()
    if asked is None:
        raise Refused(_("Your access is not open at present. Please ask for it again, or telephone the division."))
    return asked.local_government


def kind_or_404(key: str) -> Kind:
    """The kind of an address."""
    if key not in KINDS:
        raise Http404
    return KINDS[key]


@require_http_methods(["GET", "HEAD", "POST"])
@official_only
def kind(request: HttpRequest, official: Official, kind: str) -> HttpResponse:
    """What a kind means, and the button that begins a draft."""
    facts = kind_or_404(kind)
    calls, earlier = _open_calls(facts), _earlier(official, facts)
    offered: dict[str, Any] = {"calls": calls, "earlier": earlier, "needs_call": facts.needs_call}
    if request.method == "POST":
        form = StartForm(request.POST, **offered)
        if form.is_valid():
            return _start(official, facts, form)
    else:
        form = StartForm(initial=_initial(request, calls), **offered)
    context = {
        "form": form,
        "kind": facts,
        "calls": calls,
        "earlier": earlier,
        **_promise(facts),
        "promised": [one.call for one in calls if one.call.answer_by],
        "closed_last": _closed_last(facts, calls),
    }
    return show(request, official, "portal/kind.html", status=422 if form.errors else 200, **context)


def _start(official: Official, facts: Kind, form: StartForm) -> HttpResponse:
    data = form.cleaned_data
    draft = requests.start(
        kind=facts.key,
        applicant=applicant_of(official),
        by=official.user,
        call=data["call"],
        start_key=data["start_key"],
        copy_of=data["copy"],
    )
    return redirect("portal:edit", draft.uuid)


def _initial(request: HttpRequest, calls: list[Standing]) -> dict[str, Any]:
    """What the address asks for; a single open call is the one that is meant."""
    asked = request.GET.get("call", "")
    here = {str(one.call.pk): one.call.pk for one in calls}
    return {"start_key": uuid4(), "call": here.get(asked, calls[0].call.pk if len(calls) == 1 else None), "copy": request.GET.get("copy")}


def _open_calls(facts: Kind) -> list[Standing]:
    now = timezone.now()
    found = Call.objects.open().order_by("closes_at")
    return [standing(call, now) for call in found if facts.key in call.kinds]


def _closed_last(facts: Kind, calls: list[Standing]) -> Call | None:
    """For a kind that needs a call while none is open: the one that closed last."""
    if calls or not facts.needs_call:
        return None
    closed = Call.objects.waiting_for_results().order_by("-closes_at")[:50]
    return next((call for call in closed if facts.key in call.kinds), None)


def _earlier(official: Official, facts: Kind) -> list[MunicipalRequest]:
    """Own requests of the kind, newest first, as patterns."""
    mine = MunicipalRequest.objects.visible_to(official.user).filter(kind=facts.key).select_related("applicant__organisation")
    return [one for one in mine.order_by("-id")[: EARLIER * 2] if rights.may(one, "copy", official.user)][:EARLIER]


def _promise(facts: Kind) -> dict[str, dt.date]:
    today = timezone.localdate()
    return {"today": today, "expected": business_days.add(today, facts.target_days)}


urlpatterns = [path("requests/new/<slug:kind>/", kind, name="kind")]
