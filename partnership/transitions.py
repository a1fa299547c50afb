"""Changes of state: one table for each noun; a wrong start is refused in words, each change leaves an audit event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from partnership import audit
from partnership.models import User


class Refused(Exception):
    """An act that the rules do not allow now; the message is a sentence for the person who tried."""


@dataclass(frozen=True)
class Step:
    """From which states an act may start and where it leads."""

    sources: frozenset[str]
    target: str


def step(*sources: str, to: str) -> Step:
    """Spell one line of a transition table: ``"send": step("ready", to="sending")``."""
    return Step(frozenset(sources), to)


@transaction.atomic
def move(
    instance: models.Model,
    table: Mapping[str, Step],
    act: str,
    *,
    by: User | None,
    via: str = "",
    changes: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Take one step of ``table`` on the field ``state``, under a row lock, and audit it as ``<model>.<act>``.

    Args:
        changes: other fields to set in the same write.
        facts: for the audit event.

    Raises:
        Refused: when the stored state is not one the act may start from.
    """
    model = type(instance)
    stored = model._default_manager.select_for_update().get(pk=instance.pk)
    now: str = stored.state  # type: ignore[attr-defined]
    line = table[act]
    if now not in line.sources:
        label = stored.get_state_display()  # type: ignore[attr-defined]
        raise Refused(_("This is not possible now: %(thing)s is “%(state)s”.") % {"thing": model._meta.verbose_name, "state": label})
    for name, value in {"state": line.target, **(changes or {})}.items():
        setattr(instance, name, value)
    instance.save(update_fields=["state", *(changes or {})])
    audit.record(f"{model._meta.model_name}.{act}", instance, by=by, via=via, **{"from": now, "to": line.target, **facts})
