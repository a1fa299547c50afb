"""Choosing whom an event invites: by filters, by hand, and the list as it stands."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import invitations, invitees, precedence, replies
from events.admin.pages import PAGE_ROWS, act, address, demand, event_for, keys, person, render
from events.filters import InvitationFilter, PositionFilter
from events.models import Event, Invitation
from partnership import positions
from partnership.models import Position
from partnership.transitions import Refused


def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Posts of the register, those invited marked; add by hand or all that the filter finds."""
    event = event_for(request, pk)
    if request.method == "POST":
        demand(request, "events.add_invitation")
        return act(request, _adding(request, event), address("invitees", event))
    chosen = _filter(request.GET, event)
    page = Paginator(chosen.ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page_obj": page,
        "rows": _named(list(page), event),
        "found": page.paginator.count,
        "filtered": request.GET.urlencode() or chosen.data.urlencode(),
        "here": request.get_full_path(),
        "n_invited": replies.standing(event).count(),
        "n_unexplained": invitees.unexplained(event).count(),
        "may_change": request.user.has_perm("events.add_invitation") and not event.is_record and event.state in Event.OPEN,
    }
    return render(request, "events/invitees.html", event, _("Choose the guests"), **context)


def _filter(data: QueryDict, event: Event) -> PositionFilter:
    """The filter as asked; at first, the heads of the organisations that this kind of event invites."""
    if not data or set(data) <= {"page", "lang"}:
        first = QueryDict(mutable=True)
        audience = event.kind_facts.audience
        first.update({"kind": audience[0] if audience else "", "role": "chief" if audience == ("local_government",) else "head"})
        data = first
    return PositionFilter(data, queryset=invitees.candidates())


def _named(rows: list[Position], event: Event) -> list[dict[str, Any]]:
    """The posts of one page with who holds them and how their invitation stands."""
    language = get_language() or "ja"
    holders = positions.incumbents(rows)
    invited = {one.position_id: one for one in Invitation.objects.filter(event=event, position__in=rows)}
    return [
        {
            "position": row,
            "name": positions.addressee(row, language, holders[row.pk]),
            "post": positions.title(row, language, holders[row.pk]),
            "vacant": holders[row.pk] is None,
            "address": row.email or row.secretariat_email,
            "invitation": invited.get(row.pk),
            "is_invited": row.pk in invited and invited[row.pk].reply != Invitation.Reply.WITHDRAWN,
        }
        for row in rows
    ]


def _adding(request: HttpRequest, event: Event) -> dict[str, Callable[[], str | None]]:
    return {
        "add": lambda: _add_marked(request, event),
        "add_all": lambda: _add_all(request, event),
    }


def _add_marked(request: HttpRequest, event: Event) -> str:
    marked = list(invitees.candidates().filter(pk__in=keys(request.POST.getlist("position"))))
    if not marked:
        raise Refused(_("Mark at least one of them."))
    return _added(invitees.add(event=event, positions=marked, by=person(request)), len(marked))


def _add_all(request: HttpRequest, event: Event) -> str:
    """Everything that the filter finds, if it still finds what the person saw."""
    chosen = _filter(QueryDict(request.POST.get("filtered", "")), event)
    found = list(chosen.ordered)
    if not found or str(len(found)) != request.POST.get("found"):
        raise Refused(
            _("The register has changed: the filter now finds %(count)s posts. Look again, then add them.") % {"count": len(found)}
        )
    return _added(invitees.add(event=event, positions=found, by=person(request)), len(found))


def _added(added: list[Invitation], asked: int) -> str:
    if len(added) == asked:
        return _("Invited: %(count)s.") % {"count": len(added)}
    return _("Invited: %(count)s. On the list before: %(before)s.") % {"count": len(added), "before": asked - len(added)}


# ── the list as it stands ────────────────────────────────────────────────────


def invited(request: HttpRequest, pk: int) -> HttpResponse:
    """The list by name, with its counts; posts nobody has written to yet can be taken off."""
    event = event_for(request, pk)
    if request.method == "POST":
        demand(request, "events.delete_invitation")
        return act(
            request, {"remove": lambda: _remove(request, event), "reprint": lambda: _reprint(request, event)}, address("invited", event)
        )
    rows = Invitation.objects.filter(event=event).select_related("organisation", "country", "position")
    chosen = InvitationFilter(request.GET, queryset=rows)
    ordered = invitees.with_letters(precedence.ordered(chosen.qs, path="position"))
    page = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    counts = Invitation.objects.filter(event=event).aggregate(
        standing=Count("pk", filter=~Q(reply="withdrawn")),
        withdrawn=Count("pk", filter=Q(reply="withdrawn")),
        silent=Count("pk", filter=Q(position__email="", position__secretariat_email="") & ~Q(reply="withdrawn")),
    )
    context = {
        "filter": chosen,
        "page_obj": page,
        "counts": counts,
        "n_unexplained": invitees.unexplained(event).count(),
        "here": request.get_full_path(),
        "may_add": request.user.has_perm("events.add_invitation") and not event.is_record and event.state in Event.OPEN,
        "may_change": request.user.has_perm("events.delete_invitation") and not event.is_record,
    }
    return render(request, "events/invited.html", event, _("Invited posts"), **context)


def _reprint(request: HttpRequest, event: Event) -> str:
    changed = invitations.reprint(event=event, by=person(request))
    return _("Names renewed: %(count)s.") % {"count": len(changed)}


def _remove(request: HttpRequest, event: Event) -> str:
    marked = list(Invitation.objects.filter(event=event, pk__in=keys(request.POST.getlist("invitation"))))
    if not marked:
        raise Refused(_("Mark at least one of them."))
    invitees.remove_many(invitations=marked, by=person(request))
    return _("Taken off the list: %(count)s.") % {"count": len(marked)}
