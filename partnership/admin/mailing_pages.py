"""Pages of mailings: the list, the home of one with everything of it, and its texts."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnership import approvals, emails, mailing_progress, mailings, previews, purposes
from partnership.admin import mailing_rows
from partnership.admin.base import is_key
from partnership.admin.mailing_forms import LettersForm, SubmissionForm
from partnership.admin.pages import Act, act
from partnership.models import Approval, Email, Mailing, User
from partnership.transitions import Refused

VIEW, CHANGE, SEND = "partnership.view_mailing", "partnership.change_mailing", "partnership.send_mailing"
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
    if request.method == "POST":
        return _act(request, mailing)
    return TemplateResponse(request, "mailings/home.html", _context(request, mailing))


def _context(request: HttpRequest, mailing: Mailing, submission: SubmissionForm | None = None) -> dict[str, Any]:
    purpose = purposes.get(mailing.purpose)
    started = mailing.started_at is not None
    now = approvals.standing(mailing)
    recipient, n, total = previews.recipient_at(mailing, number(request, "n"))
    user: User = request.user  # type: ignore[assignment]
    may = {
        "change": user.has_perm(CHANGE) and mailing.state in WRITABLE,
        "send": user.has_perm(SEND),
        "submit": user.has_perm(SUBMIT) and mailing.state == Mailing.State.READY and _may_submit(now.approval, now.holds, user),
    }
    return {
        "mailing": mailing,
        "purpose": purpose,
        "about": purpose.about(mailing),
        "about_url": purpose.home(mailing),
        "standing": now,
        "turned_down": approvals.turned_down(now.approval),
        "obstacles": mailings.obstacles(mailing) if mailing.state in WRITABLE else [],
        "resume_obstacles": mailings.approval_obstacles(mailing) if mailing.state in RUNNING else [],
        "previews": [previews.of_recipient(mailing, recipient, n, total, language) for language in ("ja", "en")],
        "recipient": recipient,
        "n": n,
        "total": total,
        "stages": mailing_rows.stages(mailing, now),
        "may": may,
        "submission": submission or SubmissionForm(),
        "history": approvals.papers(mailing)[:10],
        "progress": mailings.progress(mailing),
        "uncertain": emails.undecided().filter(mailing=mailing).order_by("id")[:20] if started else [],
        "languages": mailing_rows.languages(mailing),
        **mailing_rows.listed(request, mailing, ROWS),
    }


def _may_submit(paper: Approval | None, holds: bool, user: User) -> bool:  # noqa: FBT001
    """Whether a paper can be put forward: none is on its way, and none holds."""
    if holds:
        return False
    if paper is None or paper.state not in Approval.OPEN:
        return True
    return paper.state != Approval.State.CIRCULATING and paper.drafted_by_id == user.pk


def _act(request: HttpRequest, mailing: Mailing) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    back = reverse("admin:partnership_mailing_home", args=[mailing.pk])
    submission = SubmissionForm(request.POST)
    if request.POST.get("act") == "submit" and user.has_perm(SUBMIT) and not submission.is_valid():
        return TemplateResponse(request, "mailings/home.html", _context(request, mailing, submission))

    def said(work: Any, words: str) -> Any:
        def run() -> str:
            work(mailing=mailing, by=user)
            return words

        return run

    acts: dict[str, Act] = {
        "test": (lambda: _test(request, mailing, user), CHANGE),
        "freeze": (said(mailings.freeze, _("The list is frozen. Now the letter can go to its approval.")), CHANGE),
        "thaw": (said(mailings.thaw, _("The list is free again. It must be frozen before the letter is approved and sent.")), CHANGE),
        "submit": (lambda: _submit(mailing, user, submission), SUBMIT),
        "send": (said(mailings.send, _("The sending has begun.")), SEND),
        "pause": (said(mailings.pause, _("Paused. What was being handed over at this moment may still arrive.")), SEND),
        "resume": (said(mailings.resume, _("The sending goes on.")), SEND),
        "cancel": (said(mailings.cancel, _("Cancelled. Nothing more of it leaves.")), SEND),
        "retry": (lambda: _retry(request, mailing, user), SEND),
        "confirm": (lambda: _confirm(request, mailing, user), SEND),
    }
    return act(request, acts, back)


def _test(request: HttpRequest, mailing: Mailing, user: User) -> str:
    text = request.POST.get("n", "1")
    mailings.test(mailing=mailing, by=user, number=int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1)
    return _("Two test mails (Japanese and English) are on their way to %(address)s.") % {"address": user.email}


def _submit(mailing: Mailing, user: User, form: SubmissionForm) -> str:
    note, due_at = form.cleaned_data["note"], form.due_at()
    with transaction.atomic():
        paper = approvals.open_paper(mailing) or approvals.draft(thing=mailing, by=user)
        approvals.submit(approval=paper, by=user, note=note or None, due_at=due_at)
    return _("The paper is before its deciders.")


def _retry(request: HttpRequest, mailing: Mailing, user: User) -> str:
    email = _email(request, mailing) if request.POST.get("email") else None
    count = mailings.retry(mailing=mailing, by=user, email=email)
    return _("%(count)s mails are written again and will be sent.") % {"count": count}


def _confirm(request: HttpRequest, mailing: Mailing, user: User) -> str:
    emails.confirm(email=_email(request, mailing), by=user)
    return _("Recorded as arrived, with your name.")


def _email(request: HttpRequest, mailing: Mailing) -> Email:
    key = request.POST.get("email", "")
    if not is_key(key):
        raise Refused(_("Say which mail is meant."))
    return get_object_or_404(Email, pk=int(key), mailing=mailing)


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
