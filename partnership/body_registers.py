"""The kernel's registers: countries and their groups, the Ministry, embassies in Tokyo, missions abroad."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from partnership.models import Country, CountryGroup, Organisation, Position
from partnership.registers import BadRegister, Outcome, Tick, rows, sync, unique

DATA = Path(__file__).parent / "data"
_LOADED_CERTAINTIES = {"certain", "probable"}
_MISSIONS_WITH_OFFICER = {"embassy", "consulate_general", "permanent_mission"}  # the 235; branch offices belong to one of them

Posts = Mapping[tuple[str, str], tuple[str, str]]  # (register key, role) → the two titles


def _idle(_done: int) -> None:
    """No progress shown."""


def day(text: str) -> dt.date | None:
    """A day of a data file; empty is none.

    Raises:
        BadRegister: when it is no day.
    """
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRegister(f"“{text}” is no day (YYYY-MM-DD)") from error


def country_ids() -> dict[str, int]:
    """The primary keys of all countries by code."""
    return dict(Country.objects.values_list("iso2", "pk"))


@transaction.atomic
def load_countries(data: Path = DATA, tick: Tick = _idle) -> Outcome:
    """Countries and territories, with their groups. The file alone decides who belongs to the groups that it names."""
    outcome = Outcome("countries")
    table = list(rows(data / "countries.csv", "iso2", "name_ja", "name_en", "formal_ja", "formal_en", "kana", "region", "groups"))
    fields = ("iso2", "name_ja", "name_en", "formal_ja", "formal_en", "kana", "region")
    records = unique(((row["iso2"], {name: row[name] for name in fields}) for row in table), "countries.csv")
    for values in records.values():
        if values["region"] not in Country.Region.values:
            raise BadRegister(f"countries.csv: {values['iso2']} has the unknown region {values['region']}")
    stored = sync(outcome, Country, records, existing=Country.objects.all(), key_of=lambda row: row.iso2, tick=tick)
    _load_groups(outcome, data, {row["iso2"]: set(filter(None, row["groups"].split(";"))) for row in table}, stored)
    return outcome


def _load_groups(outcome: Outcome, data: Path, wanted: Mapping[str, set[str]], countries: Mapping[str, Country]) -> None:
    groups: dict[str, CountryGroup] = {}
    for row in rows(data / "country_groups.csv", "code", "name_ja", "name_en"):
        names = {"name_ja": row["name_ja"], "name_en": row["name_en"]}
        groups[row["code"]], made = CountryGroup.objects.get_or_create(code=row["code"], defaults=names)
        if not made and any(getattr(groups[row["code"]], name) != value for name, value in names.items()):
            CountryGroup.objects.filter(code=row["code"]).update(**names)
            outcome.changes.append(f"group {row['code']} is now called {row['name_en']}")
    through = Country.groups.through
    have = set(through.objects.filter(countrygroup__code__in=groups).values_list("country_id", "countrygroup_id"))
    unknown = set().union(*wanted.values()) - set(groups)
    if unknown:
        raise BadRegister(f"countries.csv names groups that country_groups.csv does not: {', '.join(sorted(unknown))}")
    want = {(countries[iso2].pk, groups[code].pk) for iso2, codes in wanted.items() if iso2 in countries for code in codes}
    through.objects.bulk_create([through(country_id=one, countrygroup_id=group) for one, group in sorted(want - have)])
    named = {country.pk: country.iso2 for country in countries.values()}
    codes = {group.pk: group.code for group in groups.values()}
    for one, group in sorted(have - want):
        through.objects.filter(country_id=one, countrygroup_id=group).delete()
        outcome.changes.append(f"{named.get(one, one)} is no longer in {codes[group]}")
    if have:
        outcome.changes += [f"{named[one]} is now in {codes[group]}" for one, group in sorted(want - have)]


def load_organisations(
    outcome: Outcome, prefix: str, records: Mapping[str, Mapping[str, Any]], successors: Mapping[str, str], tick: Tick = _idle
) -> dict[str, Organisation]:
    """One register of organisations: records and successors by register key. A body that ended keeps its row and its past."""
    with_key = {key: {**values, "register_key": key} for key, values in records.items()}
    existing = Organisation.objects.filter(register_key__startswith=prefix)
    stored = sync(outcome, Organisation, with_key, existing=existing, key_of=lambda row: row.register_key, tick=tick)
    missing = {key: target for key, target in successors.items() if target not in stored}
    if missing:
        raise BadRegister(f"{outcome.register}: the successor of {', '.join(missing)} is not in the register")
    links = {key: {"successor_id": stored[target].pk} for key, target in successors.items() if key in stored}
    linked = Outcome(outcome.register)
    sync(linked, Organisation, links, existing=[stored[key] for key in links], key_of=lambda row: row.register_key)
    outcome.conflicts += linked.conflicts
    return stored


def load_posts(outcome: Outcome, organisations: Mapping[str, Organisation], posts: Posts) -> None:
    """The seats of organisations; an empty title means the usual one of that post."""
    by_id = {body.pk: key for key, body in organisations.items()}
    records = {
        (organisations[key].pk, role): {"organisation_id": organisations[key].pk, "role": role, "title_ja": ja, "title_en": en}
        for (key, role), (ja, en) in posts.items()
        if key in organisations
    }
    roles = {role for _key, role in posts}
    existing = Position.objects.filter(organisation_id__in=Organisation.objects.filter(pk__in=by_id).values("pk"), role__in=roles)
    sync(
        outcome,
        Position,
        records,
        existing=existing,
        key_of=lambda row: (row.organisation_id, row.role),
        label_of=lambda key: f"{by_id.get(key[0], key[0])} {key[1]}",
    )
    outcome.gone.clear()  # posts that people added are theirs


def span(row: Mapping[str, str]) -> dict[str, Any]:
    """From when until when a body exists."""
    return {"valid_from": day(row["valid_from"]), "valid_to": day(row["valid_to"])}


def successors(table: Iterable[Mapping[str, str]], prefix: str, key: str = "key") -> dict[str, str]:
    """Which row follows which, as register keys."""
    return {f"{prefix}{row[key]}": f"{prefix}{row['successor']}" for row in table if row["successor"]}


@transaction.atomic
def load_bodies(data: Path = DATA, tick: Tick = _idle) -> tuple[Outcome, Outcome]:
    """The Ministry with its offices, and the associations that the programmes name."""
    outcome, posts = Outcome("ministry and associations"), Outcome("their posts")
    japan = Country.objects.get(iso2="JP").pk
    table = list(rows(data / "bodies.csv", "key", "kind", "name_ja", "name_en", "kana", "parent", "leader_title_ja", "leader_title_en"))
    names = ("kind", "name_ja", "name_en", "kana", "city_ja", "city_en", "note")
    records = unique(((f"body:{row['key']}", {**{name: row[name] for name in names}, "country_id": japan}) for row in table), "bodies.csv")
    stored = load_organisations(outcome, "body:", records, {}, tick)
    parents = {f"body:{row['key']}": f"body:{row['parent']}" for row in table if row["parent"]}
    links = {key: {"parent_id": stored[parent].pk} for key, parent in parents.items() if key in stored}
    linked = Outcome(outcome.register)
    sync(linked, Organisation, links, existing=[stored[key] for key in links], key_of=lambda row: row.register_key)
    outcome.conflicts += linked.conflicts
    load_posts(posts, stored, {(f"body:{row['key']}", "leader"): (row["leader_title_ja"], row["leader_title_en"]) for row in table})
    return outcome, posts


@transaction.atomic
def load_embassies(data: Path = DATA, tick: Tick = _idle) -> tuple[Outcome, Outcome]:
    """Embassies in Tokyo, the Delegation of the European Union and the Mission of Palestine; rows marked unsure stay out."""
    outcome, posts = Outcome("embassies in Tokyo"), Outcome("their posts")
    countries = country_ids()
    every = list(rows(data / "embassies_tokyo.csv", "key", "name_ja", "name_en", "kana", "country", "certainty", "successor"))
    table = [row for row in every if row["certainty"] in _LOADED_CERTAINTIES]
    outcome.left_out = [f"{row['name_en']} ({row['certainty']}: {row['note']})" for row in every if row not in table]
    fixed = {"kind": "embassy", "language": "en", "city_ja": "東京", "city_en": "Tokyo"}
    names = ("name_ja", "name_en", "kana", "certainty", "note")
    records = unique(
        (
            (
                f"embassy:{row['key']}",
                {**fixed, **{name: row[name] for name in names}, **span(row), "country_id": countries[row["country"]]},
            )
            for row in table
        ),
        "embassies_tokyo.csv",
    )
    stored = load_organisations(outcome, "embassy:", records, successors(table, "embassy:"), tick)
    seats: dict[tuple[str, str], tuple[str, str]] = {}
    for row in table:
        seats[f"embassy:{row['key']}", "head"] = (row["head_title_ja"], row["head_title_en"])
        seats[f"embassy:{row['key']}", "economic"] = seats[f"embassy:{row['key']}", "cultural"] = ("", "")
    load_posts(posts, stored, seats)
    return outcome, posts


@transaction.atomic
def load_missions(data: Path = DATA, tick: Tick = _idle) -> tuple[Outcome, Outcome]:
    """Japan's missions abroad with their partnership officers (a post, whoever holds it)."""
    outcome, posts = Outcome("missions abroad"), Outcome("their posts")
    countries = country_ids()
    ministry = Organisation.objects.filter(register_key="body:mofa").values_list("pk", flat=True).first()
    table = list(rows(data / "missions_abroad.csv", "key", "kind", "name_ja", "name_en", "city_ja", "city_en", "country", "certainty"))
    names = ("name_ja", "name_en", "city_ja", "city_en", "certainty", "note")
    records = unique(
        (
            (
                f"mission:{row['key']}",
                {
                    **{name: row[name] for name in names},
                    **span(row),
                    "kind": "mission",
                    "language": "ja",
                    "country_id": countries[row["country"]],
                    "parent_id": ministry,
                },
            )
            for row in table
        ),
        "missions_abroad.csv",
    )
    stored = load_organisations(outcome, "mission:", records, successors(table, "mission:"), tick)
    officers = [row["key"] for row in table if row["kind"] in _MISSIONS_WITH_OFFICER]
    load_posts(posts, stored, {(f"mission:{key}", "partnership_officer"): ("", "") for key in officers})
    return outcome, posts
