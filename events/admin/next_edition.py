"""Making the next edition of an event: its facts, its checklist, and the old list brought up to date, with reasons."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events import editions, hosts, invitees
from events.admin.pages import demand, event_for, keys, person, render
from events.models import Event
from partnership import dates, positions
from partnership.fields import DateField, TextField
from partnership.transitions import Refused


class EditionForm(forms.Form):
    """What differs from the edition before."""

    starts_on = DateField(label=capfirst(gettext_lazy("first day")), required=False)
    title_ja = TextField(label=capfirst(gettext_lazy("name (Japanese)")), max_length=200, required=False)
    title_en = TextField(label=capfirst(gettext_lazy("name (English)")), max_length=250, required=False)
    with_hosts = forms.BooleanField(label=capfirst(gettext_lazy("with the same hosts")), required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        day = editions.next_day(event)
        draft = editions.copy(event, day, exact=False)
        kwargs["initial"] = {"title_ja": draft.title_ja, "title_en": draft.title_en}
        super().__init__(*args, **kwargs)
        language = get_language() or "ja"
        self.fields["starts_on"].help_text = _("Such as 2027-01-14 or R9.1.14. Empty: %(day)s, the same weekday as last time.") % {
            "day": dates.long_date(day, language)
        }
        self.fields["with_hosts"].help_text = hosts.host_line(event, language)


def next_edition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the next edition would take over; make it."""
    event = event_for(request, pk)
    demand(request, "events.add_event", "events.add_invitation")
    if request.method != "POST":
        return _show(request, event, EditionForm(event=event))
    if request.POST.get("act") != "make":
        raise BadRequest(_("This page has no such act."))
    form = EditionForm(request.POST, event=event)
    if form.is_valid():
        try:
            return redirect("admin:events_event_home", _make(request, event, form.cleaned_data).pk)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _show(request, event, form, status=422)


@transaction.atomic
def _make(request: HttpRequest, event: Event, values: dict[str, Any]) -> Event:
    """The edition with the posts that were marked; pressing twice makes one.

    Raises:
        Refused: when there is one on that day already.
    """
    Event.objects.select_for_update().get(pk=event.pk)
    edition, _proposal = editions.next_edition(event=event, by=person(request), **values)
    twins = Event.objects.filter(previous=event, starts_on=edition.starts_on, state__in=Event.OPEN).exclude(pk=edition.pk)
    if twins.exists():
        raise Refused(_("The next edition on that day has been made already: %(event)s.") % {"event": twins[0]})
    marked = invitees.candidates().filter(pk__in=keys(request.POST.getlist("position")))
    invitees.add(event=edition, positions=list(marked), by=person(request))
    return edition


def _show(request: HttpRequest, event: Event, form: EditionForm, status: int = 200) -> HttpResponse:
    found = editions.proposal(event)
    marked = set(keys(request.POST.getlist("position"))) if request.method == "POST" else {line.position.pk for line in found.invite}
    language = get_language() or "ja"
    holders = positions.incumbents([line.position for line in found.invite])
    lines = [
        {
            "line": line,
            "name": positions.addressee(line.position, language, holders[line.position.pk]),
            "post": positions.title(line.position, language, holders[line.position.pk]),
            "is_marked": line.position.pk in marked,
            "is_new": line.why not in {editions.Why.SAME, editions.Why.NO_LIST},
        }
        for line in found.invite
    ]
    response = render(
        request, "events/next_edition.html", event, _("Make the next edition"), form=form, lines=lines, dropped=found.drop,
        n_new=sum(line["is_new"] for line in lines),
    )  # fmt: skip
    response.status_code = status
    return response
