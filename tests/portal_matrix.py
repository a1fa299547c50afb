"""Whose request it is decides: one row for each address of the portal. An address without a row fails, and the failure prints its row.

A row names the people who are let in by GET (and HEAD) and by POST; PUT and DELETE are refused to all. Whoever is not named and sees
the thing is refused; to whoever does not see it, it does not exist: the same page, at the same price, as of what never was.

own        an account of the local government that applies, a manager      neighbour    a manager of any other local government
colleague  a member of the same local government                           unconfirmed  asked for access, not confirmed yet
joint      an account of a local government that applies with it           embassy      opened its invitation; has no account
relay      an account of the prefecture that it goes through               anonymous    nobody
                                                                           staff        an office without a right on requests
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PEOPLE = ("own", "colleague", "joint", "relay", "neighbour", "unconfirmed", "embassy", "anonymous", "staff")

NOBODY = ""
EVERYONE = " ".join(PEOPLE)
OFFICIALS = "own colleague joint relay neighbour unconfirmed"
BODIES = "own colleague joint relay neighbour"
PARTIES = "own colleague joint relay"
APPLICANT = "own colleague"
OWN = "own"
JOINT = "joint"
RELAY = "relay"
MANAGERS = "own neighbour"


@dataclass(frozen=True)
class Row:
    """One address: who is let in by GET and by POST, and what it is of."""

    get: str
    post: str = NOBODY
    of: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None
    is_shared: bool = False  # what it is of belongs to nobody in particular: a kind of request, a published call


def of(name: str, field: str = "pk") -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """The address of one of the things that the test made."""
    return lambda things: (getattr(things[name], field),)


def nowhere(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same kind of address, of what never was."""
    return tuple(uuid.uuid4() if isinstance(one, uuid.UUID) else 987654321 if isinstance(one, int) else one for one in arguments)


SENT, DRAFT, ENDED, ASKED = of("sent", "uuid"), of("draft", "uuid"), of("ended", "uuid"), of("asked", "uuid")

KIND = lambda _things: ("free_consultation",)  # noqa: E731

# fmt: off
TABLE: dict[str, Row] = {
    "portal:home": Row(OFFICIALS),
    # following
    "portal:requests": Row(OFFICIALS),
    "portal:requests_csv": Row(OFFICIALS),
    "portal:request": Row(PARTIES, PARTIES, of=SENT),
    "portal:request_draft": Row(NOBODY, PARTIES, of=SENT),
    "portal:request_withdraw": Row(APPLICANT, APPLICANT, of=SENT),
    "portal:request_reopen": Row(APPLICANT, APPLICANT, of=ENDED),
    "portal:request_refuse": Row(JOINT, JOINT, of=ASKED),
    "portal:relay": Row(RELAY, RELAY),
    "portal:file": Row(PARTIES, of=of("file", "key")),
    # calls and access: anyone may read what is offered, and ask to be let in
    "portal:calls": Row(EVERYONE),
    "portal:call": Row(EVERYONE, of=of("call"), is_shared=True),
    "portal:call_file": Row(EVERYONE, of=lambda things: (things["call"].pk, things["call_file"].key), is_shared=True),
    "portal:call_form": Row(EVERYONE, of=lambda things: (things["call"].pk, things["call"].kinds[0]), is_shared=True),
    "portal:access": Row(EVERYONE),
    "portal:access_asked": Row(EVERYONE),
    "portal:access_ask": Row(EVERYONE, EVERYONE, of=of("body", "code"), is_shared=True),
    # writing
    "portal:new": Row(OFFICIALS),
    "portal:kind": Row(OFFICIALS, OFFICIALS, of=KIND, is_shared=True),
    "portal:edit": Row(APPLICANT, APPLICANT, of=DRAFT),
    "portal:review": Row(APPLICANT, APPLICANT, of=DRAFT),
    "portal:print": Row(PARTIES, of=SENT),
    "portal:kind_form": Row(OFFICIALS, of=KIND, is_shared=True),
    "portal:request_form": Row(PARTIES, of=SENT),
    "portal:excel": Row(OFFICIALS, OFFICIALS),
    "portal:excel_read": Row(APPLICANT, APPLICANT, of=DRAFT),
    # the body: its profile, its attractions, its accounts
    "portal:body": Row(BODIES),
    "portal:body_office": Row(BODIES, BODIES),
    "portal:body_section": Row(BODIES, BODIES),
    "portal:chief": Row(BODIES, BODIES),
    "portal:chief_new": Row(BODIES, BODIES),
    "portal:attraction_new": Row(BODIES, BODIES),
    "portal:attraction": Row(APPLICANT, APPLICANT, of=of("attraction")),
    "portal:picture": Row(APPLICANT, of=of("picture", "key")),
    "portal:accounts": Row(BODIES, BODIES),
    "portal:account_invite": Row(MANAGERS, MANAGERS),
    "portal:account": Row(APPLICANT, OWN, of=of("account")),
    "portal:account_hand_over": Row(OWN, OWN, of=of("account")),
    "portal:access_decide": Row(OWN, OWN, of=of("access")),
    # events
    "portal_events:events": Row(BODIES),
    "portal_events:event": Row(APPLICANT, of=of("event")),
}
# fmt: on
