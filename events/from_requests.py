"""An accepted request becomes an event, or its applicants join one: hosts, products and performers go over, nothing is typed twice."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events import days, editions, events, hosts
from events.kinds import KINDS, Kind, kinds_from
from events.models import Event, EventAttraction, EventHost, EventRequest
from municipalities import messages, parties, request_mails
from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage
from partnership import audit, dates, mailings
from partnership.models import Country, Mailing, Organisation, User
from partnership.transitions import Refused

_TITLE_JA, _TITLE_EN = 200, 250  # characters
_GONE = (Event.State.CANCELLED,)


def ties(request: MunicipalRequest) -> QuerySet[EventRequest]:
    """The events that a request became or joined, and that were not called off."""
    return EventRequest.objects.filter(request=request).exclude(event__state__in=_GONE).select_related("event", "linked_by")


def upcoming_for(request: MunicipalRequest) -> QuerySet[Event]:
    """The coming events that the applicants of a request could join, soonest first."""
    kinds = [kind.key for kind in kinds_from(request.kind)]
    return Event.objects.upcoming().filter(kind__in=kinds, is_record=False).exclude(event_requests__request=request)


@transaction.atomic
def make_event(
    *,
    request: MunicipalRequest,
    kind: str,
    by: User,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    title_ja: str = "",
    title_en: str = "",
) -> Event:
    """Make it an event: planned, with its checklist, its hosts in protocol order, and what they bring. Twice makes one.

    Args:
        request: an accepted one.
        kind: of event; one that this kind of request can become.
        by: who does it.
        starts_on: the first day, to be settled later.
        ends_on: the last day, if another.
        title_ja: instead of the usual one.
        title_en: likewise.

    Raises:
        Refused: when the request is not accepted, cannot become this, or the day has passed.
    """
    request = _accepted(request)
    made = ties(request).filter(is_origin=True).first()
    if made is not None:
        return made.event
    facts = KINDS.get(kind)
    if facts is None or request.kind not in facts.from_requests:
        raise Refused(_("A request of this kind does not become such an event."))
    if starts_on <= timezone.localdate():
        raise Refused(_("The event must lie in the future."))
    rows = _host_rows(facts, request)
    event = _new(facts, request, starts_on, max(ends_on or starts_on, starts_on))
    event.title_ja, event.title_en = title_ja or _title(facts, event, rows, "ja"), title_en or _title(facts, event, rows, "en")
    events.create(event=event, by=by)
    event.owners.set([request.assignee if request.assignee and request.assignee.is_active else by])
    for order, row in enumerate(rows, start=1):
        row.event, row.order = event, order
        row.save()
    _tie(event, request, by, is_origin=True)
    audit.record("event.make_from_request", event, by=by, title_ja=request.number, title_en=request.number, request=request.pk)
    return event


@transaction.atomic
def add_as_co_host(*, request: MunicipalRequest, event: Event, by: User) -> EventRequest:
    """Let the applicants of an accepted request join an event, after its present hosts. Twice changes nothing.

    Raises:
        Refused: when the request is not accepted, or the event is over, called off, of the record, or of another kind.
    """
    request = _accepted(request)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    tie = EventRequest.objects.filter(event=event, request=request).first()
    if tie is not None:
        return tie
    events.refuse_record(event)
    if event.state not in Event.OPEN or event.ends_on < timezone.localdate():
        raise Refused(_("“%(event)s” is over or has been called off; nobody can join it.") % {"event": event})
    if request.kind not in event.kind_facts.from_requests:
        raise Refused(_("A request of this kind does not become such an event."))
    _join(event, request)
    tie = _tie(event, request, by, is_origin=False)
    mailings.settle(Mailing.objects.filter(event_mailing__event=event), by=by)
    audit.record("event.add_co_hosts", event, by=by, title_ja=request.number, title_en=request.number, request=request.pk)
    return tie


@transaction.atomic
def unlink(*, tie: EventRequest, by: User, with_hosts: bool = False) -> None:
    """Take back that a request became part of an event: the tie and what was brought along go.

    Args:
        tie: between the two.
        by: who does it.
        with_hosts: take the applicants off the hosts, too, unless another request brought them as well.

    Raises:
        Refused: when the event was held.
    """
    tie = EventRequest.objects.select_for_update(of=("self",)).select_related("event", "request").get(pk=tie.pk)
    event, request = tie.event, tie.request
    events.refuse_record(event)
    if event.state in {Event.State.HELD, Event.State.REPORTED}:
        raise Refused(_("The event was held; what became of the request stays on record."))
    EventAttraction.objects.filter(event=event, request=request).delete()
    tie.delete()
    if with_hosts:
        _take_off(event, request)
        mailings.settle(Mailing.objects.filter(event_mailing__event=event), by=by)
    messages.write(
        request=request,
        kind=RequestMessage.Kind.NOTE,
        by=by,
        text=_("It is no longer part of the event “%(event)s”.") % {"event": event},
        is_internal=True,
        facts={"event": event.pk},
    )
    for act, about, other in (("event.unlink_request", event, request.number), ("municipalrequest.unlink", request, str(event))):
        audit.record(act, about, by=by, title_ja=other, title_en=other, event=event.pk, request=request.pk)


# ── what goes over ───────────────────────────────────────────────────────────


def _accepted(request: MunicipalRequest) -> MunicipalRequest:
    """The stored request, locked.

    Raises:
        Refused: when it is not accepted.
    """
    stored = MunicipalRequest.objects.select_for_update(of=("self",)).select_related(
        "mission__country", "applicant__organisation", "assignee"
    )
    row = stored.get(pk=request.pk)
    if row.state != MunicipalRequest.State.ACCEPTED:
        raise Refused(_("Only an accepted request becomes part of an event; this one is “%(state)s”.") % {"state": row.get_state_display()})
    return row


def _bodies(request: MunicipalRequest) -> list[LocalGovernment]:
    """The applicants that stand by it, prefectures first, then by code."""
    rows = request.parties.filter(refused_at=None).select_related("local_government__organisation")
    confirmed = [row.local_government for row in rows if row.confirmed_at or row.local_government_id == request.applicant_id]
    return parties.in_protocol_order(confirmed)


def _new(facts: Kind, request: MunicipalRequest, starts_on: dt.date, ends_on: dt.date) -> Event:
    """The event as an unsaved row, with what events of its kind usually have."""
    abroad = request.mission.country_id if facts.abroad and request.mission else None
    country = abroad or Country.objects.get(iso2="JP").pk
    event = Event(kind=facts.key, starts_on=starts_on, ends_on=ends_on, country_id=country, is_demo=request.is_demo, **facts.defaults)
    event.ordinal = editions.next_ordinal(facts.key) if facts.series else None
    return event


def _title(facts: Kind, event: Event, rows: Sequence[EventHost], language: str) -> str:
    """The name that such events usually have; a person changes it on the event's form."""
    own = [row for row in rows if row.organisation.kind == Organisation.Kind.LOCAL_GOVERNMENT]
    names = [row.organisation.in_language("name", language) for row in own]
    english = language == "en"
    year = dates.fiscal_year(event.starts_on)
    values = {
        "bodies": hosts.joined(names, "en") if english else "・".join(names),
        "hosts": hosts.joined([hosts.sign(row, language) for row in rows], language),
        "ordinal": editions.english_ordinal(event.ordinal or 1) if english else str(event.ordinal or 1),
        "fiscal_year": f"FY{year}" if english else dates.fiscal_year_ja(year),
    }
    pattern = facts.title_en if english else facts.title_ja
    return pattern.format(**values)[: _TITLE_EN if english else _TITLE_JA]


