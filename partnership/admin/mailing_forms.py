"""Forms of a mailing's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership import emails, letters, purposes
from partnership.fields import AddressField, SplitDateTimeField, TextField
from partnership.forms import VersionedModelForm
from partnership.mailings import TEXTS, TITLES
from partnership.models import Mailing


class LettersForm(VersionedModelForm):
    """Titles and texts in both languages."""

    class Meta(VersionedModelForm.Meta):
        model = Mailing
        fields = ["title_ja", "title_en", "subject_ja", "body_ja", "subject_en", "body_en"]
        labels = {"title_ja": _("Name of the letter (Japanese)"), "title_en": _("Name of the letter (English)")}
        help_texts = {"title_ja": _("Only the division reads it."), "title_en": _("Only the division reads it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purposes.get(self.instance.purpose)
        for language in ("ja", "en"):
            self.fields[f"body_{language}"].widget.attrs.update(rows=18, lang=language)
            self.fields[f"subject_{language}"].widget.attrs.update(lang=language)
            self.fields[f"title_{language}"].widget.attrs.update(lang=language)

    def clean(self) -> dict[str, Any] | None:
        """Refuse what could not be printed, each sentence at its letter."""
        cleaned = super().clean()
        for language in ("ja", "en"):
            subject, body = self.cleaned_data.get(f"subject_{language}"), self.cleaned_data.get(f"body_{language}")
            if subject and body:
                for problem in letters.problems(self.purpose, subject, body):
                    self.add_error(f"body_{language}", problem)
        return cleaned

    def texts(self) -> dict[str, str]:
        """What was typed, for ``mailings.edit``."""
        return {name: self.cleaned_data[name] for name in (*TITLES, *TEXTS)}


class ListFilter(forms.Form):
    """Which letters of a started mailing are shown. What cannot be read narrows nothing."""

    q = TextField(label=_("Name or address"), required=False, max_length=100)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("both")), ("ja", _("Japanese")), ("en", _("English"))]
    )
    copies = forms.ChoiceField(
        label=_("Copies for secretariats"),
        required=False,
        choices=[("", _("with them")), ("only", _("only these")), ("none", _("without them"))],
    )


class ScheduleForm(forms.Form):
    """When a letter leaves by itself."""

    at = SplitDateTimeField(
        label=_("Leaves by itself at"), help_text=_("A working hour, so that somebody is there. Such as 2027-01-14 and 10:00.")
    )


class SendAgainForm(forms.Form):
    """Where one letter goes now."""

    to_address = AddressField(label=_("Address"), max_length=320)

    def clean_to_address(self) -> str:
        """Only one to which we would write."""
        address: str = self.cleaned_data["to_address"]
        if sentence := emails.address_problem(address):
            raise forms.ValidationError(sentence)
        return address
