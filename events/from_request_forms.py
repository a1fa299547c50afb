"""The two small forms below an accepted request: make it an event, or let its applicants join one."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events import days, from_requests
from events.kinds import kinds_from
from events.models import Event
from municipalities import answers
from municipalities.models import MunicipalRequest
from municipalities.questions import Type
from partnership.fields import DateField


class MakeForm(forms.Form):
    """Which kind of event, and its first day."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of event"))
    starts_on = DateField(label=capfirst(gettext_lazy("first day")))

    def __init__(self, *args: Any, request_row: MunicipalRequest, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "make_%s", **kwargs})
        self.fields["kind"].choices = [(kind.key, kind.name) for kind in kinds_from(request_row.kind)]  # type: ignore[attr-defined]
        if wished := _wished(request_row):
            self.fields["starts_on"].help_text = _("Such as 2027-01-14 or R9.1.14. They wish: %(months)s.") % {"months": wished}

    def clean_starts_on(self) -> dt.date:
        """A day to come."""
        day: dt.date = self.cleaned_data["starts_on"]
        if day <= timezone.localdate():
            raise ValidationError(_("The event must lie in the future."), code="past")
        return day


class EventChoice(forms.ModelChoiceField):
    """An event by its name and day."""

    def label_from_instance(self, obj: Any) -> str:
        """2027年1月14日（木） ディスカバー広島."""
        event: Event = obj
        return f"{days.words(event, get_language() or 'ja')}　{event}"


class JoinForm(forms.Form):
    """Which coming event they join."""

    event = EventChoice(Event.objects.none(), label=gettext_lazy("Coming event"), empty_label=gettext_lazy("choose"))

    def __init__(self, *args: Any, request_row: MunicipalRequest, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "join_%s", **kwargs})
        self.fields["event"].queryset = from_requests.upcoming_for(request_row)  # type: ignore[attr-defined]


def _wished(request_row: MunicipalRequest) -> str:
    """The months that the applicants wish, in their order."""
    found = [
        word
        for question in request_row.kind_facts.questions
        if question.type == Type.MONTHS
        for word in answers.words(question, request_row.answers.get(question.key))
    ]
    return _(", ").join(found)
