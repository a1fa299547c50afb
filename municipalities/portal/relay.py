"""経由: a prefecture's page of the requests that go through it, with its opinions and its order, saved all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages as notices
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from municipalities import relays, request_rows
from municipalities.kinds import kind_of
from municipalities.models import MunicipalRequest
from municipalities.officials import Official
from municipalities.portal.entry import acting, confirmed_only, show
from municipalities.portal.following_forms import RelayRow
from partnership.transitions import Refused

MOST = 300  # of one prefecture at a time, three fields each; the rest follow when these are answered
ENDED = 50


@dataclass(frozen=True)
class Line:
    """One request with what the prefecture says of it."""

    request: MunicipalRequest
    form: RelayRow
    applicants: str


@dataclass(frozen=True)
class Group:
    """The requests of one call, or of one kind outside calls, whose order is one."""

    title: str
    call: Any
    lines: list[Line]


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def relay(request: HttpRequest, official: Official) -> HttpResponse:
    """All that waits for an opinion, by call; one button saves what was changed."""
    if not official.is_prefecture:
        raise PermissionDenied
    lines = _lines(official, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, official, lines)
    if any([not line.form.is_valid() for line in lines]):  # noqa: C419 each says its own faults
        return _show(request, official, lines, status=422)
    words = [
        relays.Word(line.request, said["comment"], said["rank"])
        for line in lines
        if line.form.is_to_save()
        for said in [line.form.cleaned_data]
    ]
    try:
        changed = relays.pass_on(body=acting(official), by=official.user, words=words)
    except Refused as fault:
        return _show(request, official, lines, status=422, refused=str(fault))
    if changed:
        notices.success(request, ngettext("%(count)s request was saved.", "%(count)s requests were saved.", changed) % {"count": changed})
    else:
        notices.info(request, _("Nothing was changed."))
    return redirect("portal:relay")


def _rows(official: Official) -> Any:
    return request_rows.fetched(MunicipalRequest.objects.visible_to(official.user).filter(relay=official.body))


def _lines(official: Official, data: Any) -> list[Line]:
    active = _rows(official).filter(state__in=MunicipalRequest.ACTIVE)
    order = active.order_by(F("call__closes_at").asc(nulls_last=True), "call", "kind", F("relay_rank").asc(nulls_last=True), "pk")
    return [Line(row, RelayRow(data, request=row, prefix=str(row.pk)), _applicants(row)) for row in order[:MOST]]


def _applicants(row: MunicipalRequest) -> str:
    return request_rows.names(party.local_government for party in row.parties.all() if party.refused_at is None)


def _grouped(lines: Iterable[Line]) -> list[Group]:
    groups: dict[Any, Group] = {}
    for line in lines:
        row = line.request
        title = str(row.call) if row.call else str(kind_of(row.kind).title)
        groups.setdefault(relays.group_of(row), Group(title, row.call, [])).lines.append(line)
    return list(groups.values())


def _show(request: HttpRequest, official: Official, lines: list[Line], *, status: int = 200, refused: str = "") -> HttpResponse:
    ended = _rows(official).exclude(state__in=MunicipalRequest.ACTIVE).order_by("-ended_at", "-pk")
    rows = request_rows.of(list(ended[:ENDED]), official)
    waiting = [line for line in lines if line.request.relayed_at is None]
    context = {"groups": _grouped(lines), "lines": lines, "waiting": waiting, "rows": rows, "refused": refused}
    return show(request, official, "portal/relay.html", status=status, **context)


urlpatterns = [path("relay/", relay, name="relay")]
