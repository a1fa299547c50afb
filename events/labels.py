"""Address labels of an event's guests: how each body, post and person is printed, and the sheet as PDF."""

from collections.abc import Iterable
from typing import Any

from events import notes_verbales
from events.models import Event, Invitation
from events.recipients import salutation
from events.rules import RULES, kept
from partnership import audit, typesetting
from partnership.models import Organisation, User

EVERYONE = ""
PER_SHEET = 24


def of(event: Event, rule: str = EVERYONE) -> list[Invitation]:
    """The invitations that stand, or those that a rule leaves, by country."""
    rows = event.invitations.exclude(reply=Invitation.Reply.WITHDRAWN)
    if rule in RULES:
        rows = kept(rule, rows)
    return list(rows.select_related("organisation", "position", "country").order_by("country__name_en", "organisation_id", "pk"))


def without_address(event: Event) -> list[str]:
    """A sentence that names the bodies whose labels can have no address; nothing where all have one."""
    return notes_verbales.unaddressed(Organisation.objects.filter(pk__in={row.organisation_id for row in of(event)}))


def _label(invitation: Invitation, language: str) -> dict[str, Any]:
    """The address above the names in Japanese, below them in English."""
    body = invitation.organisation
    code, street = body.postal_code, body.in_language("address", language)
    if language == "ja":
        address, names = [f"〒{code}" if code else "", street], [body.name_ja, salutation(invitation, "ja")]
        return {"language": language, "parts": [*_part(address, 0.9), *_part(names, 1)]}
    post = invitation.in_language("post", "en")
    names = [invitation.in_language("name", "en"), post, "" if body.name_en in post else body.name_en]
    return {"language": language, "parts": [*_part(names, 1), *_part([f"{street} {code}".strip()], 0.9)]}


def _part(lines: Iterable[str], size: float) -> list[dict[str, Any]]:
    kept = list(dict.fromkeys(line for line in lines if line))
    return [{"lines": kept, "size": size}] if kept else []


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
