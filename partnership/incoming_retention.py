"""How long the words of strangers are kept: what they wrote is personal, and its use is over once it is settled and the event is past."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnership import attachments, audit, retention
from partnership.models import IncomingMail

REPLY_DAYS = 365
SHORT_DAYS = 30  # automatic replies, and what names letters that are not ours
_SHORT = (IncomingMail.Kind.AUTOMATIC, IncomingMail.Kind.FORGED, IncomingMail.Kind.DELIVERED)


@transaction.atomic
def purge() -> int:
    """Forget who wrote what; that something came, when, of what kind, and what was done stays. Says how many were emptied."""
    now = timezone.now()
    over = Q(received_at__lte=now - dt.timedelta(days=REPLY_DAYS))
    over |= Q(received_at__lte=now - dt.timedelta(days=SHORT_DAYS), kind__in=_SHORT)
    rows = IncomingMail.objects.filter(over).exclude(from_address="", subject="", text="", diagnostic="")
    attachments.forget(things=list(rows.only("pk")))
    count = rows.update(from_address="", subject="", text="", diagnostic="")
    if count:
        audit.record("incomingmail.purge", by=None, count=count, days=REPLY_DAYS, days_of_automatic_ones=SHORT_DAYS)
    return count


REPLIES = retention.register(retention.Kept("incoming_mails", _("what people wrote to us by mail"), REPLY_DAYS, purge))
