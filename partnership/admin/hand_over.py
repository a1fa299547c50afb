"""The page on which staff hand an account over to whoever fills the post now, and see who filled it before."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnership import accounts, holders
from partnership.admin.pages import framed, person
from partnership.fields import AddressField, TextField
from partnership.models import User
from partnership.transitions import Refused


class HandOverForm(forms.Form):
    """Who fills the post from now on."""

    name = TextField(label=_("Name of the successor"), max_length=100)
    post = TextField(label=pgettext_lazy("account", "post"), max_length=100, required=False)
    email = AddressField(
        label=_("e-mail"), max_length=254, help_text=_("Leave it as it is where the section has a mailbox of its own that stays.")
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"post": user.post, "email": user.email})
        self.user = user

    def clean_email(self) -> str:
        """The address must be free, or the account's own."""
        address: str = self.cleaned_data["email"]
        try:
            accounts.check_address(address, self.user)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return address


def hand_over(request: HttpRequest, user: User) -> HttpResponseBase:
    """Ask who follows, and hand the account over.

    Raises:
        PermissionDenied: for a closed account; it is opened first.
    """
    if not user.is_active:
        raise PermissionDenied
    form = HandOverForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        accounts.hand_over(user=user, by=person(request), welcome=True, **form.cleaned_data)
        messages.success(
            request, _("The account is %(name)s’s now; a mail says so to %(address)s.") % {"name": user.name, "address": user.email}
        )
        return redirect("admin:partnership_user_change", user.pk)
    context = {"form": form, "account": user, "tenures": holders.of(user)}
    return framed(request, "account/hand_over.html", str(_("Hand over the account")), status=422 if form.is_bound else 200, **context)
