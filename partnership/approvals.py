"""決裁: drafting, circulating and deciding, and whether a decision still holds.

An approval binds the SHA-256 of what was put before the deciders. Whether it still holds is never stored: it is derived
by comparing that digest with the subject as it is now.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import approval_notices, audit, subjects
from partnership.models import Approval, ApprovalStep, User
from partnership.transitions import Refused, move, step

TABLE = {
    "submit": step("drafted", "returned", "recalled", to="circulating"),
    "approve": step("circulating", to="approved"),
    "return": step("circulating", to="returned"),
    "reject": step("circulating", to="rejected"),
    "recall": step("circulating", to="recalled"),
    "drop": step("drafted", "circulating", "returned", "recalled", to="dropped"),
}


@dataclass(frozen=True)
class Standing:
    """How a thing stands with its approval.

    ``holds`` says that it was approved and that nothing which was approved has changed since. ``void`` says that it was
    approved and something has; ``changes`` says what.
    """

    approval: Approval | None
    holds: bool = False
    void: bool = False
    changes: Sequence[subjects.Change] = ()


def content_of(thing: models.Model) -> dict[str, Any]:
    """What an approval of ``thing`` binds, as plain JSON."""
    return json.loads(_canonical(subjects.of(thing).content(thing)))


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content, independent of the order of its keys."""
    return hashlib.sha256(_canonical(content)).hexdigest()


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def papers(thing: models.Model) -> models.QuerySet[Approval]:
    """All approvals of ``thing``, newest first."""
    return Approval.objects.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk).select_related("drafted_by")


def abouts(rows: Iterable[Approval]) -> dict[int, str]:
    """What the things on the papers belong to, such as the event of a letter, by the paper's primary key. Fixed queries."""
    rows = list(rows)
    found: dict[int, str] = {}
    for subject in subjects.every():
        kind = ContentType.objects.get_for_model(subject.model)
        own = [row for row in rows if row.content_type_id == kind.pk]
        named = subject.abouts([row.object_id for row in own]) if own else {}
        found |= {row.pk: str(named[row.object_id]) for row in own if row.object_id in named}
    return found


def standing(thing: models.Model) -> Standing:
    """Whether ``thing`` is approved as it is now; a dropped paper leaves the one before it in force."""
    approval = papers(thing).exclude(state=Approval.State.DROPPED).first()
    if approval is None:
        return Standing(None)
    approved = approval.state == Approval.State.APPROVED
    if not approval.digest:
        return Standing(approval)
    content = content_of(type(thing)._default_manager.get(pk=thing.pk))  # as it is stored, whatever the caller holds
    if digest_of(content) == approval.digest:
        return Standing(approval, holds=approved)
    return Standing(approval, void=approved, changes=subjects.of(thing).differences(approval.content, content))


def changes_since_last(approval: Approval) -> Sequence[subjects.Change]:
    """What a paper changes against the round before, or against the paper it follows; empty for a first one."""
    before = content_before(approval)
    if not before or not approval.content:
        return ()
    return subjects.of_model(approval.content_type.model_class()).differences(before, approval.content)


def content_before(approval: Approval) -> Mapping[str, Any]:
    """What the deciders saw last: in the round before, or in the approved paper that this one follows."""
    return approval.earlier_content or (approval.supersedes.content if approval.supersedes else {})


@transaction.atomic
def draft(*, thing: models.Model, by: User, note: str = "", due_at: dt.datetime | None = None) -> Approval:
    """Draft a paper about ``thing`` (起案); ``by`` is its author and can never decide it.

    Raises:
        Refused: when a paper about it is open, or the last one still holds.
    """
    now = standing(thing)
    if now.holds:
        raise Refused(_("This is approved already, and nothing has changed since."))
    title_ja, title_en = subjects.of(thing).titles(thing)
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                subject=thing,
                title_ja=title_ja[:300],
                title_en=title_en[:300],
                drafted_by=by,
                note=note,
                due_at=due_at,
                supersedes=papers(thing).filter(state=Approval.State.APPROVED).first(),
            )
    except IntegrityError:
        raise Refused(_("A paper about this is being prepared or circulating already.")) from None
    audit.record("approval.draft", approval, by=by)
    return approval


