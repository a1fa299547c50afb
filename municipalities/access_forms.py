"""The two forms with which access is decided, in the portal and in the administration."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership import roles
from partnership.fields import TextField

ROLE_CHOICES = [
    (roles.MUNICIPAL_MEMBER, _("Member: writes requests, answers questions, keeps the profile")),
    (roles.MUNICIPAL_MANAGER, _("Manager: also invites and removes colleagues, and confirms access")),
]


class GrantForm(forms.Form):
    """What somebody who asked for access becomes."""

    role = forms.ChoiceField(label=_("May do"), choices=ROLE_CHOICES, initial=roles.MUNICIPAL_MEMBER, widget=forms.RadioSelect)


class RefuseForm(forms.Form):
    """Why somebody gets no access."""

    reason = TextField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is told to the person by mail."),
    )
