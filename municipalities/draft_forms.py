"""What a draft's page asks beside the kind's own questions: who applies together, through whom, new attractions, and the documents."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities import naming, parties
from municipalities.models import Attraction, Call, LocalGovernment, MunicipalRequest
from municipalities.questions import Question
from partnership import attachments
from partnership.fields import TextField
from partnership.forms import TidyModelForm


class TogetherForm(forms.Form):
    """Joint applicants, as names or codes one per line, and the prefecture that passes the request on."""

    keep = forms.MultipleChoiceField(
        label=_("Joint applicants"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Untick a local government to take it out. Each confirms after the request is submitted."),
    )
    join = TextField(
        label=_("Add joint applicants"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Names or codes of local governments, one per line, such as 広島市 or 341002."),
    )
    relay = forms.ChoiceField(label=_("Way of applying"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, request: MunicipalRequest, lenient: bool = False, **kwargs: Any) -> None:
        self.request, self.lenient = request, lenient
        self.there = {body.code: body for body in parties.joined_of(request)}
        super().__init__(*args, **kwargs)
        self._offer_joined()
        self._offer_relay()

    def _offer_joined(self) -> None:
        if not self.request.kind_facts.may_be_joint:
            del self.fields["keep"], self.fields["join"]
            return
        if self.there:
            self.fields["keep"].choices = [(code, naming.described(body)) for code, body in self.there.items()]  # type: ignore[attr-defined]
            self.initial["keep"] = list(self.there)
        else:
            del self.fields["keep"]

    def _offer_relay(self) -> None:
        call, own = self.request.call, self.request.applicant.prefecture
        if own is None or not self.request.kind_facts.may_be_relayed or (call and call.relay == Call.Relay.NO):
            del self.fields["relay"]
            return
        through = (str(own.code), _("through %(body)s, which adds its opinion") % {"body": own})
        must = bool(call and call.relay == Call.Relay.MUST)
        field = self.fields["relay"]
        field.choices = [through] if must else [("", _("directly to the Ministry")), through]  # type: ignore[attr-defined]
        field.required = must and not self.lenient
        self.initial["relay"] = self.request.relay.code if self.request.relay else ""

    def clean_join(self) -> list[LocalGovernment]:
        """The bodies that the lines name."""
        named = naming.read(naming.lines(self.cleaned_data["join"]))
        for sentence in named.faults:
            self.add_error("join", sentence)
        applicant = self.request.applicant_id
        if any(body.pk == applicant for body in named.bodies):
            self.add_error("join", _("%(body)s applies already; it cannot join itself.") % {"body": self.request.applicant})
        return [body for body in named.bodies if body.pk != applicant]

    @property
    def joined(self) -> list[LocalGovernment]:
        """Those who stay and those who were added; a name that could not be read leaves the others in place."""
        kept = self.cleaned_data.get("keep", []) if "keep" in self.fields else []
        stay = [body for code, body in self.there.items() if code in kept]
        added = self.cleaned_data.get("join") or []
        return stay + [body for body in added if body not in stay]

    @property
    def through(self) -> LocalGovernment | None:
        """The prefecture that passes it on."""
        return self.request.applicant.prefecture if self.cleaned_data.get("relay") else None


class CallForm(forms.Form):
    """The call that a draft answers: one of those that are open, or the one it was begun for."""

    call = forms.ModelChoiceField(Call.objects.none(), required=False, label=_("Call"), empty_label=_("without a call"))

    def __init__(self, *args: Any, draft: MunicipalRequest, calls: list[Call], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [call.pk for call in calls] + ([draft.call.pk] if draft.call else [])
        self.fields["call"].queryset = Call.objects.filter(pk__in=keys)  # type: ignore[attr-defined]
        self.initial["call"] = draft.call_id


class NewAttractionForm(TidyModelForm):
    """Adds an attraction of one's own from within the draft; the rest is written on its own page later."""

    class Meta(TidyModelForm.Meta):
        model = Attraction
        fields = ["kind", "name_ja", "name_en", "origin"]

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"new-{question.key}"})
        if question.attractions:
            kinds = [choice for choice in Attraction.Kind.choices if choice[0] in question.attractions]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
            if len(kinds) == 1:  # nothing to choose
                self.fields["kind"].widget = forms.HiddenInput()
                self.initial["kind"] = kinds[0][0]


class DocumentsForm(forms.Form):
    """One field for each document that the kind asks for, and one for whatever else belongs to the request."""

    OTHER = "other"
    prefix = "file"

    def __init__(self, *args: Any, request: MunicipalRequest, already: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = [(one.key, one.label, one.help) for one in request.kind_facts.documents]
        for key, label, text in (*wanted, (self.OTHER, _("Other files"), "")):
            self.fields[key] = attachments.UploadField(required=False, label=label, help_text=text, already=already)

    def sent(self) -> Iterable[tuple[str, Any]]:
        """Each file that came, with the key of its document (empty for other files)."""
        for key in self.fields:
            for upload in self.cleaned_data.get(key) or []:
                yield "" if key == self.OTHER else key, upload
