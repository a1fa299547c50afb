"""Recording a decision that was made on paper or by telephone: who decided, when and how, with the scan."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partnership import admin_pages, approval_routes, approvals, attachments
from partnership.admin.approval_shown import name_of, open_steps, way
from partnership.admin.approvals import address, approval_for
from partnership.admin.pages import demand, framed, person
from partnership.fields import DateField, TextField
from partnership.models import Approval, ApprovalStep, User
from partnership.transitions import Refused

RECORD = "partnership.add_approval"
ELSEWHERE = (
    (ApprovalStep.Medium.PAPER, pgettext_lazy("approval", "on paper")),
    (ApprovalStep.Medium.PHONE, pgettext_lazy("approval", "by telephone")),
)


class RecordForm(forms.Form):
    """A decision made elsewhere. Nothing is chosen beforehand except where there is only one."""

    step = forms.ChoiceField(label=gettext_lazy("Stop"), widget=forms.RadioSelect)
    decided_by = forms.ModelChoiceField(label=pgettext_lazy("approval", "Decided by"), queryset=User.objects.none(), empty_label="")
    decision = forms.ChoiceField(
        label=pgettext_lazy("approval", "Decision"),
        widget=forms.RadioSelect,
        choices=ApprovalStep.Decision.choices,
    )
    decided_on = DateField(label=gettext_lazy("Day of the decision"))
    medium = forms.ChoiceField(label=gettext_lazy("How"), widget=forms.RadioSelect, choices=ELSEWHERE)
    opinion = TextField(
        label=gettext_lazy("Opinion"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("needed to return or reject"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = attachments.UploadField(
        label=gettext_lazy("Scan"),
        required=False,
        help_text=gettext_lazy("Needed for a decision on paper: the stamped or signed sheet as PDF or picture."),
        accept=".pdf,.jpg,.jpeg,.png",
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, approval: Approval, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approval = approval
        self.steps = {str(step.pk): step for step in open_steps(approval)}
        fields: dict[str, Any] = dict(self.fields)
        fields["step"].choices = [(key, name_of(step)) for key, step in self.steps.items()]
        self.has_choice = len(self.steps) > 1
        if not self.has_choice:
            fields["step"].widget, fields["step"].initial = forms.HiddenInput(), next(iter(self.steps), "")
        able = approval_routes.deciders().exclude(pk=approval.drafted_by_id)
        fields["decided_by"].queryset = able.order_by("name", "pk")

    def clean_decided_on(self) -> dt.date:
        """A day that was: not before the paper was submitted."""
        day: dt.date = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        if self.approval.submitted_at and day < timezone.localtime(self.approval.submitted_at).date():
            raise forms.ValidationError(_("The paper was not submitted yet on that day."))
        return day

    def clean(self) -> dict[str, Any] | None:
        """A scan for what was decided on paper, and a word for what was turned down."""
        cleaned = super().clean()
        said = self.cleaned_data
        if said.get("medium") == ApprovalStep.Medium.PAPER and "evidence" not in self.errors and not said.get("evidence"):
            self.add_error("evidence", _("Send the scan of the sheet on which it was decided."))
        if said.get("decision") not in {None, ApprovalStep.Decision.AGREE} and not said.get("opinion", "x").strip():
            self.add_error("opinion", _("Say why in the opinion: a paper is not returned or rejected without a word."))
        return cleaned


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, or what it says written down."""
    demand(request, RECORD)
    approval = approval_for(request, pk)
    if approval.state != Approval.State.CIRCULATING:
        messages.error(request, _("This paper is not circulating: it is “%(state)s”.") % {"state": approval.get_state_display()})
        return redirect(address(approval))
    form = RecordForm(request.POST or None, request.FILES or None, approval=approval, initial={"seen": approval.digest})
    if request.method == "POST" and _recorded(request, approval, form):
        messages.success(request, _("The decision is recorded, with your name."))
        return redirect(address(approval))
    context = {"approval": approval, "form": form, "way": way(approval)}
    return framed(request, "approvals/record.html", _("Record a decision"), status=422 if form.errors else 200, **context)


def _recorded(request: HttpRequest, approval: Approval, form: RecordForm) -> bool:
    """Whether it was written down; otherwise the form says why not."""
    if not form.is_valid():
        return False
    said = form.cleaned_data
    try:
        approvals.record(
            approval=approval,
            step=form.steps[said["step"]],
            decision=said["decision"],
            decided_by=said["decided_by"],
            decided_on=said["decided_on"],
            medium=said["medium"],
            by=person(request),
            opinion=said["opinion"],
            evidence=said["evidence"],
            seen=said["seen"],
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        form.data = {**form.data.dict(), "seen": approval.digest}  # type: ignore[attr-defined]
        return False
    return True


admin_pages.register("approvals/<int:pk>/record/", record, "approval_record")
