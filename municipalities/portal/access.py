"""Asking for access, open to everybody: choose the local government, write from its official address, begin at once."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities import access, bodies, official_addresses, officials
from municipalities.kinds import KINDS
from municipalities.models import LocalGovernment
from partnership import errors, throttle
from partnership.fields import AddressField, IdentifierField, TextField
from partnership.models import User

PER_ADDRESS = {"most": 3, "seconds": 3600}
PER_ADDRESS_AND_DAY = {"most": 6, "seconds": 24 * 3600}  # anybody may type anybody's address: few mails of ours reach it
PER_BODY = {"most": 20, "seconds": 24 * 3600}  # each makes an account and a mail to its managers and to the division
PER_CLIENT = {"most": 20, "seconds": 3600}  # a town hall reaches us from one address
LONGEST_SEARCH = 60
ASKED = "access_asked"


class AccessForm(forms.Form):
    """Who asks, and from where."""

    email = AddressField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Your official address, such as one that ends in .lg.jp; best the mailbox that your section shares."),
    )
    name = TextField(label=capfirst(_("name")), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    post = TextField(
        label=capfirst(pgettext_lazy("account", "post")),
        max_length=100,
        help_text=_("Section and position, such as “International Affairs Section, chief”."),
    )
    phone = IdentifierField(
        label=_("Telephone"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("Of the office, with extension. We may call to make sure."),
    )
    kind = forms.ChoiceField(
        label=_("What you would like to ask for"),
        required=False,
        help_text=_("Your mail then leads straight to its form. It may stay open."),
    )
    note = TextField(label=_("Anything we should know"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, body: LocalGovernment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101
        kind.choices = [("", _("Not decided yet")), *((one.key, one.title) for one in KINDS.values())]

    def clean_email(self) -> str:
        """Only official addresses; whether one has an account is not looked at."""
        email = self.cleaned_data["email"]
        if sentence := official_addresses.problem(email, self.body):
            raise forms.ValidationError(sentence, code="not_official")
        return email


@login_not_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which local government: by a search, or through its prefecture."""
    text = " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]
    code = request.GET.get("prefecture", "")
    found = bodies.search(text) if text else bodies.within(code) if code else []
    kind = request.GET.get("kind", "")
    context: dict[str, Any] = {
        "q": text,
        "prefecture": code,
        "prefectures": bodies.prefectures(),
        "rows": [(body, bodies.remark(body)) for body in found[: bodies.MOST if text else None]],
        "is_asked": bool(text or code),
        "is_cut": bool(text) and len(found) > bodies.MOST,
        "kind": kind if kind in KINDS else "",
    }
    return _show(request, "portal/access.html", **context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Who asks for the local government of this code. The answer is the same whatever the address is."""
    body = bodies.by_code(code)
    if body is None:
        raise Http404(code)
    kind = request.GET.get("kind", "")
    form = AccessForm(request.POST or None, body=body, initial={"kind": kind if kind in KINDS else ""})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if not _is_allowed(request, email, body):
            return errors.too_many(request)
        access.ask(body=body, language=(get_language() or "ja")[:2], **form.cleaned_data)
        request.session[ASKED] = email
        return redirect("portal:access_asked")
    status = 422 if form.errors else 200
    return _show(request, "portal/access_ask.html", status=status, form=form, body=body, remark=bodies.remark(body))


def _is_allowed(request: HttpRequest, email: str, body: LocalGovernment) -> bool:
    client, address = get_adapter(request).get_client_ip(request), email.lower()
    return (
        throttle.allow(f"access:client:{client}", **PER_CLIENT)
        and throttle.allow(f"access:address:{address}", **PER_ADDRESS)
        and throttle.allow(f"access:address:{address}", **PER_ADDRESS_AND_DAY)
        and throttle.allow(f"access:body:{body.code}", **PER_BODY)
    )


@login_not_required
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What happens now, in the same words for everyone."""
    return _show(request, "portal/access_asked.html", email=request.session.get(ASKED, ""))


def _show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A public page; an official who is signed in keeps the portal's menu."""
    official = officials.of(request.user) if isinstance(request.user, User) else None
    return render(request, template, {"official": official, "phone": settings.CONTACT_PHONE, **context}, status=status)


urlpatterns = [
    path("access/", choose, name="access"),
    path("access/asked/", asked, name="access_asked"),
    path("access/<str:code>/", ask, name="access_ask"),
]
