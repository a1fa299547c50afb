"""The call sheet: those who have not answered, with the answers in the row."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import call_sheet, replies
from events.admin.pages import act, address, demand, event_for, keys, person, render, unchanged
from events.filters import CallFilter
from events.models import Answer, Event, Invitation
from partnership.fields import SplitDateTimeField, TextField
from partnership.models import User
from partnership.transitions import Refused

ROWS = 25
ALL_ROWS = 2000  # for paper; more is no call sheet
SOURCES = [(source.value, source.label) for source in (Answer.Source.PHONE, Answer.Source.EMAIL, Answer.Source.LETTER, Answer.Source.FAX)]


class SourceForm(forms.Form):
    """How the answers that are entered now have come."""

    source = forms.ChoiceField(
        label=gettext_lazy("the answer came"),
        choices=SOURCES,
        initial="phone",
        required=False,
        widget=forms.Select(attrs={"class": "control"}),
    )

    @property
    def chosen(self) -> str:
        """The chosen way, by telephone unless said otherwise."""
        return self.cleaned_data.get("source") or "phone" if self.is_valid() else "phone"


class CallForm(forms.Form):
    """What came of a call that brought no answer."""

    call_back_at = SplitDateTimeField(required=False)
    note = TextField(max_length=300, required=False)


def calls(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet, or enter what was said."""
    event = event_for(request, pk)
    if request.method == "POST":
        demand(request, "events.change_invitation")
        invitation = get_object_or_404(Invitation, event=event, pk__in=keys(request.POST.getlist("invitation")[:1]))
        return act(request, _acts(request, invitation), address("calls", event))
    tallies = replies.by_audience(event)
    audiences = [(tally.key, f"{tally.label} ({tally.none})") for tally in tallies if tally.none]
    chosen = CallFilter(request.GET, queryset=call_sheet.unanswered(event), audiences=audiences)
    rows = call_sheet.in_order(chosen.qs)
    page = Paginator(rows, ALL_ROWS if "all" in request.GET else ROWS).get_page(request.GET.get("page"))
    now = timezone.now()
    source = SourceForm(request.GET)
    context: dict[str, Any] = {
        "filter": chosen,
        "page_obj": page,
        "source_form": SourceForm(initial={"source": source.chosen}),
        "source": source.chosen,
        "n_none": replies.total(tallies).none,
        "n_today": call_sheet.called_today(event),
        "n_again": call_sheet.to_call_again(event),
        "days_left": (timezone.localtime(event.reply_by).date() - timezone.localdate()).days if event.reply_by else None,
        "now": now,
        "end_of_today": timezone.localtime(now).replace(hour=23, minute=59, second=59),
        "tomorrow": (timezone.localdate() + dt.timedelta(days=1)).isoformat(),
        "here": request.get_full_path(),
        "may_change": request.user.has_perm("events.change_invitation") and event.state in Event.OPEN,
    }
    return render(request, "events/calls.html", event, _("Telephone those who have not answered"), **context)


def _acts(request: HttpRequest, invitation: Invitation) -> dict[str, Callable[[], str | None]]:
    by = person(request)
    return {
        "accept": lambda: _answer(request, invitation, "accept", by),
        "decline": lambda: _answer(request, invitation, "decline", by),
        "again": lambda: _again(request, invitation, by),
        "not_reached": lambda: _not_reached(request, invitation, by),
    }


def _answer(request: HttpRequest, invitation: Invitation, reply: str, by: User) -> str:
    with unchanged(request, invitation):
        call_sheet.enter(invitation=invitation, reply=reply, source=SourceForm(request.POST).chosen, by=by)
    return _("%(guest)s: %(reply)s. The confirmation is on its way.") % {"guest": invitation, "reply": invitation.get_reply_display()}


def _again(request: HttpRequest, invitation: Invitation, by: User) -> str:
    values = _called(request)
    if values["call_back_at"] is None:
        raise Refused(_("Say when to call again."))
    call_sheet.call_again(invitation=invitation, at=values["call_back_at"], by=by, note=values["note"])
    return _("%(guest)s: to be called again.") % {"guest": invitation}


def _not_reached(request: HttpRequest, invitation: Invitation, by: User) -> str:
    call_sheet.not_reached(invitation=invitation, by=by, note=_called(request)["note"])
    return _("%(guest)s: nobody reached.") % {"guest": invitation}


def _called(request: HttpRequest) -> dict[str, Any]:
    form = CallForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data
