"""Pages of mailings: the list, the home of one with everything of it, and its texts."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnership import (
    approvals,
    emails,
    mailing_additions,
    mailing_content,
    mailing_packages,
    mailing_progress,
    mailing_schedule,
    mailing_waits,
    mailing_warnings,
    mailings,
    previews,
    purposes,
)
from partnership.admin import mailing_acts, mailing_list, mailing_rows, submission
from partnership.admin.base import is_key
from partnership.admin.mailing_acts import CHANGE, SEND
from partnership.admin.mailing_forms import LettersForm, ScheduleForm
from partnership.admin.pages import act, demand, person
from partnership.admin.submission import SubmissionForm
from partnership.models import Approval, Mailing, Recipient, User
from partnership.transitions import Refused

VIEW = "partnership.view_mailing"
SUBMIT = "partnership.add_approval"
ROWS = 50
WRITABLE = (Mailing.State.DRAFT, Mailing.State.READY)
RUNNING = (Mailing.State.SENDING, Mailing.State.PAUSED)


def mailing_for(request: HttpRequest, pk: int, permission: str = VIEW) -> Mailing:
    """The mailing of the address, for someone who may see it."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    if not is_key(str(pk)):
        raise Http404
    mailing = get_object_or_404(Mailing.objects.select_related("created_by", "started_by", "state_changed_by"), pk=pk)
    try:
        purposes.get(mailing.purpose).about(mailing)
    except (KeyError, ObjectDoesNotExist):  # of a part of the product that is not installed, or about nothing
        raise Http404 from None
    return mailing


def number(request: HttpRequest, name: str, default: int = 1) -> int:
    """A number of the query; anything else is the default."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All mailings, newest first, with their progress."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    rows = Mailing.objects.select_related("created_by")
    state = request.GET.get("state", "")
    if state in Mailing.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    known = {purpose.key: purpose for purpose in purposes.every()}
    counted = mailing_progress.several(page.object_list)
    abouts = purposes.abouts(list(page.object_list))
    lines = [
        {"mailing": row, "purpose": known[row.purpose], "progress": counted[row.pk], "about": abouts.get(row.pk, "")}
        for row in page.object_list
        if row.purpose in known
    ]
    context = {"lines": lines, "page_obj": page, "states": Mailing.State.choices, "state": state}
    return TemplateResponse(request, "mailings/list.html", context)


def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one mailing; its acts are POSTs."""
    mailing = mailing_for(request, pk)
    if request.method != "POST":
        return TemplateResponse(request, "mailings/home.html", _context(request, mailing))
    wanted = request.POST.get("act", "")
    if wanted == "submit":
        demand(request, SUBMIT)
        if mailing.started_at:
            mailing_additions.draft_paper(mailing=mailing, by=person(request))
        form = submission.SubmissionForm(request.POST, approval=approvals.open_paper(mailing))
        if not submission.put_forward(request, thing=mailing, form=form):
            return _again(request, mailing, paper_form=form)
        return redirect(_home(mailing))
    if wanted == "schedule" and "at_0" in request.POST:
        demand(request, SEND)
        when = ScheduleForm(request.POST)
        if not when.is_valid():
            return _again(request, mailing, schedule=when)
    return act(request, mailing_acts.table(request, mailing), _home(mailing))


def _again(request: HttpRequest, mailing: Mailing, **forms: Any) -> HttpResponse:
    """The page with the form that could not be taken, as it was typed."""
    return TemplateResponse(
        request, "mailings/home.html", {**_context(request, mailing, **forms), "form": next(iter(forms.values()))}, status=422
    )


def _home(mailing: Mailing) -> str:
    return reverse("admin:partnership_mailing_home", args=[mailing.pk])


