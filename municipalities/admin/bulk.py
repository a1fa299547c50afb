"""Acts on many requests at once. Each says how many it did, and names those it left out and why."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from municipalities import decisions, requests, requests_queue
from municipalities.admin.queue_forms import AssignForm, TagsForm
from municipalities.models import MunicipalRequest, RequestDecision
from partnership.admin.pages import demand, framed, keys, person
from partnership.transitions import Refused

MOST = 200  # at once
LIST = "admin:municipalities_municipalrequest_changelist"
CHANGE = "municipalities.change_municipalrequest"


@admin.action(description=gettext_lazy("Take charge"), permissions=["change"])
def take_marked(_admin: Any, request: HttpRequest, queryset: Any) -> None:
    """The marked ones become mine; those that are new are taken up."""
    if (rows := _few(request, queryset)) is not None:
        _each(request, rows, lambda row: _take(row, request))


@admin.action(description=gettext_lazy("Assign to …"), permissions=["change"])
def assign_marked(_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Ask to whom."""
    rows = _few(request, queryset)
    return _ask(request, "assign", rows, AssignForm()) if rows is not None else None


@admin.action(description=gettext_lazy("Tag …"), permissions=["change"])
def tag_marked(_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Ask with which words."""
    rows = _few(request, queryset)
    return _ask(request, "tag", rows, TagsForm()) if rows is not None else None


@admin.action(description=gettext_lazy("Prepare acceptances"), permissions=["decide"])
def accept_marked(_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """One paper with an acceptance for each."""
    rows = _few(request, queryset)
    return prepare(request, rows, RequestDecision.Outcome.ACCEPTED, reverse(LIST)) if rows is not None else None


@admin.action(description=gettext_lazy("Prepare refusals"), permissions=["decide"])
def decline_marked(_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """One paper with a refusal for each."""
    rows = _few(request, queryset)
    return prepare(request, rows, RequestDecision.Outcome.DECLINED, reverse(LIST)) if rows is not None else None


def prepare(request: HttpRequest, rows: list[MunicipalRequest], outcome: str, back: str) -> HttpResponse:
    """Write the letters of the answer on a paper and go there; requests that cannot be answered now are named."""
    calls = {row.call_id for row in rows}
    try:
        prepared = decisions.prepare(
            requests=rows, outcome=outcome, by=person(request), call=rows[0].call if len(calls) == 1 and rows else None
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    _name_skipped(request, prepared.skipped)
    if prepared.paper is None:
        return redirect(back)
    return redirect("admin:municipalities_decisionpaper_home", prepared.paper.pk)


@require_POST
def page(request: HttpRequest) -> HttpResponse:
    """What was asked for in between: to whom, or with which words."""
    demand(request, CHANGE)
    act = request.POST.get("act", "")
    kinds: dict[str, type[forms.Form]] = {"assign": AssignForm, "tag": TagsForm}
    if act not in kinds:
        raise BadRequest(_("This page has no such act."))
    rows = _few(request, requests_queue.of(person(request)).filter(pk__in=keys(request.POST.getlist("request"))[: MOST + 1]))
    if rows is None:
        return redirect(LIST)
    form = kinds[act](request.POST)
    if not form.is_valid():
        return _ask(request, act, rows, form, status=422)
    works: dict[str, Callable[[MunicipalRequest], Any]] = {
        "assign": lambda row: requests.assign(request=row, to=form.cleaned_data["to"], by=person(request)),
        "tag": lambda row: _tag(row, form, request),
    }
    with transaction.atomic():
        _each(request, rows, works[act])
    return redirect(LIST)


def _ask(request: HttpRequest, act: str, rows: list[MunicipalRequest], form: forms.Form, status: int = 200) -> HttpResponse:
    titles = {"assign": _("Assign requests"), "tag": _("Tag requests")}
    context = {"act": act, "rows": rows, "form": form}
    return framed(request, "municipalities/bulk.html", titles[act], status=status, **context)


def _take(row: MunicipalRequest, request: HttpRequest) -> None:
    """Take it, unless a colleague is in charge or it has ended: from many at once nobody takes a thing by mistake."""
    if row.assignee is not None and row.assignee != person(request):
        raise Refused(_("%(name)s is in charge; assign it if that shall change") % {"name": row.assignee})
    if row.state not in MunicipalRequest.ACTIVE:
        raise Refused(_("it is “%(state)s”") % {"state": row.get_state_display()})
    if row.state == MunicipalRequest.State.SUBMITTED:
        requests.take(request=row, by=person(request))
    else:
        requests.assign(request=row, to=person(request), by=person(request))


def _tag(row: MunicipalRequest, form: forms.Form, request: HttpRequest) -> None:
    """Add the words to those that it has."""
    requests.tag(request=row, tags=sorted({*row.tags.all(), *form.chosen()}, key=str), by=person(request))  # type: ignore[attr-defined]


def _few(request: HttpRequest, queryset: Any) -> list[MunicipalRequest] | None:
    """The rows, if they are few enough to be named one by one; their number and what is wrong with it otherwise."""
    rows = list(queryset.select_related("applicant__organisation", "assignee", "call", "relay__organisation")[: MOST + 1])
    if len(rows) > MOST:
        messages.error(request, _("At most %(count)s requests at once. Narrow the list first.") % {"count": MOST})
        return None
    if not rows:
        messages.error(request, _("Mark the requests first."))
        return None
    return rows


def _each(request: HttpRequest, rows: Iterable[MunicipalRequest], work: Callable[[MunicipalRequest], Any]) -> None:
    """Do it to each; one that refuses is left out and named."""
    done, skipped = 0, []
    for row in rows:
        try:
            with transaction.atomic():
                work(row)
        except Refused as refused:
            skipped.append((row, str(refused)))
        else:
            done += 1
    if done:
        messages.success(request, ngettext("Done for %(count)s request.", "Done for %(count)s requests.", done) % {"count": done})
    _name_skipped(request, skipped)


def _name_skipped(request: HttpRequest, skipped: Iterable[tuple[MunicipalRequest, str]]) -> None:
    """One message: under each reason, all the requests that it stopped."""
    by_reason: dict[str, list[str]] = {}
    for row, why in skipped:
        by_reason.setdefault(str(why), []).append(row.number or str(row))
    if by_reason:
        lines = [_("%(numbers)s: %(why)s") % {"numbers": _(", ").join(numbers), "why": why} for why, numbers in by_reason.items()]
        count = sum(len(numbers) for numbers in by_reason.values())
        first = ngettext("%(count)s request was left out.", "%(count)s requests were left out.", count) % {"count": count}
        messages.warning(request, "\n".join([first, *lines]))
