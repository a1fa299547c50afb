"""What events put on the work desk: turns that wait for a person, the coming events, and today's answers."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import call_sheet, letter_offers, replies, windows
from events.models import Event, Invitation, Task
from partnership import desk
from partnership.models import User

Reply = Invitation.Reply
SHOWN = 8


def _page(name: str, event_id: int) -> str:
    return reverse(f"admin:events_event_{name}", args=[event_id])


def _list() -> str:
    return reverse("admin:events_event_changelist") + "?state__exact=inviting"


def late_tasks(user: User) -> Iterable[desk.Turn]:
    """Open tasks that are due today or late: mine, and those without a person in an event of mine."""
    if not user.has_perm("events.change_event"):
        return
    mine = Q(owner=user) | Q(owner=None, event__owners=user)
    tasks = Task.objects.filter(mine, done_at=None, due_on__lte=timezone.localdate(), event__state__in=Event.OPEN, event__is_record=False)
    for task in tasks.select_related("event").distinct().order_by("due_on", "pk"):
        yield desk.Turn(
            title=str(task),
            remark=_("task　%(event)s") % {"event": task.event},
            whom="",
            url=_page("home", task.event_id) + "#todo",
            act=_("Open"),
            due=task.due_on,
        )


def to_decide(user: User) -> Iterable[desk.Turn]:
    """Substitutes that wait for the hosts’ consent."""
    yield from _decisions(user, [Reply.SUBSTITUTE])


def late_acceptances(user: User) -> Iterable[desk.Turn]:
    """Acceptances after the deadline, and guests who wait for a place."""
    yield from _decisions(user, [Reply.LATE, Reply.WAITLISTED])


def _decisions(user: User, wanted: list[str]) -> Iterable[desk.Turn]:
    if not user.has_perm("events.decide_invitation"):
        return
    rows = Invitation.objects.filter(reply__in=wanted, event__state__in=Event.OPEN, event__is_record=False)
    for one in rows.select_related("event", "organisation", "position").order_by("replied_at"):
        yield desk.Turn(
            title=one.get_reply_display(),
            remark=str(one.event),
            whom=str(one.organisation),
            url=_page("decide", one.event_id),
            act=_("Decide"),
            due=one.replied_at + dt.timedelta(days=1) if one.replied_at else None,
        )


def call_backs(user: User) -> Iterable[desk.Turn]:
    """Promised calls that are due today."""
    if not user.has_perm("events.change_invitation"):
        return
    tonight = timezone.localtime().replace(hour=23, minute=59, second=59)
    for one in call_sheet.promised(before=tonight):
        yield desk.Turn(
            title=_("Call again"),
            remark=str(one.event),
            whom=str(one.organisation),
            url=_page("calls", one.event_id) + "?state=again",
            act=_("Telephone"),
            due=one.call_back_at,  # type: ignore[attr-defined]
        )


def letters_due(user: User) -> Iterable[desk.Turn]:
    """Events whose guests hold a letter that is true no more: changed, called off, put off."""
    if not user.has_perm("partnership.add_mailing"):
        return
    told = Event.objects.filter(is_record=False, ends_on__gte=timezone.localdate(), event_mailings__mailing__started_at__isnull=False)
    rows = told.exclude(state__in=windows.OVER).distinct().prefetch_related("hosts__organisation__positions").order_by("starts_on", "pk")
    for one in letter_offers.due(rows):
        yield desk.Turn(
            title=str(one.event),
            remark=one.sentence,
            whom="",
            url=one.url,
            act=_("Go on with the notice") if one.letter else _("Draft the notice"),
            due=timezone.localdate(),
        )


def coming(request: HttpRequest) -> dict[str, Any] | None:
    """The next events with how their answers stand."""
    if not request.user.has_perm("events.view_event"):
        return None
    found = list(
        replies.with_counts(Event.objects.upcoming().filter(is_record=False)).prefetch_related("hosts__organisation__positions")[:SHOWN]
    )
    today = timezone.localdate()
    rows = [{"event": event, "days": (event.starts_on - today).days} for event in found]
    return {"rows": rows, "request": request}


def answers_today(request: HttpRequest) -> dict[str, Any] | None:
    """What came in since midnight."""
    if not request.user.has_perm("events.view_invitation"):
        return None
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Invitation.objects.filter(replied_at__gte=midnight, event__state__in=Event.OPEN)
        .exclude(reply=Reply.WITHDRAWN)
        .values("event", title_ja=F("event__title_ja"), title_en=F("event__title_en"))
        .order_by("event")
        .annotate(
            accepted=Count("pk", filter=Q(reply=Reply.ACCEPTED)),
            declined=Count("pk", filter=Q(reply=Reply.DECLINED)),
            waiting=Count("pk", filter=Q(reply__in=[Reply.SUBSTITUTE, Reply.LATE, Reply.WAITLISTED])),
        )
    )
    events = {event.pk: event for event in Event.objects.filter(pk__in=[row["event"] for row in rows])}
    return {"rows": [{**row, "event": events[row["event"]]} for row in rows], "request": request}


for _key, _label, _turns in (
    ("late_tasks", gettext_lazy("Late tasks"), late_tasks),
    ("substitutes", gettext_lazy("Substitutes to decide"), to_decide),
    ("late_acceptances", gettext_lazy("Late acceptances"), late_acceptances),
    ("call_backs", gettext_lazy("Promised calls"), call_backs),
    ("letters_due", gettext_lazy("Guests to be told"), letters_due),
):
    desk.register_queue(desk.Queue(_key, _label, _turns, _list))

desk.register_panel(desk.Panel("coming_events", "events/desk_events.html", coming, place="main", order=10))
desk.register_panel(desk.Panel("answers_today", "events/desk_answers.html", answers_today, place="side", order=20))
