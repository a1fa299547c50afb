"""Missions that an event does not invite: the question why, and the answers."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import invitees
from events.admin.pages import act, address, demand, event_for, keys, person, render
from events.models import Event, LeftOut
from partnership.fields import TextField
from partnership.models import Organisation
from partnership.transitions import Refused


class ReasonForm(forms.Form):
    """Why; one reason for all that are marked."""

    reason = forms.ChoiceField(label=capfirst(gettext_lazy("reason")), choices=LeftOut.Reason.choices)
    note = TextField(label=capfirst(gettext_lazy("remark")), max_length=200, required=False)


def left_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Those of the event’s audience that are not on its list: first the unexplained, then the explained."""
    event = event_for(request, pk)
    if request.method == "POST":
        demand(request, "events.add_leftout")
        table = {"leave_out": lambda: _leave_out(request, event), "invite": lambda: _invite(request, event)}
        return act(request, table, address("left_out", event))
    rows = list(LeftOut.objects.filter(event=event).select_related("organisation__country", "decided_by").order_by("organisation__name_en"))
    context = {
        "unexplained": list(invitees.unexplained(event).order_by("name_en")),
        "explained": rows,
        "form": ReasonForm(),
        "may_change": request.user.has_perm("events.add_leftout") and not event.is_record and event.state in Event.OPEN,
    }
    return render(request, "events/left_out.html", event, _("Not invited"), **context)


def _leave_out(request: HttpRequest, event: Event) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    marked = invitees.not_invited(event).filter(pk__in=keys(request.POST.getlist("organisation")))
    count = invitees.leave_out(
        event=event, organisations=marked, reason=form.cleaned_data["reason"], note=form.cleaned_data["note"], by=person(request)
    )
    return _("Reason noted for %(count)s.") % {"count": count}


def _invite(request: HttpRequest, event: Event) -> str:
    organisation = get_object_or_404(Organisation, pk__in=keys(request.POST.getlist("one")[:1]))
    invitation = invitees.reinvite(event=event, organisation=organisation, by=person(request))
    return _("Invited: %(guest)s.") % {"guest": invitation}
