"""What the system writes to the person who let a letter go: that it could not leave at its moment, and why."""

import datetime as dt
import logging

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import emails, letters, purposes
from partnership.dates import long_moment
from partnership.models import Email, Mailing

logger = logging.getLogger(__name__)

PURPOSE = purposes.register(
    purposes.Purpose(
        key="mailing_notice",
        label=gettext_lazy("notice about a letter"),
        priority=Email.Priority.CONFIRMATION,
        uncertain="resend",
        needs_approval=False,
    )
)


def held_back(mailing: Mailing, moment: dt.datetime, why: str) -> None:
    """Tell who let it go that it stayed."""
    user = mailing.scheduled_by
    if user is None or not user.is_active:
        return
    with translation.override(user.language):
        title = mailing.in_language("title")
        lines = [
            _("Dear %(name)s,") % {"name": user.name},
            "",
            _("a letter that you let go has not left at its moment. It stays until somebody decides."),
            "",
            title,
            _("Its moment: %(when)s") % {"when": long_moment(moment, user.language)},
            _("Why: %(why)s") % {"why": why},
            "",
            _("The letter with everything that belongs to it:"),
            settings.SITE_URL + reverse("admin:partnership_mailing_home", args=[mailing.pk]),
            "",
        ]
        subject = _("Did not leave: %(title)s") % {"title": title}
    try:
        emails.queue(
            purpose=PURPOSE.key,
            to_address=user.email,
            language=user.language,
            subject=" ".join(letters.clean(subject).split())[:300],
            text=letters.clean("\n".join(lines)),
            about=mailing,
        )
    except ValueError:  # an address nobody can write to; the work desk shows the letter all the same
        logger.warning("no notice about mailing %s to account %s: its address is not fit", mailing.pk, user.pk)
