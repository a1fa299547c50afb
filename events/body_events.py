"""The events of a local government: those that it hosts, co-hosts, supports or takes part in, as its officials may see them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from events.models import Event, EventAttraction, EventHost, EventRequest
from municipalities.models import LocalGovernment, MunicipalRequest
from partnership.models import User

OVER = (Event.State.HELD, Event.State.REPORTED)


def of_body(body: LocalGovernment) -> QuerySet[Event]:
    """All events that name the body among their hosts or participants; nobody else’s."""
    mine = EventHost.objects.filter(organisation=body.organisation_id)
    return Event.objects.filter(pk__in=mine.values("event")).select_related("country")


def coming(body: LocalGovernment, today: dt.date) -> QuerySet[Event]:
    """Those still to come, soonest first; also the ones that were called off or put off, until their day."""
    return of_body(body).filter(ends_on__gte=today, is_record=False).exclude(state__in=OVER).order_by("starts_on", "pk")


def past(body: LocalGovernment, today: dt.date) -> QuerySet[Event]:
    """The others, newest first; the published record is among them."""
    return of_body(body).exclude(pk__in=coming(body, today).values("pk")).order_by("-starts_on", "-pk")


@dataclass(frozen=True)
class Ours:
    """An event with the body’s own part in it."""

    event: Event
    place: EventHost | None
    requests: list[MunicipalRequest] = field(default_factory=list)


def with_part(events: Iterable[Event], body: LocalGovernment, user: User) -> list[Ours]:
    """The events with how the body takes part and which of its requests led to them; a fixed number of queries."""
    rows = list(events)
    places = {row.event_id: row for row in EventHost.objects.filter(event__in=rows, organisation=body.organisation_id)}
    led = requests_behind(rows, user)
    return [Ours(row, places.get(row.pk), led.get(row.pk, [])) for row in rows]


def requests_behind(events: Iterable[Event], user: User) -> Mapping[int, list[MunicipalRequest]]:
    """The requests that led to the events, of those that this person may see."""
    ties = EventRequest.objects.filter(event__in=list(events), request__in=MunicipalRequest.objects.visible_to(user).values("pk"))
    found: dict[int, list[MunicipalRequest]] = {}
    for tie in ties.select_related("request__applicant__organisation").order_by("pk"):
        found.setdefault(tie.event_id, []).append(tie.request)
    return found


def with_hosts(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events with all that the line of hosts reads."""
    rows = EventHost.objects.select_related("organisation").prefetch_related("organisation__positions").order_by("order", "pk")
    return events.prefetch_related(Prefetch("hosts", rows))


def brought_by(event: Event, body: LocalGovernment) -> list[EventAttraction]:
    """What the body brings to the event."""
    return list(event.event_attractions.filter(attraction__local_government=body).select_related("attraction"))
