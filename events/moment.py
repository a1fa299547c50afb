"""An invitation at the moment when a letter about it leaves: what the last checks ask of it, read anew for each letter in one query."""

import functools
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, Model

from events import written
from events.models import Event, Invitation
from partnership import prepared
from partnership.models import Email
from partnership.prepared import Slot


def _fields(model: type[Model], *wanted: str) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname in wanted]  # in the order that from_db() wants


# of the invitation and of its event; what else is asked of them is read then
_OWN = _fields(Invitation, "id", "event_id", "reply", "token_version", "linked_at")
_TIMES = ("starts_on", "start_time", "ends_on", "end_time", "time_zone", "guest_list_closes_at", "reply_by")
_EVENTS = _fields(Event, "id", "state", "reply_mode", *_TIMES)


@dataclass(frozen=True)
class Moment:
    """The invitation, and whether a letter of another mailing left for the same address before.

    That may be one that took in who had failed here.
    """

    invitation: Invitation
    has_reached: bool


def of(email: Email) -> Moment | None:
    """How things stand now for what a mail is about; None when that no longer exists."""
    asked = _question(ContentType.objects.get_for_model(Invitation).pk)
    rows = asked.rows(id=email.object_id, email=email.pk, to_address=email.to_address, mailing=email.mailing_id or 0)
    for row in rows:
        invitation = Invitation.from_db(DEFAULT_DB_ALIAS, _OWN, row[: len(_OWN)])
        invitation.event = Event.from_db(DEFAULT_DB_ALIAS, _EVENTS, row[len(_OWN) : -1])
        return Moment(invitation, has_reached=bool(row[-1]))
    return None


@functools.lru_cache(maxsize=8)
def _question(_kind: int) -> prepared.Question:
    """The query; the number of the content type stands in it."""
    others = written.that_left().filter(to_address=Slot("to_address", Email)).exclude(pk=Slot("email", Email, "id"))
    rows = Invitation.objects.filter(id=Slot("id", Invitation)).order_by()
    reached = Exists(others.exclude(mailing=Slot("mailing", Email)))
    return prepared.Question(rows.annotate(reached=reached).values_list(*_OWN, *(f"event__{name}" for name in _EVENTS), "reached"))
