"""How an entry on behalf begins: who asks for what, and how it came."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import naming
from municipalities.kinds import kind_choices
from municipalities.models import Call, Enquiry, LocalGovernment, MunicipalRequest
from partnership.fields import TextField
from partnership.uploads import UploadField

Source = MunicipalRequest.Source
_CAME_BY = {
    Enquiry.Channel.PHONE: Source.PHONE,
    Enquiry.Channel.MAIL: Source.MAIL,
    Enquiry.Channel.VISIT: Source.VISIT,
    Enquiry.Channel.FAX: Source.PAPER,
    Enquiry.Channel.LETTER: Source.PAPER,
}


class BodyField(TextField):
    """A local government by name or code: quicker than a list of 1,788, and needs no script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)

    def clean(self, value: Any) -> LocalGovernment | None:
        """The one that is meant; namesakes are told apart."""
        typed = super().clean(value)
        if not typed:
            return None
        named = naming.read([typed])
        if named.faults:
            raise ValidationError(named.faults, code="unknown")
        return named.bodies[0]


class _Beginning(forms.Form):
    """What both ways of beginning ask for."""

    body = BodyField(label=gettext_lazy("Local government"), help_text=gettext_lazy("Name or code, such as 広島市 or 341002."))
    call = forms.ModelChoiceField(
        label=gettext_lazy("Call"),
        required=False,
        queryset=Call.objects.published(),
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("What reached us in time may be entered after the call has closed."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    enquiry = forms.ModelChoiceField(queryset=Enquiry.objects.all(), required=False, widget=forms.HiddenInput)


class BeginForm(_Beginning):
    """Who asks for what, and how it came."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of request"), choices=())
    source = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        widget=forms.RadioSelect,
        choices=[(source.value, source.label) for source in Source if source not in {Source.PORTAL, Source.EXCEL}],
    )
    field_order = ("source", "body", "kind", "call")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *kind_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """A call takes some kinds only."""
        cleaned = super().clean()
        call, kind = self.cleaned_data.get("call"), self.cleaned_data.get("kind")
        if call and kind and kind not in call.kinds:
            self.add_error("call", _("This call is not about that kind of request."))
        return cleaned


class SheetForm(_Beginning):
    """The Excel form that a local government filled in."""

    file = UploadField(label=gettext_lazy("Excel form"), multiple=False, accept=".xlsx")
    field_order = ("file", "body", "call")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "sheet")
        super().__init__(*args, **kwargs)
        self.fields["body"].required = False
        self.fields["body"].help_text = _("Only if the form does not say it.")


def initial_of(enquiry: Enquiry | None) -> dict[str, Any]:
    """What an enquiry says already."""
    if enquiry is None:
        return {}
    body = LocalGovernment.objects.filter(organisation=enquiry.organisation_id).select_related("organisation").first()
    return {"body": body.code if body else "", "source": _CAME_BY[Enquiry.Channel(enquiry.channel)], "enquiry": enquiry.pk}
