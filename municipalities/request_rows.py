"""Requests as rows of a table for officials: what is going on, whose turn it is, and when the answer is expected."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities import outcomes, timeline, turns
from municipalities.models import DecisionPaper, LocalGovernment, MunicipalRequest, RequestDecision
from municipalities.officials import Official
from municipalities.outcomes import Became
from partnership import dates

State = MunicipalRequest.State
_MOST_NAMES = 3
_TONES = {
    State.SUBMITTED: "run",
    State.IN_REVIEW: "run",
    State.WAITING: "run",
    State.ACCEPTED: "ok",
    State.DECLINED: "bad",
}


@dataclass(frozen=True)
class Row:
    """One request as its officials read it in a list."""

    request: MunicipalRequest
    remarks: list[str]
    became: Sequence[Became]
    is_turn: bool
    now: str
    tone: str  # of the tag: turn, run, ok, bad, or nothing
    whose_turn: str
    answer: str  # when it is expected, or when it came


def fetched(requests: QuerySet[MunicipalRequest]) -> QuerySet[MunicipalRequest]:
    """The requests with all that ``of`` reads, in a fixed number of queries."""
    announced = RequestDecision.objects.filter(request=OuterRef("pk"), paper__state=DecisionPaper.State.ANNOUNCED).order_by("-pk")
    return (
        requests.select_related("applicant__organisation", "relay__organisation", "call")
        .prefetch_related("parties__local_government__organisation")
        .annotate(outcome=Subquery(announced.values("outcome")[:1]))
    )


def of(requests: Sequence[MunicipalRequest], official: Official) -> list[Row]:
    """The rows of requests that were fetched with ``fetched``."""
    became = outcomes.became(requests)
    return [_row(request, official.body, became[request.pk]) for request in requests]


def _row(request: MunicipalRequest, body: LocalGovernment | None, became: Sequence[Became]) -> Row:
    wanted = turns.wanted(request, body)
    state, tone = state_of(request)
    return Row(
        request,
        _remarks(request, body),
        became,
        wanted is not None,
        str(turns.WORDS[wanted]) if wanted else state,
        "turn" if wanted else tone,
        timeline.turn_of(request, body).who,
        answer_of(request),
    )


def state_of(request: MunicipalRequest) -> tuple[str, str]:
    """The state in words with the tone of its tag; of a closed one, how it was answered."""
    answered = getattr(request, "outcome", None) if request.state == State.CLOSED and request.decided_at else None
    state = State(answered or request.state)
    return str(state.label), _TONES.get(state, "")


def answer_of(request: MunicipalRequest) -> str:
    """When the answer is expected, or when it came."""
    if request.state == State.WAITING:
        return _("goes on after the reply")
    if request.state in MunicipalRequest.OUR_TURN:
        return _("around %(day)s") % {"day": day(request.expected_on)} if request.expected_on else ""
    if request.decided_at:
        return _("answered on %(day)s") % {"day": day(request.decided_at)}
    return _("ended on %(day)s") % {"day": day(request.ended_at)} if request.ended_at else ""


def day(moment: dt.datetime | dt.date) -> str:
    """A day as people say it: with its year only when that is another one."""
    that = timezone.localdate(moment) if isinstance(moment, dt.datetime) else moment
    language = get_language() or "ja"
    return dates.short_date(that, language) if that.year == timezone.localdate().year else dates.long_date(that, language)


def _remarks(request: MunicipalRequest, body: LocalGovernment | None) -> list[str]:
    parties = [party for party in request.parties.all() if party.refused_at is None]
    if body and body.pk == request.relay_id and body.pk not in {party.local_government_id for party in parties}:
        return [_("request of %(bodies)s, through you") % {"bodies": names(party.local_government for party in parties)}]
    said = []
    if others := [party.local_government for party in parties if party.local_government_id != (body.pk if body else request.applicant_id)]:
        said.append(_("together with %(bodies)s") % {"bodies": names(others)})
    if request.relay and request.relay_id != (body.pk if body else None):
        said.append(_("through %(body)s") % {"body": request.relay})
    return said


def names(bodies: Iterable[LocalGovernment]) -> str:
    """The names in one line; of many, the first ones and how many more there are."""
    every = [str(body) for body in bodies]
    line = _(", ").join(every[:_MOST_NAMES])
    more = len(every) - _MOST_NAMES
    return _("%(names)s and %(count)s more") % {"names": line, "count": more} if more > 0 else line