@transaction.atomic
def submit(*, approval: Approval, by: User, note: str | None = None, due_at: dt.datetime | None = None) -> Approval:
    """Put the paper before its deciders, with the content as it is now.

    Args:
        approval: one that is drafted, returned or recalled.
        by: its author.
        note: a new note to the deciders; None keeps the one it has.
        due_at: a new date by which it should be decided; None keeps the one it has.

    Raises:
        Refused: when something is missing, nobody could decide, or ``by`` is not its author.
    """
    approval, thing = _locked(approval)
    if approval.drafted_by_id != by.pk:
        raise Refused(_("Only its author can submit this paper. Drop it and draft one in your own name."))
    subject = subjects.of(thing)
    if missing := subject.may_submit(thing):
        raise Refused(" ".join(str(sentence) for sentence in missing))
    groups = [Group.objects.get_or_create(name=name)[0] for name in subject.route]
    if idle := [group.name for group in groups if not _deciders(group, approval).exists()]:
        raise Refused(_("Nobody can decide this paper: the role “%(role)s” has no member besides its author.") % {"role": idle[0]})
    content = content_of(thing)
    title_ja, title_en = subject.titles(thing)
    latest = approval.steps.aggregate(last=models.Max("round"))["last"] or 0
    steps = [ApprovalStep(approval=approval, round=latest + 1, order=order, group=group) for order, group in enumerate(groups, start=1)]
    ApprovalStep.objects.bulk_create(steps)
    changes: dict[str, Any] = {
        "note": approval.note if note is None else note,
        "due_at": due_at or approval.due_at,
        "earlier_content": approval.content,
        "content": content,
        "digest": digest_of(content),
        "submitted_at": timezone.now(),
        "title_ja": title_ja[:300],
        "title_en": title_en[:300],
    }
    move(approval, TABLE, "submit", by=by, changes=changes, digest=changes["digest"], round=latest + 1)
    approval_notices.waits(approval, _deciders(groups[0], approval), by=by)
    return approval


@transaction.atomic
def agree(*, approval: Approval, by: User, opinion: str = "", seen: str = "") -> Approval:
    """Agree at the current step; the last one approves the paper (決裁).

    Args:
        approval: the paper.
        by: a member of the step's role, not the author.
        opinion: kept with the decision.
        seen: the digest that the decider had before their eyes; refused when the paper holds another one by now.

    Raises:
        Refused: when it is not theirs to decide now, or the content has changed since it was submitted.
    """
    approval, thing = _locked(approval)
    place = _place_of(approval, by, seen)
    now = content_of(thing)
    if digest_of(now) != approval.digest:
        what = ", ".join(str(change.label) for change in subjects.of(thing).differences(approval.content, now))
        raise Refused(_("The content has changed since it was submitted (%(what)s). Send the paper back.") % {"what": what})
    _decide(place, ApprovalStep.Decision.AGREE, by, opinion)
    rest = approval.steps.filter(round=place.round, decision=None).order_by("order").first()
    if rest is None:
        move(approval, TABLE, "approve", by=by, changes={"decided_at": place.decided_at}, digest=approval.digest, order=place.order)
        approval_notices.decided(approval, opinion, by=by)
    else:
        audit.record("approval.agree", approval, by=by, digest=approval.digest, order=place.order)
        approval_notices.waits(approval, _deciders(rest.group, approval), by=by)
    return approval


def send_back(*, approval: Approval, by: User, opinion: str, seen: str = "") -> Approval:
    """Return the paper to its author with an opinion (差戻し)."""
    return _turn_down("return", approval=approval, by=by, opinion=opinion, seen=seen)


def reject(*, approval: Approval, by: User, opinion: str, seen: str = "") -> Approval:
    """Reject the paper for good, with an opinion (否決)."""
    return _turn_down("reject", approval=approval, by=by, opinion=opinion, seen=seen)


@transaction.atomic
def _turn_down(act: str, *, approval: Approval, by: User, opinion: str, seen: str) -> Approval:
    approval, _thing = _locked(approval)
    place = _place_of(approval, by, seen)
    if not opinion.strip():
        raise Refused(_("Say why in the opinion: a paper is not returned or rejected without a word."))
    _decide(place, ApprovalStep.Decision(act), by, opinion)
    changes = {"decided_at": place.decided_at} if act == "reject" else {}
    move(approval, TABLE, act, by=by, changes=changes, order=place.order)
    approval_notices.decided(approval, opinion, by=by)
    return approval


@transaction.atomic
def recall(*, approval: Approval, by: User) -> Approval:
    """Take a circulating paper back before it is decided (引戻し)."""
    approval, _thing = _locked(approval)
    _of_author(approval, by)
    move(approval, TABLE, "recall", by=by)
    return approval


