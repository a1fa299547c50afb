"""The front page with its three doors, where a signed-in person lands, and their own account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Three doors, nothing else to strangers."""
    return render(request, "front.html")


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """After signing in: staff to the work desk, everyone else to their account."""
    return redirect("admin:index" if request.user.is_staff else "account")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, for which body, and what one can do now."""
    return render(request, "account/home.html")
