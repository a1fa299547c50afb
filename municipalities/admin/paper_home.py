"""The page of a paper: its answers with their letters, how its approval stands, and the acts until the answers have gone out."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from municipalities import decisions
from municipalities.models import DecisionPaper, RequestDecision
from partnership import approvals
from partnership.admin.pages import act, demand, framed, person
from partnership.admin.submission import SubmissionForm, put_forward
from partnership.fields import TextField
from partnership.models import Approval, User
from partnership.transitions import Refused

VIEW, DECIDE, SUBMIT = "municipalities.view_decisionpaper", "municipalities.decide_municipalrequest", "partnership.add_approval"
State = DecisionPaper.State


class LetterForm(forms.Form):
    """The letter of one answer; ``before`` is what the page showed, so that the second of two writers is told."""

    subject = TextField(label=gettext_lazy("Subject"), max_length=200)
    text = TextField(label=gettext_lazy("Letter"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 20}))
    before = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


def paper_for(request: HttpRequest, pk: int) -> DecisionPaper:
    """The paper of the address, for someone who may see it."""
    demand(request, VIEW)
    letters = RequestDecision.objects.select_related("request__applicant__organisation", "request__call", "request__relay__organisation")
    papers = DecisionPaper.objects.select_related("call", "created_by").prefetch_related(models.Prefetch("decisions", letters))
    return get_object_or_404(papers, pk=pk)


def address(paper: DecisionPaper) -> str:
    """The address of a paper's home."""
    return reverse("admin:municipalities_decisionpaper_home", args=[paper.pk])


def title_of(paper: DecisionPaper) -> str:
    """The request, or the numbers of the first ones."""
    rows = [decision.request for decision in paper.decisions.all()]
    if len(rows) == 1:
        return str(rows[0])
    first = _(", ").join(row.number for row in rows[:3])
    rest = len(rows) - 3
    return first + (ngettext(" and %(count)s more", " and %(count)s more", rest) % {"count": rest} if rest > 0 else "")


def _letters(paper: DecisionPaper) -> list[RequestDecision]:
    """In the order of the call, then by number."""
    rows = ((decision.request, decision) for decision in paper.decisions.all())
    return [one for row, one in sorted(rows, key=lambda pair: (pair[0].rank or 10_000, pair[0].number_year, pair[0].number_serial))]


# ── the paper ────────────────────────────────────────────────────────────────


