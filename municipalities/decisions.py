"""Answers to requests: prepared on a paper, approved where the kind wants it, announced with a letter to each applicant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities import clock, decision_letters, messages, officials, parties, request_mails
from municipalities.decision_letters import PLACEHOLDERS, mail_of
from municipalities.models import Call, DecisionPaper, LocalGovernment, MunicipalRequest, RequestDecision, RequestMessage
from partnership import addresses, approvals, audit, dates
from partnership.approvals import Standing
from partnership.models import User
from partnership.transitions import Refused, move, step

__all__ = ["PLACEHOLDERS", "mail_of"]  # what pages that write letters need beside the verbs

State = MunicipalRequest.State
Outcome = RequestDecision.Outcome
RIGHT = "municipalities.decide_municipalrequest"

TABLE = {
    "accept": step(*MunicipalRequest.ACTIVE, to=State.ACCEPTED),
    "decline": step(*MunicipalRequest.ACTIVE, to=State.DECLINED),
}
PAPERS = {
    "announce": step(DecisionPaper.State.DRAFT, to=DecisionPaper.State.ANNOUNCED),
    "drop": step(DecisionPaper.State.DRAFT, to=DecisionPaper.State.DROPPED),
}
_ACTS = {Outcome.ACCEPTED: "accept", Outcome.DECLINED: "decline"}


@dataclass(frozen=True)
class Prepared:
    """The new paper (None when no request can be answered now), and the requests left out, each with the reason."""

    paper: DecisionPaper | None
    skipped: list[tuple[MunicipalRequest, str]] = field(default_factory=list)


@dataclass(frozen=True)
class May:
    """Whether the answers may go out now; if not, the sentence says what is missing."""

    holds: bool
    sentence: str
    standing: Standing


@dataclass(frozen=True)
class Announced:
    """The requests that got their answer, and those left out, each with the reason."""

    answered: list[MunicipalRequest]
    skipped: list[tuple[MunicipalRequest, str]]


@transaction.atomic
def prepare(*, requests: Iterable[MunicipalRequest], outcome: str, by: User, call: Call | None = None) -> Prepared:
    """Put the answer to one or many requests on a paper, each with the letter of its kind.

    Raises:
        Refused: for an answer that does not exist, or somebody who may not answer.
    """
    _demand(by)
    if outcome not in Outcome.values:
        raise Refused(_("There is no such answer."))
    keys = list(dict.fromkeys(request.pk for request in requests))
    rows = {row.pk: row for row in MunicipalRequest.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    skipped: list[tuple[MunicipalRequest, str]] = []
    fit: list[RequestDecision] = []
    for row in (rows[key] for key in keys if key in rows):
        if why := why_not(row, outcome):
            skipped.append((row, why))
            continue
        subject, text = decision_letters.text_of(row, outcome) or ("", "")
        fit.append(RequestDecision(request=row, outcome=outcome, subject=subject, text=text))
    if not fit:
        return Prepared(None, skipped)
    paper = DecisionPaper.objects.create(call=call, created_by=by)
    for decision in fit:
        decision.paper = paper
    RequestDecision.objects.bulk_create(fit)
    audit.record("decisionpaper.prepare", paper, by=by, count=len(fit), outcome=outcome)
    return Prepared(paper, skipped)


def why_not(request: MunicipalRequest, outcome: str) -> str:
    """Why a request cannot be answered now; "" when it can."""
    if request.state not in MunicipalRequest.ACTIVE:
        return _("it is “%(state)s”") % {"state": request.get_state_display()}
    if request.decisions.filter(is_open=True).exists():
        return _("its answer is being prepared already")
    language = get_language() or "ja"
    if request.state == State.WAITING and request.reply_by is not None and request.reply_by > timezone.now():
        return _("we wait for the reply until %(when)s") % {"when": dates.long_moment(request.reply_by, language)}
    if clock.may_still_confirm(request) and (silent := parties.unanswered(request)) and request.confirm_by is not None:
        names = _(", ").join(str(row.local_government) for row in silent)
        return _("%(bodies)s can confirm until %(day)s") % {"bodies": names, "day": dates.long_date(request.confirm_by, language)}
    if decision_letters.text_of(request, outcome) is None:
        return _("its kind has no letter for this answer")
    return ""


@transaction.atomic
def edit_letter(*, decision: RequestDecision, subject: str, text: str, by: User) -> RequestDecision:
    """Change the letter of one request. An approval of the paper holds no more then.

    Raises:
        Refused: when the paper is not being prepared any more, or the letter is not fit.
    """
    _demand(by)
    paper = _locked(decision.paper)
    line, body = decision_letters.sound(subject, text)
    row = paper.decisions.get(pk=decision.pk)
    if (row.subject, row.text) != (line, body):
        row.subject, row.text = line, body
        row.save(update_fields=["subject", "text"])
        paper.save(update_fields=["note"])  # a new version of the paper
        audit.record("decisionpaper.edit", paper, by=by, number=row.request.number)
    return row


def needs_approval(paper: DecisionPaper) -> bool:
    """Whether one of its answers goes through an approval."""
    return any(row.outcome in row.request.kind_facts.needs_approval for row in paper.decisions.all())


def may_announce(paper: DecisionPaper) -> May:
    """Whether the answers may go out: no approval needed, or one that holds."""
    standing = approvals.standing(paper)
    if paper.state != DecisionPaper.State.DRAFT:
        return May(holds=False, sentence=_("This paper is “%(state)s”.") % {"state": paper.get_state_display()}, standing=standing)
    if standing.holds or not needs_approval(paper):
        return May(holds=True, sentence="", standing=standing)
    if standing.void:
        said = _("It was approved, but has changed since. It must be approved again.")
    elif standing.approval is not None:
        said = _("Its approval is “%(state)s”.") % {"state": standing.approval.get_state_display()}
    else:
        said = _("It must be approved first.")
    return May(holds=False, sentence=said, standing=standing)


def without_address(paper: DecisionPaper) -> list[MunicipalRequest]:
    """The requests on the paper whose answer no mail would bring to anybody; their officials must be called or written to."""
    rows = paper.decisions.select_related("request").prefetch_related("request__parties__local_government__organisation")
    bodies = {
        row: [party.local_government for party in row.request.parties.all() if party.refused_at is None] for row in rows.order_by("request")
    }
    signed_in = officials.bodies_with_accounts(body for some in bodies.values() for body in some)

    def reached(body: LocalGovernment) -> bool:
        return body.organisation_id in signed_in or not addresses.problem(body.organisation.email)

    return [row.request for row, some in bodies.items() if not any(map(reached, some))]


@transaction.atomic
def announce(*, paper: DecisionPaper, by: User) -> Announced:
    """Give the answers: each request ends, its thread holds the letter, everyone concerned gets it by mail.

    A request that was withdrawn meanwhile is left out.

    Raises:
        Refused: without the approval it needs, twice, or when no request is left to answer.
    """
    _demand(by)
    paper = _locked(paper)
    # what the letters print stays as it is from here on: nothing changes between the look at the approval and the letters
    list(MunicipalRequest.objects.select_for_update(of=("self",)).filter(decisions__paper=paper).order_by("pk"))
    may = may_announce(paper)
    if not may.holds:
        raise Refused(may.sentence)
    answered, skipped = [], []
    for decision in paper.decisions.select_related("paper").order_by("request_id"):
        request = MunicipalRequest.objects.select_for_update().get(pk=decision.request_id)
        if request.state not in MunicipalRequest.ACTIVE:
            skipped.append((request, _("it is “%(state)s”") % {"state": request.get_state_display()}))
            continue
        _answer(request, decision, by=by)
        answered.append(request)
    if not answered:
        raise Refused(_("None of its requests can be answered any more. Drop the paper."))
    move(paper, PAPERS, "announce", by=by, changes={"announced_at": timezone.now()}, count=len(answered), skipped=len(skipped))
    paper.decisions.update(is_open=False)
    approvals.carried_out(thing=paper, by=by)
    return Announced(answered, skipped)


def _answer(request: MunicipalRequest, decision: RequestDecision, *, by: User) -> None:
    now = timezone.now()
    decision.request = request
    subject, text = decision_letters.printed(decision)
    changes: dict[str, Any] = clock.started_again(request, now)
    waited = changes.get("waited_days", request.waited_days)
    changes |= {"decided_at": now, "ended_at": now, "reacted_at": request.reacted_at or now}
    changes["processing_days"] = clock.processing(request, now, waited)
    move(request, TABLE, _ACTS[Outcome(decision.outcome)], by=by, changes=changes, paper=decision.paper_id)
    kind = RequestMessage.Kind.ACCEPTED if decision.outcome == Outcome.ACCEPTED else RequestMessage.Kind.DECLINED
    message = messages.write(request=request, kind=kind, by=by, text=text, facts={"subject": subject})
    request_mails.tell(message, by=by)


@transaction.atomic
def drop(*, paper: DecisionPaper, by: User) -> None:
    """Give the paper up; its requests can be answered anew. An approval on its way is dropped with it.

    Raises:
        Refused: when it is announced already.
    """
    _demand(by)
    paper = _locked(paper)
    move(paper, PAPERS, "drop", by=by)
    paper.decisions.update(is_open=False)
    if (approval := approvals.open_paper(paper)) is not None:
        approvals.drop(approval=approval, by=by)


@transaction.atomic
def take_off(*, decision: RequestDecision, by: User) -> MunicipalRequest:
    """Take one request off a paper, so that it can be answered on another one; an approval of the paper is void then.

    Raises:
        Refused: when the paper has ended, or it is the last one (drop the paper instead).
    """
    _demand(by)
    paper = _locked(decision.paper)
    row = paper.decisions.select_related("request").filter(pk=decision.pk).first()
    if row is None:
        raise Refused(_("This request is not on the paper any more."))
    if paper.decisions.count() == 1:
        raise Refused(_("It is the only request on this paper. Drop the paper instead."))
    request = row.request
    row.delete()
    audit.record("decisionpaper.take_off", paper, by=by, number=request.number)
    return request


def _demand(by: User) -> None:
    if not by.is_active or not by.has_perm(RIGHT):
        raise Refused(_("This is not yours to do, or not possible any more."))


def _locked(paper: DecisionPaper) -> DecisionPaper:
    row = DecisionPaper.objects.select_for_update().get(pk=paper.pk)
    if row.state != DecisionPaper.State.DRAFT:
        raise Refused(_("This paper is “%(state)s”.") % {"state": row.get_state_display()})
    return row
