"""A paper as people read it: its way from stop to stop, where it lies and since when, what was said in all rounds.

Everything here reads steps that were fetched once (``with_steps``), so a list costs the same whatever its length.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import roles
from partnership.models import Approval, ApprovalStep, User

_PEOPLE = ("group", "person", "decided_by", "recorded_by", "in_place_of", "review_by")
_NAMES = {roles.APPROVER: gettext_lazy("Director (decision)")}  # where the role's label would be too long for a stop
_MEDIA = {
    ApprovalStep.Medium.PAPER: gettext_lazy("on paper, recorded by %(name)s"),
    ApprovalStep.Medium.PHONE: gettext_lazy("by telephone, recorded by %(name)s"),
}


@dataclass(frozen=True)
class Stop:
    """One box of the way: whose it is, what they said, and what must be known of it (代決, 後閲, on paper)."""

    name: str
    mark: str = ""  # done, now (the reader's turn), rest (somebody else's turn), back, after
    said: str = ""
    who: str = ""
    at: dt.datetime | None = None
    notes: Sequence[str] = ()
    step: ApprovalStep | None = None


@dataclass(frozen=True)
class Place:
    """Stops that are asked at the same time; mostly one."""

    stops: Sequence[Stop]

    @property
    def is_parallel(self) -> bool:
        """Whether several are asked side by side (合議)."""
        return len(self.stops) > 1


@dataclass(frozen=True)
class Opinion:
    """What somebody said with their decision."""

    step: ApprovalStep
    name: str
    notes: Sequence[str] = field(default=())


def with_steps(papers: QuerySet[Approval]) -> QuerySet[Approval]:
    """Papers with their steps and everyone named in them, in a fixed number of queries."""
    return papers.select_related("drafted_by", "content_type", "route").prefetch_related("steps", *(f"steps__{name}" for name in _PEOPLE))


def listed(papers: QuerySet[Approval]) -> QuerySet[Approval]:
    """The same for a list, which has no use for the texts."""
    return with_steps(papers).defer("content", "earlier_content")


def name_of(step: ApprovalStep) -> str:
    """The stop's name: the route's word for it, else its role's, else its person's."""
    if named := step.in_language("name"):
        return named
    if step.group is not None:
        return str(_NAMES.get(step.group.name) or roles.label(step.group.name))
    return str(step.person or "")


# ── where it lies ────────────────────────────────────────────────────────────
def latest_round(approval: Approval) -> list[ApprovalStep]:
    """The steps of the newest round, in their order."""
    steps = list(approval.steps.all())
    newest = max((step.round for step in steps), default=0)
    return [step for step in steps if step.round == newest]


def open_steps(approval: Approval) -> list[ApprovalStep]:
    """The steps that are asked now; of an urgent paper those of the last stop, which decides at once."""
    if approval.state != Approval.State.CIRCULATING:
        return []
    waiting = [step for step in latest_round(approval) if not step.decision]
    orders = [step.order for step in waiting]
    if not orders:
        return []
    asked = max(orders) if approval.is_urgent else min(orders)
    return [step for step in waiting if step.order == asked]


def since(approval: Approval) -> dt.datetime | None:
    """From when the paper has lain where it lies."""
    asked = open_steps(approval)
    if not asked:
        return None
    earlier = [step.decided_at for step in latest_round(approval) if step.decided_at and step.order < asked[0].order]
    return max(earlier, default=None) or approval.submitted_at


def lies_with(approval: Approval) -> str:
    """Whose turn it is, in words."""
    return _(", ").join(name_of(step) for step in open_steps(approval))


# ── the way ──────────────────────────────────────────────────────────────────
def way(approval: Approval, mine: Iterable[ApprovalStep] = (), reader: User | None = None) -> list[Place]:
    """The stops from the draft to the carrying out, as one reads them from left to right.

    Args:
        approval: fetched ``with_steps``.
        mine: the steps that the reader may decide now.
        reader: who reads it, so that what came back is marked for its author.
    """
    own, asked = {step.pk for step in mine}, {step.pk for step in open_steps(approval)}
    places = [Place([_drafted(approval, reader)])]
    orders: dict[int, list[ApprovalStep]] = {}
    for step in latest_round(approval):
        orders.setdefault(step.order, []).append(step)
    places += [Place([_stop(approval, step, asked, own) for step in orders[order]]) for order in sorted(orders)]
    return [*places, Place([_carried_out(approval)])]


def _drafted(approval: Approval, reader: User | None) -> Stop:
    with_author = approval.state in {Approval.State.DRAFTED, Approval.State.RETURNED, Approval.State.RECALLED}
    said = "" if approval.state == Approval.State.DRAFTED else approval.get_state_display() if with_author else ""
    turn = "now" if reader is not None and reader.pk == approval.drafted_by_id else "rest"
    return Stop(_("Drafted"), turn if with_author else "done", said, str(approval.drafted_by), approval.drafted_at)


def _carried_out(approval: Approval) -> Stop:
    if approval.carried_out_at:
        return Stop(_("Carried out"), "done", at=approval.carried_out_at)
    approved = approval.state == Approval.State.APPROVED
    return Stop(_("Carried out"), said=_("may be carried out") if approved else _("after the decision"))


def _stop(approval: Approval, step: ApprovalStep, asked: set[int], own: set[int]) -> Stop:
    name = name_of(step)
    if step.decision:
        mark = "done" if step.decision == ApprovalStep.Decision.AGREE else "back"
        return Stop(name, mark, step.get_decision_display(), str(step.decided_by), step.decided_at, notes(step), step)
    if step.pk in asked:
        is_own = step.pk in own
        return Stop(name, "now" if is_own else "rest", _("It is your turn") if is_own else _("now here"), _person(step), step=step)
    if step.needs_review or step.reviewed_at:
        return Stop(name, "after", _("not waited for (urgent)"), _person(step), None, notes(step), step)
    if approval.is_urgent and asked:
        return Stop(name, "after", _("sees it afterwards"), _person(step), step=step)
    return Stop(name, who=_person(step), step=step)


def _person(step: ApprovalStep) -> str:
    """The one person who is asked; a role has many."""
    return str(step.person) if step.person and step.person_id and step.in_language("name") else ""


def notes(step: ApprovalStep) -> list[str]:
    """What must be known of a decision: for whom, how, and whether it was seen afterwards."""
    found = []
    if step.in_place_of:
        found.append(_("in place of %(name)s") % {"name": step.in_place_of})
    if step.medium in _MEDIA:
        found.append(str(_MEDIA[ApprovalStep.Medium(step.medium)]) % {"name": step.recorded_by or "–"})
    if step.reviewed_at:
        found.append(_("seen afterwards by %(name)s") % {"name": step.review_by} if step.review_by else _("seen afterwards"))
    elif step.needs_review:
        found.append(_("to be seen afterwards by %(name)s") % {"name": step.review_by} if step.review_by else _("to be seen afterwards"))
    return found


# ── what was said ────────────────────────────────────────────────────────────
def opinions(approval: Approval) -> list[Opinion]:
    """All opinions of all rounds, the newest first."""
    said = [step for step in approval.steps.all() if step.opinion and step.decided_at]
    said.sort(key=lambda step: (step.decided_at, step.pk), reverse=True)
    return [Opinion(step, name_of(step), notes(step)) for step in said]


def reviews(approval: Approval) -> list[tuple[ApprovalStep, str]]:
    """What was said on seeing a decision afterwards, with the stop's name."""
    return [(step, name_of(step)) for step in approval.steps.all() if step.reviewed_at and step.review_opinion]


def is_last(approval: Approval, mine: Iterable[ApprovalStep]) -> bool:
    """Whether agreeing at one of these steps approves the paper: nobody else is asked beside or after them."""
    own = {step.pk for step in mine}
    waiting = [step.pk for step in latest_round(approval) if not step.decision]
    return bool(own) and (approval.is_urgent or len(waiting) == 1)


def rounds(approval: Approval) -> int:
    """How often it was put before its deciders."""
    return max((step.round for step in approval.steps.all()), default=0)
