"""The register of local governments: 47 prefectures and 1,741 municipalities."""

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from municipalities.models import LocalGovernment
from municipalities.models.local_government import check_digit
from partnership.body_registers import load_organisations, load_posts, span, successors
from partnership.models import Country
from partnership.registers import BadRegister, Outcome, Tick, rows, sync, unique

DATA = Path(__file__).parent / "data"
_COLUMNS = ("code", "kind", "name_ja", "name_en", "kana", "prefecture_code", "district_ja", "valid_from", "valid_to", "successor", "note")


def _idle(_done: int) -> None:
    """No progress shown."""


def chief_titles(kind: str, name_ja: str, name_en: str) -> tuple[str, str]:
    """The chief's title: 広島県知事, 広島市長, 御嵩町長 · Governor of Hiroshima Prefecture, Mayor of Hiroshima, Mayor of Mitake Town."""
    if kind == LocalGovernment.Kind.PREFECTURE:
        return f"{name_ja}知事", f"Governor of {name_en.removesuffix(' Metropolis')}"
    return f"{name_ja}長", f"Mayor of {name_en.removesuffix(' City')}"


def _checked(table: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows, once every code and kind holds.

    Raises:
        BadRegister: for a wrong check digit or an unknown kind or prefecture.
    """
    prefectures = {row["code"][:2] for row in table if row["kind"] == "prefecture"}
    for row in table:
        code = row["code"]
        if len(code) != 6 or not (code.isascii() and code.isdigit()) or code[5] != check_digit(code[:5]):
            raise BadRegister(f"local_governments.csv: {code} ({row['name_ja']}) has a wrong check digit")
        if row["kind"] not in LocalGovernment.Kind.values:
            raise BadRegister(f"local_governments.csv: {code} ({row['name_ja']}) has the unknown kind {row['kind']}")
        if row["prefecture_code"] not in prefectures:
            raise BadRegister(f"local_governments.csv: the prefecture {row['prefecture_code']} of {row['name_ja']} is missing")
    return table


@transaction.atomic
def load_local_governments(data: Path = DATA, tick: Tick = _idle) -> tuple[Outcome, Outcome]:
    """Local governments with their chiefs' posts. A merged or renamed one stays, with its last day and its successor."""
    outcome, posts = Outcome("local governments"), Outcome("their chiefs’ posts")
    table = _checked(list(rows(data / "local_governments.csv", *_COLUMNS)))
    japan = Country.objects.get(iso2="JP").pk
    names = ("name_ja", "name_en", "kana", "note")
    fixed = {"kind": "local_government", "language": "ja", "country_id": japan}
    records = unique(
        ((f"lg:{row['code']}", {**fixed, **{name: row[name] for name in names}, **span(row)}) for row in table), "local_governments.csv"
    )
    stored = load_organisations(outcome, "lg:", records, successors(table, "lg:", "code"), tick)
    kinds = Outcome("codes and kinds of local governments")
    prefectures = {row["code"]: row for row in table if row["kind"] == "prefecture"}
    others = {row["code"]: row for row in table if row["kind"] != "prefecture"}
    ids = {key.removeprefix("lg:"): body.pk for key, body in stored.items()}
    seats = _sync_kinds(kinds, prefectures, ids, {})
    _sync_kinds(kinds, others, ids, {code[:2]: row.pk for code, row in seats.items()})
    outcome.changes += kinds.changes
    outcome.conflicts += kinds.conflicts
    chiefs = {(f"lg:{row['code']}", "chief"): chief_titles(row["kind"], row["name_ja"], row["name_en"]) for row in table}
    load_posts(posts, stored, chiefs)
    return outcome, posts


def _sync_kinds(
    outcome: Outcome, table: Mapping[str, Mapping[str, str]], bodies: Mapping[str, int], prefectures: Mapping[str, int]
) -> dict[str, LocalGovernment]:
    records = {
        code: {
            "code": code,
            "organisation_id": bodies[code],
            "kind": row["kind"],
            "prefecture_id": prefectures.get(row["prefecture_code"]),
            "district_ja": row["district_ja"],
        }
        for code, row in table.items()
        if code in bodies
    }
    existing = LocalGovernment.objects.filter(prefecture__isnull=not prefectures)
    return sync(outcome, LocalGovernment, records, existing=existing, key_of=lambda row: row.code)
