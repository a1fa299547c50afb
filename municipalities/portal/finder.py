"""Three questions that lead to the right kind of request, and the list of all kinds."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from municipalities import finder
from municipalities.kinds import KINDS, Kind
from municipalities.models import Call
from municipalities.officials import Official
from municipalities.portal.entry import official_only, show


@require_safe
@official_only
def new(request: HttpRequest, official: Official) -> HttpResponse:
    """Three questions, and all kinds with their explanation."""
    form = finder.FinderForm(request.GET if {"show", *finder.FinderForm.base_fields} & request.GET.keys() else None)
    found = finder.find(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    return show(request, official, "portal/finder.html", form=form, found=found, kinds=_with_calls(), phone=settings.CONTACT_PHONE)


def _with_calls() -> list[tuple[Kind, list[Call]]]:
    """Every kind with the calls that are open for it."""
    now_open = list(Call.objects.open().order_by("closes_at"))
    return [(kind, [call for call in now_open if kind.key in call.kinds]) for kind in KINDS.values()]


urlpatterns = [path("requests/new/", new, name="new")]
