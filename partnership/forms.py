"""Forms that lose nothing: text is tidied, dates are read in both calendars, and the second of two savers is told."""

from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from partnership import changes
from partnership.fields import formfield


class TidyModelForm(forms.ModelForm):
    """A model form whose fields are those of partnership/fields.py."""

    class Meta:
        formfield_callback = formfield


class VersionField(forms.IntegerField):
    """The version of the row that the person saw, hidden in the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, label="", **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Never a change of its own: an untouched row stays untouched."""
        return False


class VersionedModelForm(TidyModelForm):
    """For models derived from ``Versioned``: refuses to overwrite what somebody else saved in the meantime.

    The refused form keeps what was typed and shows what the other person changed. It then carries the newer version, so a second
    “save” is a decision, made with both in view.
    """

    version = VersionField()

    class Meta(TidyModelForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "version" in self.fields:
            self.initial["version"] = self.instance.version if self.instance.pk else None

    def clean(self) -> dict[str, Any] | None:
        """Compare the version that was seen with the one that is stored; the row stays locked until the caller has saved."""
        cleaned = super().clean()
        if self.instance.pk and "version" in self.fields and "version" not in self.errors:
            self._refuse_second_saver(self.cleaned_data.get("version"))
        return cleaned

    def _refuse_second_saver(self, seen: int | None) -> None:
        manager: models.QuerySet[Any] = type(self.instance)._base_manager.all()
        if transaction.get_connection(manager.db).in_atomic_block:
            manager = manager.select_for_update()
        stored = manager.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        if stored is None:
            self.add_error(None, forms.ValidationError(_("Somebody removed this in the meantime. Copy what you typed."), code="gone"))
            return
        if seen == stored:
            return
        for line in self._what_happened(seen):
            self.add_error(None, forms.ValidationError(line, code="stale"))
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("version")] = str(stored)  # type: ignore[index]

    def _what_happened(self, seen: int | None) -> list[str]:
        other = changes.since(self.instance, seen, only=self.fields) if seen is not None else None
        if other is None:
            return [_("Somebody else saved this while you were writing. Your text is kept; compare it with theirs before you save again.")]
        first = _(
            "%(who)s saved this while you were writing (%(when)s). Your text is kept; save again only if it shall replace theirs."
        ) % {
            "who": other.who,
            "when": date_format(localtime(other.at), "SHORT_DATETIME_FORMAT"),
        }
        return [
            first,
            *(
                _("%(field)s: was “%(before)s”, is now “%(after)s”.") % {"field": one.label, "before": one.before, "after": one.after}
                for one in other.changes
            ),
        ]
