"""What the municipal side puts on the portal's home: what waits for the body, its requests, and the calls that are open."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateTimeField, F, IntegerField, Value, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import access, panels, request_rows, turns
from municipalities.models import Call, MunicipalRequest
from municipalities.officials import Official
from municipalities.turns import Wanted
from partnership import confirmations

REQUESTS = 6
CALLS = 5
State = MunicipalRequest.State
ENDED = (State.DECLINED, State.WITHDRAWN, State.CLOSED)


# ── your turn ────────────────────────────────────────────────────────────────
def requests_waiting(official: Official) -> Iterable[panels.Turn]:
    """Questions to answer, forms to correct, joint applications to confirm, opinions to add."""
    if official.body is None:
        return
    for row in turns.waiting_for(official).select_related("applicant__organisation").prefetch_related("parties"):
        wanted = turns.wanted(row, official.body)
        if wanted is None:  # answered between two questions to the database
            continue
        yield panels.Turn(
            title=f"{turns.WORDS[wanted]}{_(': ')}{row.name}",
            remark=" ".join(part for part in (row.number, "" if row.applicant_id == official.body.pk else str(row.applicant)) if part),
            url=reverse("portal:request", args=[row.uuid]),
            due=row.reply_by if wanted in {Wanted.ANSWER, Wanted.CORRECTION} else row.confirm_by,
        )


def access_waiting(official: Official) -> Iterable[panels.Turn]:
    """Colleagues who asked for access, for those who decide about it."""
    if not official.is_manager or official.body is None:
        return
    for asked in access.waiting(official.body):
        yield panels.Turn(
            title=_("Somebody asks for access: %(name)s") % {"name": asked.name},
            remark=_("%(post)s　asked on %(day)s") % {"post": asked.post, "day": request_rows.day(asked.asked_at)},
            url=reverse("portal:access_decide", args=[asked.pk]),
            due=timezone.localdate(asked.asked_at + access.KEPT_WAITING),
        )


def confirmation_waiting(official: Official) -> Iterable[panels.Turn]:
    """The yearly word that post and people are as shown; whoever sees one's own account can give it."""
    today = timezone.localdate()
    if official.body is not None and confirmations.is_missing(official.user, today):
        yield panels.Turn(
            title=_("Confirm that your account is as shown"),
            remark=_("Asked once a year. If your post has changed hands, hand the account over instead."),
            url=reverse("portal:accounts") + "#mine",
            due=confirmations.last_day(today),
        )


# ── panels ───────────────────────────────────────────────────────────────────
def our_requests(official: Official) -> Mapping[str, Any]:
    """What waits first, then what is under way, then what came last; the count leads to all of them."""
    seen = MunicipalRequest.objects.visible_to(official.user)
    ranks = [When(state=State.ACCEPTED, then=Value(1)), When(state__in=ENDED, then=Value(2))]
    rank = Case(*ranks, default=Value(0), output_field=IntegerField())
    shown = request_rows.fetched(seen).annotate(over=rank).order_by("over", F("submitted_at").desc(nulls_last=True), "-pk")[:REQUESTS]
    rows = request_rows.of(list(shown), official)
    return {"rows": sorted(rows, key=lambda row: not row.is_turn), "total": seen.count()}


@dataclass(frozen=True)
class OpenCall:
    """A call that takes requests now, with the days left until its last one."""

    call: Call
    days: int | None


def open_calls(official: Official) -> Mapping[str, Any]:
    """The calls that are open, those that close first at the top, those without an end last."""
    found = Call.objects.open().annotate(now=Now(output_field=DateTimeField())).order_by(F("closes_at").asc(nulls_last=True), "pk")
    return {"calls": [OpenCall(call, _days_left(call, call.now)) for call in found[:CALLS]]}


def _days_left(call: Call, now: dt.datetime) -> int | None:
    return (timezone.localdate(call.closes_at) - timezone.localdate(now)).days if call.closes_at else None


panels.register_turns("requests", requests_waiting)
panels.register_turns("access", access_waiting)
panels.register_turns("confirmation", confirmation_waiting)
panels.register(panels.Panel("requests", "portal/home_requests.html", our_requests, place="main", order=10))
panels.register(panels.Panel("calls", "portal/home_calls.html", open_calls, place="side", order=10))
