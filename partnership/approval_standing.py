"""Whether an approval still holds. That is never stored: it is derived by comparing what was approved with the thing as it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from partnership import approval_content, audit, subjects
from partnership.models import Approval, User
from partnership.subjects import Change


@dataclass(frozen=True)
class Standing:
    """How a thing stands with its approval.

    ``holds`` says that it was approved and that nothing which was approved has changed since. ``void`` says that it was
    approved and something has; ``changes`` says what.
    """

    approval: Approval | None
    holds: bool = False
    void: bool = False
    changes: Sequence[Change] = ()


def papers(thing: models.Model) -> models.QuerySet[Approval]:
    """All approvals of ``thing`` and of what was added to it, newest first."""
    return Approval.objects.filter(content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk).select_related("drafted_by")


def open_paper(thing: models.Model) -> Approval | None:
    """The paper about ``thing`` that is not decided yet."""
    return papers(thing).filter(state__in=Approval.OPEN).first()


def governing(thing: models.Model) -> Approval | None:
    """The paper that decides about ``thing``: its own newest, or the newest of its package in which it lay, whichever came later.

    A dropped paper leaves the one before it in force.
    """
    own = papers(thing).filter(supplements=None).exclude(state=Approval.State.DROPPED)
    lead = subjects.of(thing).lead(thing)
    if lead is None:
        return own.first()
    packed = papers(lead).filter(supplements=None, content__companions__has_key=str(thing.pk)).exclude(state=Approval.State.DROPPED)
    since = Coalesce("submitted_at", "drafted_at")
    both = [row for row in (own.annotate(since=since).first(), packed.annotate(since=since).order_by("-since").first()) if row]
    return max(both, key=lambda row: row.since, default=None)


def standing(thing: models.Model) -> Standing:
    """Whether ``thing`` is approved as it is now; what was added to it later is asked of ``supplement_standing``."""
    approval = governing(thing)
    if approval is None or not approval.digest:
        return Standing(approval)
    return _compared(approval, approval_content.part_of(approval, thing), approval_content.own_content_of(_stored(thing)), type(thing))


def supplement_standing(paper: Approval) -> Standing:
    """Whether the additions on a supplement are approved as they are now. They hold only while that holds to which they were added."""
    thing = paper.subject
    if thing is None or not paper.digest:
        return Standing(paper)
    found = _compared(paper, paper.content, approval_content.content_now(paper, _stored(thing)), type(thing))
    main = standing(thing) if found.holds else found
    return found if main.holds or not found.holds else Standing(paper, void=True, changes=main.changes)


def _compared(approval: Approval, bound: dict[str, Any], now: dict[str, Any], model: type[models.Model]) -> Standing:
    approved = approval.state == Approval.State.APPROVED
    if not approval_content.is_sound(approval):
        return Standing(approval, void=approved, changes=[Change(_("The record of the approval"), "–", _("altered"))])
    if approval_content.canonical(bound) == approval_content.canonical(now):
        return Standing(approval, holds=approved)
    return Standing(approval, void=approved, changes=approval_content.differences(model, bound, now))


def _stored(thing: models.Model) -> Any:
    """As it is stored, whatever the caller holds."""
    return type(thing)._default_manager.get(pk=thing.pk)


def void(*, thing: models.Model, now: Standing, by: User | None) -> None:
    """Put on record that an approval was found to hold no more."""
    if now.approval is not None:
        audit.record("approval.void", now.approval, by=by, thing=str(thing), changes=[str(change.label) for change in now.changes])


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
