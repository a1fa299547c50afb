"""Registers: rows of the project's data files kept in step with the tables, without treading on what people changed.

What was loaded last is remembered by the row history, whose reason is then ``REASON``. So a load compares three things:
the file now, the file as last loaded, and the table. A value that only the file changed is taken over; a value that only
a person changed stays; where both changed it, the row is reported as a conflict and left as it is.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from partnership.normalise import kana_order, search_key

REASON = "load_registers"  # where a person's value was kept beside news of the file: “load_registers, kept name_ja”
_KEPT = f"{REASON}, kept "
BATCH = 500

Key = Any
Model = TypeVar("Model", bound=models.Model)
Tick = Callable[[int], None]


@dataclass
class Outcome:
    """What a load did to one register; every line is a sentence for the person who ran it."""

    register: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0  # people changed them, the file did not
    changes: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # in the table, no longer in the file

    def summary(self) -> str:
        """One line with the numbers that are not zero."""
        numbers = {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "kept as edited": self.kept,
            "conflicts": len(self.conflicts),
            "left out": len(self.left_out),
            "no longer in the file": len(self.gone),
        }
        return f"{self.register}: " + (", ".join(f"{count:,} {word}" for word, count in numbers.items() if count) or "nothing to do")


_SHOWN = 20  # lines of each sort, unless all are asked for


def told(outcomes: Iterable[Outcome], *, everything: bool = False) -> Iterator[str]:
    """What a load did, line by line for a terminal: the numbers, then what a person should look at."""
    for outcome in outcomes:
        yield "  " + outcome.summary()
        for word, lines in (
            ("changed", outcome.changes),
            ("CONFLICT", outcome.conflicts),
            ("left out", outcome.left_out),
            ("no longer in the file, kept", outcome.gone),
        ):
            shown = lines if everything else lines[:_SHOWN]
            yield from (f"    {word}: {line}" for line in shown)
            if len(lines) > len(shown):
                yield f"    … and {len(lines) - len(shown):,} more ({word}); -v 2 shows all"


class BadRegister(Exception):
    """A data file that cannot be trusted; the message says which row and why. Nothing is loaded then."""


def rows(path: Path, *needed: str) -> Iterator[dict[str, str]]:
    """The rows of a data file.

    Raises:
        BadRegister: when a column is missing or a row has too many or too few cells.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = set(needed) - set(reader.fieldnames or ())
        if missing:
            raise BadRegister(f"{path.name} has no column {', '.join(sorted(missing))}")
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise BadRegister(f"{path.name}, line {number}: the number of cells is not that of the header")
            yield row


def unique(records: Iterable[tuple[Key, dict[str, Any]]], name: str) -> dict[Key, dict[str, Any]]:
    """Records by key.

    Raises:
        BadRegister: when a key comes twice.
    """
    found: dict[Key, dict[str, Any]] = {}
    for key, values in records:
        if key in found:
            raise BadRegister(f"{name}: {key} comes twice")
        found[key] = values
    return found


def sync(
    outcome: Outcome,
    model: type[Model],
    records: Mapping[Key, Mapping[str, Any]],
    *,
    existing: Iterable[Model],
    key_of: Callable[[Any], Key],
    label_of: Callable[[Key], str] = str,
    tick: Tick = lambda _done: None,
) -> dict[Key, Model]:
    """Bring a table in step with records; every record carries the same fields. Returns the rows by key."""
    stored = {key_of(row): row for row in existing}
    removed = _removed_by_people(model, records, stored, key_of)
    fresh, touched = [], []
    for done, (key, wanted) in enumerate(records.items(), start=1):
        row = stored.get(key)
        if row is None and key in removed:
            outcome.conflicts.append(f"{label_of(key)}: removed by hand; it stays away")
        elif row is None:
            fresh.append(model(**wanted))
        elif any(getattr(row, name) != value for name, value in wanted.items()):
            touched.append((key, row))
        else:
            outcome.unchanged += 1
        tick(done)
    outcome.added += len(fresh)
    for row in bulk_create_with_history([_ready(row) for row in fresh], model, batch_size=BATCH, default_change_reason=REASON):
        stored[key_of(row)] = row
    _update(outcome, model, records, touched, label_of)
    outcome.gone += [label_of(key) for key in stored if key not in records]
    return stored


def _ready(row: Model) -> Model:
    """Give a row the keys that its ``save`` would have made; bulk writes pass that by."""
    if hasattr(row, "search_key"):
        row.search_key = search_key(row.name_ja, row.name_en, row.kana)  # type: ignore[attr-defined]
    if hasattr(row, "kana_order"):
        row.kana_order = kana_order(row.kana)  # type: ignore[attr-defined]
    return row


def _update(
    outcome: Outcome,
    model: type[models.Model],
    records: Mapping[Key, Mapping[str, Any]],
    touched: list[tuple[Key, Any]],
    label_of: Callable[[Key], str],
) -> None:
    """Merge the three versions of each differing row and write what the file alone changed."""
    loaded = _last_loaded(model, [row.pk for _key, row in touched])
    to_write: dict[str, list[Any]] = {}
    names_written = {"version"}
    for key, row in touched:
        wanted, base = records[key], loaded.get(row.pk, {})
        differing = [name for name, value in wanted.items() if getattr(row, name) != value]
        news = [name for name in differing if name not in base or base[name] != wanted[name]]
        clashes = [name for name in news if name not in base or base[name] != getattr(row, name)]
        kept = _KEPT + " ".join(sorted(set(differing) - set(news)))
        if clashes or len(kept) > 100:  # the width of the history's reason
            told = "; ".join(f"{name}: here “{getattr(row, name)}”, file “{wanted[name]}”" for name in clashes or differing)
            outcome.conflicts.append(f"{label_of(key)} was edited by hand and left as it is ({told})")
        elif not news:
            outcome.kept += 1
        else:
            told = "; ".join(f"{name}: “{getattr(row, name)}” → “{wanted[name]}”" for name in news)
            outcome.changes.append(f"{label_of(key)} – {told}")
            outcome.changed += 1
            for name in news:
                setattr(row, name, wanted[name])
            row.version += 1
            names_written |= {*news, *(key for key in ("search_key", "kana_order") if hasattr(row, key))}
            to_write.setdefault(kept if kept != _KEPT else REASON, []).append(_ready(row))
    for reason, some in to_write.items():
        bulk_update_with_history(some, model, sorted(names_written), batch_size=BATCH, default_change_reason=reason)


def _last_loaded(model: Any, keys: list[Any]) -> dict[Any, dict[str, Any]]:
    """What the file said when it was last loaded: by primary key, the values of each field."""
    name = model._meta.pk.name
    fields = [one.attname for one in model._meta.concrete_fields]
    found: dict[Any, dict[str, Any]] = {}
    for start in range(0, len(keys), BATCH):
        past = model.history.filter(history_change_reason__startswith=REASON, **{f"{name}__in": keys[start : start + BATCH]})
        for row in past.order_by("history_id"):
            kept = set(row.history_change_reason.removeprefix(_KEPT).split()) if row.history_change_reason != REASON else set()
            said = {one: getattr(row, one) for one in fields if one not in kept and hasattr(row, one)}
            found.setdefault(getattr(row, name), {}).update(said)
    return found


def _removed_by_people(model: Any, records: Mapping[Key, Any], stored: Mapping[Key, Any], key_of: Callable[[Any], Key]) -> set[Key]:
    """Keys of rows that a load once made and a person has since removed."""
    if len(stored) == 0 or all(key in stored for key in records):
        return set()
    return {key_of(row) for row in model.history.filter(history_type="-")} - set(stored)
