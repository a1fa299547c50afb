"""The body’s accounts: who holds them, inviting and removing colleagues, handing over, and the yearly confirmation."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from municipalities import access, colleagues, official_addresses
from municipalities.access_forms import ROLE_CHOICES, GrantForm, RefuseForm
from municipalities.models import AccessRequest
from municipalities.officials import Official
from municipalities.portal.entry import confirmed_only, show
from partnership import confirmations, holders, roles
from partnership.fields import AddressField, TextField
from partnership.models import User
from partnership.transitions import Refused


class HolderForm(forms.Form):
    """Who holds an account."""

    name = TextField(label=capfirst(gettext_lazy("name")), max_length=100)
    post = TextField(
        label=capfirst(pgettext_lazy("account", "post")), max_length=100, help_text=gettext_lazy("Such as “International Affairs Section”.")
    )
    email = AddressField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("An official address; a mailbox that the section shares outlives every transfer."),
    )


class InviteForm(HolderForm):
    """A new account for a colleague."""

    role = forms.ChoiceField(label=gettext_lazy("May do"), choices=ROLE_CHOICES, initial=roles.MUNICIPAL_MEMBER, widget=forms.RadioSelect)


def _managers_only(official: Official) -> None:
    if not official.is_manager:
        raise PermissionDenied


def _account(official: Official, pk: int) -> Any:
    """An open account of the same body; 404 for any other."""
    assert official.body is not None  # noqa: S101  confirmed_only has made sure
    return get_object_or_404(colleagues.of(official.body), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def accounts(request: HttpRequest, official: Official) -> HttpResponse:
    """All accounts of the body; the own one first, with the button of the yearly confirmation."""
    if request.method == "POST":
        colleagues.confirm(user=official.user)
        messages.success(request, _("Thank you. Your account is confirmed for this fiscal year."))
        return redirect("portal:accounts")
    assert official.body is not None  # noqa: S101
    today = timezone.localdate()
    rows = list(colleagues.of(official.body))
    return show(
        request,
        official,
        "portal/accounts.html",
        mine=next((row for row in rows if row.pk == official.user.pk), None),
        rows=[(row, confirmations.is_missing(row, today)) for row in rows],
        is_asked=confirmations.is_missing(official.user, today),
        until=confirmations.last_day(today),
        waiting=list(access.waiting(official.body)) if official.is_manager else [],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def invite(request: HttpRequest, official: Official) -> HttpResponse:
    """A manager makes an account for a colleague."""
    _managers_only(official)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = colleagues.invite(body=official.body, by=official.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(
                request, _("%(name)s now has an account. A mail that says how to sign in is on its way.") % {"name": made.name}
            )
            return redirect("portal:accounts")
    return show(request, official, "portal/account_invite.html", form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def account(request: HttpRequest, official: Official, pk: int) -> HttpResponse:
    """One account: its holders one after the other, and what may be done with it."""
    row = _account(official, pk)
    is_mine = row.pk == official.user.pk
    if request.method == "POST":
        if not official.is_manager and not is_mine:
            raise PermissionDenied
        return _act(request, official, row)
    return show(
        request,
        official,
        "portal/account.html",
        row=row,
        is_mine=is_mine,
        tenures=holders.of(row),
        may=official.is_manager or is_mine,
    )


def _act(request: HttpRequest, official: Official, row: User) -> HttpResponse:
    """Manager, member, or closed."""
    act, by = request.POST.get("act", ""), official.user
    changes = {"manager": roles.MUNICIPAL_MANAGER, "member": roles.MUNICIPAL_MEMBER}
    try:
        if act in changes:
            colleagues.set_role(user=row, role=changes[act], by=by)
            messages.success(request, _("The change for %(name)s is saved.") % {"name": row.name})
        elif act == "remove":
            colleagues.remove(user=row, by=by)
            messages.success(
                request, _("The account of %(name)s is closed. What it sent stays with the local government.") % {"name": row.name}
            )
        else:
            raise BadRequest(_("This page has no such act."))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("portal:account", row.pk)
    if act == "remove" and row.pk == by.pk:
        logout(request)
        return redirect("front")
    return redirect("portal:accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def hand_over(request: HttpRequest, official: Official, pk: int) -> HttpResponse:
    """The post changes hands, as on 1 April: the account goes to the successor at once."""
    row = _account(official, pk)
    is_mine = row.pk == official.user.pk
    if not official.is_manager and not is_mine:
        raise PermissionDenied
    form = HolderForm(request.POST or None, initial={"post": row.post, "email": row.email})
    if request.method == "POST" and form.is_valid():
        try:
            colleagues.hand_over(user=row, by=official.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            name = form.cleaned_data["name"]
            if is_mine:
                logout(request)
            messages.success(
                request, _("The account is now that of %(name)s. A mail that says how to sign in is on its way.") % {"name": name}
            )
            return redirect("account_login" if is_mine else "portal:accounts")
    return show(request, official, "portal/account_hand_over.html", form=form, row=row, is_mine=is_mine, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_only
def access_decide(request: HttpRequest, official: Official, pk: int) -> HttpResponse:
    """A manager lets somebody of the body in, or does not."""
    _managers_only(official)
    asked = get_object_or_404(
        AccessRequest.objects.select_related("local_government__organisation", "user", "decided_by"), pk=pk, local_government=official.body
    )
    is_refusal = request.POST.get("act") == "refuse"
    grant = GrantForm(request.POST if request.method == "POST" and not is_refusal else None)
    refuse = RefuseForm(request.POST if request.method == "POST" and is_refusal else None)
    if request.method == "POST" and (refuse if is_refusal else grant).is_valid():
        try:
            if is_refusal:
                access.refuse(request=asked, by=official.user, **refuse.cleaned_data)
                messages.success(request, _("Refused. %(name)s is told by mail.") % {"name": asked.name})
            else:
                access.grant(request=asked, by=official.user, **grant.cleaned_data)
                messages.success(request, _("%(name)s now has access and is told by mail.") % {"name": asked.name})
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("portal:accounts")
    known = official_addresses.is_known(asked.email, asked.local_government)
    status = 422 if grant.errors or refuse.errors else 200
    return show(request, official, "portal/access_decide.html", asked=asked, grant=grant, refuse=refuse, known=known, status=status)


urlpatterns = [
    path("accounts/", accounts, name="accounts"),
    path("accounts/new/", invite, name="account_invite"),
    path("accounts/<int:pk>/", account, name="account"),
    path("accounts/<int:pk>/hand-over/", hand_over, name="account_hand_over"),
    path("accounts/access/<int:pk>/", access_decide, name="access_decide"),
]
