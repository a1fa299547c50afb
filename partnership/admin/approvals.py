"""決裁 in the administration: one paper with everything needed to decide, and the acts on it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import admin_pages, approval_content, approvals, subjects
from partnership.admin import approval_parts, approval_shown, submission
from partnership.admin.base import is_key
from partnership.admin.pages import Act, act, demand, framed, person
from partnership.admin.submission import SubmissionForm
from partnership.fields import TextField
from partnership.models import Approval, ApprovalStep, User
from partnership.transitions import Refused

VIEW, DRAFT = "partnership.view_approval", "partnership.add_approval"
WITH_AUTHOR = (Approval.State.DRAFTED, Approval.State.RETURNED, Approval.State.RECALLED)
DECISIONS = {
    "agree": (approvals.agree, gettext_lazy("You agreed.")),
    "return": (approvals.send_back, gettext_lazy("The paper goes back to its author.")),
    "reject": (approvals.reject, gettext_lazy("The paper is rejected.")),
}


class DecisionForm(forms.Form):
    """An opinion, with what the decider had before their eyes and for whom they decide."""

    opinion = TextField(
        label=gettext_lazy("Opinion"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("needed to return or reject"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    step = forms.ChoiceField(label=gettext_lazy("You decide as"), required=False, widget=forms.RadioSelect)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, steps: list[ApprovalStep], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = {str(step.pk): step for step in steps}
        field: Any = self.fields["step"]
        field.choices = [(key, approval_parts.seat(step, user)) for key, step in self.steps.items()]
        if len(self.steps) < 2:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.steps), "")

    def clean(self) -> dict[str, Any] | None:
        """A paper is not turned down without a word."""
        cleaned = super().clean()
        if self.data.get("act") != "agree" and not self.cleaned_data.get("opinion", "x").strip():
            self.add_error("opinion", _("Say why in the opinion: a paper is not returned or rejected without a word."))
        return cleaned

    def chosen(self) -> ApprovalStep | None:
        """The step that was meant; None leaves it to the verb."""
        return self.steps.get(self.cleaned_data["step"])


def approval_for(request: HttpRequest, pk: int) -> Approval:
    """The paper of the address with its steps, for someone who may see papers."""
    demand(request, VIEW)
    if not is_key(str(pk)):
        raise Http404
    papers = approval_shown.with_steps(Approval.objects.select_related("supersedes", "supplements"))
    approval = get_object_or_404(papers, pk=pk)
    if approval.subject is None:
        raise Http404
    return approval


def address(approval: Approval) -> str:
    """The address of a paper."""
    return reverse("admin:approval", args=[approval.pk])


def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper; its acts are POSTs."""
    approval = approval_for(request, pk)
    content = content_now(approval)
    return _act(request, approval, content) if request.method == "POST" else _show(request, approval, content)


def content_now(approval: Approval) -> dict[str, Any]:
    """What the paper would bind if it were submitted now."""
    thing: Any = approval.subject
    try:
        return approval_content.content_now(approval, thing)
    except (KeyError, ObjectDoesNotExist):  # of a part of the product that is not installed, or about nothing
        raise Http404 from None


# ── the page ─────────────────────────────────────────────────────────────────
def _show(
    request: HttpRequest,
    approval: Approval,
    content: dict[str, Any],
    decision: DecisionForm | None = None,
    submission_form: SubmissionForm | None = None,
) -> HttpResponse:
    user = person(request)
    thing: Any = approval.subject
    subject = subjects.of(thing)
    mine = approvals.steps_for(approval, user)
    wrong = decision or submission_form
    context = {
        **_facts(approval, user, content, mine),
        "subject": subject,
        "home": subject.home(thing) if _may_see(user, thing) else "",
        "decision": decision or DecisionForm(initial={"seen": approval.digest}, steps=mine, user=user),
        "submission": submission_form or SubmissionForm(approval=approval),
        "form": wrong,
        "companions": approval_parts.companions(request, approval, content),
        "files": approval_parts.files(approval),
        **subject.context(approval, approval_parts.asked(request.GET, "")),
    }
    return framed(request, "approvals/paper.html", str(approval), status=422 if wrong else 200, **context)


def _may_see(user: User, thing: Any) -> bool:
    """Whether the thing's own page would let ``user`` in; the Protocol Office decides about letters from here alone."""
    return user.has_perm(f"{thing._meta.app_label}.view_{thing._meta.model_name}")


