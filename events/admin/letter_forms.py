"""The form that says who gets a letter and when it leaves by itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events import leaving, rules
from events.letter_kinds import LETTERS
from events.models import EventMailing


class ArrangementForm(forms.Form):
    """The rule of a draft, where its kind knows several, and the day on which it leaves, where there is one to count from."""

    rule = forms.ChoiceField(label=_("Who gets it"), widget=forms.RadioSelect)
    days_before = forms.ChoiceField(label=_("When it leaves"), required=False)

    def __init__(self, *args: Any, letter: EventMailing, **kwargs: Any) -> None:
        kwargs["prefix"] = f"letter{letter.mailing_id}"
        kwargs["initial"] = {"rule": letter.rule, "days_before": "" if letter.days_before is None else str(letter.days_before)}
        super().__init__(*args, **kwargs)
        self.letter, kind = letter, LETTERS[letter.mailing.purpose]
        if len(kind.rules) > 1:
            self.fields["rule"].choices = [(key, rules.RULES[key].label) for key in kind.rules]  # type: ignore[attr-defined]
        else:
            del self.fields["rule"]
        if kind.anchor:
            self.fields["days_before"].choices = self._days(letter)  # type: ignore[attr-defined]
        else:
            del self.fields["days_before"]

    @staticmethod
    def _days(letter: EventMailing) -> list[tuple[str, str]]:
        """The usual distances, and the one it has."""
        kind = LETTERS[letter.mailing.purpose]
        found = leaving.choices(kind)
        own = letter.days_before
        if own is not None and str(own) not in dict(found):
            found.append((str(own), leaving.words(kind, own)))
        return found

    @property
    def rule_key(self) -> str:
        """The rule that was chosen, or the only one."""
        return str(self.cleaned_data.get("rule", self.letter.rule))

    @property
    def days(self) -> int | None:
        """How many days before; None for by hand."""
        chosen = self.cleaned_data.get("days_before", "")
        return int(chosen) if chosen else None
