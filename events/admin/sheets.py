"""What is printed for an event: notes verbales and address labels, as PDF."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from events import labels, notes_verbales
from events.admin.pages import demand, event_for, person, render
from events.models import Event, EventMailing


class LabelsForm(forms.Form):
    """Who, in which language, and where a used sheet goes on."""

    who = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("that of each body’s letters")), ("ja", gettext_lazy("Japanese")), ("en", gettext_lazy("English"))],
    )
    skip = forms.IntegerField(
        label=gettext_lazy("Labels of the first sheet that are used already"), min_value=0, max_value=labels.PER_SHEET - 1, required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["who"].choices = [("", _("everyone who is invited")), *labels.rules()]  # type: ignore[attr-defined]


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
def notes(request: HttpRequest, pk: int, mailing: int) -> HttpResponse:
    """The notes verbales of one mailing, a sheet each."""
    event = event_for(request, pk)
    demand(request, "partnership.view_mailing")
    row = get_object_or_404(
        EventMailing.objects.select_related("mailing"), event=event, mailing=mailing, mailing__purpose=notes_verbales.PURPOSE
    )
    return _pdf(notes_verbales.sheets(row.mailing, test="test" in request.GET), f"notes-{row.mailing_id}")


def print_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what is wanted, and print it; printing is noted, so it is a POST."""
    event: Event = event_for(request, pk)
    demand(request, "events.export_participant")
    form = LabelsForm(request.POST) if request.method == "POST" else LabelsForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        content = labels.sheets(event, rule=data["who"], language=data["language"], skip=data["skip"] or 0, by=person(request))
        return _pdf(content, f"labels-{event.pk}")
    context = {"form": form, "count": len(labels.of(event)), "without_address": labels.without_address(event)}
    response = render(request, "events/labels.html", event, _("Address labels"), **context)
    response.status_code = 422 if form.is_bound else 200
    return response
