"""How long personal data of the municipal side is kept."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities import access_retention
from municipalities.models import Enquiry
from partnership import audit, retention

ENQUIRY_DAYS = 3 * 365 + 1  # three years, one of which may be longer
_AT_ONCE = 500


@transaction.atomic
def purge_enquiries() -> int:
    """Forget who asked and how to reach them, ``ENQUIRY_DAYS`` after the answer; topic, answer and times stay. Says how many."""
    last = timezone.now() - dt.timedelta(days=ENQUIRY_DAYS)
    over = Enquiry.objects.filter(Q(answered_at__lte=last) | Q(answered_at=None, received_at__lte=last)).exclude(asker="", contact="")
    count = 0
    for enquiry in over.select_for_update(of=("self",)).iterator(chunk_size=_AT_ONCE):
        enquiry.asker = enquiry.contact = ""
        enquiry.skip_history_when_saving = True  # type: ignore[attr-defined]
        enquiry.save(update_fields=["asker", "contact"])
        Enquiry.history.filter(id=enquiry.pk).update(asker="", contact="")
        count += 1
    if count:
        audit.record("enquiry.purge", by=None, count=count, days=ENQUIRY_DAYS)
    return count


ENQUIRIES = retention.register(retention.Kept("enquiry_askers", _("who asked, in enquiries"), ENQUIRY_DAYS, purge_enquiries))
ACCESS = access_retention.ACCESS
