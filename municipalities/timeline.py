"""Where a request stands, in plain words: what happened, whose turn it is and until when, and what comes next with its day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities import clock, messages, parties, steps
from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage
from municipalities.officials import Official
from partnership import dates

State = MunicipalRequest.State


@dataclass(frozen=True)
class Entry:
    """One line. ``place`` is next, now or past; ``when`` is in words, ``at`` the moment of what is past (or since when it is so)."""

    place: str
    title: str
    when: str
    at: dt.datetime | None = None
    who: str = ""
    text: str = ""
    message: RequestMessage | None = None
    is_internal: bool = False


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: the name, whether it is the reader's, a sentence that says what is wanted, and until when."""

    who: str
    is_yours: bool
    sentence: str
    until: dt.datetime | dt.date | None = None


# ── whose turn ───────────────────────────────────────────────────────────────


def whose_turn(request: MunicipalRequest, official: Official | None = None) -> Turn:
    """Whose turn it is, as this official reads it; without one, as the division does."""
    return turn_of(request, official.body if official else None)


def turn_of(request: MunicipalRequest, body: LocalGovernment | None) -> Turn:
    """The same for a body; None is the division."""
    if request.state == State.DRAFT:
        return Turn(str(request.applicant), body is None or body.pk == request.applicant_id, _("It is not sent yet."))
    if request.state not in MunicipalRequest.ACTIVE:
        return Turn("", is_yours=False, sentence=_ended(request))
    if body is not None and (wanted := _wanted_of(request, body)):
        return wanted
    if request.state == State.WAITING:
        return _of_applicant(request, body)
    if not parties.is_ready(request):
        return _of_others(request)
    return _of_ministry(request, body)


def _wanted_of(request: MunicipalRequest, body: LocalGovernment) -> Turn | None:
    """What only this body can do: confirm, or give its opinion as the prefecture."""
    values = {"body": body, "when": _until_day(request)}
    if clock.may_still_confirm(request) and any(row.local_government_id == body.pk for row in parties.unanswered(request)):
        said = _("It is %(body)s’s turn. Please say by %(when)s whether you apply jointly.") % values
        return Turn(str(body), is_yours=True, sentence=said, until=request.confirm_by)
    if request.relay_id == body.pk and request.relayed_at is None:
        if clock.may_still_confirm(request):
            said = _("It is %(body)s’s turn. Please add your opinion and your order by %(when)s.") % values
            return Turn(str(body), is_yours=True, sentence=said, until=request.confirm_by)
        return Turn(str(body), is_yours=True, sentence=_("You can still add your opinion; the Ministry has begun without it."))
    return None


def _of_applicant(request: MunicipalRequest, body: LocalGovernment | None) -> Turn:
    values = {"body": request.applicant, "when": dates.long_moment(request.reply_by, _language()) if request.reply_by else _("soon")}
    is_theirs = body is not None and body.pk == request.applicant_id
    if is_theirs and request.is_returned:
        said = _("It is %(body)s’s turn. Please correct the form and send it again by %(when)s.") % values
    elif is_theirs:
        said = _("It is %(body)s’s turn. Please reply by %(when)s.") % values
    elif request.is_returned:
        said = _("It is %(body)s’s turn. The corrected form is expected by %(when)s.") % values
    else:
        said = _("It is %(body)s’s turn. The reply is expected by %(when)s.") % values
    return Turn(str(request.applicant), is_theirs, said, request.reply_by)


def _of_others(request: MunicipalRequest) -> Turn:
    """We wait for those who join, then for the prefecture."""
    silent = [str(row.local_government) for row in parties.unanswered(request)]
    who = _(", ").join(silent) if silent else str(request.relay)
    values = {"bodies": who, "when": _until_day(request)}
    if silent:
        said = _("We wait until %(when)s for %(bodies)s to confirm the joint application.") % values
    else:
        said = _("We wait until %(when)s for the opinion of %(bodies)s.") % values
    return Turn(who, is_yours=False, sentence=said, until=request.confirm_by)


def _of_ministry(request: MunicipalRequest, body: LocalGovernment | None) -> Turn:
    said = _("It is the Ministry’s turn.")
    if request.expected_on is not None:
        said = _("It is the Ministry’s turn. The answer is expected around %(day)s.") % {"day": _day(request.expected_on)}
    return Turn(_("the Ministry"), body is None, said, request.expected_on)


