"""The work desk: upper packages register what waits for someone and the panels that show what goes on (module ``desk``)."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.http import HttpRequest

    from partnership.models import User


@dataclass(frozen=True)
class Turn:
    """Something that waits for a person."""

    title: str
    remark: str  # kind and context, small below the title
    whom: str  # the other side
    url: str
    act: str  # the word on the button
    due: dt.datetime | dt.date | None = None


@dataclass(frozen=True)
class Queue:
    """One number at the top of the desk, and the rows behind it."""

    key: str
    label: Promise
    turns: Callable[["User"], Iterable[Turn]]
    url: Callable[[], str]


@dataclass(frozen=True)
class Panel:
    """A part of the desk's page: a template with its context."""

    key: str
    template: str
    context: Callable[["HttpRequest"], Mapping[str, Any] | None]  # None hides it
    place: str = "main"  # head, main, side
    order: int = 50


_queues: dict[str, Queue] = {}
_panels: dict[str, Panel] = {}


def register_queue(queue: Queue) -> None:
    """Add a number to the desk."""
    _queues[queue.key] = queue


def register_panel(panel: Panel) -> None:
    """Add a part to the desk."""
    _panels[panel.key] = panel


def queues() -> list[Queue]:
    """All numbers, in the order they were registered."""
    return list(_queues.values())


def panels(place: str) -> list[Panel]:
    """The parts of one column."""
    return sorted((panel for panel in _panels.values() if panel.place == place), key=lambda panel: panel.order)
