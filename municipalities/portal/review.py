"""Once more before it is sent: everything as it will be read, what is missing, and one button. Then the number and what comes next."""

from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities import clock, parties, request_forms, request_mails, requests, rights, timeline
from municipalities.models import MunicipalRequest, RequestMessage
from municipalities.officials import Official
from municipalities.portal import progress
from municipalities.portal.calls import standing
from municipalities.portal.entry import official_only, request_of, show
from partnership import attachments
from partnership.models import Email
from partnership.transitions import Refused

STAMPS = (_("Officer in charge"), _("Subsection chief"), _("Section chief"), _("Department head"))  # of a town hall's own 決裁


@require_http_methods(["GET", "HEAD", "POST"])
@official_only
def review(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """Everything as it will be sent; the POST sends it. What was just sent shows its number."""
    found = request_of(official, uuid)
    if request.method == "POST":
        return _submit(request, official, found)
    if not rights.may(found, "save", official.user):
        return _sent(request, official, found)
    return _show(request, official, found)


def _submit(request: HttpRequest, official: Official, found: MunicipalRequest) -> HttpResponse:
    try:
        requests.submit(request=found, by=official.user, source=found.source)
    except Refused as refused:
        found.refresh_from_db()
        if not rights.may(found, "save", official.user):
            return redirect("portal:review", found.uuid)
        return _show(request, official, found, refused=str(refused), status=409)
    return redirect("portal:review", found.uuid)


def _show(request: HttpRequest, official: Official, found: MunicipalRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    return show(
        request,
        official,
        "portal/review.html",
        status=status,
        found=found,
        content=request_forms.shown(found),
        parties=parties.taking_part(found),
        files=attachments.of(found),
        lacking=progress.lacking(found),
        refused=refused,
        call=standing(found.call, now) if found.call else None,
        expected=clock.expected(found, now),
        may_submit=official.is_confirmed,
        phone=settings.CONTACT_PHONE,
    )


def _sent(request: HttpRequest, official: Official, found: MunicipalRequest) -> HttpResponse:
    """The page behind the button: for whoever of the applicant looks at it again, too."""
    if found.state == MunicipalRequest.State.DRAFT:
        raise Http404
    if official.body is None or found.applicant_id != official.body.pk:
        return redirect("portal:request", found.uuid)
    return show(
        request,
        official,
        "portal/review_done.html",
        found=found,
        entries=[entry for entry in timeline.of(found) if entry.place != "past"][::-1],
        turn=timeline.whose_turn(found, official),
        told=_told(found),
        silent=request_mails.unreachable(found),
    )


def _told(found: MunicipalRequest) -> list[str]:
    """The addresses to which the acknowledgement goes."""
    first = found.messages.filter(kind=RequestMessage.Kind.SUBMITTED).last()
    if first is None:
        return []
    about = Email.objects.filter(content_type=ContentType.objects.get_for_model(found), object_id=found.pk)
    mails = about.filter(purpose=request_mails.PURPOSE, recipient_key__endswith=f"/{first.pk}").order_by("pk")
    return list(mails.values_list("to_address", flat=True))


@require_safe
@official_only
def paper(request: HttpRequest, official: Official, uuid: UUID) -> HttpResponse:
    """The request on A4 for the way through the town hall: every question, also those without an answer, and boxes for stamps."""
    found = request_of(official, uuid)
    return show(
        request,
        official,
        "portal/print.html",
        found=found,
        content=request_forms.shown(found, blank=True),
        parties=parties.taking_part(found),
        files=attachments.of(found),
        stamps=STAMPS,
    )


urlpatterns = [
    path("requests/<uuid:uuid>/review/", review, name="review"),
    path("requests/<uuid:uuid>/print/", paper, name="print"),
]
