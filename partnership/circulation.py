"""What happens to papers on their way while nobody does anything: the matter changes under them, or their day comes near."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from partnership import approval_content, approval_notices, approval_steps, audit, business_days
from partnership.models import Approval, User


def settle() -> None:
    """Tell the author and those who have it before them, once in a round, that a paper's content changed since it was submitted.

    Agreeing to it is refused all the same; this only saves people from reading what cannot be agreed to. Any number may call it.
    """
    rows = Approval.objects.filter(state=Approval.State.CIRCULATING, outdated_at=None).select_related("drafted_by", "content_type")
    for approval in rows:
        if _has_changed(approval):
            _tell(approval)


def _has_changed(approval: Approval) -> bool:
    thing = approval.subject
    return thing is not None and approval_content.digest_of(approval_content.content_now(approval, thing)) != approval.digest


@transaction.atomic
def _tell(approval: Approval) -> None:
    circulating = Approval.objects.filter(pk=approval.pk, state=Approval.State.CIRCULATING, digest=approval.digest, outdated_at=None)
    if not circulating.update(outdated_at=timezone.now()):
        return  # somebody was quicker
    thing: Any = approval.subject
    now = approval_content.content_now(approval, thing)

    def changes() -> list[approval_content.Change]:
        return approval_content.differences(type(thing), approval.content, now)

    audit.record("approval.outdated", approval, by=None, changes=[str(change.label) for change in changes()])
    approval_notices.outdated(approval, [approval.drafted_by, *(user for user, _absent in _before(approval))], changes)


def remind(day: dt.date | None = None) -> int:
    """Remind those who have a paper before them whose day is over, or that is due by the end of the next open day. How many papers.

    On days on which the offices are open, and once a day for each paper however often it is called.
    """
    day = day or timezone.localdate()
    if not business_days.is_open(day):
        return 0
    until = timezone.make_aware(dt.datetime.combine(business_days.add(day, 1) + dt.timedelta(days=1), dt.time.min))
    rows = Approval.objects.filter(state=Approval.State.CIRCULATING, due_at__lt=until).exclude(outdated_at__isnull=False)
    return sum(_remind(approval, day) for approval in rows.select_related("drafted_by").order_by("due_at"))


@transaction.atomic
def _remind(approval: Approval, day: dt.date) -> int:
    mine = Approval.objects.filter(Q(reminded_on=None) | Q(reminded_on__lt=day), pk=approval.pk, state=Approval.State.CIRCULATING)
    if not mine.update(reminded_on=day):
        return 0
    is_over = approval.due_at is not None and approval.due_at < timezone.now()
    approval_notices.reminder(approval, _before(approval), is_over=is_over)
    return 1


def _before(approval: Approval) -> list[tuple[User, User | None]]:
    """Those who have the paper before them now, each once."""
    return approval_steps.told_of(approval_steps.current_steps(approval))
