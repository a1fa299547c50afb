"""Row history in words: what changed in a row, by whom and when."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

_LONGEST = 120


@dataclass(frozen=True)
class Change:
    """One field of one row, before and after, in words."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Saving:
    """One time that a row was saved."""

    who: str
    at: datetime
    kind: str  # "+" written, "~" changed, "-" removed
    changes: list[Change]


Parts = Callable[[Any, Any], list[Change]]
_PARTS: dict[tuple[str, str], Parts] = {}


def tell_in_parts(model: type[models.Model], field: str, parts: Parts) -> None:
    """A field that holds many things, such as the answers of a form, is told one by one: ``parts(old, new)`` of two records."""
    _PARTS[model._meta.label, field] = parts


def shown(field: models.Field, value: Any) -> str:
    """A stored value as a person reads it."""
    if value in (None, ""):
        return _("(empty)")
    if field.is_relation and field.many_to_one:
        found = field.related_model._default_manager.filter(pk=value).first()  # type: ignore[union-attr]
        return str(found) if found is not None else f"#{value}"
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        value = localtime(value)
    text = localize(value) if not isinstance(value, str) else value
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def between(old: models.Model, new: models.Model, only: Container[str] | None = None) -> list[Change]:
    """The fields in which two history records of one row differ, the version itself apart."""
    model = new.instance_type  # type: ignore[attr-defined]
    found = []
    for field in model._meta.fields:
        if field.name in {"version", model._meta.pk.name} or (only is not None and field.name not in only):
            continue
        if not hasattr(new, field.attname):  # kept out of the history
            continue
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if before == after:
            continue
        if parts := _PARTS.get((model._meta.label, field.name)):
            found += parts(old, new)
        elif not _is_nameless(field):
            found.append(Change(field.name, capfirst(field.verbose_name), shown(field, before), shown(field, after)))
    return found


def _is_nameless(field: models.Field) -> bool:
    """Whether a field has no name for people: digests, counters and marks that follow from the others."""
    return isinstance(field.verbose_name, str) and field.verbose_name == field.name.replace("_", " ")


def who(record: models.Model) -> str:
    """Who saved a history record."""
    user = record.history_user  # type: ignore[attr-defined]
    return str(user) if user is not None else _("the system")


def savings(row: models.Model, first: int = 0, count: int = 50) -> list[Saving]:
    """The newest savings of a row, each compared with the one before it."""
    records = list(row.history.select_related("history_user").order_by("-history_date", "-history_id")[first : first + count + 1])  # type: ignore[attr-defined]
    result = []
    for place, record in enumerate(records[:count]):
        older = records[place + 1] if place + 1 < len(records) else None
        result.append(Saving(who(record), record.history_date, record.history_type, between(older, record) if older is not None else []))
    return result


def since(row: models.Model, version: int, only: Container[str] | None = None) -> Saving | None:
    """What others saved after ``version`` of a versioned row; None when its history does not reach back that far."""
    history = getattr(row, "history", None)
    if history is None:
        return None
    newest = history.select_related("history_user").order_by("-version", "-history_id").first()
    if newest is None or newest.version <= version:
        return None
    seen = history.filter(version=version).order_by("-history_id").first()
    return Saving(who(newest), newest.history_date, newest.history_type, between(seen, newest, only) if seen is not None else [])
