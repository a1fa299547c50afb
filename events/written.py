"""Which mails have brought an invitation to its guest, or will: those with its present link.

A letter that left before the link was made anew leads nowhere, and may have reached somebody else.
"""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Invitation
from partnership.models import Email

PURPOSE = "invitation"


def mails() -> QuerySet[Email]:
    """The letters of invitation that have left or will leave."""
    kind = ContentType.objects.get_for_model(Invitation)
    return Email.objects.filter(purpose=PURPOSE, content_type=kind).exclude(state__in=[Email.State.CANCELLED, Email.State.FAILED])


def of(invitation: Invitation) -> QuerySet[Email]:
    """Those of one invitation that hold its present link."""
    return mails().filter(_with_the_link(invitation.linked_at), object_id=invitation.pk)


def any_of_them() -> Exists:
    """For a query over invitations: whether there is one."""
    return Exists(mails().filter(_with_the_link(OuterRef("linked_at")), object_id=OuterRef("pk")))


def any_for(purpose: str) -> Exists:
    """For a query over invitations: whether a letter of another purpose, such as a save-the-date, has left or will leave."""
    kind = ContentType.objects.get_for_model(Invitation)
    rows = Email.objects.filter(purpose=purpose, content_type=kind, object_id=OuterRef("pk"))
    return Exists(rows.exclude(state__in=[Email.State.CANCELLED, Email.State.FAILED]))


def any_that_left() -> Exists:
    """For a query over invitations: whether one with the present link has left, so that a reminder can speak of it."""
    return Exists(that_left())


def that_left() -> QuerySet[Email]:
    """For a query over invitations: those with the present link that have left."""
    left = (Email.State.TRANSMITTING, Email.State.SENT, Email.State.UNCERTAIN)
    return mails().filter(_with_the_link(OuterRef("linked_at")), object_id=OuterRef("pk"), state__in=left)


def _with_the_link(linked_at: dt.datetime | OuterRef) -> Q:
    return Q(data_started_at=None) | Q(data_started_at__gte=linked_at)  # the link is filled in right before the letter leaves
