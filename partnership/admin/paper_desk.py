"""What the work desk says of approvals and mailings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from partnership import approvals, desk, mailing_progress, purposes
from partnership.admin.approval_shown import name_of
from partnership.models import Approval, Mailing, User

SHOWN = 8


def papers(user: User) -> Iterable[desk.Turn]:
    """Those that wait for my decision, and my own that came back."""
    waiting = list(approvals.waiting_for(user)) if user.has_perm("partnership.decide_approval") else []
    mine = Approval.objects.filter(drafted_by=user, state__in=[Approval.State.RETURNED, Approval.State.RECALLED])
    mine = mine.prefetch_related("steps__decided_by")
    abouts = approvals.abouts([*waiting, *mine])
    return [
        *(_turn(paper, _("Decide"), str(paper.drafted_by), abouts) for paper in waiting),
        *(_turn(paper, _("Revise"), _last_decider(paper), abouts) for paper in mine),
    ]


def afterwards(user: User) -> Iterable[desk.Turn]:
    """Decisions made in my place, in my name or without waiting for me, that I still have to see (後閲)."""
    steps = list(approvals.to_review(user)) if user.has_perm("partnership.decide_approval") else []
    papers_of = {step.approval_id: step.approval for step in steps}
    abouts = approvals.abouts(papers_of.values())
    return [
        desk.Turn(
            str(step.approval),
            "　".join(part for part in (_("To be seen afterwards"), abouts.get(step.approval_id, ""), name_of(step)) if part),
            str(step.decided_by or step.approval.drafted_by),
            reverse("admin:approval", args=[step.approval_id]),
            _("Read"),
        )
        for step in steps
    ]


def _last_decider(paper: Approval) -> str:
    """Who sent it back; nobody where its author recalled it."""
    said = [step for step in paper.steps.all() if step.decided_by]
    return str(said[-1].decided_by) if said and paper.state == Approval.State.RETURNED else ""


def _turn(paper: Approval, act: str, whom: str, abouts: Mapping[int, str]) -> desk.Turn:
    urgent = pgettext("approval", "urgent") if paper.is_urgent else ""
    kind = _("Supplementary approval") if paper.supplements_id else _("Approval")
    remark = "　".join(part for part in (kind, urgent, abouts.get(paper.pk, ""), paper.get_state_display()) if part)
    return desk.Turn(str(paper), remark, whom, reverse("admin:approval", args=[paper.pk]), act, paper.due_at)


def in_progress(request: HttpRequest) -> Mapping[str, Any] | None:
    """Mailings that are being sent, paused, or ready to go."""
    if not request.user.has_perm("partnership.view_mailing"):
        return None
    states = [Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.READY]
    rows = list(Mailing.objects.filter(state__in=states)[:SHOWN])
    counted = mailing_progress.several(rows)
    abouts = purposes.abouts(rows)
    lines = [{"mailing": row, "progress": counted[row.pk], "about": abouts.get(row.pk, "")} for row in rows]
    return {"lines": lines, "LANGUAGE_CODE": get_language()}


desk.register_queue(desk.Queue("approvals", gettext_lazy("approvals"), papers, lambda: reverse("admin:approvals")))
desk.register_queue(
    desk.Queue("afterwards", gettext_lazy("to be seen afterwards"), afterwards, lambda: reverse("admin:approvals") + "#afterwards")
)
desk.register_panel(desk.Panel("mailings", "mailings/panel.html", in_progress, place="side", order=20))
