"""How long an event's personal data is kept. What guests were promised on their page is kept here."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Event, GuestNeeds
from partnership import audit, retention

NEEDS_DAYS = 30  # the guest's page says so beside the questions


def purge_needs() -> int:
    """Remove the dietary and access needs of events that ended ``NEEDS_DAYS`` ago; how many parties had given some.

    Cancelled and postponed events are treated alike: the day for which the needs were given is what counts.
    """
    last = timezone.localdate() - dt.timedelta(days=NEEDS_DAYS)
    over = Event.objects.filter(ends_on__lte=last, invitations__needs__isnull=False).distinct()
    return sum(_purge_needs_of(pk, last) for pk in over.values_list("pk", flat=True))


@transaction.atomic
def _purge_needs_of(pk: int, last: dt.date) -> int:
    # an event that was put off to a later day in this moment is left alone
    event = Event.objects.select_for_update(no_key=True).filter(pk=pk, ends_on__lte=last).first()
    if event is None:
        return 0
    needs = GuestNeeds.objects.filter(invitation__event=event)
    count, diet, access = needs.count(), needs.exclude(diet="").count(), needs.exclude(access="").count()
    needs.delete()
    if count:
        audit.record("event.purge_needs", event, by=None, count=count, diet=diet, access=access, days=NEEDS_DAYS)
    return count


NEEDS = retention.register(retention.Kept("guest_needs", _("dietary and access needs"), NEEDS_DAYS, purge_needs))