def _context(
    request: HttpRequest, mailing: Mailing, paper_form: SubmissionForm | None = None, schedule: ScheduleForm | None = None
) -> dict[str, Any]:
    purpose = purposes.get(mailing.purpose)
    now = approvals.standing(mailing)
    recipient, n, total = previews.recipient_at(mailing, number(request, "n"))
    user = person(request)
    open_paper = approvals.open_paper(mailing)
    rows = mailing_content.listed(mailing) if mailing.state == Mailing.State.DRAFT else []
    context = {
        "mailing": mailing,
        "purpose": purpose,
        "sheets": purpose.sheets(mailing) if purpose.issue else "",
        "about": purpose.about(mailing),
        "about_url": purpose.home(mailing),
        "standing": now,
        "turned_down": approvals.turned_down(now.approval),
        "previews": [previews.of_recipient(mailing, recipient, n, total, language) for language in ("ja", "en")],
        "recipient": recipient,
        "n": n,
        "total": total,
        "stages": mailing_rows.stages(mailing, now),
        "may": _may(mailing, user, now, open_paper),
        "submission": paper_form or SubmissionForm(approval=open_paper),
        "history": approvals.papers(mailing)[:10],
        **mailing_list.listed(request, mailing, ROWS, rows),
    }
    return {**context, **(_started(mailing) if mailing.started_at else _before(mailing, rows, schedule))}


def _may(mailing: Mailing, user: User, now: approvals.Standing, open_paper: Approval | None) -> dict[str, bool]:
    """What this person can do with it now."""
    mine = open_paper is None or (open_paper.state != Approval.State.CIRCULATING and open_paper.drafted_by_id == user.pk)
    frozen = mailing.state == Mailing.State.READY
    return {
        "change": user.has_perm(CHANGE) and mailing.state in WRITABLE,
        "add": user.has_perm(CHANGE) and mailing.state in mailing_additions.STARTED,
        "send": user.has_perm(SEND),
        "submit": user.has_perm(SUBMIT) and mine and ((frozen and not now.holds) or mailing.started_at is not None),
    }


def _before(mailing: Mailing, rows: list[Recipient], schedule: ScheduleForm | None) -> dict[str, Any]:
    """What a page shows as long as nothing was sent."""
    frozen = rows or list(mailing.recipients.order_by("id"))
    derived = mailing_schedule.derived(mailing)
    return {
        "obstacles": mailings.obstacles(mailing) if mailing.state in WRITABLE else [],
        "cautions": mailing_warnings.of(mailing, frozen) if mailing.state in WRITABLE else [],
        "languages": mailing_rows.languages(mailing),
        "leaves_at": mailings.leaves_at(mailing),
        "derived_at": derived,
        "schedule": schedule or ScheduleForm(),
        "companions": mailings.companions(mailing),
        "candidates": mailing_packages.candidates(mailing),
    }


def _started(mailing: Mailing) -> dict[str, Any]:
    """What a page shows of a mailing under way, or through."""
    additions = list(mailing_content.waiting_additions(mailing))
    running = mailing.state in RUNNING
    return {
        "resume_obstacles": mailings.approval_obstacles(mailing) if running else [],
        **under_way(mailing),
        "uncertain": emails.undecided().filter(mailing=mailing).order_by("id")[:20],
        "late": mailings.late(mailing),
        "additions": additions,
        "addition_paper": mailing_additions.paper(mailing) if additions else None,
        "addition_obstacles": mailing_additions.obstacles(mailing) if additions else [],
        "cautions": mailing_warnings.of(mailing, additions),
    }


def under_way(mailing: Mailing) -> dict[str, Any]:
    """The part of the page that is asked for again while it is being sent."""
    return {
        "progress": mailings.progress(mailing),
        "waits": mailing_waits.of(mailing),
        "pace": mailing_progress.pace(mailing),
    }


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts in both languages, with the placeholders explained."""
    mailing = mailing_for(request, pk, CHANGE)
    back = reverse("admin:partnership_mailing_home", args=[mailing.pk])
    if mailing.state not in WRITABLE:
        return redirect(back)
    with transaction.atomic():
        form = LettersForm(request.POST or None, instance=mailing) if request.method == "POST" else LettersForm(instance=mailing)
        if request.method == "POST" and form.is_valid():
            try:
                mailings.edit(mailing=mailing, texts=form.texts(), by=request.user)  # type: ignore[arg-type]
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return redirect(back)
    purpose = purposes.get(mailing.purpose)
    fresh = Mailing.objects.get(pk=mailing.pk)  # the form has put what was typed into its own copy
    values = [{"placeholder": one, "example": mailing_rows.example(fresh, one)} for one in purpose.placeholders]
    context = {"mailing": fresh, "form": form, "placeholders": values, "about": purpose.about(fresh), "standing": approvals.standing(fresh)}
    context["turned_down"] = approvals.turned_down(context["standing"].approval)
    return TemplateResponse(request, "mailings/edit.html", context)
