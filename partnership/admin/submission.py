"""Putting something before its deciders (起案・回議): one form and one way for letters, answers and whatever comes."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partnership import approval_routes, approvals, subjects
from partnership.admin.pages import person
from partnership.fields import DateField, TextField
from partnership.models import Approval, ApprovalRoute, User
from partnership.transitions import Refused

_OFFICE_CLOSES = dt.time(17)
_DAYS_MOST = 366  # a date further away is a slip of the keyboard


class RouteField(forms.ModelChoiceField):
    """The ways that papers take, each with its stops."""

    def label_from_instance(self, obj: models.Model) -> SafeString:
        """Its name, and below it the stops in their order."""
        return format_html("<b>{}</b><small>{}</small>", obj, stops_of(obj))  # type: ignore[arg-type]


def stops_of(route: ApprovalRoute) -> str:
    """“Section chief → Director”; those asked at the same time stand side by side."""
    places: dict[int, list[str]] = {}
    for stop in route.stops.all():
        places.setdefault(stop.order, []).append(str(stop))
    return " → ".join(_(", ").join(places[order]) for order in sorted(places))


class SubmissionForm(forms.Form):
    """What goes along with a paper: its way, a word to the deciders, until when, and whether it cannot wait for all of them."""

    route = RouteField(
        label=pgettext_lazy("approval", "Route"), queryset=ApprovalRoute.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    note = TextField(label=gettext_lazy("Note to the deciders"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = DateField(
        label=gettext_lazy("To be decided by"), required=False, help_text=gettext_lazy("17:00 of that day. Such as 2027-01-14 or R9.1.14.")
    )
    is_urgent = forms.BooleanField(
        label=gettext_lazy("Urgent: the last stop decides at once, the stops before it see the paper afterwards"),
        required=False,
        help_text=gettext_lazy("Only where the usual way would be too late. Who was passed over is told, and has to look at it."),
    )

    def __init__(self, *args: Any, thing: models.Model | None = None, approval: Approval | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["route"]
        field.queryset = approval_routes.offered().prefetch_related("stops")
        offered = list(field.queryset)
        self.usual = approval.route if approval and approval.route in offered else _usual(thing)
        field.initial, field.required = self.usual, False  # a form without it takes the usual way
        self.companions = subjects.of(thing).companions(thing) if thing is not None else ()
        self.has_choice = len(offered) > 1
        self.has_stops_before = any(len(list(route.stops.all())) > 1 for route in offered)
        if not self.has_choice:
            field.widget = forms.HiddenInput()
        if approval is not None and approval.state in Approval.OPEN:
            self._as_before(approval)

    def _as_before(self, approval: Approval) -> None:
        """A paper that came back keeps what it said, until its author says otherwise."""
        self.initial.setdefault("note", approval.note)
        self.initial.setdefault("is_urgent", approval.is_urgent)
        if approval.due_at and approval.due_at > timezone.now():
            self.initial.setdefault("due_on", timezone.localtime(approval.due_at).date())

    def clean_due_on(self) -> dt.date | None:
        """Only a day to come, and not one of another decade."""
        day: dt.date | None = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        if day and day > timezone.localdate() + dt.timedelta(days=_DAYS_MOST):
            raise forms.ValidationError(_("This day is more than a year away. Is the year right?"))
        return day

    def due_at(self) -> dt.datetime | None:
        """The day's end of office hours."""
        day = self.cleaned_data.get("due_on")
        return timezone.make_aware(dt.datetime.combine(day, _OFFICE_CLOSES)) if day else None


def _usual(thing: models.Model | None) -> ApprovalRoute | None:
    """The way that such papers take; None where none is offered, which the verb refuses with a sentence."""
    try:
        return approval_routes.default(subjects.of(thing).route if thing is not None else "")
    except Refused:
        return None


def put_forward(request: HttpRequest, *, thing: models.Model, form: SubmissionForm) -> bool:
    """Submit ``thing`` as the form says and tell the person so; False when the form now says what is in the way."""
    if not form.is_valid():
        return False
    try:
        submit(thing=thing, by=person(request), form=form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("The paper is before its deciders."))
    return True


@transaction.atomic
def submit(*, thing: models.Model, by: User, form: SubmissionForm) -> Approval:
    """Draft a paper about ``thing``, or take the one that came back, and put it before its deciders.

    Raises:
        Refused: by the verbs.
    """
    paper = approvals.open_paper(thing) or _drafted(thing, by)
    return resubmit(approval=paper, by=by, form=form)


def _drafted(thing: models.Model, by: User) -> Approval:
    """A paper about the whole, or about what was added to what is approved and still holds (追加決裁)."""
    if subjects.of(thing).supplement(thing) and approvals.standing(thing).holds:
        return approvals.draft_supplement(thing=thing, by=by)
    return approvals.draft(thing=thing, by=by)


def resubmit(*, approval: Approval, by: User, form: SubmissionForm) -> Approval:
    """Put a paper before its deciders as the form says.

    Raises:
        Refused: by the verb.
    """
    said = form.cleaned_data
    return approvals.submit(
        approval=approval,
        by=by,
        note=said["note"] if "note" in form.data else None,
        due_at=form.due_at(),
        route=said["route"] or form.usual,
        is_urgent=said["is_urgent"],
    )
