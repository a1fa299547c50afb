"""決裁: drafting a paper, putting it before its deciders, taking it back; the other modules of approvals are reached through here.

An approval binds the SHA-256 of what was put before the deciders. Whether it still holds is never stored: it is derived
by comparing what was bound with the subject as it is now.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import approval_content, approval_routes, approval_steps, audit, subjects
from partnership.approval_content import changes_since_last, content_before, content_of, differences, digest_of, shown
from partnership.approval_decisions import TABLE, agree, locked, record, reject, review, send_back, tell_next
from partnership.approval_standing import Standing, abouts, governing, open_paper, papers, standing, supplement_standing, void
from partnership.approval_steps import current_steps, may_decide, steps_for, to_review, waiting_for
from partnership.circulation import settle
from partnership.models import Approval, ApprovalRoute, ApprovalStep, User
from partnership.transitions import Refused, move

__all__ = [
    "Standing",
    "abouts",
    "agree",
    "carried_out",
    "changes_since_last",
    "content_before",
    "content_of",
    "current_step",
    "current_steps",
    "differences",
    "digest_of",
    "draft",
    "draft_supplement",
    "drop",
    "may_decide",
    "open_paper",
    "papers",
    "recall",
    "record",
    "reject",
    "review",
    "send_back",
    "settle",
    "shown",
    "standing",
    "steps_for",
    "submit",
    "supplement_standing",
    "to_review",
    "turned_down",
    "void",
    "waiting_for",
]


@transaction.atomic
def draft(*, thing: models.Model, by: User, note: str = "", due_at: dt.datetime | None = None) -> Approval:
    """Draft a paper about ``thing`` (起案); ``by`` is its author and can never decide it.

    Raises:
        Refused: when a paper about it is open, it lies before deciders as part of a package, or the last one still holds.
    """
    now = standing(thing)
    if now.holds:
        raise Refused(_("This is approved already, and nothing has changed since."))
    _refuse_if_packed(thing, now)
    approved = papers(thing).filter(state=Approval.State.APPROVED, supplements=None).first()
    former = now.approval if now.void else approved
    return _create(thing, subjects.of(thing).titles(thing), by=by, note=note, due_at=due_at, supersedes=former)


@transaction.atomic
def draft_supplement(*, thing: models.Model, by: User, note: str = "", due_at: dt.datetime | None = None) -> Approval:
    """Draft a paper about what came to an approved thing since (追加決裁); it binds the additions alone.

    Raises:
        Refused: when nothing was added, or that to which it was added holds no more.
    """
    now = standing(thing)
    if not now.holds:
        raise Refused(_("Only to what is approved and unchanged can something be added. Have the whole approved again."))
    content = approval_content.additions_of(thing)
    if not content:
        raise Refused(_("Nothing was added that is not approved."))
    return _create(thing, _supplement_titles(thing, content), by=by, note=note, due_at=due_at, supplements=now.approval)


@transaction.atomic
def submit(
    *,
    approval: Approval,
    by: User,
    note: str | None = None,
    due_at: dt.datetime | None = None,
    route: ApprovalRoute | None = None,
    is_urgent: bool = False,
) -> Approval:
    """Put the paper before its deciders, with the content as it is now.

    Args:
        approval: one that is drafted, returned or recalled.
        by: its author.
        note: a new note to the deciders; None keeps the one it has.
        due_at: a new date by which it should be decided; None keeps the one it has.
        route: the way it takes; None for the one it took before, or the usual one.
        is_urgent: whoever stands at the end of the way decides at once, the others see it afterwards.

    Raises:
        Refused: when something is missing, nobody could decide, or ``by`` is not its author.
    """
    approval, thing = locked(approval)
    if approval.drafted_by_id != by.pk:
        raise Refused(_("Only its author can submit this paper. Drop it and draft one in your own name."))
    act = "submit" if approval.state == Approval.State.DRAFTED else "resubmit"
    content = _content_to_submit(approval, thing)
    subject = subjects.of(thing)
    route = route or approval.route or approval_routes.default(subject.route)
    number = (approval.steps.aggregate(last=models.Max("round"))["last"] or 0) + 1
    steps = approval_routes.steps_of(route, approval, number)
    approval.route, approval.is_urgent = route, is_urgent
    _refuse_unless_decidable(approval, steps)
    title_ja, title_en = _supplement_titles(thing, content) if approval.supplements_id else subject.titles(thing)
    changes: dict[str, Any] = {
        "note": approval.note if note is None else note,
        "due_at": due_at or approval.due_at,
        "route": route,
        "is_urgent": is_urgent,
        "earlier_content": approval.content,
        "content": content,
        "digest": digest_of(content),
        "submitted_at": timezone.now(),
        "outdated_at": None,
        "reminded_on": None,
        "title_ja": title_ja[:300],
        "title_en": title_en[:300],
    }
    facts: dict[str, Any] = {"urgent": True} if is_urgent else {}
    move(approval, TABLE, act, by=by, changes=changes, digest=changes["digest"], round=number, route=route.key, **facts)
    ApprovalStep.objects.bulk_create(steps)
    tell_next(approval, by=by)
    return approval


@transaction.atomic
def recall(*, approval: Approval, by: User) -> Approval:
    """Take a circulating paper back before it is decided (引戻し)."""
    approval, _thing = locked(approval)
    _of_author(approval, by)
    move(approval, TABLE, "recall", by=by)
    return approval


@transaction.atomic
def drop(*, approval: Approval, by: User) -> Approval:
    """Give the paper up (廃案)."""
    approval, _thing = locked(approval)
    _of_author(approval, by)
    move(approval, TABLE, "drop", by=by)
    return approval


@transaction.atomic
def carried_out(*, thing: models.Model, by: User | None = None, paper: Approval | None = None) -> None:
    """Note the day on which what was approved was done (施行日), once: at the first of a package, not at each of its letters.

    Args:
        paper: another paper than the one that decides about ``thing``, such as that of its additions.
    """
    paper = paper or governing(thing)
    if paper is None:
        return
    fresh = Approval.objects.filter(pk=paper.pk, state=Approval.State.APPROVED, carried_out_at=None)
    if fresh.update(carried_out_at=timezone.now()):
        audit.record("approval.carry_out", paper, by=by)


def turned_down(approval: Approval | None) -> ApprovalStep | None:
    """The decision with which a paper came back to its author or was rejected, with the opinion; None when it was not."""
    if approval is None or approval.state not in {Approval.State.RETURNED, Approval.State.REJECTED}:
        return None
    said = approval.steps.filter(decision__in=[ApprovalStep.Decision.RETURN, ApprovalStep.Decision.REJECT])
    return said.select_related("decided_by", "in_place_of").order_by("-round", "-decided_at").first()


def current_step(approval: Approval) -> ApprovalStep | None:
    """The first of the places where a circulating paper lies."""
    return next(iter(current_steps(approval)), None)


def _create(thing: models.Model, titles: tuple[str, str], *, by: User, **fields: Any) -> Approval:
    try:
        with transaction.atomic():
            approval = Approval.objects.create(subject=thing, title_ja=titles[0][:300], title_en=titles[1][:300], drafted_by=by, **fields)
    except IntegrityError:
        raise Refused(_("A paper about this is being prepared or circulating already.")) from None
    audit.record("approval.draft", approval, by=by, **({"supplements": fields["supplements"].pk} if fields.get("supplements") else {}))
    return approval


def _supplement_titles(thing: models.Model, content: Mapping[str, Any]) -> tuple[str, str]:
    subject = subjects.of(thing)
    if subject.supplement_titles is not None:
        return subject.supplement_titles(thing, content)
    title_ja, title_en = subject.titles(thing)
    return f"【追加】{title_ja}", f"[Addition] {title_en}"


def _content_to_submit(approval: Approval, thing: Any) -> dict[str, Any]:
    """What goes before the deciders, once nothing is missing any more."""
    subject = subjects.of(thing)
    if approval.supplements_id:
        if not standing(thing).holds:
            raise Refused(_("Only to what is approved and unchanged can something be added. Have the whole approved again."))
        content = approval_content.additions_of(thing)
        if not content:
            raise Refused(_("Nothing was added that is not approved."))
        return content
    now = standing(thing)
    _refuse_if_packed(thing, now)
    missing = [str(sentence) for one in (thing, *subject.companions(thing)) for sentence in subject.may_submit(one)]
    if missing:
        raise Refused(" ".join(missing))
    for one in subject.companions(thing):
        if open_paper(one) is not None:
            raise Refused(
                _("“%(letter)s” has a paper of its own. Drop that one first, or take the letter out of the package.") % {"letter": one}
            )
    return content_of(thing)


def _refuse_if_packed(thing: models.Model, now: Standing) -> None:
    """Not twice before the deciders: as part of a package, and by itself."""
    paper = now.approval
    if paper is not None and paper.object_id != thing.pk and paper.state in Approval.OPEN:
        raise Refused(_("This lies before the deciders already, in the paper “%(paper)s”.") % {"paper": paper})


def _refuse_unless_decidable(approval: Approval, steps: list[ApprovalStep]) -> None:
    """A paper is not sent on a way at which it would lie for ever."""
    if not steps:
        raise Refused(_("The route “%(route)s” has no stop.") % {"route": approval.route})
    last = max(step.order for step in steps)
    asked = [step for step in steps if step.order == last] if approval.is_urgent else steps
    able = [{user.pk for user, _absent in approval_steps.told(step)} for step in asked]
    idle = next((number for number, people in enumerate(able) if not people), None)
    if approval.is_urgent and any(able):
        return
    if idle is None:
        idle = approval_routes.unfilled(able)
    if idle is not None:
        raise Refused(_("Nobody can decide this paper at “%(stop)s” besides its author and those who decide at other stops.")
                      % {"stop": asked[idle].in_language("name")})  # fmt: skip


def _of_author(approval: Approval, by: User) -> None:
    if approval.drafted_by_id != by.pk and not by.has_perm("partnership.add_approval"):
        raise Refused(_("Only the author or a colleague of the division can do this."))