def _facts(approval: Approval, user: User, content: dict[str, Any], mine: list[ApprovalStep]) -> dict[str, Any]:
    with_author, drafts = approval.state in WITH_AUTHOR, user.has_perm(DRAFT)
    thing: Any = approval.subject
    moved = bool(approval.digest) and approval_content.digest_of(content) != approval.digest
    return {
        "approval": approval,
        "way": approval_shown.way(approval, mine, user),
        "opinions": approval_shown.opinions(approval),
        "rounds": approval_shown.rounds(approval),
        "reviews": approval_shown.reviews(approval),
        "turned_down": approvals.turned_down(approval),
        "changes": approval_content.changes_since_last(approval),
        "has_moved": moved,
        "moved": approval_content.differences(type(thing), approval.content, content) if moved else (),
        "is_sound": not approval.digest or approval_content.is_sound(approval),
        "missing": subjects.of(thing).may_submit(thing) if with_author else [],
        "is_late": approval.due_at is not None and approval.due_at < timezone.now() and approval.state == Approval.State.CIRCULATING,
        "mine": mine,
        "seat": approval_parts.seat(mine[0], user) if len(mine) == 1 else "",
        "is_last": approval_shown.is_last(approval, mine),
        "to_review": approval_parts.to_review(approval, user),
        "related": approval_parts.related(approval),
        "may": {
            "submit": with_author and drafts and approval.drafted_by_id == user.pk,
            "recall": drafts and approval.state == Approval.State.CIRCULATING,
            "drop": drafts and approval.state in Approval.OPEN,
            "record": drafts and approval.state == Approval.State.CIRCULATING,
        },
    }


# ── the acts ─────────────────────────────────────────────────────────────────
def _act(request: HttpRequest, approval: Approval, content: dict[str, Any]) -> HttpResponse:
    wanted, user = request.POST.get("act", ""), person(request)
    if wanted in DECISIONS:
        return _decide(request, approval, content, wanted)
    if wanted == "submit":
        return _submit(request, approval, content)

    def own(verb: Any, words: str) -> Any:
        def run() -> str:
            verb(approval=approval, by=user)
            return words

        return run

    acts: dict[str, Act] = {
        "recall": (own(approvals.recall, _("The paper is back with you.")), DRAFT),
        "drop": (own(approvals.drop, _("The paper is dropped.")), DRAFT),
        "review": (lambda: _review(request, approval), VIEW),
    }
    return act(request, acts, address(approval))


def _decide(request: HttpRequest, approval: Approval, content: dict[str, Any], wanted: str) -> HttpResponse:
    """Decide; a refusal keeps what was written. Who may decide is the verb's to say: a deputy need not have the role."""
    verb, words = DECISIONS[wanted]
    user = person(request)
    form = DecisionForm(request.POST, steps=approvals.steps_for(approval, user), user=user)
    if form.is_valid():
        said = form.cleaned_data
        try:
            verb(approval=approval, by=user, opinion=said["opinion"], seen=said["seen"], step=form.chosen())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(words))
            return redirect(address(approval))
    return _show(request, _fresh(request, approval), content, decision=_rebound(form, approval))


def _fresh(request: HttpRequest, approval: Approval) -> Approval:
    """The paper as it is after a refusal: somebody may have decided or submitted it meanwhile."""
    return approval_for(request, approval.pk)


def _rebound(form: DecisionForm, approval: Approval) -> DecisionForm:
    """The form with what was typed, and with the paper that is now shown as the one that was seen."""
    form.data = {**form.data.dict(), "seen": Approval.objects.values_list("digest", flat=True).get(pk=approval.pk)}  # type: ignore[attr-defined]
    return form


def _submit(request: HttpRequest, approval: Approval, content: dict[str, Any]) -> HttpResponse:
    demand(request, DRAFT)
    form = SubmissionForm(request.POST, approval=approval)
    if form.is_valid():
        try:
            submission.resubmit(approval=approval, by=person(request), form=form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The paper is before its deciders."))
            return redirect(address(approval))
    return _show(request, _fresh(request, approval), content, submission_form=form)


def _review(request: HttpRequest, approval: Approval) -> str:
    key = request.POST.get("step", "")
    if not is_key(key):
        raise BadRequest(_("Say which decision is meant."))
    step = get_object_or_404(approval.steps, pk=int(key))
    approvals.review(step=step, by=person(request), opinion=request.POST.get("opinion", "")[:5000])
    return _("Noted that you have seen it.")


admin_pages.register("approvals/<int:pk>/", paper, "approval")
