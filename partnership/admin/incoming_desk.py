"""What the work desk says of mail that came in."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import desk, incoming, incoming_words, purposes
from partnership.models import IncomingMail, User

Kind = IncomingMail.Kind
PATIENCE = dt.timedelta(days=1)
SHOWN = 50


def replies(user: User) -> Iterable[desk.Turn]:
    """What people wrote, and what nobody could read."""
    return _turns(user, [Kind.REPLY, Kind.OTHER])


def came_back(user: User) -> Iterable[desk.Turn]:
    """Letters that did not arrive: what happened, in a sentence."""
    return _turns(user, [Kind.BOUNCE])


def _turns(user: User, kinds: list[str]) -> list[desk.Turn]:
    if not user.has_perm(incoming.HANDLE):
        return []
    rows = list(incoming.to_settle().filter(kind__in=kinds)[:SHOWN])
    places = purposes.places([row.email for row in rows if row.email])
    return [_turn(row, places.get(row.email.pk) if row.email else None) for row in rows]


def _turn(row: IncomingMail, place: purposes.Place | None) -> desk.Turn:
    about = place.about if place else ""
    url = reverse("admin:mail_incoming_one", args=[row.pk])
    if row.kind == Kind.BOUNCE:
        return desk.Turn(incoming_words.told(row).what, "　".join(filter(None, (_("Returned"), about))), "", url, _("Put right"), _due(row))
    title = row.subject or _("(no subject)")
    whom = incoming_words.whom_of(row.email) if row.email else row.from_address
    return desk.Turn(title, "　".join(filter(None, (_("Reply by mail"), about))), whom, url, _("Record"), _due(row))


def _due(row: IncomingMail) -> dt.datetime:
    return row.received_at + PATIENCE


def _tray(tab: str) -> str:
    return f"{reverse('admin:mail_incoming')}?tab={tab}"


desk.register_queue(desk.Queue("mail_replies", gettext_lazy("replies by mail"), replies, lambda: _tray("settle")))
desk.register_queue(desk.Queue("mail_came_back", gettext_lazy("letters that came back"), came_back, lambda: _tray("settle")))
