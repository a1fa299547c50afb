"""Address labels of an event's guests: how each body, post and person is printed, and the sheet as PDF."""

from collections.abc import Iterable
from typing import Any

from events.models import Event, Invitation
from events.recipients import salutation
from events.rules import RULES, kept
from partnership import audit, typesetting
from partnership.models import User

EVERYONE = ""
PER_SHEET = 24


def of(event: Event, rule: str = EVERYONE) -> list[Invitation]:
    """The invitations that stand, or those that a rule leaves, by country."""
    rows = event.invitations.exclude(reply=Invitation.Reply.WITHDRAWN)
    if rule in RULES:
        rows = kept(rule, rows)
    return list(rows.select_related("organisation", "position", "country").order_by("country__name_en", "organisation_id", "pk"))


def _label(invitation: Invitation, language: str) -> dict[str, Any]:
    body = invitation.organisation
    address = [f"〒{body.postal_code}" if body.postal_code else "", body.in_language("address", language)]
    lines = [body.in_language("name", language), *_guest(invitation, language)]
    return {"language": language, "address": [line for line in address if line], "lines": list(dict.fromkeys(lines))}


def _guest(invitation: Invitation, language: str) -> list[str]:
    if language == "ja":
        return [salutation(invitation, "ja")]
    return [part for part in (invitation.in_language("name", "en"), invitation.in_language("post", "en")) if part]


def sheets(event: Event, *, rule: str, language: str, skip: int, by: User) -> bytes:
    """The labels as PDF, 24 a sheet; noted like every list of guests that leaves the house.

    Args:
        event: whose guests.
        rule: a key of events/rules.py; "" for everyone.
        language: "ja" or "en" for all, "" for that of each body.
        skip: labels of the first sheet that are used already.
        by: who prints them.
    """
    rows = of(event, rule)
    audit.record("event.print_labels", event, by=by, count=len(rows))
    values = {"skip": skip, "labels": [_label(row, language or row.language) for row in rows]}
    return typesetting.pdf("labels", values, title=str(event))


def rules() -> Iterable[tuple[str, Any]]:
    """What can be chosen."""
    return [(key, rule.label) for key, rule in RULES.items() if key in {"accepted", "unanswered", "not_declined"}]
