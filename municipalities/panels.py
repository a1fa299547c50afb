"""The portal's home page: packages register its panels and what waits for a body (module ``panels``)."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from municipalities.officials import Official


@dataclass(frozen=True)
class Turn:
    """Something that waits for the body: a line under “your turn”."""

    title: str
    remark: str
    url: str
    due: dt.datetime | dt.date | None = None


@dataclass(frozen=True)
class Panel:
    """A part of the home page: a template with its context; ``context`` gives None to hide it."""

    key: str
    template: str
    context: Callable[[Official], Mapping[str, Any] | None]
    place: str = "main"  # main, side
    order: int = 50


_panels: dict[str, Panel] = {}
_turns: dict[str, Callable[[Official], Iterable[Turn]]] = {}


def register(panel: Panel) -> None:
    """Add a part to the home page."""
    _panels[panel.key] = panel


def register_turns(key: str, turns: Callable[[Official], Iterable[Turn]]) -> None:
    """Add a source of what waits for the body; the number of its queries is fixed."""
    _turns[key] = turns


def of(place: str) -> list[Panel]:
    """The parts of one column in order."""
    return sorted((panel for panel in _panels.values() if panel.place == place), key=lambda panel: panel.order)


def turns(official: Official) -> list[Turn]:
    """All that waits for the body, soonest first."""
    found = [turn for source in _turns.values() for turn in source(official)]
    last = dt.date.max
    return sorted(found, key=lambda turn: (turn.due.date() if isinstance(turn.due, dt.datetime) else turn.due) or last)
