"""The form of a call."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.kinds import kind_choices
from municipalities.models import Call
from partnership.dates import fiscal_year
from partnership.forms import VersionedModelForm

_OPENS, _CLOSES = dt.time(9), dt.time(17)  # 17:00 必着, as town halls expect it


class CallForm(VersionedModelForm):
    """A call’s facts; the kinds are ticked."""

    kinds = forms.MultipleChoiceField(label=_("Kinds of request"), choices=kind_choices, widget=forms.CheckboxSelectMultiple)

    class Meta(VersionedModelForm.Meta):
        model = Call
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("guidelines_ja", "guidelines_en"):
            if name in self.fields:
                self.fields[name].widget.attrs.update(rows=16, lang=name[-2:])

    def clean(self) -> dict[str, Any] | None:
        """The hours follow each other; nobody who has applied loses the kind or the time they applied under."""
        cleaned = super().clean()
        values = self.cleaned_data
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It would close before it opens."))
        if self.instance.pk and "kinds" in values:
            self._keep_used_kinds(values["kinds"])
        answer = values.get("answer_by")
        if closes and answer and answer < timezone.localtime(closes).date():
            self.add_error("answer_by", _("Answers would be expected before it closes."))
        return cleaned

    def _keep_used_kinds(self, kinds: list[str]) -> None:
        labels = dict(kind_choices())
        used = set(self.instance.requests.values_list("kind", flat=True)) - set(kinds)
        if used:
            names = ", ".join(str(labels[key]) for key in sorted(used))
            self.add_error(
                "kinds", forms.ValidationError(_("Requests of this kind have been begun already: %(names)s."), params={"names": names})
            )


def defaults() -> dict[str, Any]:
    """What the form of a new call begins with: from tomorrow morning for two months, for the next fiscal year."""
    today = timezone.localdate()

    def at(day: dt.date, hour: dt.time) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, hour))

    opens = today + dt.timedelta(days=1)
    return {"opens_at": at(opens, _OPENS), "closes_at": at(opens + dt.timedelta(days=60), _CLOSES), "fiscal_year": fiscal_year(today) + 1}