def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the paper, or do one of its acts."""
    paper = paper_for(request, pk)
    return _act(request, paper) if request.method == "POST" else _show(request, paper)


def _show(request: HttpRequest, paper: DecisionPaper, submission: SubmissionForm | None = None) -> HttpResponse:
    user, rows = person(request), _letters(paper)
    standing = approvals.standing(paper)
    is_open, writes = paper.state == State.DRAFT, user.has_perm(DECIDE)
    needed = decisions.needs_approval(paper)
    may_announce = decisions.may_announce(paper) if is_open else None
    context = {
        "paper": paper,
        "rows": rows,
        "standing": standing,
        "turned_down": approvals.turned_down(standing.approval) if is_open else None,
        "needs_approval": needed,
        "announceable": may_announce,
        "silent": decisions.without_address(paper) if is_open else [],
        "submission": submission or SubmissionForm(thing=paper, approval=standing.approval),
        "form": submission,
        "history": approvals.papers(paper)[:10],
        "may": {
            "edit": is_open and writes,
            "submit": is_open and needed and user.has_perm(SUBMIT) and _may_submit(standing, user),
            "recall": is_open and user.has_perm(SUBMIT) and _circulates(standing.approval),
            "announce": is_open and writes and may_announce is not None and may_announce.holds,
            "drop": is_open and writes,
        },
    }
    return framed(request, "municipalities/paper_home.html", title_of(paper), status=422 if submission else 200, **context)


def _circulates(approval: Approval | None) -> bool:
    return approval is not None and approval.state == Approval.State.CIRCULATING


def _may_submit(standing: approvals.Standing, user: User) -> bool:
    """Whether it can be put before the approver: none of its approvals is on its way, and none holds."""
    approval = standing.approval
    if standing.holds or _circulates(approval):
        return False
    return approval is None or approval.state not in Approval.OPEN or approval.drafted_by_id == user.pk


def _act(request: HttpRequest, paper: DecisionPaper) -> HttpResponse:
    wanted, by = request.POST.get("act", ""), person(request)
    demand(request, SUBMIT if wanted in {"submit", "recall"} else DECIDE)
    if wanted == "submit":
        return _submit(request, paper)
    acts: Mapping[str, Callable[[], str | None]] = {
        "recall": lambda: _recall(paper, by),
        "announce": lambda: _announce(request, paper),
        "drop": lambda: _drop(paper, by),
        "take_off": lambda: _take_off(request, paper, by),
    }
    return act(request, acts, address(paper))


def _submit(request: HttpRequest, paper: DecisionPaper) -> HttpResponse:
    form = SubmissionForm(request.POST, thing=paper, approval=approvals.open_paper(paper))
    return redirect(address(paper)) if put_forward(request, thing=paper, form=form) else _show(request, paper, form)


def _recall(paper: DecisionPaper, by: User) -> str:
    approval = approvals.open_paper(paper)
    if approval is None:
        raise Refused(_("There is no approval to recall."))
    approvals.recall(approval=approval, by=by)
    return _("The paper is back with you.")


def _announce(request: HttpRequest, paper: DecisionPaper) -> str:
    told = decisions.announce(paper=paper, by=person(request))
    for row, why in told.skipped:
        messages.warning(request, f"{row}: {why}")
    count = len(told.answered)
    return ngettext(
        "Announced to %(count)s request; the mails are on their way.", "Announced to %(count)s requests; the mails are on their way.", count
    ) % {"count": count}


def _take_off(request: HttpRequest, paper: DecisionPaper, by: User) -> str:
    wanted = next((one for one in paper.decisions.all() if str(one.pk) == request.POST.get("decision", "")), None)
    if wanted is None:
        raise Refused(_("This request is not on the paper any more."))
    row = decisions.take_off(decision=wanted, by=by)
    return _("%(number)s is off this paper and can be answered on another one.") % {"number": row.number}


def _drop(paper: DecisionPaper, by: User) -> str:
    decisions.drop(paper=paper, by=by)
    return _("The paper is dropped. Its requests can be answered anew.")


# ── one letter ───────────────────────────────────────────────────────────────


def letter(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """One letter as it will be read, and its form."""
    paper = paper_for(request, pk)
    row = next((one for one in paper.decisions.all() if one.pk == decision), None)
    if row is None:
        raise Http404
    writes = person(request).has_perm(DECIDE) and paper.state == State.DRAFT
    if request.method == "POST":
        demand(request, DECIDE)
        return _save_letter(request, paper, row)
    form = LetterForm(initial={"subject": row.subject, "text": row.text, "before": _mark(row)}) if writes else None
    return _show_letter(request, paper, row, form)


def _mark(row: RequestDecision) -> str:
    return hashlib.sha256(f"{row.subject}\n{row.text}".encode()).hexdigest()


def _save_letter(request: HttpRequest, paper: DecisionPaper, row: RequestDecision) -> HttpResponse:
    form = LetterForm(request.POST)
    if form.is_valid():
        try:
            _keep_letter(row, form.cleaned_data, person(request))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The letter was saved."))
            return redirect(_next(request, paper, row))
    row.refresh_from_db(fields=["subject", "text"])
    form.data = {**form.data.dict(), "before": _mark(row)}  # type: ignore[attr-defined]
    return _show_letter(request, paper, row, form, status=422)


@transaction.atomic
def _keep_letter(row: RequestDecision, values: Mapping[str, str], by: User) -> None:
    """Store the letter, unless somebody stored another one since the page was shown.

    Raises:
        Refused: then, and by the verb.
    """
    stored = RequestDecision.objects.select_for_update().get(pk=row.pk)
    if values["before"] != _mark(stored):
        raise Refused(_("Somebody else changed this letter meanwhile. Theirs is shown below; save again only if yours shall replace it."))
    decisions.edit_letter(decision=row, subject=values["subject"], text=values["text"], by=by)


def _next(request: HttpRequest, paper: DecisionPaper, row: RequestDecision) -> str:
    """The next letter for those who go through all of them; else back to this one."""
    rows = _letters(paper)
    place = [one.pk for one in rows].index(row.pk) + 1
    if request.POST.get("then") == "next":
        return (
            reverse("admin:municipalities_decisionpaper_letter", args=[paper.pk, rows[place].pk]) if place < len(rows) else address(paper)
        )
    return reverse("admin:municipalities_decisionpaper_letter", args=[paper.pk, row.pk])


def _show_letter(
    request: HttpRequest, paper: DecisionPaper, row: RequestDecision, form: LetterForm | None, status: int = 200
) -> HttpResponse:
    keys = [one.pk for one in _letters(paper)]
    place = keys.index(row.pk)
    context: dict[str, Any] = {
        "paper": paper,
        "paper_title": title_of(paper),
        "decision": row,
        "row": row.request,
        "form": form,
        "is_stale": form is not None and bool(form.non_field_errors()),
        "mail": decisions.mail_of(row),
        "placeholders": decisions.PLACEHOLDERS,
        "standing": approvals.standing(paper),
        "number": place + 1,
        "total": len(keys),
        "before": keys[place - 1] if place else None,
        "after": keys[place + 1] if place + 1 < len(keys) else None,
    }
    return framed(request, "municipalities/paper_letter.html", _("Letter"), status=status, **context)
