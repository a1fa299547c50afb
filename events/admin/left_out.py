"""Missions that an event does not invite: the question why, and the answers."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

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
        table = {
            "leave_out": lambda: _leave_out(request, event),
            "leave_out_all": lambda: _leave_out_all(request, event),
            "invite": lambda: _invite(request, event),
        }
        return act(request, table, address("left_out", event))
    name = "name_en" if (get_language() or "ja").startswith("en") else "kana_order"
    rows = LeftOut.objects.filter(event=event).select_related("organisation__country", "decided_by")
    context = {
        "unexplained": list(invitees.unexplained(event).order_by(f"country__{name}", "name_en")),
        "explained": list(rows.order_by(f"organisation__country__{name}", "organisation__name_en")),
        "form": ReasonForm(),
        "may_change": request.user.has_perm("events.add_leftout") and not event.is_record and event.state in Event.OPEN,
    }
    return render(request, "events/left_out.html", event, _("Not invited"), **context)


def _reason(request: HttpRequest) -> dict[str, str]:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data


def _leave_out(request: HttpRequest, event: Event) -> str:
    marked = invitees.not_invited(event).filter(pk__in=keys(request.POST.getlist("organisation")))
    count = invitees.leave_out(event=event, organisations=marked, by=person(request), **_reason(request))
    return _("Reason noted for %(count)s.") % {"count": count}


def _leave_out_all(request: HttpRequest, event: Event) -> str:
    """All that have no reason yet, if they are still as many as the person saw."""
    rest = list(invitees.unexplained(event))
    if str(len(rest)) != request.POST.get("found"):
        raise Refused(_("The list has changed: %(count)s are without a reason now. Look again.") % {"count": len(rest)})
    count = invitees.leave_out(event=event, organisations=rest, by=person(request), **_reason(request))
    return _("Reason noted for %(count)s.") % {"count": count}


def _invite(request: HttpRequest, event: Event) -> str:
    organisation = get_object_or_404(Organisation, pk__in=keys(request.POST.getlist("one")[:1]))
    invitation = invitees.reinvite(event=event, organisation=organisation, by=person(request))
    return _("Invited: %(guest)s.") % {"guest": invitation}