def _host_rows(facts: Kind, request: MunicipalRequest) -> list[EventHost]:
    """The hosts in protocol order: the Ministry or its mission where that is usual, then the applicants."""
    first = _first_host(facts, request)
    rows = [_row(first, EventHost.Role.HOST, facts)] if first else []
    return rows + [_row(body.organisation, facts.joins_as, facts) for body in _bodies(request)]


def _first_host(facts: Kind, request: MunicipalRequest) -> Organisation | None:
    if facts.first_host == "mission":
        return request.mission or Organisation.objects.filter(register_key="body:mofa").first()
    return Organisation.objects.filter(register_key=facts.first_host).first() if facts.first_host else None


def _row(body: Organisation, role: str, facts: Kind) -> EventHost:
    """One host, unsaved; it signs with its chief's title, or with its own name."""
    if facts.chiefs_host:
        return EventHost(organisation=body, role=role)
    article = "" if body.kind == Organisation.Kind.LOCAL_GOVERNMENT or body.name_en.lower().startswith("the ") else "the "
    return EventHost(organisation=body, role=role, name_ja=body.name_ja, name_en=f"{article}{body.name_en}")


def _join(event: Event, request: MunicipalRequest) -> None:
    """Put the applicants after the present hosts; where groups share the event, they are the next one."""
    there = list(event.hosts.all())
    known = {row.organisation_id for row in there}
    last = max((row.order for row in there), default=0)
    groups = [row.group for row in there if row.group]
    group = max(groups) + 1 if groups else None
    fresh = [body for body in _bodies(request) if body.organisation_id not in known]
    for order, body in enumerate(fresh, start=last + 1):
        row = _row(body.organisation, event.kind_facts.joins_as, event.kind_facts)
        row.event, row.order, row.group = event, order, group
        row.save()


