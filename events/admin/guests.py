"""The guest list: who comes, with filters and counts, and as a file."""

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from events import guest_list, replies
from events.admin.pages import PAGE_ROWS, demand, event_for, person, render
from events.filters import GuestFilter
from events.models import Event
from partnership import spreadsheets


def guests(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the list, or hand it out as CSV."""
    event = event_for(request, pk)
    demand(request, "events.view_participant")
    if request.method == "POST":
        return _download(request, event)
    # at first, those who come
    data = request.GET if set(request.GET) - {"page", "lang"} else QueryDict("state=expected")
    chosen = GuestFilter(data, queryset=guest_list.rows_of(event), event=event)
    page = Paginator(chosen.qs, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page_obj": page,
        "found": page.paginator.count,
        "people": replies.heads(event),
        "waiting": replies.standing(event).filter(reply__in=["substitute", "late", "waitlisted"]).count(),
        "filtered": data.urlencode(),
        "may_download": request.user.has_perm("events.export_participant"),
        "may_see_needs": request.user.has_perm("events.view_guestneeds"),
    }
    return render(request, "events/guests.html", event, _("Guest list"), **context)


def _download(request: HttpRequest, event: Event) -> HttpResponseBase:
    """The rows that the filter finds; the needs of the guests only for those who may see them, and only on request."""
    demand(request, "events.export_participant")
    with_needs = {"csv": False, "csv_needs": True}.get(request.POST.get("act", ""))
    if with_needs is None:
        raise BadRequest(_("This page has no such act."))
    if with_needs:
        demand(request, "events.view_guestneeds")
    chosen = GuestFilter(QueryDict(request.POST.get("filtered", "")), queryset=guest_list.rows_of(event), event=event)
    rows = chosen.qs
    guest_list.note_download(event=event, count=rows.count(), with_needs=with_needs, by=person(request))
    lines = guest_list.lines(rows, with_needs=with_needs)
    return spreadsheets.response(f"guests-{event.pk}", guest_list.columns(with_needs=with_needs), lines)
