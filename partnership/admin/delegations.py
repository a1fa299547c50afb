"""Who decides in whose absence (代決): the delegations of today and to come, a new one, and an early end."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import admin_pages, approval_routes, delegations
from partnership.admin.base import is_key
from partnership.admin.pages import act, demand, framed, person
from partnership.fields import DateField, TextField
from partnership.models import Delegation, User
from partnership.transitions import Refused

VIEW = "partnership.view_approval"
OVER_SHOWN = 20


class DelegationForm(forms.Form):
    """An absence and its deputy; whoever looks after delegations may enter those of others."""

    principal = forms.ModelChoiceField(label=gettext_lazy("Absent"), queryset=User.objects.none(), empty_label="")
    deputy = forms.ModelChoiceField(label=gettext_lazy("Deputy"), queryset=User.objects.none(), empty_label="")
    starts_on = DateField(label=gettext_lazy("From"))
    ends_on = DateField(label=gettext_lazy("Until (including that day)"))
    reason = TextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as a journey on duty. Colleagues who see approvals can read it."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, fields = by, dict[str, Any](self.fields)
        able = approval_routes.deciders().order_by("name", "pk")
        self.is_for_others = by.has_perm(delegations.RIGHT)
        fields["deputy"].queryset = able.exclude(pk=by.pk)
        fields["principal"].queryset = able if self.is_for_others else able.filter(pk=by.pk)
        fields["principal"].initial = by if able.filter(pk=by.pk).exists() else None
        if not self.is_for_others:
            fields["principal"].widget, fields["principal"].required = forms.HiddenInput(), False
        for name in ("starts_on", "ends_on"):
            fields[name].widget.attrs["class"] = "w-8"

    def clean(self) -> dict[str, Any] | None:
        """Days in their order, and two people; the verb asks again."""
        cleaned = super().clean()
        said = self.cleaned_data
        first, last = said.get("starts_on"), said.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        elif last and last < timezone.localdate():
            self.add_error("ends_on", _("These days are over."))
        if said.get("deputy") and said["deputy"] == (said.get("principal") or self.by):
            self.add_error("deputy", _("Nobody is their own deputy."))
        return cleaned


def page(request: HttpRequest) -> HttpResponse:
    """The list and the form; its acts are POSTs."""
    demand(request, VIEW)
    if request.method != "POST":
        return _show(request)
    if request.POST.get("act") == "create":
        return _create(request)
    return act(request, {"end": lambda: _end(request)}, reverse("admin:delegations"))


def _show(request: HttpRequest, form: DelegationForm | None = None) -> HttpResponse:
    user, today = person(request), timezone.localdate()
    rows = list(Delegation.objects.select_related("principal", "deputy", "created_by")[:500])
    current = [row for row in rows if row.ended_at is None and row.ends_on >= today]
    over = [row for row in rows if row not in current][:OVER_SHOWN]
    may_enter = approval_routes.deciders().filter(pk=user.pk).exists() or user.has_perm(delegations.RIGHT)
    return framed(
        request,
        "approvals/delegations.html",
        _("Deputies in absence"),
        status=422 if form else 200,
        current=[(row, _may_end(row, user)) for row in sorted(current, key=lambda row: (row.starts_on, row.pk))],
        over=over,
        today=today,
        form=form or (DelegationForm(by=user) if may_enter else None),
    )


def _may_end(row: Delegation, user: User) -> bool:
    return user.pk in {row.principal_id, row.deputy_id} or user.has_perm(delegations.RIGHT)


def _create(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = DelegationForm(request.POST, by=user)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = delegations.create(
                principal=said["principal"] or user,
                deputy=said["deputy"],
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                reason=said["reason"],
                by=user,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(deputy)s decides in place of %(name)s.") % {"deputy": row.deputy, "name": row.principal})
            return redirect("admin:delegations")
    return _show(request, form)


def _end(request: HttpRequest) -> str:
    key = request.POST.get("delegation", "")
    row = get_object_or_404(Delegation, pk=int(key) if is_key(key) else 0)
    delegations.end(delegation=row, by=person(request))
    return _("Ended. From now on nothing more is decided in this person’s place.")


admin_pages.register("delegations/", page, "delegations")
