"""The parts of a paper's page: its companions, its scans, what it is related to, and who decides in whose place."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from partnership import approval_content, approval_steps, approvals, purposes, subjects
from partnership.admin.approval_shown import name_of
from partnership.models import Approval, ApprovalStep, Attachment, Mailing, User
from partnership.subjects import Change


@dataclass(frozen=True)
class Companion:
    """One thing of a package as the lead's paper shows it: its own title, and everything its own paper would show."""

    key: str
    title: str
    home: str
    context: Mapping[str, Any]
    shown: SafeString
    leaves: dt.datetime | None = None  # by itself
    changes: list[Change] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What its ids and its questions to the page begin with, so that each companion has its own."""
        return f"c{self.key}-"

    @property
    def is_open(self) -> bool:
        """Unfolded where the reader leafs through its letters."""
        return self.context.get("number", 1) != 1


def asked(query: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The part of the page's query that a companion (or, without a prefix, the lead) is asked with."""
    return {"n": query.get(f"{prefix}n", "1")}


def companions(request: HttpRequest, approval: Approval, content: Mapping[str, Any], *, printing: bool = False) -> list[Companion]:
    """What the paper decides along with its subject, as it was submitted; of a draft, as it is now."""
    bound = (approval.content or content).get("companions", {})
    if not bound:
        return []
    model: Any = approval.content_type.model_class()
    things = model._default_manager.in_bulk([int(key) for key in bound])
    before = approval_content.content_before(approval).get("companions", {})
    parts = [(things[int(key)], bound[key], before.get(key, {})) for key in bound if int(key) in things]
    return [_companion(request, approval, *part, printing=printing) for part in parts]


def _companion(
    request: HttpRequest, approval: Approval, thing: Any, bound: Mapping[str, Any], before: Mapping[str, Any], *, printing: bool
) -> Companion:
    """The same page as the thing's own paper would have, made from its part of the lead's."""
    subject = subjects.of(thing)
    part = Approval(content_type=approval.content_type, object_id=thing.pk, content=bound, earlier_content=before, state=approval.state)
    part.subject = thing
    prefix = f"c{thing.pk}-"
    changes = list(subject.differences(before, bound)) if before else []
    context = {**subject.context(part, asked(request.GET, prefix)), "prefix": prefix, "approval": part, "printing": printing}
    page = render_to_string(subject.template, context, request=request)
    return Companion(str(thing.pk), str(thing), subject.home(thing), context, page, _leaves(thing), changes)


def _leaves(thing: Any) -> dt.datetime | None:
    """When a letter leaves by itself; it moves with what it depends on."""
    return purposes.get(thing.purpose).starts_at(thing) if isinstance(thing, Mailing) else None


# ── scans ────────────────────────────────────────────────────────────────────
def files(approval: Approval) -> QuerySet[Attachment]:
    """The files of a paper and of its steps: scans of decisions made elsewhere."""
    kinds = ContentType.objects.get_for_models(Approval, ApprovalStep)
    steps = ApprovalStep.objects.filter(approval=approval).values("pk")
    about = Q(content_type=kinds[Approval], object_id=approval.pk) | Q(content_type=kinds[ApprovalStep], object_id__in=steps)
    return Attachment.objects.exclude(state=Attachment.State.REMOVED).filter(about).select_related("uploaded_by")


# ── around the paper ─────────────────────────────────────────────────────────
def related(approval: Approval) -> list[tuple[str, Approval]]:
    """The papers before and after this one, each with its word."""
    found = []
    if approval.supersedes:
        found.append((_("takes the place of"), approval.supersedes))
    if approval.supplements:
        found.append((_("adds to"), approval.supplements))
    after = Approval.objects.filter(Q(supersedes=approval) | Q(supplements=approval)).exclude(state=Approval.State.DROPPED)
    words = {True: _("supplemented by"), False: _("followed by")}
    return [*found, *((words[paper.supplements_id == approval.pk], paper) for paper in after.defer("content", "earlier_content"))]


def to_review(approval: Approval, user: User) -> list[tuple[ApprovalStep, str]]:
    """The decisions of this paper that ``user`` still has to see (後閲), each with its stop's name."""
    return [(step, name_of(step)) for step in approvals.to_review(user).filter(approval=approval)]


def seat(step: ApprovalStep, user: User) -> str:
    """As what ``user`` would decide: at their own stop, or in whose place."""
    absent = approval_steps.principal(step, user)
    if absent is None:
        return name_of(step)
    return _("%(stop)s, in place of %(name)s") % {"stop": name_of(step), "name": absent}
