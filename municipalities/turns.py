"""Which requests wait for a local government, and for what: in words, and as one question to the database."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities import clock
from municipalities.models import LocalGovernment, MunicipalRequest, RequestParty
from municipalities.officials import Official

State = MunicipalRequest.State


class Wanted(StrEnum):
    """What a request waits for."""

    ANSWER = "answer"
    CORRECTION = "correction"
    CONFIRMATION = "confirmation"
    OPINION = "opinion"


WORDS: dict[Wanted, Promise] = {
    Wanted.ANSWER: _("Answer the question"),
    Wanted.CORRECTION: _("Correct the form"),
    Wanted.CONFIRMATION: _("Confirm that you take part"),
    Wanted.OPINION: _("Add your opinion"),
}


def waiting_for(official: Official) -> QuerySet[MunicipalRequest]:
    """The requests that this official’s body has to do something about."""
    rows = MunicipalRequest.objects.visible_to(official.user)
    return rows.filter(is_turn_of(official.body)) if official.body else rows.none()


def is_turn_of(body: LocalGovernment) -> Q:
    """The condition for it, the same as ``wanted``. A draft waits for nobody."""
    unanswered = RequestParty.objects.filter(request=OuterRef("pk"), local_government=body, confirmed_at=None, refused_at=None)
    asked = Q(state=State.WAITING, applicant=body)
    joins = Q(state__in=MunicipalRequest.ACTIVE, confirm_by__gte=timezone.localdate()) & ~Q(applicant=body) & Exists(unanswered)
    return asked | joins | Q(state__in=MunicipalRequest.ACTIVE, relay=body, relayed_at=None)


def wanted(request: MunicipalRequest, body: LocalGovernment | None) -> Wanted | None:
    """What the request wants of this body now; its parties are read from what was fetched with it."""
    if body is None or request.state not in MunicipalRequest.ACTIVE:
        return None
    if request.state == State.WAITING and request.applicant_id == body.pk:
        return Wanted.CORRECTION if request.is_returned else Wanted.ANSWER
    if request.applicant_id != body.pk and clock.may_still_confirm(request):
        mine = next((party for party in request.parties.all() if party.local_government_id == body.pk), None)
        if mine and not mine.confirmed_at and not mine.refused_at:
            return Wanted.CONFIRMATION
    return Wanted.OPINION if request.relay_id == body.pk and request.relayed_at is None else None
