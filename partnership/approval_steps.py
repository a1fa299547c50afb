"""Where a circulating paper lies, and who may decide there: one query for the pages and for the verbs.

The rules: the author decides nothing, neither in person nor through a deputy nor as one. Who decides has the right and is the
step's person or in its role, or is the deputy of such a one today. In one round each person is heard once: whoever decided does
not decide again, neither for themselves nor for an absent one, and for whom a deputy decided is heard already. So a way of
three stops is always decided by three people; where somebody falls out, the paper is recalled and takes a shorter way, or is urgent.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from partnership import approval_routes, delegations
from partnership.models import Approval, ApprovalStep, User


def rounds(step: str = "pk") -> Subquery:
    """The number of a paper's latest round, for a query whose row names the paper in ``step``."""
    return Subquery(ApprovalStep.objects.filter(approval=OuterRef(step)).order_by("-round").values("round")[:1])


def open_steps() -> models.QuerySet[ApprovalStep]:
    """The steps of all circulating papers that can be decided now: of the first order that is not done, or the last where it is urgent."""
    same_round = ApprovalStep.objects.filter(approval=OuterRef("approval"), round=OuterRef("round"))
    earlier = same_round.filter(order__lt=OuterRef("order"), decision=None)
    later = same_round.filter(order__gt=OuterRef("order"))
    rows = ApprovalStep.objects.filter(approval__state=Approval.State.CIRCULATING, decision=None, round=rounds("approval"))
    return rows.filter(Q(~Exists(earlier), approval__is_urgent=False) | Q(~Exists(later), approval__is_urgent=True))


def current_steps(approval: Approval) -> list[ApprovalStep]:
    """Where a circulating paper lies; several where it is asked side by side."""
    return list(open_steps().filter(approval=approval).select_related("approval", "group", "person").order_by("order", "place"))


def open_to(user: User, day: dt.date | None = None) -> models.QuerySet[ApprovalStep]:
    """The open steps at which ``user`` may decide, in their own right or as a deputy of that day."""
    theirs = Q(pk__in=[])
    for voice in _voices(user, day):
        theirs |= _heard_as(voice, user)
    return open_steps().filter(theirs).exclude(approval__drafted_by=user)


def steps_for(approval: Approval, user: User, day: dt.date | None = None) -> list[ApprovalStep]:
    """The steps of a paper that ``user`` may decide now; those in their own right first."""
    rows = open_to(user, day).filter(approval=approval).select_related("approval", "group", "person").order_by("order", "place")
    return sorted(rows, key=lambda step: principal(step, user, day) is not None)


def principal(step: ApprovalStep, by: User, day: dt.date | None = None) -> User | None:
    """In whose place ``by`` decides at a step; None in their own right."""
    if _belongs(step, by):
        return None
    for voice in _voices(by, day):
        if open_steps().filter(_heard_as(voice, by), pk=step.pk).exists():
            return voice
    return None


def waiting_for(user: User) -> models.QuerySet[Approval]:
    """The circulating papers that ``user`` may decide now, in their own right or for somebody absent."""
    places = open_to(user)
    return (
        Approval.objects.filter(state=Approval.State.CIRCULATING, pk__in=places.values("approval"))
        .select_related("drafted_by", "content_type")
        .order_by(F("due_at").asc(nulls_last=True), "submitted_at")
    )


def may_decide(approval: Approval, user: User) -> bool:
    """Whether the page offers ``user`` the decision; the verbs ask again."""
    return approval.state == Approval.State.CIRCULATING and open_to(user).filter(approval=approval).exists()


def to_review(user: User) -> models.QuerySet[ApprovalStep]:
    """The steps that ``user`` has to see afterwards (後閲): decided in their place, recorded in their name, or passed over."""
    skipped = Q(review_by=None) & (Q(person=user) | Q(group__in=user.groups.all()))
    if not approval_routes.deciders().filter(pk=user.pk).exists():
        skipped = Q(pk__in=[])
    rows = ApprovalStep.objects.filter(Q(review_by=user) | skipped, needs_review=True, reviewed_at=None)
    rows = rows.exclude(approval__drafted_by=user).select_related("approval__drafted_by", "group", "person", "decided_by", "in_place_of")
    return rows.order_by("approval__decided_at", "pk")


def told(step: ApprovalStep) -> list[tuple[User, User | None]]:
    """Whom to tell that a step is open: those who may decide, and the deputies of absent ones with whose deputy they are."""
    people = {user.pk: user for user in approval_routes.members_of(step)}
    deputed = delegations.in_force().filter(principal__in=people).exclude(deputy__in=[*people, step.approval.drafted_by_id])
    able = set(approval_routes.deciders().filter(pk__in=deputed.values("deputy")).values_list("pk", flat=True))
    deputies = {row.deputy_id: (row.deputy, row.principal) for row in deputed if row.deputy_id in able}
    return [*((user, None) for user in people.values()), *deputies.values()]


def told_of(steps: Iterable[ApprovalStep]) -> list[tuple[User, User | None]]:
    """The same for several steps, each person once."""
    found: dict[int, tuple[User, User | None]] = {}
    for step in steps:
        for user, absent in told(step):
            found.setdefault(user.pk, (user, absent))
    return list(found.values())


def _voices(user: User, day: dt.date | None) -> list[User]:
    """The people as whom somebody may be heard: themselves and those whose deputy they are; each of them has the right to decide."""
    people = {user.pk: user} | {row.principal_id: row.principal for row in delegations.in_force(user, day)}
    able = set(approval_routes.deciders().filter(pk__in=people).values_list("pk", flat=True))
    return [one for pk, one in people.items() if pk in able] if user.pk in able else []


def _heard_as(voice: User, by: User) -> Q:
    """The steps at which ``by`` may be heard as ``voice``, as far as neither was heard in the round and neither is the author."""
    same_round = ApprovalStep.objects.filter(approval=OuterRef("approval"), round=OuterRef("round"))
    people = {voice.pk, by.pk}
    heard = same_round.filter(Q(decided_by__in=people) | Q(in_place_of__in=people))
    place = Q(person=voice) | Q(group__in=voice.groups.all())
    return Q(place, ~Q(approval__drafted_by__in=people), ~Exists(heard))


def _belongs(step: ApprovalStep, user: User) -> bool:
    return step.person_id == user.pk if step.person_id else user.groups.filter(pk=step.group_id).exists()