def _take_off(event: Event, request: MunicipalRequest) -> None:
    """Remove the applicants from the hosts and close the gaps."""
    others = MunicipalRequest.objects.filter(event_requests__event=event).exclude(pk=request.pk)
    kept = {body.organisation_id for other in others for body in _bodies(other)}
    leaving = [body.organisation_id for body in _bodies(request) if body.organisation_id not in kept]
    for row in event.hosts.filter(organisation__in=leaving):
        row.delete()
    free = (event.hosts.aggregate(last=Max("order"))["last"] or 0) + 1
    rows = list(event.hosts.order_by("order"))
    if [row.order for row in rows] == list(range(1, len(rows) + 1)):
        return
    for shift in (free, 1):  # out of the way first: where the constraint is not deferred, two never share a place
        for order, row in enumerate(rows, start=shift):
            row.order = order
            row.save(update_fields=["order"])


def _tie(event: Event, request: MunicipalRequest, by: User, *, is_origin: bool) -> EventRequest:
    """Link both, bring the attractions along, and tell the applicants."""
    tie = EventRequest.objects.create(event=event, request=request, is_origin=is_origin, linked_by=by)
    for attraction in request.attractions.all():
        EventAttraction.objects.get_or_create(event=event, attraction=attraction, defaults={"request": request})
    with translation.override(request.applicant.organisation.language):
        text = _told(event)
    message = messages.write(request=request, kind=RequestMessage.Kind.LINKED, by=by, text=text, facts={"event": event.pk})
    request_mails.tell(message, by=by)
    audit.record("municipalrequest.link", request, by=by, title_ja=event.title_ja, title_en=event.title_en, event=event.pk)
    return tie


def _told(event: Event) -> str:
    """The event in a few lines, for the thread and the mail."""
    language = translation.get_language() or "ja"
    day = days.words(event, language)
    lines = [
        event.in_language("title", language),
        _("planned for %(day)s") % {"day": day} if event.state == Event.State.PLANNED else day,
        event.in_language("venue", language),
        hosts.host_line(event, language),
    ]
    return "\n".join(line for line in lines if line)


# ── what the lists ask ───────────────────────────────────────────────────────


def last_times(bodies: Iterable[int], request_kind: str) -> dict[int, dt.date]:
    """When each organisation last hosted, or took part in, an event that such a request becomes."""
    kinds = [kind.key for kind in kinds_from(request_kind)]
    held = EventHost.objects.filter(
        organisation__in=list(bodies), event__kind__in=kinds, event__state__in=[Event.State.HELD, Event.State.REPORTED]
    )
    return dict(held.values("organisation").annotate(last=Max("event__ends_on")).values_list("organisation", "last"))
