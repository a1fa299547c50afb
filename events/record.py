"""The record of 2015: events as held, with their hosts and the figures that were published about them.

Everything here is fact with a source; nothing is computed. The rows are read-only history afterwards.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from events.kinds import KINDS
from events.models import Event, EventHost
from partnership import audit
from partnership.body_registers import country_ids, day
from partnership.models import Figure, Organisation
from partnership.registers import BadRegister, Outcome, rows, sync, unique

DATA = Path(__file__).parent / "data"

_TEXTS = (
    "kind",
    "title_ja",
    "title_en",
    "precision",
    "venue_ja",
    "venue_en",
    "address_ja",
    "address_en",
    "time_zone",
    "source",
    "source_url",
)
_FIGURE_TEXTS = ("key", "label_ja", "label_en", "unit_ja", "unit_en", "basis", "source", "source_url")


@transaction.atomic
def load_2015(data: Path = DATA) -> list[Outcome]:
    """Bring events, hosts and figures of 2015 in step with the data files; running it again changes nothing.

    Raises:
        BadRegister: when a file cannot be trusted, or the registers have not been loaded; nothing is changed then.
    """
    events, outcomes = _load_events(data)
    outcomes += [_load_hosts(data, events), _load_figures(data, events)]
    counts = {one.register: {"added": one.added, "changed": one.changed} for one in outcomes if one.added or one.changed}
    if counts:
        audit.record("record.load", by=None, year=2015, counts=counts)
    return outcomes


def _load_events(data: Path) -> tuple[dict[str, Event], list[Outcome]]:
    outcome = Outcome("events of 2015")
    table = list(rows(data / "programme_2015.csv", "key", "ordinal", "part_of", "starts_on", "ends_on", "country", "note_ja", *_TEXTS))
    countries = country_ids()
    records = unique(((row["key"], _event(row, countries)) for row in table), "programme_2015.csv")
    stored = sync(outcome, Event, records, existing=Event.objects.filter(record_key__isnull=False), key_of=lambda row: row.record_key)
    parents = {row["key"]: {"part_of_id": stored[row["part_of"]].pk} for row in table if row["part_of"]}
    linked = Outcome(outcome.register)
    sync(linked, Event, parents, existing=[stored[key] for key in parents], key_of=lambda row: row.record_key)
    outcome.conflicts += linked.conflicts
    return stored, [outcome]


def _event(row: Mapping[str, str], countries: Mapping[str, int]) -> dict[str, Any]:
    if row["kind"] not in KINDS:
        raise BadRegister(f"programme_2015.csv: {row['key']} has the unknown kind {row['kind']}")
    if row["country"] not in countries:
        raise BadRegister(f"The country {row['country']} is missing; run load_registers first")
    return {
        **{name: row[name] for name in _TEXTS},
        "record_key": row["key"],
        "ordinal": int(row["ordinal"]) if row["ordinal"] else None,
        "starts_on": day(row["starts_on"]),
        "ends_on": day(row["ends_on"]),
        "country_id": countries[row["country"]],
        "note": "\n".join(text for text in (row["note_ja"], row["note_en"]) if text),
        "state": Event.State.HELD,
        "is_record": True,
    }


def _load_hosts(data: Path, events: Mapping[str, Event]) -> Outcome:
    outcome = Outcome("their hosts and participants")
    table = list(rows(data / "hosts_2015.csv", "event", "order", "organisation", "role", "signs", "group"))
    bodies = {body.register_key: body for body in Organisation.objects.filter(register_key__in={row["organisation"] for row in table})}
    missing = {row["organisation"] for row in table} - set(bodies)
    if missing:
        raise BadRegister(f"{', '.join(sorted(missing))} missing in the registers; run load_registers first")
    records = unique((_host(row, events, bodies) for row in table), "hosts_2015.csv")
    names = {(events[row["event"]].pk, bodies[row["organisation"]].pk): f"{row['event']} {row['organisation']}" for row in table}
    sync(
        outcome,
        EventHost,
        records,
        existing=EventHost.objects.filter(event__record_key__isnull=False),
        key_of=lambda row: (row.event_id, row.organisation_id),
        label_of=lambda key: names.get(key, str(key)),
    )
    return outcome


def _host(row: Mapping[str, str], events: Mapping[str, Event], bodies: Mapping[Any, Organisation]) -> tuple[Any, dict[str, Any]]:
    event, body = events[row["event"]], bodies[row["organisation"]]
    as_body = row["signs"] == "body"
    article = "" if body.kind == Organisation.Kind.LOCAL_GOVERNMENT else "the "
    return (event.pk, body.pk), {
        "event_id": event.pk,
        "organisation_id": body.pk,
        "order": int(row["order"]),
        "role": row["role"],
        "group": int(row["group"]) if row["group"] else None,
        "name_ja": body.name_ja if as_body else "",
        "name_en": f"{article}{body.name_en}" if as_body else "",
    }


def _load_figures(data: Path, events: Mapping[str, Event]) -> Outcome:
    outcome = Outcome("figures")
    kind = ContentType.objects.get_for_model(Event)
    table = rows(data / "figures_2015.csv", "event", "value", "value_to", "about", "note_ja", "note_en", "as_of", "year", *_FIGURE_TEXTS)
    records = unique(((row["key"], _figure(row, events, kind)) for row in table), "figures_2015.csv")
    sync(outcome, Figure, records, existing=Figure.objects.filter(key__in=records), key_of=lambda row: row.key)
    return outcome


def _figure(row: Mapping[str, str], events: Mapping[str, Event], kind: ContentType) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _FIGURE_TEXTS},
        "value": Decimal(row["value"]),
        "value_to": Decimal(row["value_to"]) if row["value_to"] else None,
        "is_approximate": row["about"] == "yes",
        "basis_note_ja": row["note_ja"],
        "basis_note_en": row["note_en"],
        "as_of": day(row["as_of"]),
        "year": int(row["year"]),
        "content_type_id": kind.pk if row["event"] else None,
        "object_id": events[row["event"]].pk if row["event"] else None,
    }
