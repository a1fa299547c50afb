"""決裁 in the administration: what waits for me, and one paper with everything needed to decide."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership import admin_pages, approvals, roles, subjects
from partnership.admin.base import is_key
from partnership.admin.pages import Act, act
from partnership.models import Approval, ApprovalStep, User

VIEW, DRAFT, DECIDE = "partnership.view_approval", "partnership.add_approval", "partnership.decide_approval"
ROWS = 50
STOPS = {roles.APPROVER: gettext_lazy("Director (decision)")}  # a stop of the way, where the role's label would be too long


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for me, what I drafted and is open, and what was decided."""
    user = _demand(request, VIEW)
    papers = Approval.objects.select_related("drafted_by", "content_type")
    waiting = list(approvals.waiting_for(user))
    mine = list(papers.filter(drafted_by=user, state__in=Approval.OPEN))
    others = papers.filter(state__in=Approval.OPEN).exclude(drafted_by=user).exclude(pk__in=[paper.pk for paper in waiting])[:ROWS]
    page = Paginator(papers.exclude(state__in=Approval.OPEN), ROWS).get_page(request.GET.get("page"))
    context = {
        "waiting": waiting,
        "mine": mine,
        "others": others,
        "page_obj": page,
        "abouts": approvals.abouts([*waiting, *mine, *others, *page.object_list]),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "approvals/list.html", context)


def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper; its acts are POSTs."""
    user = _demand(request, VIEW)
    if not is_key(str(pk)):
        raise Http404
    approval = get_object_or_404(Approval.objects.select_related("drafted_by", "content_type", "supersedes"), pk=pk)
    content = _content(approval)
    if request.method == "POST":
        return _act(request, approval, user)
    return TemplateResponse(request, "approvals/paper.html", _context(request, approval, content, user))


def _demand(request: HttpRequest, permission: str) -> User:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return request.user  # type: ignore[return-value]


def _content(approval: Approval) -> dict[str, Any]:
    """What the paper is about, as it is now."""
    thing: Any = approval.subject
    if thing is None:
        raise Http404
    try:
        return approvals.content_of(thing)
    except (KeyError, ObjectDoesNotExist):  # of a part of the product that is not installed, or about nothing
        raise Http404 from None


def _context(request: HttpRequest, approval: Approval, content_now: dict[str, Any], user: User) -> dict[str, Any]:
    thing: Any = approval.subject
    subject = subjects.of(thing)
    steps = list(approval.steps.select_related("group", "decided_by"))
    latest = max((step.round for step in steps), default=0)
    moved = bool(approval.digest) and approvals.digest_of(content_now) != approval.digest
    is_author = approval.drafted_by_id == user.pk
    drafts = user.has_perm(DRAFT)
    return {
        "approval": approval,
        "subject": subject,
        "home": subject.home(thing),
        "template": subject.template,
        "route": _route(approval, [step for step in steps if step.round == latest]),
        "opinions": [step for step in reversed(steps) if step.opinion],
        "turned_down": approvals.turned_down(approval),
        "changes": approvals.changes_since_last(approval),
        "before": approval.supersedes,
        "moved": subject.differences(approval.content, content_now) if moved else (),
        "has_moved": moved,
        "may_decide": user.has_perm(DECIDE) and approvals.may_decide(approval, user),
        "may_submit": is_author and drafts and approval.state in {"drafted", "returned", "recalled"},
        "may_recall": drafts and approval.state == "circulating",
        "may_drop": drafts and approval.state in Approval.OPEN,
        "is_late": approval.due_at is not None and approval.due_at < timezone.now() and approval.state == "circulating",
        "missing": subject.may_submit(thing) if approval.state in {"drafted", "returned", "recalled"} else [],
        **subject.context(approval, request.GET),
    }


def _route(approval: Approval, steps: list[ApprovalStep]) -> list[dict[str, Any]]:
    """The stops of the paper, as one reads them from left to right."""
    current = approvals.current_step(approval)
    submitted = approval.state != Approval.State.DRAFTED
    stops: list[dict[str, Any]] = [
        {"name": _("Drafted"), "who": approval.drafted_by, "at": approval.drafted_at, "mark": "done" if submitted else "now"}
    ]
    for step in steps:
        mark = "done" if step.decision else ("now" if current is not None and step.pk == current.pk else "")
        said = step.get_decision_display() if step.decision else ""
        stops.append(
            {
                "name": STOPS.get(step.group.name) or roles.label(step.group.name),
                "said": said,
                "who": step.decided_by,
                "at": step.decided_at,
                "mark": mark,
            }
        )
    approved = approval.state == Approval.State.APPROVED
    stops.append({"name": _("Carried out"), "said": _("may be carried out") if approved else _("after the decision"), "mark": ""})
    return stops


def _act(request: HttpRequest, approval: Approval, user: User) -> HttpResponse:
    opinion, seen = request.POST.get("opinion", "")[:5000], request.POST.get("seen", "")[:64]

    def decide(verb: Any, words: str) -> Any:
        def run() -> str:
            verb(approval=approval, by=user, opinion=opinion, seen=seen)
            return words

        return run

    def own(verb: Any, words: str) -> Any:
        def run() -> str:
            verb(approval=approval, by=user)
            return words

        return run

    acts: dict[str, Act] = {
        "submit": (own(approvals.submit, _("The paper is before its deciders.")), DRAFT),
        "recall": (own(approvals.recall, _("The paper is back with you.")), DRAFT),
        "drop": (own(approvals.drop, _("The paper is dropped.")), DRAFT),
        "agree": (decide(approvals.agree, _("You agreed.")), DECIDE),
        "return": (decide(approvals.send_back, _("The paper goes back to its author.")), DECIDE),
        "reject": (decide(approvals.reject, _("The paper is rejected.")), DECIDE),
    }
    return act(request, acts, reverse("admin:approval", args=[approval.pk]))


admin_pages.register("approvals/", index, "approvals")
admin_pages.register("approvals/<int:pk>/", paper, "approval")
