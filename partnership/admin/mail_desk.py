"""What the work desk says of mails that wait for a person: uncertain ones, and what a restore put on hold."""

from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import desk, emails, purposes, restores
from partnership.admin import mail_engine, uncertain_mails
from partnership.models import Mailing, User


def uncertain(user: User) -> Iterable[desk.Turn]:
    """Mailings with mails of which nobody knows whether they arrived, and one line for the mails of none."""
    if not user.has_perm(uncertain_mails.DECIDE):
        return []
    rows = Mailing.objects.annotate(unknown=Count("emails", filter=Q(emails__in=emails.undecided().values("pk")))).filter(unknown__gt=0)
    abouts = purposes.abouts(list(rows))
    turns = [_turn(str(mailing), mailing.unknown, str(abouts.get(mailing.pk, ""))) for mailing in rows]
    if alone := emails.undecided().filter(mailing=None).count():
        turns.append(_turn(_("Mails to single recipients"), alone, ""))
    return turns


def _turn(title: str, count: int, about: str) -> desk.Turn:
    words = _("Mailing　not known whether it arrived: %(count)s") % {"count": count}
    return desk.Turn(title, "　".join(filter(None, (words, about))), "", uncertain_mails.address(), _("Decide"))


def on_hold(user: User) -> Iterable[desk.Turn]:
    """A restore that was found and not released yet."""
    if not user.has_perm(mail_engine.SEE) or not restores.is_held():
        return []
    words = _("%(count)s letters are on hold; no mailing starts until they are released.") % {"count": restores.held().count()}
    return [desk.Turn(_("The data was restored from a backup"), words, "", reverse("admin:mail_engine"), _("Look at it"))]


desk.register_queue(desk.Queue("uncertain", gettext_lazy("unknown whether arrived"), uncertain, uncertain_mails.address))
desk.register_queue(desk.Queue("mail_on_hold", gettext_lazy("on hold after a restore"), on_hold, lambda: reverse("admin:mail_engine")))
