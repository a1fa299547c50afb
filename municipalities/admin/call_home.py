"""A call's home: who applied, how they spread, the order, the answers; and several requests side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities import calls, regions, request_forms
from municipalities.admin.bulk import prepare
from municipalities.kinds import KINDS
from municipalities.models import Call, MunicipalRequest
from partnership import attachments, dates
from partnership.admin.pages import act, demand, framed, keys, person
from partnership.transitions import Refused

State = MunicipalRequest.State
COMPARED = 5  # columns that can still be read


@dataclass(frozen=True)
class Stage:
    """Where a call stands."""

    label: Promise
    tag: str = ""  # class of the tag


def stage_of(call: Call) -> Stage:
    """Whether it takes requests now."""
    now = timezone.now()
    if not call.is_published:
        return Stage(gettext_lazy("not published"))
    if call.opens_at > now:
        return Stage(gettext_lazy("opens later"), "run")
    if call.closes_at and call.closes_at <= now:
        return Stage(gettext_lazy("closed for requests"))
    return Stage(gettext_lazy("open for requests"), "ok")


def call_for(request: HttpRequest, pk: int) -> Call:
    """The call of the address, for someone who may see who applied."""
    demand(request, "municipalities.view_call", "municipalities.view_municipalrequest")
    return get_object_or_404(Call, pk=pk)


def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the call, or do one of its acts."""
    call = call_for(request, pk)
    if request.method == "POST":
        demand(request, "municipalities.change_call")
        if request.POST.get("act") in {"accepted", "declined"}:
            return _prepare(request, call, request.POST["act"])
        return act(request, _acts(request, call), reverse("admin:municipalities_call_home", args=[call.pk]))
    rows = calls.applied(call)
    counts = calls.by_prefecture(rows)
    spread = calls.balance(rows)
    context: dict[str, Any] = {
        "call": call,
        "stage": stage_of(call),
        "year": _year(call),
        "guidelines": call.in_language("guidelines"),
        "kinds": [KINDS[key].title for key in call.kinds if key in KINDS],
        "rows": rows,
        "spread": spread,
        "most": max((line.applied for line in spread), default=0),
        "tiles": regions.tiles(counts, _urls(counts)),
        "map_size": (regions.WIDTH, regions.HEIGHT),
        "by_prefecture": [(one.in_language("name"), counts[code]) for code, one in regions.PREFECTURES.items() if code in counts],
        "n_drafts": call.requests.filter(state=State.DRAFT).count(),
        "n_open": sum(row.request.state in MunicipalRequest.ACTIVE for row in rows),
        "n_accepted": sum(row.is_chosen for row in rows),
        "files": attachments.of(call),
        "upload_help": attachments.HELP,
        "missing": [] if call.is_published else calls.what_is_missing(call),
        "may_change": request.user.has_perm("municipalities.change_call"),
        "may_decide": request.user.has_perm("municipalities.decide_municipalrequest"),
        "compared": COMPARED,
        "menu_item": "requests",
    }
    return framed(request, "municipalities/call_home.html", str(call), **context)


def _year(call: Call) -> str:
    if not call.fiscal_year:
        return ""
    return f"FY{call.fiscal_year}" if (get_language() or "ja").startswith("en") else dates.fiscal_year_ja(call.fiscal_year)


def _urls(counts: dict[str, int]) -> dict[str, str]:
    """Where a prefecture on the map leads: to its first row of the table."""
    return {code: f"#p{code}" for code in counts}


def _acts(request: HttpRequest, call: Call) -> dict[str, Callable[[], str | None]]:
    by = person(request)
    return {
        "publish": lambda: _done(calls.publish(call=call, by=by), _("Published.")),
        "unpublish": lambda: _done(calls.unpublish(call=call, by=by), _("Taken back.")),
        "rank": lambda: _rank(request, call),
        "attach": lambda: _attach(request, call),
        "detach": lambda: _detach(request, call),
    }


def _done(_nothing: None, words: str) -> str:
    return words


def _rank(request: HttpRequest, call: Call) -> str:
    """Ranks as they were typed, in any width.

    Raises:
        Refused: for something that is no rank.
    """
    ranks: dict[int, int | None] = {}
    for name, typed in request.POST.items():
        if name.startswith("rank-") and (found := keys([name.removeprefix("rank-")])):
            text = str(typed).strip()
            if text and not (text.isdecimal() and len(text) < 6 and 0 < int(text) < 10_000):
                raise Refused(_("“%(text)s” is no rank. Write 1, 2, 3 …; nothing was saved.") % {"text": text[:20]})
            ranks[found[0]] = int(text) if text else None
    changed = calls.rank(call=call, ranks=ranks, by=person(request))
    return _("The order was saved.") if changed else _("The order is as it was.")


def _attach(request: HttpRequest, call: Call) -> str:
    uploads = request.FILES.getlist("file")
    if not uploads:
        raise Refused(_("Choose a file first."))
    for upload in uploads:
        attachments.attach(about=call, upload=upload, by=person(request))
    return _("The file was added.")


def _detach(request: HttpRequest, call: Call) -> str:
    file = get_object_or_404(attachments.of(call), pk__in=keys(request.POST.getlist("file")[:1]))
    attachments.remove(attachment=file, by=person(request))
    return _("The file was removed.")


def _prepare(request: HttpRequest, call: Call, outcome: str) -> HttpResponse:
    """Letters for the ticked requests, on one paper; those that cannot be answered now are named."""
    demand(request, "municipalities.decide_municipalrequest")
    chosen = list(_ticked(call, request.POST.getlist("request")))
    back = reverse("admin:municipalities_call_home", args=[call.pk])
    if not chosen:
        messages.error(request, _("Tick the requests first."))
        return redirect(back)
    return prepare(request, chosen, outcome, back)


def _ticked(call: Call, texts: Sequence[str]) -> Any:
    found = call.requests.filter(pk__in=keys(list(texts))).exclude(state=State.DRAFT)
    return found.select_related("applicant__organisation", "call").order_by("rank", "number_year", "number_serial")


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Several requests side by side, question by question."""
    call = call_for(request, pk)
    ticked = list(_ticked(call, request.GET.getlist("request"))[: COMPARED + 1])
    if len(ticked) > COMPARED:
        raise BadRequest(_("Choose at most %(count)s.") % {"count": COMPARED})
    weighed = {row.request.pk: row for row in calls.applied(call)}
    columns = [weighed[row.pk] for row in ticked]
    context: dict[str, Any] = {
        "call": call,
        "columns": columns,
        "lines": _side_by_side([column.request for column in columns]),
        "menu_item": "requests",
    }
    return framed(request, "municipalities/call_compare.html", _("Side by side"), **context)


def _side_by_side(rows: Sequence[MunicipalRequest]) -> list[tuple[str, list[Sequence[str]]]]:
    """One line for each question that anyone answered, with each one's answer."""
    answered: list[Mapping[str, Sequence[str]]] = []
    order: dict[str, None] = {}
    for row in rows:
        lines = {str(label): value for _section, pairs in request_forms.shown(row) for label, value in pairs}
        answered.append(lines)
        order.update(dict.fromkeys(lines))
    return [(label, [lines.get(label, ()) for lines in answered]) for label in order]
