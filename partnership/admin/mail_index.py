"""Mail: the pages that belong to it, each with the number that waits there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership import admin_pages, emails, gates, holds, incoming, mail_state, restores
from partnership.admin.incoming import HANDLE
from partnership.admin.mail_engine import verdict
from partnership.admin.pages import framed
from partnership.admin.uncertain_mails import DECIDE
from partnership.models import MailGate, User

VIEW = "partnership.view_mailing"


@dataclass(frozen=True)
class Door:
    """One of the pages: what it is for, who may open it, and what waits behind it."""

    url_name: str
    label: Promise
    words: Promise
    may: Callable[[User], bool]
    waiting: Callable[[], int]
    is_turn: bool = True


def _of(permission: str) -> Callable[[User], bool]:
    return lambda user: user.has_perm(permission)


DOORS = (
    Door(
        "admin:mail_uncertain",
        gettext_lazy("Not known whether they arrived"),
        gettext_lazy("Letters whose handing over broke off: take them as arrived, or send them again."),
        _of(DECIDE),
        lambda: emails.undecided().count(),
    ),
    Door(
        "admin:mail_incoming",
        gettext_lazy("Mail that came in"),
        gettext_lazy("What guests write, and letters that came back: record the answer, put the address right."),
        _of(HANDLE),
        lambda: incoming.to_settle().count(),
    ),
    Door(
        "admin:mail_holds",
        gettext_lazy("Addresses on hold"),
        gettext_lazy("Where a server said that nobody lives; nothing is sent there."),
        _of(HANDLE),
        lambda: holds.in_force().count(),
        is_turn=False,
    ),
    Door(
        "admin:partnership_mailing_changelist",
        gettext_lazy("Mailings"),
        gettext_lazy("Letters to many: their lists, approvals and progress."),
        _of(VIEW),
        lambda: 0,
        is_turn=False,
    ),
    Door(
        "admin:mail_engine",
        gettext_lazy("Is mail leaving?"),
        gettext_lazy("The way out, what waits, and what a restore put on hold."),
        _of(DECIDE),
        lambda: restores.held().count(),
    ),
    Door(
        "admin:partnership_email_changelist",
        gettext_lazy("Outbox"),
        gettext_lazy("Every single mail with its attempts; for superusers."),
        lambda user: user.is_superuser,
        lambda: 0,
        is_turn=False,
    ),
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What of it this person may open, and in one line whether mail leaves."""
    user: User = request.user  # type: ignore[assignment]
    doors = [_shown(door) for door in DOORS if door.may(user)]
    if not doors:
        raise PermissionDenied
    gate = next((one for one in gates.status() if one.key == MailGate.ALL), None)
    held = restores.is_held()
    answer = verdict(gate, mail_state.now(), is_held=held)
    return framed(request, "mail/index.html", _("Mail"), doors=doors, verdict=answer, held=held)


def _shown(door: Door) -> dict[str, Any]:
    count = door.waiting()
    return {"label": door.label, "words": door.words, "url": reverse(door.url_name), "count": count, "is_turn": door.is_turn and count > 0}


admin_pages.register("mail/", page, "mail")
