"""Deciding: agree, return, reject, on the screen or recorded from paper and telephone; and seeing afterwards what others decided.

Every decision is made under the lock of its paper, so that a step has one however many click at once.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import approval_content, approval_notices, approval_routes, approval_steps, attachments, audit
from partnership.models import Approval, ApprovalStep, User
from partnership.transitions import Refused, move, step

TABLE = {
    "submit": step("drafted", to="circulating"),
    "resubmit": step("returned", "recalled", to="circulating"),
    "approve": step("circulating", to="approved"),
    "return": step("circulating", to="returned"),
    "reject": step("circulating", to="rejected"),
    "recall": step("circulating", to="recalled"),
    "drop": step("drafted", "circulating", "returned", "recalled", to="dropped"),
}
_Decision, _Medium = ApprovalStep.Decision, ApprovalStep.Medium
_ACTS = {_Decision.RETURN: "return", _Decision.REJECT: "reject"}


@dataclass(frozen=True)
class _Word:
    """What somebody decided: who, in whose place, with what opinion, how and when it was said."""

    decision: str
    by: User
    opinion: str
    absent: User | None
    at: dt.datetime
    medium: str = _Medium.SCREEN
    recorded_by: User | None = None


@transaction.atomic
def agree(*, approval: Approval, by: User, opinion: str = "", seen: str = "", step: ApprovalStep | None = None) -> Approval:
    """Agree; where nothing more is open the paper is approved (決裁).

    Args:
        approval: the paper.
        by: who may decide at an open step, in their own right or as a deputy (代決); never the author.
        opinion: kept with the decision.
        seen: the digest that the decider had before their eyes; refused when the paper holds another one by now.
        step: at which step; None for the one at which ``by`` may decide.

    Raises:
        Refused: when it is not theirs to decide now, or the content has changed since it was submitted.
    """
    return _say(approval, _Decision.AGREE, by=by, opinion=opinion, seen=seen, step=step)


@transaction.atomic
def send_back(*, approval: Approval, by: User, opinion: str = "", seen: str = "", step: ApprovalStep | None = None) -> Approval:
    """Return the paper to its author (差戻し); never without an opinion."""
    return _say(approval, _Decision.RETURN, by=by, opinion=opinion, seen=seen, step=step)


@transaction.atomic
def reject(*, approval: Approval, by: User, opinion: str = "", seen: str = "", step: ApprovalStep | None = None) -> Approval:
    """Reject the paper for good (否決); never without an opinion."""
    return _say(approval, _Decision.REJECT, by=by, opinion=opinion, seen=seen, step=step)


@transaction.atomic
def record(
    *,
    approval: Approval,
    step: ApprovalStep,
    decision: str,
    decided_by: User,
    decided_on: dt.date,
    medium: str,
    by: User,
    opinion: str = "",
    evidence: Sequence[Any] = (),
    seen: str = "",
) -> Approval:
    """Enter a decision that was made on paper or by telephone. Whoever decided is told, and looks at it afterwards.

    Args:
        decision: agree, return or reject.
        decided_by: who decided; they must be able to decide at this step as if they clicked themselves.
        decided_on: the day on which they did.
        medium: paper (needs a scan) or phone (entered by somebody else than the author).
        by: who enters it, a colleague of the division.
        evidence: uploaded files; kept with the step.

    Raises:
        Refused: when a scan is missing, the day cannot be, or the decision would not be theirs.
    """
    approval, thing = locked(approval)
    _refuse_unless_recordable(
        approval, by, decision=decision, decided_by=decided_by, decided_on=decided_on, medium=medium, evidence=evidence
    )
    place = _place(approval, decided_by, seen, step, day=decided_on)
    absent = approval_steps.principal(place, decided_by, decided_on)
    word = _Word(decision, decided_by, opinion.strip(), absent, _moment(decided_on, approval), medium, by)
    attachments.attach_all(about=place, uploads=evidence, by=by)
    return _decided(approval, thing, place, word)


@transaction.atomic
def review(*, step: ApprovalStep, by: User, opinion: str = "") -> ApprovalStep:
    """See afterwards what a deputy decided, what was entered in one's name, or what an urgent paper passed over (後閲).

    Raises:
        Refused: when it is not theirs to see, or was seen already.
    """
    row = ApprovalStep.objects.select_for_update(of=("self",)).select_related("approval").get(pk=step.pk)
    if row.reviewed_at is not None:
        raise Refused(_("This was seen already."))
    if not by.is_active or not approval_steps.to_review(by).filter(pk=row.pk).exists():
        raise Refused(_("This is not yours to see afterwards."))
    row.review_by, row.reviewed_at, row.review_opinion, row.needs_review = by, timezone.now(), opinion.strip(), False
    row.save(update_fields=["review_by", "reviewed_at", "review_opinion", "needs_review"])
    audit.record("approval.review", row.approval, by=by, round=row.round, order=row.order, place=row.place)
    return row


def locked(approval: Approval) -> tuple[Approval, Any]:
    """The paper and its subject, both locked, so that neither changes while someone decides.

    The subject first, as everybody does who needs both: whoever sends or drops it holds that one already.

    Raises:
        Refused: when the paper is closed.
    """
    model: Any = approval.content_type.model_class()
    thing = model._default_manager.select_for_update().get(pk=approval.object_id)
    fresh = Approval.objects.select_for_update(of=("self",)).select_related("drafted_by", "content_type", "supplements").get(pk=approval.pk)
    if fresh.state not in Approval.OPEN:
        raise Refused(_("This paper is not circulating: it is “%(state)s”.") % {"state": fresh.get_state_display()})
    return fresh, thing


def _say(approval: Approval, decision: str, *, by: User, opinion: str, seen: str, step: ApprovalStep | None) -> Approval:
    approval, thing = locked(approval)
    place = _place(approval, by, seen, step)
    word = _Word(decision, by, opinion.strip(), approval_steps.principal(place, by), timezone.now())
    return _decided(approval, thing, place, word)


def _place(approval: Approval, by: User, seen: str, step: ApprovalStep | None, day: dt.date | None = None) -> ApprovalStep:
    """The step at which ``by`` may decide now, the paper being locked."""
    if approval.state != Approval.State.CIRCULATING:
        raise Refused(_("This paper is not circulating: it is “%(state)s”.") % {"state": approval.get_state_display()})
    if approval.drafted_by_id == by.pk:
        raise Refused(_("The author of a paper cannot decide it."))
    places = approval_steps.steps_for(approval, by, day)
    if step is not None:
        places = [place for place in places if place.pk == step.pk]
    if not places:
        latest = approval.steps.filter(round=approval_steps.rounds("approval"))
        if latest.filter(decided_by=by).exists():
            raise Refused(_("You have decided on this paper already."))
        raise Refused(_("This paper is not before you now."))
    if seen and seen != approval.digest:
        raise Refused(_("The paper was submitted again since you opened this page. Read it once more, then decide."))
    return places[0]


def _decided(approval: Approval, thing: Any, place: ApprovalStep, word: _Word) -> Approval:
    """Write the decision, and let the paper go where it leads."""
    if word.decision == _Decision.AGREE:
        _refuse_if_changed(approval, thing)
    elif not word.opinion:
        raise Refused(_("Say why in the opinion: a paper is not returned or rejected without a word."))
    _decide(place, word)
    facts = _facts(place, word)
    by = word.recorded_by or word.by
    if word.decision != _Decision.AGREE:
        changes = {"decided_at": word.at} if word.decision == _Decision.REJECT else {}
        move(approval, TABLE, _ACTS[_Decision(word.decision)], by=by, changes=changes, **facts)
        approval_notices.decided(approval, place, by=by)
    elif approval.is_urgent or not approval.steps.filter(round=place.round, decision=None).exists():
        move(approval, TABLE, "approve", by=by, changes={"decided_at": word.at}, digest=approval.digest, **facts)
        _pass_over(approval, place, by)
        approval_notices.decided(approval, place, by=by)
    else:
        audit.record("approval.agree", approval, by=by, digest=approval.digest, **facts)
        tell_next(approval, by=by, after=place.order)
    if place.review_by is not None:
        approval_notices.decided_for(approval, place, place.review_by, by=by)
    return approval


def tell_next(approval: Approval, *, by: User, after: int = -1) -> None:
    """Tell those at the stops that were just opened; while others of the same order are still asked, nobody is told twice."""
    places = [place for place in approval_steps.current_steps(approval) if place.order > after]
    approval_notices.waits(approval, approval_steps.told_of(places), by=by)


def _decide(place: ApprovalStep, word: _Word) -> None:
    place.decision, place.decided_by, place.decided_at, place.opinion = word.decision, word.by, word.at, word.opinion
    place.in_place_of, place.medium, place.recorded_by = word.absent, word.medium, word.recorded_by
    if word.absent is not None:
        place.review_by, place.needs_review = word.absent, True
    elif word.recorded_by is not None and word.recorded_by.pk != word.by.pk:
        place.review_by, place.needs_review = word.by, True
    place.save()


def _pass_over(approval: Approval, place: ApprovalStep, by: User) -> None:
    """Those whom an urgent paper did not wait for see it afterwards."""
    rest = approval.steps.filter(round=place.round, decision=None)
    if not rest.update(needs_review=True):
        return
    people = {user.pk: user for one in rest.select_related("approval") for user in approval_routes.members_of(one)}
    people.pop(place.decided_by_id or 0, None)
    approval_notices.passed_over(approval, people.values(), by=by)


def _refuse_if_changed(approval: Approval, thing: Any) -> None:
    now = approval_content.content_now(approval, thing)
    if approval_content.digest_of(now) != approval.digest:
        what = ", ".join(str(change.label) for change in approval_content.differences(type(thing), approval.content, now))
        raise Refused(_("The content has changed since it was submitted (%(what)s). Send the paper back.") % {"what": what})


def _facts(place: ApprovalStep, word: _Word) -> dict[str, Any]:
    facts: dict[str, Any] = {"round": place.round, "order": place.order}
    if word.absent is not None:
        facts["in_place_of"] = word.absent.pk
    if word.recorded_by is not None:
        facts |= {"decided_by": word.by.pk, "medium": word.medium, "decided_on": timezone.localdate(word.at).isoformat()}
    return facts


def _refuse_unless_recordable(
    approval: Approval, by: User, *, decision: str, decided_by: User, decided_on: dt.date, medium: str, evidence: Sequence[Any]
) -> None:
    if not by.is_active or not by.has_perm("partnership.add_approval"):
        raise Refused(_("Only a colleague of the division enters what was decided elsewhere."))
    if decision not in _Decision.values or medium not in {_Medium.PAPER, _Medium.PHONE}:
        raise Refused(_("Say what was decided, and whether on paper or by telephone."))
    if medium == _Medium.PAPER and not evidence:
        raise Refused(_("A decision on paper is entered with a scan of the paper."))
    if medium == _Medium.PHONE and by.pk == approval.drafted_by_id:
        raise Refused(_("What was decided by telephone is entered by a colleague, not by the author of the paper."))
    if by.pk == decided_by.pk:
        raise Refused(_("Decide here yourself, or let a colleague enter what you decided elsewhere."))
    submitted = approval.submitted_at
    if decided_on > timezone.localdate() or (submitted and decided_on < timezone.localdate(submitted)):
        raise Refused(_("The day of the decision lies between the day of the submission and today."))


def _moment(day: dt.date, approval: Approval) -> dt.datetime:
    """A moment for a decision of which only the day is known: now for today's, else noon, but never before it was submitted."""
    now = timezone.now()
    if day == timezone.localdate(now):
        return now
    noon = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
    return max(noon, approval.submitted_at or noon)
