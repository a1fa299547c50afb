"""The guest's form. It checks what was typed; whether the answer counts is decided by events/answers.py."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import answers
from events.models import Event, Invitation
from events.windows import Window

_IRRELEVANT: dict[str | None, tuple[str, ...]] = {
    answers.Choice.ACCEPT: ("attendee_name", "attendee_post"),
    answers.Choice.DECLINE: ("attendee_name", "attendee_post", "companions", "diet", "access"),
}


class TypedField(forms.CharField):
    """Text as typed, without control characters; one that is too long is an error with its count, never cut."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Clean before anything is checked."""
        return answers.printable(str(value or ""), lines=self.lines)


class AnswerForm(forms.Form):
    """Accept, decline, or someone attends instead; then only what fits."""

    reply = forms.ChoiceField(
        choices=answers.Choice.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Will you attend?"),
        error_messages={
            "required": gettext_lazy("Choose one of the answers."),
            "invalid_choice": gettext_lazy("Choose one of the answers."),
        },
    )
    attendee_name = TypedField(max_length=answers.NAME_LENGTH, label=gettext_lazy("Name, as on the badge"))
    attendee_post = TypedField(max_length=answers.NAME_LENGTH, label=gettext_lazy("Post"))
    companions = TypedField(lines=True, widget=forms.Textarea(attrs={"rows": 3}), label=gettext_lazy("Companions"))
    diet = TypedField(max_length=answers.NEEDS_LENGTH, label=gettext_lazy("Dietary needs"))
    access = TypedField(max_length=answers.NEEDS_LENGTH, label=gettext_lazy("Access needs"))
    note = TypedField(
        lines=True, max_length=answers.NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), label=gettext_lazy("A word to the hosts")
    )

    use_required_attribute = True

    def __init__(self, *args: Any, invitation: Invitation, window: Window, **kwargs: Any) -> None:
        self.invitation, self.window = invitation, window
        kwargs.update(auto_id="%s", label_suffix="")
        super().__init__(*args, **kwargs)
        self.helps()
        for name in ("attendee_name", "attendee_post"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def event(self) -> Event:
        """What it is about."""
        return self.invitation.event

    def helps(self) -> None:
        """The sentences below the labels; where companions may only be taken off, they say so."""
        limit = self.event.companions_allowed
        late = self.window.is_late and self.invitation.reply == Invitation.Reply.ACCEPTED
        helps = {
            "companions": _("The deadline is over: names can be taken off this list, but not added.")
            if late
            else _("Spouse, interpreter: one name on each line, at most %(limit)s.") % {"limit": limit},
            "diet": _("Vegetarian, no pork, no alcohol, nuts …"),
            "access": _("Wheelchair, hearing loop, a seat …"),
        }
        for name, words in helps.items():
            self.fields[name].help_text = words

    def clean_companions(self) -> list[str]:
        """One name a line."""
        names = [line.strip() for line in self.cleaned_data["companions"].split("\n") if line.strip()]
        if any(len(name) > answers.NAME_LENGTH for name in names):
            raise forms.ValidationError(_("A name may have %(limit)s characters.") % {"limit": answers.NAME_LENGTH})
        return names

    def clean(self) -> dict[str, Any]:
        """What one field means for another."""
        given = super().clean() or self.cleaned_data
        reply = given.get("reply")
        for name in _IRRELEVANT.get(reply, ()):  # what the answer does not ask for is hidden, and no reason to refuse it
            self.errors.pop(name, None)
            given[name] = [] if name == "companions" else ""
        if reply == answers.Choice.SUBSTITUTE and not given.get("attendee_name") and "attendee_name" not in self.errors:
            self.add_error("attendee_name", _("Enter the name of the person who attends instead."))
        named = len(given.get("companions", ()))
        if reply and named > self.event.companions_allowed:
            self.add_error("companions", answers.too_many_companions(self.event, named))
        return given
