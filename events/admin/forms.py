"""Forms of the event's pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from partnership import roles
from partnership.fields import DateField, TextField
from partnership.models import User


class TaskForm(forms.Form):
    """A new line of the checklist."""

    title_ja = TextField(label=capfirst(_("task (Japanese)")), max_length=200)
    title_en = TextField(label=capfirst(_("task (English)")), max_length=200)
    due_on = DateField(label=capfirst(_("due")))
    owner = forms.ModelChoiceField(label=capfirst(_("in charge")), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


def colleagues() -> QuerySet[User]:
    """The division's active accounts."""
    return User.objects.filter(is_active=True, groups__name__in=[roles.DESK, roles.APPROVER]).distinct().order_by("name", "pk")
