"""What an accepted request can become. Upper packages register their ways (module ``outcomes``); the request's page offers them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from municipalities.models import MunicipalRequest
from partnership.models import User


@dataclass(frozen=True)
class Way:
    """One thing that a request can become, offered to one person now: a link or a small form below the request.

    ``template`` shows it with ``context`` (and ``request_row``, the request). It links to, or posts to, a page of its own package.
    """

    label: str
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Became:
    """What a request has become: a line with a link, for staff and for officials."""

    label: str
    remark: str
    staff_url: str
    portal_url: str


@dataclass(frozen=True)
class Outcome:
    """How one package makes something of requests.

    ``ways`` says what can be made of a request by a person now; ``became`` what was made of each of many, by primary key, in a fixed
    number of queries. ``last_times`` says when organisations (primary keys) last had what a kind of request asks for, by organisation,
    in a fixed number of queries.
    """

    key: str
    ways: Callable[[MunicipalRequest, HttpRequest, User], Sequence[Way]]
    became: Callable[[Sequence[MunicipalRequest]], Mapping[int, Sequence[Became]]]
    last_times: Callable[[Sequence[int], str], Mapping[int, dt.date]] = lambda _bodies, _kind: {}


_outcomes: dict[str, Outcome] = {}


def register(outcome: Outcome) -> None:
    """Add what requests can become."""
    _outcomes[outcome.key] = outcome


def ways(request_row: MunicipalRequest, request: HttpRequest, by: User) -> list[Way]:
    """What this person can make of the request now."""
    return [way for outcome in _outcomes.values() for way in outcome.ways(request_row, request, by)]


def became(rows: Sequence[MunicipalRequest]) -> dict[int, list[Became]]:
    """What each of the requests has become, by primary key."""
    found: dict[int, list[Became]] = {row.pk: [] for row in rows}
    for outcome in _outcomes.values():
        for pk, lines in outcome.became(rows).items():
            found[pk] += lines
    return found


def last_times(bodies: Sequence[int], kind: str) -> dict[int, dt.date]:
    """When each of the organisations last had what this kind of request asks for; those that never had are left out."""
    found: dict[int, dt.date] = {}
    for outcome in _outcomes.values():
        for body, day in outcome.last_times(bodies, kind).items():
            found[body] = max(found.get(body, day), day)
    return found
