"""What happened to an event lately, in plain words: the audit trail of the event, its guests, letters and approvals."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from events.models import Event, EventMailing, Invitation
from partnership import acts
from partnership.models import Approval, AuditEvent, Mailing

SAID_TOGETHER = ("invitation.invite", "mailing.change")  # event.invite says how many; mailing.edit says the rest


@dataclass(frozen=True)
class Act:
    """One line for the page."""

    at: dt.datetime
    who: str
    what: str


def recent(event: Event, letters: Iterable[EventMailing], approvals: Iterable[Approval], limit: int = 8) -> list[Act]:
    """The newest acts, newest first. Five queries, whatever the size; each walks the trail's index."""
    letters, approvals = list(letters), list(approvals)
    newest: list[AuditEvent] = []
    sources: list[tuple[type[models.Model], Any]] = [
        (Event, [event.pk]),
        (Invitation, Invitation.objects.filter(event=event).values("pk")),
        (Mailing, [letter.mailing_id for letter in letters]),
        (Approval, [approval.pk for approval in approvals]),
    ]
    for model, keys in sources:
        kind = ContentType.objects.get_for_model(model)
        rows = AuditEvent.objects.filter(content_type=kind, object_id__in=keys).exclude(act__in=SAID_TOGETHER)
        newest += rows.order_by("-id")[:limit]
    newest.sort(key=lambda row: -row.pk)
    labels = _labels(newest[:limit], letters, approvals)
    return [_told(row, labels) for row in newest[:limit]]


def _labels(rows: Iterable[AuditEvent], letters: Iterable[EventMailing], approvals: Iterable[Approval]) -> dict[tuple[int, int], str]:
    """What the acts were done to, in the reader's language: the trail keeps it in the language of whoever acted."""
    of = ContentType.objects.get_for_model
    guests = [row.object_id or 0 for row in rows if row.content_type_id == of(Invitation).pk]
    found = {
        (of(Invitation).pk, one.pk): str(one.organisation)
        for one in Invitation.objects.filter(pk__in=guests).select_related("organisation")
    }
    found |= {(of(Mailing).pk, letter.mailing_id): str(letter.mailing) for letter in letters}
    return found | {(of(Approval).pk, approval.pk): str(approval) for approval in approvals}


def _told(row: AuditEvent, labels: dict[tuple[int, int], str]) -> Act:
    about = labels.get((row.content_type_id or 0, row.object_id or 0), row.object_label)
    who = about if row.actor_label == "link" else _("the system") if row.actor_label == "system" else row.actor_label
    return Act(at=row.at, who=who, what=acts.in_words(row, about))


def first(event: Event, act: str) -> dt.datetime | None:
    """When the act was first done to the event."""
    kind = ContentType.objects.get_for_model(Event)
    row = AuditEvent.objects.filter(content_type=kind, object_id=event.pk, act=act).order_by("id").first()
    return row.at if row else None