@transaction.atomic
def drop(*, approval: Approval, by: User) -> Approval:
    """Give the paper up (廃案)."""
    approval, _thing = _locked(approval)
    _of_author(approval, by)
    move(approval, TABLE, "drop", by=by)
    return approval


def open_paper(thing: models.Model) -> Approval | None:
    """The paper about ``thing`` that is not decided yet."""
    return papers(thing).filter(state__in=Approval.OPEN).first()


def void(*, thing: models.Model, now: Standing, by: User | None) -> None:
    """Put on record that an approval was found to hold no more."""
    if now.approval is not None:
        audit.record("approval.void", now.approval, by=by, thing=str(thing), changes=[str(change.label) for change in now.changes])


def turned_down(approval: Approval | None) -> ApprovalStep | None:
    """The decision with which a paper came back to its author or was rejected, with the opinion; None when it was not."""
    if approval is None or approval.state not in {Approval.State.RETURNED, Approval.State.REJECTED}:
        return None
    said = approval.steps.filter(decision__in=[ApprovalStep.Decision.RETURN, ApprovalStep.Decision.REJECT])
    return said.select_related("decided_by").order_by("-round", "-order").first()


def current_step(approval: Approval) -> ApprovalStep | None:
    """Where a circulating paper lies."""
    if approval.state != Approval.State.CIRCULATING:
        return None
    return approval.steps.filter(decision=None).order_by("-round", "order").select_related("group").first()


def waiting_for(user: User) -> models.QuerySet[Approval]:
    """The circulating papers that ``user`` may decide now."""
    same_round = ApprovalStep.objects.filter(approval=models.OuterRef("approval"), round=models.OuterRef("round"))
    latest = ApprovalStep.objects.filter(approval=models.OuterRef("approval")).order_by("-round").values("round")[:1]
    places = (
        ApprovalStep.objects.filter(decision=None, group__in=user.groups.all(), round=models.Subquery(latest))
        .exclude(models.Exists(same_round.filter(order__lt=models.OuterRef("order"), decision=None)))
        .exclude(models.Exists(same_round.filter(decided_by=user)))
    )
    return (
        Approval.objects.filter(state=Approval.State.CIRCULATING, pk__in=places.values("approval"))
        .exclude(drafted_by=user)
        .select_related("drafted_by", "content_type")
        .order_by("due_at", "submitted_at")
    )


def may_decide(approval: Approval, user: User) -> bool:
    """Whether the page offers ``user`` the decision; the verbs ask again."""
    return approval.state == Approval.State.CIRCULATING and waiting_for(user).filter(pk=approval.pk).exists()


def _locked(approval: Approval) -> tuple[Approval, Any]:
    """The paper and its subject, both locked, so that neither changes while someone decides."""
    fresh = Approval.objects.select_for_update(of=("self",)).select_related("drafted_by", "content_type").get(pk=approval.pk)
    model: Any = fresh.content_type.model_class()
    thing = model._default_manager.select_for_update().get(pk=fresh.object_id)
    return fresh, thing


def _place_of(approval: Approval, by: User, seen: str) -> ApprovalStep:
    """The step that ``by`` may decide now."""
    place = current_step(approval)
    if place is None:
        raise Refused(_("This paper is not circulating: it is “%(state)s”.") % {"state": approval.get_state_display()})
    if approval.drafted_by_id == by.pk:
        raise Refused(_("The author of a paper cannot decide it."))
    if not by.is_active or not by.groups.filter(pk=place.group_id).exists():
        raise Refused(_("This paper is not before you now."))
    if approval.steps.filter(round=place.round, decided_by=by).exists():
        raise Refused(_("You have decided on this paper already."))
    if seen and seen != approval.digest:
        raise Refused(_("The paper was submitted again since you opened this page. Read it once more, then decide."))
    return place


def _decide(place: ApprovalStep, decision: str, by: User, opinion: str) -> None:
    place.decision, place.decided_by, place.decided_at, place.opinion = decision, by, timezone.now(), opinion.strip()
    place.save(update_fields=["decision", "decided_by", "decided_at", "opinion"])


def _of_author(approval: Approval, by: User) -> None:
    if approval.drafted_by_id != by.pk and not by.has_perm("partnership.add_approval"):
        raise Refused(_("Only the author or a colleague of the division can do this."))


def _deciders(group: Group, approval: Approval) -> models.QuerySet[User]:
    return User.objects.filter(groups=group, is_active=True).exclude(pk=approval.drafted_by_id)
