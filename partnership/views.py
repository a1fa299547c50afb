"""The front page with its three doors, where a signed-in person lands, and their own account."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partnership import kept_forms
from partnership.models import User


def home_of(user: User | AnonymousUser) -> str:
    """The page where a person's work begins."""
    if user.is_staff:
        return "admin:index"
    return "portal:home" if user.has_perm("municipalities.use_portal") else "account"


def doors(request: HttpRequest) -> list[dict[str, Any]]:
    """The three doors; the one of the person who is signed in comes first."""
    user = request.user
    signed_in = user.is_authenticated
    login = reverse("account_login")
    staff = {
        "title": _("Ministry staff"),
        "text": _("The work desk of the Local Partnership Cooperation Division and of the offices that work with it."),
        "url": reverse("admin:index"),
        "way": _("Open the work desk") if signed_in else _("Sign in"),
        "mine": signed_in and user.is_staff,
    }
    officials = {
        "title": _("Local governments and missions abroad"),
        "text": _("For officials with an account that belongs to their post. A code by e-mail is enough to sign in."),
        "url": reverse(home_of(user)) if signed_in and not user.is_staff else reverse("account") if signed_in else login,
        "way": _("Open your page") if signed_in else _("Sign in"),
        "mine": signed_in and not user.is_staff,
        "more": [] if signed_in else [(reverse("portal:calls"), _("Calls for requests")), (reverse("portal:access"), _("Ask for access"))],
    }
    guests = {
        "title": _("Invited guests"),
        "text": _("Please open the personal link in your invitation; you need no account. If you cannot find it, write to us."),
        "mail": parseaddr(settings.MAIL_FROM)[1],
    }
    return [officials, staff, guests] if officials["mine"] else [staff, officials, guests]


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Three doors, nothing else to strangers."""
    return render(request, "front.html", {"doors": doors(request)})


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """After signing in: back to a form that was kept; else staff to the work desk, officials to the portal, others to their account."""
    if kept_forms.pending(request):
        return redirect("kept_form")
    return redirect(home_of(request.user))


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, for which body, and what one can do now."""
    return render(request, "account/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """What was typed before the session ended, with a button that sends it where it was going; POST throws it away."""
    if request.method == "POST":
        kept_forms.drop(request)
        return redirect(home_of(request.user))
    kept = kept_forms.pending(request)
    fields = [*kept.fields, (kept_forms.KEY, kept.mark)] if kept else []
    return render(request, "account/kept_form.html", {"kept": kept, "fields": fields})
