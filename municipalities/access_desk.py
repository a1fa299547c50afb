"""What access and accounts put on the work desk: who asks, and whose account was not confirmed this year."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import access
from partnership import confirmations, desk
from partnership.models import User


def asking(user: User) -> Iterable[desk.Turn]:
    """Officials who asked for access and whom nobody has confirmed yet."""
    if not user.has_perm("municipalities.change_accessrequest"):
        return
    for asked in access.waiting():
        yield desk.Turn(
            title=_("Access to the portal: %(post)s") % {"post": asked.post},
            remark=_("Somebody asks for access"),
            whom=str(asked.local_government),
            url=reverse("admin:municipalities_accessrequest_change", args=[asked.pk]),
            act=_("Decide"),
            due=timezone.localdate(asked.asked_at + access.KEPT_WAITING),
        )


def unconfirmed(user: User) -> Iterable[desk.Turn]:
    """From June on, one line for all accounts whose holders have not confirmed; the list behind it names them."""
    today = timezone.localdate()
    if not user.has_perm("partnership.change_user") or confirmations.year_start(today) <= today <= confirmations.last_day(today):
        return
    count = confirmations.missing(today).count()
    if count:
        yield desk.Turn(
            title=_("Accounts that were not confirmed this fiscal year (%(count)s)") % {"count": count},
            remark=_("Telephone the local government: is the holder still there?"),
            whom="",
            url=_unconfirmed_list(),
            act=_("Open"),
        )


def _asking_list() -> str:
    return reverse("admin:municipalities_accessrequest_changelist") + "?state__exact=waiting"


def _unconfirmed_list() -> str:
    return reverse("admin:partnership_user_changelist") + "?confirmed=no"


desk.register_queue(desk.Queue("access", gettext_lazy("Requests for access"), asking, _asking_list))
desk.register_queue(desk.Queue("unconfirmed_accounts", gettext_lazy("Unconfirmed accounts"), unconfirmed, _unconfirmed_list))
