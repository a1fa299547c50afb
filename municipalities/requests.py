"""What happens to a request from its first draft to the file.

Other acts stand beside it, each in a module named after its noun: applicants (confirm, refuse, relay), threads (ask, send_back,
reply, say, note), drafts (missing, discard, adopt), rights (may), decisions (prepare, announce), timeline (of, whose_turn).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities import clock, differences, drafts, messages, numbers, parties, request_mails, rights
from municipalities.differences import Difference, Stale
from municipalities.models import Attraction, Call, LocalGovernment, MunicipalRequest, RequestMessage, RequestParty, RequestTag
from partnership import audit, dates
from partnership.models import Organisation, User
from partnership.transitions import Refused, move, step

__all__ = ["Difference", "Stale"]  # what ``save`` raises

State = MunicipalRequest.State
Kind = RequestMessage.Kind
Source = MunicipalRequest.Source
LONGEST_REASON = 2000

TABLE = {
    "submit": step(State.DRAFT, to=State.SUBMITTED),
    "resubmit": step(State.WAITING, to=State.IN_REVIEW),
    "take": step(State.SUBMITTED, to=State.IN_REVIEW),
    "withdraw": step(*MunicipalRequest.ACTIVE, to=State.WITHDRAWN),
    "reopen": step(State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.CLOSED, to=State.IN_REVIEW),
    "close": step(State.ACCEPTED, State.DECLINED, State.WITHDRAWN, to=State.CLOSED),
}


# ── writing ──────────────────────────────────────────────────────────────────


@transaction.atomic
def start(
    *,
    kind: str,
    applicant: LocalGovernment,
    by: User,
    call: Call | None = None,
    start_key: UUID | None = None,
    copy_of: MunicipalRequest | None = None,
    source: str = Source.PORTAL,
) -> MunicipalRequest:
    """Begin a draft. The same ``start_key`` twice, also at the same moment, is the same draft.

    Args:
        copy_of: an earlier request of the same kind and body, whose words and answers it takes over.
        source: how it reaches us, such as by an uploaded form.

    Raises:
        Refused: for a body that is not theirs, a kind or a call that does not fit.
    """
    drafts.check_beginning(kind=kind, applicant=applicant, by=by, call=call, copy_of=copy_of)
    if (begun := _begun(start_key, by)) is not None:
        return begun
    try:
        with transaction.atomic():
            request = MunicipalRequest.objects.create(
                kind=kind,
                applicant=applicant,
                call=call,
                created_by=by,
                start_key=start_key,
                source=source,
                saved_at=timezone.now(),
                is_demo=by.is_demo,
            )
    except IntegrityError:  # pressed twice: the other one was first
        if (begun := _begun(start_key, by)) is not None:
            return begun
        raise
    RequestParty.objects.create(request=request, local_government=applicant, order=1)
    if copy_of is not None:
        drafts.copy(copy_of, to=request)
    drafts.introduce(request, by=by)
    audit.record("municipalrequest.start", request, by=by, kind=kind, body=applicant.code)
    return request


def _begun(start_key: UUID | None, by: User) -> MunicipalRequest | None:
    if start_key is None:
        return None
    request = MunicipalRequest.objects.filter(start_key=start_key).first()
    if request is not None and request.created_by_id != by.pk:
        raise Refused(_("This is not yours to do, or not possible any more."))
    return request


@transaction.atomic
def save(
    *,
    request: MunicipalRequest,
    by: User,
    version: int | None,
    title: str,
    answers: dict[str, Any],
    attractions: Sequence[Attraction],
    joined: Sequence[LocalGovernment],
    mission: Organisation | None = None,
    relay: LocalGovernment | None = None,
) -> MunicipalRequest:
    """Keep what the form holds: of a draft, or of a request that was returned for correction.

    Args:
        version: that of the row when the form was opened; None saves over whatever is there.

    Raises:
        Stale: when somebody else changed the form since then; it says what they changed.
        Refused: for a state, a person or a content that does not allow it.
    """
    row = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    rights.demand(row, "save", by)
    if version is not None and version != row.version:
        _refuse_second_saver(row, version)
    given = {"title": title, "answers": answers, "attractions": attractions, "joined": joined, "mission": mission, "relay": relay}
    drafts.store(row, drafts.tidied(row, given), by=by)
    return row


def _refuse_second_saver(row: MunicipalRequest, version: int) -> None:
    """A newer row with the same form (somebody assigned it meanwhile) is no reason to refuse."""
    found = differences.since(row, version)
    if found is None or found:
        sentence = _("Somebody else saved this while you were writing. Your text is kept; compare it with theirs before you save again.")
        raise Stale(sentence, found or [], row.version)


def missing(request: MunicipalRequest) -> list[tuple[str, str]]:
    """What it still lacks before it can be sent (municipalities/drafts.py)."""
    return drafts.missing(request)


# ── sending ──────────────────────────────────────────────────────────────────


@transaction.atomic
def submit(*, request: MunicipalRequest, by: User, source: str = "") -> MunicipalRequest:
    """Send it: it gets its number, its applicants a mail that holds everything. A returned one goes back to us with its number.

    Sent twice, also at the same moment, it is sent once.

    Args:
        source: how it reached us, if not as the draft says. What arrived by mail or on paper in time may be entered by staff
            after the call has closed.

    Raises:
        Refused: when something is missing, or the call is closed by the database's clock.
    """
    row = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    if row.state == State.SUBMITTED and row.submitted_by_id == by.pk:
        return row
    if not by.is_staff and by.organisation_id is None:
        raise Refused(_("Your access is not confirmed yet. Your draft is kept; send it once your access is confirmed."))
    rights.demand(row, "submit", by)
    source = source or row.source
    facts = {"source": source} | (_in_time(row, by, source) if row.state == State.DRAFT else {})
    if lacking := drafts.missing(row):
        raise Refused(" ".join(sentence for _key, sentence in lacking))
    return _first_time(row, by=by, source=source, facts=facts) if row.state == State.DRAFT else _resubmit(row, by=by)


def _in_time(row: MunicipalRequest, by: User, source: str) -> dict[str, Any]:
    """Whether the call still takes it, by the clock of the database; what staff enter afterwards is marked."""
    if row.call is None or Call.objects.open().filter(pk=row.call.pk).exists():
        return {}
    if not by.is_staff or source == Source.PORTAL:
        raise Refused(_closed(row.call))
    return {"after_closing": True}


def _first_time(row: MunicipalRequest, *, by: User, source: str, facts: dict[str, Any]) -> MunicipalRequest:
    now = timezone.now()
    year, serial = numbers.take(numbers.REQUESTS, clock.day_of(now))
    asks_others = row.relay_id is not None or row.parties.exclude(local_government=row.applicant_id).exists()
    changes = {
        "number_year": year,
        "number_serial": serial,
        "source": source,
        "submitted_by": by,
        "submitted_at": now,
        "expected_on": clock.expected(row, now),
        "confirm_by": clock.confirm_by(now) if asks_others else None,
    }
    move(row, TABLE, "submit", by=by, changes=changes, number=f"{year}-{serial}", **facts)
    row.parties.filter(local_government=row.applicant_id).update(confirmed_at=now, answered_by=by)
    message = messages.write(request=row, kind=Kind.SUBMITTED, by=by, body=row.applicant, facts=facts)
    request_mails.tell(message, by=by)
    return row


def _resubmit(row: MunicipalRequest, *, by: User) -> MunicipalRequest:
    now = timezone.now()
    changes = clock.started_again(row, now)
    if parties.unanswered(row):  # somebody joined in the correction
        changes["confirm_by"] = clock.confirm_by(now)
    move(row, TABLE, "resubmit", by=by, changes=changes)
    message = messages.write(request=row, kind=Kind.REPLY, by=by, body=row.applicant, facts={"corrected": True, "version": row.version})
    request_mails.tell(message, by=by)
    return row


def _closed(call: Call) -> str:
    """Why a call takes nothing now, with the hour, and whom to ask."""
    now = timezone.now()
    language = get_language() or "ja"
    if call.is_published and call.opens_at > now:
        said = _("This call opens at %(when)s.") % {"when": dates.long_moment(call.opens_at, language)}
    elif call.closes_at is not None and call.is_published:
        said = _("This call closed at %(when)s. Your draft is kept.") % {"when": dates.long_moment(call.closes_at, language)}
    else:
        said = _("This call takes no requests now. Your draft is kept.")
    return f"{said} {request_mails.ask_us()}"


# ── the division's work ──────────────────────────────────────────────────────


@transaction.atomic
def take(*, request: MunicipalRequest, by: User) -> None:
    """Begin to consider it; whoever takes it is in charge, unless somebody is already.

    Raises:
        Refused: when it is not new, or ``by`` has not the right.
    """
    request = _worked_on(request, "take", by)
    changes = {"reacted_at": request.reacted_at or timezone.now(), "assignee": request.assignee or by}
    move(request, TABLE, "take", by=by, changes=changes)
    request_mails.tell(messages.write(request=request, kind=Kind.TAKEN, by=by), by=by)


@transaction.atomic
def assign(*, request: MunicipalRequest, to: User | None, by: User) -> None:
    """Put a member of the division in charge, or nobody.

    Raises:
        Refused: when that person cannot work on requests.
    """
    request = _worked_on(request, "assign", by)
    if to is not None and not (to.is_active and rights.is_of_division(to)):
        raise Refused(_("%(name)s cannot work on requests.") % {"name": to})
    if request.assignee_id == (to.pk if to else None):
        return
    request.assignee = to
    request.save(update_fields=["assignee"])
    audit.record("municipalrequest.assign", request, by=by, to=to.pk if to else None)


@transaction.atomic
def tag(*, request: MunicipalRequest, tags: Iterable[RequestTag], by: User) -> None:
    """File it under these words and no others."""
    request = _worked_on(request, "tag", by)
    request.tags.set(tags)
    audit.record("municipalrequest.tag", request, by=by, tags=sorted(request.tags.values_list("name", flat=True)))


@transaction.atomic
def relate(*, request: MunicipalRequest, others: Iterable[MunicipalRequest], by: User) -> None:
    """Say which other requests belong to it, and no others; they show it too."""
    request = _worked_on(request, "relate", by)
    request.related.set([one for one in others if one.pk != request.pk and one.state != State.DRAFT])
    audit.record("municipalrequest.relate", request, by=by, numbers=sorted(one.number for one in request.related.all()))


@transaction.atomic
def record_opinion(*, request: MunicipalRequest, by: User, text: str) -> None:
    """Note what the mission abroad thinks of it."""
    request = _worked_on(request, "record_opinion", by)
    request.mission_opinion, request.mission_opinion_at = messages.needed(text), timezone.now()
    request.save(update_fields=["mission_opinion", "mission_opinion_at"])
    audit.record("municipalrequest.record_opinion", request, by=by)


def _worked_on(request: MunicipalRequest, act: str, by: User) -> MunicipalRequest:
    row = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    rights.demand(row, act, by)
    return row


# ── the end, and after it ────────────────────────────────────────────────────


@transaction.atomic
def withdraw(*, request: MunicipalRequest, by: User, reason: str, body: LocalGovernment | None = None) -> None:
    """The applicant takes it back; staff can enter that on its behalf.

    Raises:
        Refused: when it is answered already, or ``by`` is not of the applicant.
    """
    request = _worked_on(request, "withdraw", by)
    said = messages.sound(reason, longest=LONGEST_REASON)
    changes = {**clock.started_again(request, timezone.now()), "ended_at": timezone.now()}
    move(request, TABLE, "withdraw", by=by, changes=changes)
    message = messages.write(request=request, kind=Kind.WITHDRAWN, by=by, body=body or request.applicant, text=said)
    request_mails.tell(message, by=by)


@transaction.atomic
def reopen(*, request: MunicipalRequest, by: User, reason: str, body: LocalGovernment | None = None) -> None:
    """Take it up again within 30 days of its end; the clock begins anew.

    Args:
        body: for which staff enter it; None when the division itself takes it up again.

    Raises:
        Refused: when the 30 days are over, or without a reason.
    """
    request = _worked_on(request, "reopen", by)
    said, now = messages.needed(reason, longest=LONGEST_REASON), timezone.now()
    speaks = body if by.is_staff else request.applicant
    changes = {
        "ended_at": None,
        "decided_at": None,
        "processing_days": None,
        "expected_on": clock.expected(request, now),
    }
    move(request, TABLE, "reopen", by=by, changes=changes)
    message = messages.write(request=request, kind=Kind.REOPENED, by=by, body=speaks, text=said)
    request_mails.tell(message, by=by)


@transaction.atomic
def close(*, request: MunicipalRequest, by: User | None) -> None:
    """File it. The calendar does so by itself 30 days after the end.

    Raises:
        Refused: when it has not ended.
    """
    request = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    if by is not None:
        rights.demand(request, "close", by)
    move(request, TABLE, "close", by=by)
    messages.write(request=request, kind=Kind.CLOSED, by=by)


def nightly() -> int:
    """File what ended 30 days ago, and tell the applicants whose joint applicants did not answer in time. Returns how many."""
    return _file_ended() + _note_unconfirmed()


def _file_ended() -> int:
    ended = MunicipalRequest.objects.filter(
        state__in=TABLE["close"].sources, ended_at__lt=Now() - dt.timedelta(days=clock.REOPEN_DAYS)
    ).order_by("pk")
    count = 0
    for request in ended:
        try:
            close(request=request, by=None)
        except Refused:  # somebody took it up again in this moment
            continue
        count += 1
    return count


def _note_unconfirmed() -> int:
    """Once for each request; it goes on without those who said nothing."""
    told = RequestMessage.objects.filter(request=models.OuterRef("pk"), facts__days_over=True)
    silent = RequestParty.objects.filter(request=models.OuterRef("pk"), confirmed_at=None, refused_at=None)
    over = MunicipalRequest.objects.filter(state__in=MunicipalRequest.ACTIVE, confirm_by__lt=timezone.localdate())
    count = 0
    for pk in over.filter(models.Exists(silent)).exclude(models.Exists(told)).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            request = MunicipalRequest.objects.select_for_update().get(pk=pk)
            bodies = [party.local_government for party in parties.unanswered(request)]
            if not bodies or request.messages.filter(facts__days_over=True).exists():
                continue
            facts = {"days_over": True, "bodies": [body.code for body in parties.in_protocol_order(bodies)]}
            message = messages.write(request=request, kind=Kind.MESSAGE, by=None, facts=facts)
            audit.record("municipalrequest.days_over", request, by=None, bodies=facts["bodies"])
            request_mails.tell(message, by=None)
            count += 1
    return count
