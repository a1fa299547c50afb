"""What requests become on the side of events: offered below an accepted request, and shown wherever requests are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import days, from_requests
from events.from_request_forms import JoinForm, MakeForm
from events.kinds import kinds_from
from events.models import Event, EventRequest
from municipalities import outcomes
from municipalities.models import MunicipalRequest
from municipalities.outcomes import Became, Way
from partnership.models import User

_CALLED_OFF = (Event.State.CANCELLED, Event.State.POSTPONED)


def ways(request_row: MunicipalRequest, request: HttpRequest, user: User) -> list[Way]:
    """Make it an event, or join one: for those who make events, of an accepted request that can become one."""
    accepted = request_row.state == MunicipalRequest.State.ACCEPTED
    if not accepted or not kinds_from(request_row.kind) or not user.has_perms(["events.add_event", "events.change_event"]):
        return []
    ties = list(from_requests.ties(request_row))
    context = {
        "make_form": MakeForm(request_row=request_row),
        "join_form": JoinForm(request_row=request_row),
        "joinable": from_requests.upcoming_for(request_row).exists(),
        "ties": ties,
    }
    return [Way(_("Part of an event") if ties else _("Make it an event"), "events/from_request.html", context)]


def became(rows: Sequence[MunicipalRequest]) -> Mapping[int, list[Became]]:
    """The events of each request; one query."""
    found: dict[int, list[Became]] = defaultdict(list)
    for tie in EventRequest.objects.filter(request__in=[row.pk for row in rows]).select_related("event").order_by("event__starts_on", "pk"):
        found[tie.request_id].append(_line(tie.event))
    return found


def _line(event: Event) -> Became:
    day = days.words(event, get_language() or "ja")
    state = f"　{event.get_state_display()}" if event.state in _CALLED_OFF else ""
    return Became(
        label=str(event),
        remark=f"{day}{state}",
        staff_url=reverse("admin:events_event_home", args=[event.pk]),
        portal_url=reverse("portal_events:event", args=[event.pk]),
    )


outcomes.register(outcomes.Outcome("events", ways, became, from_requests.last_times))
