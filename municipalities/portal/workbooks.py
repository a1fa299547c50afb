"""The form as an Excel file: empty, of a call, or with the answers of a request filled in."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from municipalities import sheets
from municipalities.kinds import KINDS
from municipalities.models import Call
from municipalities.officials import Official
from municipalities.portal.entry import official_only, request_of

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _answer(content: bytes, name: str) -> HttpResponse:
    """A download called ``name``; never opened inside the browser."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=MIMETYPE, headers=headers)


def _language() -> str:
    return get_language() or "ja"


@login_not_required
@require_safe
def of_call(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The empty form of one kind for a published call; anybody may have it."""
    call = get_object_or_404(Call.objects.published(), pk=pk)
    if kind not in call.kinds or kind not in KINDS:
        raise Http404
    return _answer(sheets.build(KINDS[kind], call=call, language=_language()), sheets.file_name(KINDS[kind]))


@require_safe
@official_only
def of_kind(request: HttpRequest, official: Official, kind: str) -> HttpResponse:
    """The empty form of a kind."""
    if kind not in KINDS:
        raise Http404
    return _answer(sheets.build(KINDS[kind], language=_language()), sheets.file_name(KINDS[kind]))


@require_safe
@official_only
def of_request(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """The form with the answers of a request."""
    found = request_of(official, uuid)
    content = sheets.build(found.kind_facts, call=found.call, request=found, language=_language())
    return _answer(content, sheets.file_name(found.kind_facts, found))


urlpatterns = [
    path("calls/<int:pk>/<slug:kind>.xlsx", of_call, name="call_form"),
    path("requests/new/<slug:kind>/form.xlsx", of_kind, name="kind_form"),
    path("requests/<uuid:uuid>/form.xlsx", of_request, name="request_form"),
]
