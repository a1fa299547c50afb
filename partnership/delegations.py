"""代決: who decides in somebody's absence. A deputy speaks for whoever named them, not for those whose deputy that person is."""

import datetime as dt

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import approval_notices, approval_routes, audit
from partnership.models import Delegation, User
from partnership.transitions import Refused

RIGHT = "partnership.add_delegation"  # to name a deputy for somebody else


@transaction.atomic
def create(*, principal: User, deputy: User, starts_on: dt.date, ends_on: dt.date, reason: str = "", by: User) -> Delegation:
    """Name a deputy from the first to the last day; both are told.

    Raises:
        Refused: for days that are over or the wrong way round, somebody who may not decide, a second deputy on the same days,
            or when ``by`` is neither the absent person nor somebody who may do it for others.
    """
    User.objects.select_for_update().get(pk=principal.pk)  # one after the other, or two deputies would share a day
    _refuse_unless_theirs(principal, by)
    if deputy.pk == principal.pk:
        raise Refused(_("Nobody is their own deputy."))
    if deputy.pk == by.pk:
        raise Refused(_("Nobody names themselves as somebody else’s deputy."))
    if ends_on < starts_on:
        raise Refused(_("The last day is before the first."))
    if ends_on < timezone.localdate():
        raise Refused(_("These days are over."))
    able = set(approval_routes.deciders().filter(pk__in=[principal.pk, deputy.pk]).values_list("pk", flat=True))
    for person in (principal, deputy):
        if person.pk not in able:
            raise Refused(_("%(name)s may not decide approvals.") % {"name": person})
    if (other := _overlapping(principal, starts_on, ends_on)) is not None:
        raise Refused(_("%(name)s has a deputy on these days already: %(deputy)s.") % {"name": principal, "deputy": other.deputy})
    row = Delegation.objects.create(
        principal=principal, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), created_by=by
    )
    audit.record("delegation.create", row, by=by, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat())
    approval_notices.deputy(row, by=by)
    return row


@transaction.atomic
def end(*, delegation: Delegation, by: User) -> Delegation:
    """End it early: from this moment on the deputy decides nothing more in the other's place.

    Raises:
        Refused: when it is over, or not ``by``'s to end.
    """
    row = Delegation.objects.select_for_update().select_related("principal", "deputy").get(pk=delegation.pk)
    if row.deputy_id != by.pk:
        _refuse_unless_theirs(row.principal, by)
    if row.ended_at is not None or row.ends_on < timezone.localdate():
        raise Refused(_("This delegation is over already."))
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    audit.record("delegation.end", row, by=by)
    approval_notices.deputy_no_more(row, by=by)
    return row


def in_force(user: User | None = None, day: dt.date | None = None) -> models.QuerySet[Delegation]:
    """The delegations of one day (today unless said otherwise).

    Args:
        user: only those in which this person is the deputy; None for all.
        day: by the calendar of Japan.
    """
    day = day or timezone.localdate()
    rows = Delegation.objects.filter(starts_on__lte=day, ends_on__gte=day).select_related("principal", "deputy")
    # one that was ended stood until the day before: whoever records a decision of those days may still name the deputy
    rows = rows.filter(models.Q(ended_at=None) | models.Q(ended_at__gt=_end_of(day)))
    return rows if user is None else rows.filter(deputy=user)


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def _overlapping(principal: User, starts_on: dt.date, ends_on: dt.date) -> Delegation | None:
    rows = Delegation.objects.filter(principal=principal, ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    return rows.select_related("deputy").first()


def _refuse_unless_theirs(principal: User, by: User) -> None:
    if by.pk != principal.pk and not by.has_perm(RIGHT):
        raise Refused(_("Only the absent person, or somebody who looks after delegations, can do this."))
