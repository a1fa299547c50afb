"""What is open below ``/accounts/``: signing in and out, and one's own password. Everything else of allauth stays shut."""

from allauth.account import urls as allauth_urls
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path

OPEN = frozenset({
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
})  # fmt: skip


@login_not_required
def signup(request: HttpRequest) -> HttpResponse:
    """Accounts are given by the division; nothing that is sent here makes one."""
    return render(request, "account/signup_closed.html", status=403)


@login_not_required
def nothing(request: HttpRequest, **_parts: str) -> HttpResponse:
    """An address that allauth knows and we do not offer: accounts keep the mail address that they were given."""
    raise Http404


urlpatterns = [
    *(url for url in allauth_urls.urlpatterns if url.name in OPEN),
    # allauth asks for these addresses by name
    path("signup/", signup, name="account_signup"),
    path("email/", nothing, name="account_email"),
    path("confirm-email/", nothing, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", nothing, name="account_confirm_email"),
]
