"""The letters of an event and the papers over them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from events import event_mailings
from events.admin import overview
from events.admin.pages import act, address, demand, event_for, person, render
from events.models import Event, EventMailing


def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letters with their state, or write a new one."""
    event = event_for(request, pk)
    if request.method == "POST":
        return _write(request, event)
    rows = list(EventMailing.objects.filter(event=event).select_related("mailing__created_by").order_by("-mailing_id"))
    papers = overview.approvals_of(rows)
    latest: dict[int, object] = {}
    for paper in papers:
        latest.setdefault(paper.object_id, paper)
    counts = event_mailings.counts(rows)
    context = {
        "letters": [{"letter": row, "paper": latest.get(row.mailing_id), **counts[row.mailing_id]} for row in rows],
        "papers": papers,
        "purposes": event_mailings.purposes_of(event),
        "may_write": request.user.has_perm("partnership.add_mailing") and not event.is_record and event.state in Event.OPEN,
    }
    return render(request, "events/letters.html", event, _("Letters"), **context)


def _write(request: HttpRequest, event: Event) -> HttpResponse:
    demand(request, "partnership.add_mailing")
    written: list[EventMailing] = []

    def write() -> None:
        written.append(event_mailings.write(event=event, purpose=request.POST.get("purpose", ""), by=person(request)))

    answer = act(request, {"write": write}, address("letters", event))
    return redirect("admin:partnership_mailing_home", written[0].mailing_id) if written else answer
