"""The portal's home: what waits for the body, its requests, and the panels that packages register."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from municipalities import access, panels
from municipalities.officials import Official
from municipalities.portal.entry import official_only, show


def _shown(request: HttpRequest, official: Official, place: str) -> list[str]:
    filled = [(panel.template, panel.context(official)) for panel in panels.of(place)]
    return [
        render_to_string(template, {"official": official, **context}, request=request)
        for template, context in filled
        if context is not None
    ]


@require_safe
@official_only
def home(request: HttpRequest, official: Official) -> HttpResponse:
    """Whose turn it is, then everything of the body one click away."""
    return show(
        request,
        official,
        "portal/home.html",
        today=timezone.localdate(),
        asked=None if official.is_confirmed else access.asked_body(official.user),
        phone=settings.CONTACT_PHONE,
        turns=panels.turns(official),
        main=_shown(request, official, "main"),
        side=_shown(request, official, "side"),
    )


urlpatterns = [path("", home, name="home")]
