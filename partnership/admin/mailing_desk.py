"""What the work desk says of letters that should have left by themselves and did not."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partnership import dates, desk, mailing_schedule, mailings, purposes
from partnership.models import Mailing, User


def stayed(user: User) -> Iterable[desk.Turn]:
    """The letters whose moment passed, each with what keeps it now."""
    if not user.has_perm("partnership.send_mailing"):
        return []
    rows = mailing_schedule.overdue()
    abouts = purposes.abouts([mailing for mailing, _moment in rows])
    turns = []
    for mailing, moment in rows:
        remark = "　".join(part for part in (_said(mailing), str(abouts.get(mailing.pk, ""))) if part)
        title = _("Did not leave at %(when)s: %(letter)s") % {"when": dates.clock(moment, get_language() or "ja"), "letter": mailing}
        turns.append(desk.Turn(title, remark, "", reverse("admin:partnership_mailing_home", args=[mailing.pk]), _("Decide"), moment))
    return turns


def _said(mailing: Mailing) -> str:
    found = mailings.obstacles(mailing)
    return strip_tags(found[0]) if found else _("It may leave now: send it by hand.")


desk.register_queue(
    desk.Queue("stayed", gettext_lazy("letters that did not leave"), stayed, lambda: reverse("admin:partnership_mailing_changelist"))
)
