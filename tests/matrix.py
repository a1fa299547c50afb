"""Who may ask for what: one row for each route. A route without a row fails, and the failure prints the row that fits what it does today.

A row names the roles that are let in by GET (and HEAD) and by POST; whoever is not named is refused. PUT and DELETE are refused to all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from partnership import tokens

ROLES = ("anonymous", "viewer", "desk", "approver", "protocol", "door", "municipal_member", "mission_officer", "superuser")

NOBODY = ""
ANYONE = " ".join(ROLES)
ACCOUNTS = "viewer desk approver protocol door municipal_member mission_officer superuser"
STAFF = "viewer desk approver protocol door superuser"
READERS = "viewer desk approver protocol superuser"
DESK = "desk superuser"
ROOT = "superuser"


@dataclass(frozen=True)
class Row:
    """One route: who is let in by GET and by POST; ``of`` gives the arguments of its address from the things of the test."""

    get: str
    post: str = NOBODY
    of: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None


def _invitation(things: dict[str, Any]) -> tuple[Any, ...]:
    return (tokens.make("rsvp", things["events.invitation"].pk, 1),)


def _event(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["events.event"].pk,)


def _mail(things: dict[str, Any]) -> tuple[Any, ...]:
    return (things["partnership.email"].pk,)


# fmt: off
TABLE: dict[str, Row] = {
}
# fmt: on
