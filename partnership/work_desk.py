"""What the work desk shows a person: the numbers, the rows that wait for them by due date, and the registered panels."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partnership import dates, desk

SHOWN = 8


@dataclass(frozen=True)
class Count:
    """A number at the top, and where its rows are."""

    number: int
    label: Promise
    url: str


@dataclass(frozen=True)
class Line:
    """A row of “my turn”, its due date in words."""

    turn: desk.Turn
    due: str
    is_late: bool
    is_pressing: bool  # late, or due today


def moment(due: dt.datetime | dt.date | None) -> dt.datetime | None:
    """When it is due: a day ends with its last second."""
    if due is None or isinstance(due, dt.datetime):
        return due
    return timezone.make_aware(dt.datetime.combine(due, dt.time(23, 59, 59)))


def words(due: dt.datetime | dt.date | None, now: dt.datetime) -> str:
    """“2 days late”, “today 12:00”, or the day."""
    when = moment(due)
    if when is None:
        return _("no date")
    here, today = timezone.localtime(when), timezone.localtime(now).date()
    hour = f" {here:%H:%M}" if isinstance(due, dt.datetime) else ""
    if here.date() < today:
        days = (today - here.date()).days
        return _("1 day late") if days == 1 else _("%(days)s days late") % {"days": days}
    if here.date() == today:
        return _("today") + hour
    return dates.short_date(here.date(), get_language() or "ja") + hour


def line(turn: desk.Turn, now: dt.datetime) -> Line:
    """A row, as it reads now."""
    when = moment(turn.due)
    is_late = when is not None and when < now
    is_today = when is not None and timezone.localtime(when).date() == timezone.localtime(now).date()
    return Line(turn, words(turn.due, now), is_late, is_late or is_today)


def panels(request: HttpRequest, place: str) -> list[SafeString]:
    """The parts of one column, those left out that have nothing to say to this person."""
    shown = []
    for panel in desk.panels(place):
        context = panel.context(request)
        if context is not None:
            shown.append(render_to_string(panel.template, dict(context), request=request))
    return shown


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything for ``admin/index.html``."""
    now = timezone.now()
    counts, turns = [], []
    for queue in desk.queues():
        waiting = list(queue.turns(request.user))  # type: ignore[arg-type]
        turns += waiting
        if waiting:
            counts.append(Count(len(waiting), queue.label, queue.url()))
    last = now + dt.timedelta(days=36_500)
    turns.sort(key=lambda turn: moment(turn.due) or last)
    shown = turns if "all" in request.GET else turns[:SHOWN]
    language = get_language() or "ja"
    today = timezone.localdate()
    return {
        "today": dates.long_date(today, language),
        "fiscal_year": dates.fiscal_year_ja(dates.fiscal_year(today)) if language.startswith("ja") else f"FY{dates.fiscal_year(today)}",
        "counts": counts,
        "lines": [line(turn, now) for turn in shown],
        "total": len(turns),
        "head_panels": panels(request, "head"),
        "main_panels": panels(request, "main"),
        "side_panels": panels(request, "side"),
    }
