"""Letters that leave by themselves: somebody lets one go, and it leaves at its moment if it may leave then.

The moment comes from the purpose (``Purpose.starts_at``), so a reminder moves with the date it depends on. Each moment is
tried once: a letter that may not leave then stays, the desk is told why, and a person decides.
"""

import copy
import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import audit, mailing_notices, purposes
from partnership.mailing_steps import locked
from partnership.models import AuditEvent, Mailing, User
from partnership.transitions import Refused

HELD_BACK = "mailing.held_back"
_SEND = "partnership.send_mailing"


def leaves_at(mailing: Mailing) -> dt.datetime | None:
    """When it leaves by itself; None when nobody let it go, or nobody says when."""
    if mailing.scheduled_by_id is None or mailing.state != Mailing.State.READY:
        return None
    return purposes.get(mailing.purpose).starts_at(mailing)


@transaction.atomic
def schedule(*, mailing: Mailing, by: User, at: dt.datetime | None = None) -> dt.datetime:
    """Let it leave by itself. Whether it is approved is asked at that moment.

    Args:
        mailing: one whose list is frozen.
        by: who lets it go; the record will name them.
        at: when; None where its purpose says when, or to keep the moment it has.

    Raises:
        Refused: without a moment to come, or when the list is not frozen.
    """
    mailing = locked(mailing)
    if mailing.state != Mailing.State.READY:
        raise Refused(_("Freeze the list first; then the letter can be left to leave by itself."))
    if at is not None:
        mailing.starts_at = at
    moment = purposes.get(mailing.purpose).starts_at(mailing)
    if moment is None:
        raise Refused(_("Say on which day and at what hour it is to leave."))
    if moment <= timezone.now():
        raise Refused(_("That moment is over. Choose a later one, or send the letter by hand."))
    mailing.scheduled_by = by
    mailing.save(update_fields=["starts_at", "scheduled_by"])
    audit.record("mailing.schedule", mailing, by=by, at=moment.isoformat())
    return moment


@transaction.atomic
def unschedule(*, mailing: Mailing, by: User) -> None:
    """Keep it from leaving by itself.

    Raises:
        Refused: when nobody let it go, or it left.
    """
    mailing = locked(mailing)
    if mailing.scheduled_by_id is None or mailing.state != Mailing.State.READY:
        raise Refused(_("This letter does not leave by itself."))
    mailing.starts_at, mailing.scheduled_by = None, None
    mailing.save(update_fields=["starts_at", "scheduled_by"])
    audit.record("mailing.unschedule", mailing, by=by)


def due() -> list[tuple[Mailing, dt.datetime]]:
    """The letters whose moment has come and which have not been tried at it, with the moment."""
    now, found = timezone.now(), []
    for mailing in Mailing.objects.filter(state=Mailing.State.READY, scheduled_by__isnull=False).select_related("scheduled_by"):
        moment = leaves_at(mailing)
        if moment is not None and moment <= now and not held_back(mailing, moment):
            found.append((mailing, moment))
    return found


def held_back(mailing: Mailing, moment: dt.datetime) -> AuditEvent | None:
    """The record that it could not leave at that moment, with the reason."""
    return audit.about(mailing).filter(act=HELD_BACK, facts__moment=moment.isoformat()).first()


def refuse_unless_let_go(mailing: Mailing, moment: dt.datetime) -> User:
    """Who let it go, if they may still do so.

    Raises:
        Refused: when it was stopped, its moment moved, or that person may send no more.
    """
    now = Mailing.objects.select_related("scheduled_by").get(pk=mailing.pk)
    if leaves_at(now) != moment or now.scheduled_by is None:
        raise Refused(_("It was stopped, or its moment was moved."))
    if not (now.scheduled_by.is_active and now.scheduled_by.has_perm(_SEND)):
        raise Refused(_("%(name)s, who let it go, may not send letters any more.") % {"name": now.scheduled_by})
    return now.scheduled_by


def hold_back(mailing: Mailing, moment: dt.datetime, why: str) -> None:
    """Put on record, once for each moment, why it did not leave."""
    with transaction.atomic():
        mailing = locked(mailing)
        if held_back(mailing, moment) is None:
            audit.record(HELD_BACK, mailing, by=None, moment=moment.isoformat(), personal={"why": why})
            mailing_notices.held_back(mailing, moment, why)


def overdue() -> list[tuple[Mailing, dt.datetime]]:
    """The letters that should have left by themselves and did not, with the moment."""
    rows = Mailing.objects.filter(state=Mailing.State.READY, scheduled_by__isnull=False)
    moments = [(mailing, leaves_at(mailing)) for mailing in rows]
    return [(mailing, moment) for mailing, moment in moments if moment and moment <= timezone.now() and held_back(mailing, moment)]


def derived(mailing: Mailing) -> dt.datetime | None:
    """The moment that its purpose names by itself, whatever anybody wrote down; None when a person has to name one."""
    bare = copy.copy(mailing)
    bare.starts_at = None
    return purposes.get(mailing.purpose).starts_at(bare)
