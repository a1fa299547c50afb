"""Forms of the event's pages."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from partnership.fields import DateField, TextField


class TaskForm(forms.Form):
    """A new line of the checklist."""

    title_ja = TextField(label=capfirst(_("task (Japanese)")), max_length=200)
    title_en = TextField(label=capfirst(_("task (English)")), max_length=200)
    due_on = DateField(label=capfirst(_("due")))