def _ended(request: MunicipalRequest) -> str:
    until = clock.reopen_until(request)
    if request.state not in {State.DECLINED, State.WITHDRAWN} or until is None:
        return ""
    return _("If something changes, it can be taken up again until %(day)s.") % {"day": _day(clock.day_of(until))}


# ── the line of time ─────────────────────────────────────────────────────────


def of(request: MunicipalRequest, *, for_staff: bool = False) -> list[Entry]:
    """The whole line: what comes, then what is now, then what was, newest first. Internal notes are shown to staff alone."""
    if request.state == State.DRAFT:
        return []
    told = messages.for_staff(request) if for_staff else messages.for_officials(request)
    past = [_past(request, message) for message in told]
    return [*reversed(list(_next(request))), *_now(request), *reversed(past)]


def _past(request: MunicipalRequest, message: RequestMessage) -> Entry:
    message.request = request  # saves a query for each
    when = "　".join(part for part in (dates.long_moment(message.at, _language()), steps.remark(message)) if part)
    return Entry(
        "past",
        steps.title(message),
        when,
        at=message.at,
        who=_speaker(message),
        text=message.text,
        message=message,
        is_internal=message.is_internal,
    )


def _speaker(message: RequestMessage) -> str:
    if message.author is None:
        return ""
    of = message.body if message.body and not message.facts.get("on_behalf") else _("Local Partnership Cooperation Division")
    return f"{of}　{message.author_label}".strip("　")


def _now(request: MunicipalRequest) -> Iterator[Entry]:
    if request.state == State.WAITING:
        since = dates.long_moment(request.waiting_since, _language()) if request.waiting_since else ""
        said = _("since %(when)s; meanwhile the Ministry’s clock stands still") % {"when": since}
        yield Entry("now", _("We wait for the reply of %(body)s") % {"body": request.applicant}, said, at=request.waiting_since)
    elif request.state in MunicipalRequest.OUR_TURN and not parties.is_ready(request):
        turn = _of_others(request)
        words = (
            _("We wait for the confirmation of %(bodies)s") if parties.unanswered(request) else _("We wait for the opinion of %(bodies)s")
        )
        yield Entry("now", words % {"bodies": turn.who}, _("until %(day)s") % {"day": _until_day(request)})
    elif request.state == State.IN_REVIEW:
        yield Entry("now", _("The Ministry is considering the request"), _in_charge(request))
    elif request.state == State.SUBMITTED:
        yield Entry("now", _("The Ministry has received the request and will begin to consider it"), "")


def _next(request: MunicipalRequest) -> Iterator[Entry]:
    """What comes, the nearest first."""
    if request.state not in MunicipalRequest.ACTIVE:
        until = clock.reopen_until(request)
        if until is not None and request.state != State.CLOSED:
            yield Entry("next", _("The request is filed"), _after(clock.day_of(until)))
        return
    waits = request.state == State.WAITING
    if request.state == State.SUBMITTED and not parties.is_ready(request):
        yield Entry(
            "next",
            _("The Ministry considers the request"),
            _("when all have answered, at the latest after %(day)s") % {"day": _until_day(request)},
        )
    if request.kind_facts.needs_approval:
        yield Entry("next", _("The Ministry decides"), _before_answer(request, waits=waits))
    if request.expected_on is not None:
        more = _("later by the days until your reply") if waits else ""
        yield Entry("next", _("You get the answer"), "　".join(part for part in (around(request.expected_on), more) if part))


def _before_answer(request: MunicipalRequest, *, waits: bool) -> str:
    words = _("about %(days)s open days after your reply") if waits else _("about %(days)s open days before the answer")
    return words % {"days": clock.DECISION_DAYS}


def _in_charge(request: MunicipalRequest) -> str:
    return _("in charge: %(name)s") % {"name": request.assignee} if request.assignee else ""


# ── days ─────────────────────────────────────────────────────────────────────


def around(day: dt.date) -> str:
    """A day that is expected, not promised."""
    return _("around %(day)s") % {"day": _day(day)}


def _after(day: dt.date) -> str:
    return _("after %(day)s") % {"day": _day(day)}


def _day(day: dt.date) -> str:
    return dates.long_date(day, _language())


def _until_day(request: MunicipalRequest) -> str:
    return _day(request.confirm_by) if request.confirm_by else ""


def _language() -> str:
    return get_language() or "ja"
