"""The clock of requests: it counts open days, and stands still while we wait for the local government."""

import datetime as dt
from typing import Any

from django.utils import timezone

from municipalities.models import MunicipalRequest
from partnership import business_days

CONFIRM_DAYS = 5  # open days from the submission in which joint applicants confirm and the prefecture passes it on
REOPEN_DAYS = 30  # days from the end in which a request can be taken up again; then it is closed
DECISION_DAYS = 5  # open days that the approval and the letters usually take, for what the timeline says of the future
CLOSING_HOUR = dt.time(17)  # 17:00 必着


def day_of(moment: dt.datetime) -> dt.date:
    """The day in Japan."""
    return timezone.localtime(moment).date()


def closing(day: dt.date) -> dt.datetime:
    """The hour on that day by which something must have arrived."""
    return timezone.make_aware(dt.datetime.combine(day, CLOSING_HOUR))


def expected(request: MunicipalRequest, submitted_at: dt.datetime) -> dt.date:
    """When we answer: the day that the call promises, else the open days that the kind takes from the day of submission."""
    counted = business_days.add(day_of(submitted_at), request.kind_facts.target_days)
    promised = request.call.answer_by if request.call else None
    return promised if promised and promised > day_of(submitted_at) else counted


def confirm_by(submitted_at: dt.datetime) -> dt.date:
    """The last day on which joint applicants confirm."""
    return business_days.add(day_of(submitted_at), CONFIRM_DAYS)


def may_still_confirm(request: MunicipalRequest) -> bool:
    """Whether the days in which joint applicants confirm are not over."""
    return request.confirm_by is not None and timezone.localdate() <= request.confirm_by


def stopped(now: dt.datetime, reply_by: dt.datetime) -> dict[str, Any]:
    """What is set when the clock stops: we wait for the local government."""
    return {"waiting_since": now, "reply_by": reply_by}


def started_again(request: MunicipalRequest, now: dt.datetime) -> dict[str, Any]:
    """What is set when the clock runs again: the answer is expected later by the open days that we waited."""
    rest: dict[str, Any] = {"waiting_since": None, "reply_by": None, "is_returned": False}
    if request.waiting_since is None:
        return rest
    days = business_days.between(day_of(request.waiting_since), day_of(now))
    later = business_days.add(request.expected_on, days) if request.expected_on else None
    return {**rest, "waited_days": request.waited_days + days, "expected_on": later}


def processing(request: MunicipalRequest, now: dt.datetime, waited_days: int) -> int:
    """The open days from the submission to the answer, without those we waited."""
    if request.submitted_at is None:
        return 0
    return max(0, business_days.between(day_of(request.submitted_at), day_of(now)) - waited_days)


def reopen_until(request: MunicipalRequest) -> dt.datetime | None:
    """Until when an ended request can be taken up again; None for one that has not ended."""
    return request.ended_at + dt.timedelta(days=REOPEN_DAYS) if request.ended_at else None


def reply_by(now: dt.datetime, days: int = CONFIRM_DAYS) -> dt.datetime:
    """The date that is proposed for a reply: 17:00 after so many open days."""
    return closing(business_days.add(day_of(now), days))
