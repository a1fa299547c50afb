"""Writes the audit trail. Called by verbs, inside their transaction."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from partnership.models import AuditDetail, AuditEvent, AuditSeal, User

SETTLED = dt.timedelta(minutes=10)  # longer than any transaction of ours


def label(thing: models.Model | None) -> str:
    """How the trail calls a row. A model whose own name is personal gives another in ``audit_label``, because the trail stays."""
    if thing is None:
        return ""
    return str(getattr(thing, "audit_label", "") or thing)[:300]


def record(
    act: str, about: models.Model | None = None, *, by: User | None, via: str = "", personal: dict[str, Any] | None = None, **facts: Any
) -> AuditEvent:
    """Append one business act.

    Args:
        act: noun.verb, such as ``mailing.send``.
        about: the row it was done to.
        by: who did it; None for the system or for a guest who came by link (then say which in ``via``).
        via: how someone without an account acted, such as ``link``.
        personal: values about a person; kept in a side table that a purge may empty.
        facts: what changed (from, to, counts); JSON values, nothing personal.
    """
    event = AuditEvent.objects.create(
        act=act,
        actor=by,
        actor_label=str(by) if by else (via or "system"),
        content_type=ContentType.objects.get_for_model(about) if about is not None else None,
        object_id=about.pk if about is not None else None,
        object_label=label(about),
        facts=facts,
    )
    if personal:
        AuditDetail.objects.create(event=event, personal=personal)
    return event


def about(thing: models.Model) -> models.QuerySet[AuditEvent]:
    """The trail of one row, newest first."""
    return AuditEvent.objects.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk).select_related("actor")


def _line(event: AuditEvent) -> bytes:
    fields = [
        event.pk,
        event.at.isoformat(),
        event.actor_id,
        event.actor_label,
        event.act,
        event.content_type_id,
        event.object_id,
        event.object_label,
        event.facts,
    ]
    return json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()


def _digest(previous: str, events: models.QuerySet[AuditEvent]) -> tuple[str, int]:
    digest = hashlib.sha256(previous.encode())
    count = 0
    for event in events.order_by("id").iterator():
        digest.update(_line(event))
        count += 1
    return digest.hexdigest(), count


@transaction.atomic
def seal(*, settled: dt.timedelta = SETTLED) -> AuditSeal | None:
    """Seal what was appended since the last seal; None when there is nothing new.

    Only what is older than ``settled`` is sealed, and nothing behind what is not: a transaction that is still open may hold a smaller
    number than one already committed, and would seem to have slipped in under the seal.
    """
    last = AuditSeal.objects.select_for_update().order_by("-last_id").first()
    fresh = AuditEvent.objects.filter(pk__gt=last.last_id if last else 0)
    # numbers and times need not follow each other: two processes take them at the same moment, by clocks of their own
    unsettled = fresh.filter(at__gt=timezone.now() - settled).aggregate(first=models.Min("pk"))["first"]
    if unsettled is not None:
        fresh = fresh.filter(pk__lt=unsettled)
    ends = fresh.aggregate(first=models.Min("pk"), last=models.Max("pk"))
    if ends["last"] is None:
        return None
    digest, count = _digest(last.digest if last else "", fresh.filter(pk__lte=ends["last"]))
    return AuditSeal.objects.create(first_id=ends["first"], last_id=ends["last"], events=count, digest=digest)


def broken_seals() -> list[AuditSeal]:
    """The seals that no longer fit the rows they cover: someone changed or removed a row behind the application's back."""
    broken, previous = [], AuditSeal(digest="", last_id=0)
    for one in AuditSeal.objects.order_by("last_id"):
        digest, count = _digest(previous.digest, AuditEvent.objects.filter(pk__gt=previous.last_id, pk__lte=one.last_id))
        if (digest, count) != (one.digest, one.events):
            broken.append(one)
        previous = one
    return broken
