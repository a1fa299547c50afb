"""Forms of the phone note: few fields, read as people say things."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from municipalities import askers, enquiries
from municipalities.models import Enquiry
from partnership import spoken_dates
from partnership.fields import DateField, SplitDateTimeField, TextField
from partnership.models import User
from partnership.transitions import Refused


class DueField(DateField):
    """A day as people say it: 明日, 12/8, +3, R8.12.8."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": _("Such as tomorrow, 12/8 or +3."), **kwargs})

    def to_python(self, value: Any) -> dt.date | None:
        """Read what was said, or what was written in full."""
        try:
            return spoken_dates.parse(str(value), timezone.localdate()) if value not in self.empty_values else None
        except ValueError:
            return super().to_python(value)


class WhoField(TextField):
    """Who it is, as an ``Asker``: an organisation of the registers is recognised by its name."""

    widget = forms.TextInput(
        attrs={
            "list": "organisations",
            "autocomplete": "off",
            "hx-get": reverse_lazy("admin:municipalities_enquiry_organisations"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#organisations",
            "hx-sync": "this:replace",
        }
    )

    def clean(self, value: Any) -> askers.Asker:
        """Recognise the organisation at the beginning."""
        typed = super().clean(value)
        try:
            return askers.recognise(typed)
        except Refused as refused:
            raise ValidationError(str(refused), code="several") from None


class NoteForm(forms.Form):
    """The one screen of the phone note."""

    who = WhoField(label=_("Who asks"), max_length=200, help_text=_("Such as 広島市 国際課 平田."))
    contact = TextField(label=_("Call back"), max_length=150, required=False, help_text=_("Telephone or mail address."))
    topic = TextField(label=_("About"), max_length=300)
    due_on = DueField(label=_("Answer by"), required=False)
    assignee = forms.ModelChoiceField(User.objects.none(), label=capfirst(_("in charge")), required=False, empty_label=_("nobody yet"))
    channel = forms.ChoiceField(label=capfirst(_("came by")), choices=Enquiry.Channel.choices)
    text = TextField(label=capfirst(_("in detail")), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    answer = TextField(
        label=_("Answered at once"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you said, if nothing is left to do."),
    )
    received_at = SplitDateTimeField(label=capfirst(_("received")), required=False, help_text=_("Empty: now."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "due_on": enquiries.default_due(timezone.localdate()),
            "assignee": by.pk,
            "channel": Enquiry.Channel.PHONE,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = enquiries.colleagues()  # type: ignore[attr-defined]
        self.fields["topic"].widget.attrs |= {
            "hx-get": reverse_lazy("admin:municipalities_enquiry_similar"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#similar",
            "hx-sync": "this:replace",
        }
        if not self.is_bound:  # the telephone is at the ear: type at once; a form that came back begins at its errors
            self.fields["who"].widget.attrs["autofocus"] = True

    def clean_received_at(self) -> dt.datetime | None:
        """Not later than now."""
        moment: dt.datetime | None = self.cleaned_data["received_at"]
        if moment and moment > timezone.now():
            raise ValidationError(_("It cannot have come later than now."), code="future")
        return moment

    def facts(self) -> dict[str, Any]:
        """What the verb takes, without the answer."""
        values = {name: self.cleaned_data[name] for name in ("topic", "contact", "due_on", "assignee", "channel", "text", "received_at")}
        who: askers.Asker = self.cleaned_data["who"]
        return {**values, "organisation": who.organisation, "asker": who.name[:150]}


class AskForm(forms.Form):
    """A question to a bureau or a mission."""

    asked_of = WhoField(label=_("Whom"), max_length=150, help_text=_("A bureau, a mission, a person."))
    question = TextField(label=capfirst(_("question")), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = DueField(label=capfirst(_("reply by")), required=False)


class HeardForm(forms.Form):
    """What they said."""

    answer = TextField(label=capfirst(_("what they said")), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """What we answered."""

    text = TextField(label=capfirst(_("our answer")), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}))


class CloseForm(forms.Form):
    """Why no answer is needed."""

    reason = TextField(label=capfirst(_("reason")), max_length=1000)
