"""Mails that a paper sends while it circulates: it waits for you; it was decided."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import emails, letters, purposes
from partnership.dates import long_moment
from partnership.models import Approval, Email, User

logger = logging.getLogger(__name__)

PURPOSE = purposes.register(
    purposes.Purpose(
        key="approval_notice",
        label=gettext_lazy("notice about an approval"),
        priority=Email.Priority.CONFIRMATION,
        uncertain="resend",
        needs_approval=False,
    )
)


def waits(approval: Approval, deciders: Iterable[User], *, by: User) -> None:
    """Tell those who can decide now that the paper waits for them."""
    for user in deciders:
        with translation.override(user.language):
            lines = [
                _("Dear %(name)s,") % {"name": user.name},
                "",
                _("a paper waits for your decision."),
                "",
                approval.in_language("title"),
                _("Drafted by: %(name)s") % {"name": approval.drafted_by},
            ]
            if approval.due_at:
                lines.append(_("To be decided by: %(when)s") % {"when": long_moment(approval.due_at, user.language)})
            if approval.note:
                lines += ["", approval.note]
            _queue(approval, user, _("For your decision: %(title)s") % {"title": approval.in_language("title")}, lines, by)


def decided(approval: Approval, opinion: str, *, by: User) -> None:
    """Tell the author what became of the paper."""
    author = approval.drafted_by
    with translation.override(author.language):
        state = approval.get_state_display()
        title = approval.in_language("title")
        lines = [
            _("Dear %(name)s,") % {"name": author.name},
            "",
            _("your paper is now “%(state)s”.") % {"state": state},
            "",
            title,
            _("Decided by: %(name)s") % {"name": by},
        ]
        if opinion.strip():
            lines += [_("Opinion: %(opinion)s") % {"opinion": opinion.strip()}]
        _queue(approval, author, _("Decision (%(state)s): %(title)s") % {"state": state, "title": title}, lines, by)


def _queue(approval: Approval, user: User, subject: str, lines: list[str], by: User) -> None:
    address = settings.SITE_URL + reverse("admin:approval", args=[approval.pk])
    try:
        emails.queue(
            purpose=PURPOSE.key,
            to_address=user.email,
            language=user.language,
            subject=" ".join(letters.clean(subject).split())[:300],
            text=letters.clean("\n".join([*lines, "", _("The paper with everything that belongs to it:"), address, ""])),
            about=approval,
            by=by,
        )
    except ValueError:  # an address nobody can write to; the work desk shows the paper all the same
        logger.warning("no notice about approval %s to account %s: its address is not fit", approval.pk, user.pk)
