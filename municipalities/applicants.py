"""Those who apply together, and the prefecture that passes it on: each says yes, no, or what it thinks."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import messages, request_mails, rights
from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage, RequestParty
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused

Kind = RequestMessage.Kind
MOST_RANK = 999


@transaction.atomic
def confirm(*, request: MunicipalRequest, body: LocalGovernment, by: User) -> RequestMessage | None:
    """A body says that it applies too. Saying so twice changes nothing.

    Raises:
        Refused: when it is not named in the request, has refused, or the days for it are over.
    """
    request, party = _asked(request, body)
    if party.confirmed_at is not None:
        return None
    return _answer(request, party, "confirm", by=by)


@transaction.atomic
def refuse(*, request: MunicipalRequest, body: LocalGovernment, by: User, reason: str = "") -> RequestMessage | None:
    """A body says that it does not take part; it stays on record and is no co-host later.

    Raises:
        Refused: when it is not named in the request, has confirmed, or the days for it are over.
    """
    request, party = _asked(request, body)
    if party.refused_at is not None:
        return None
    return _answer(request, party, "refuse", by=by, text=messages.sound(reason, longest=2000))


def _asked(request: MunicipalRequest, body: LocalGovernment) -> tuple[MunicipalRequest, RequestParty]:
    request = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    party = request.parties.filter(local_government=body).exclude(local_government=request.applicant_id).first()
    if party is None:
        raise Refused(_("%(body)s is not named as a joint applicant.") % {"body": body})
    return request, party


def _answer(request: MunicipalRequest, party: RequestParty, act: str, *, by: User, text: str = "") -> RequestMessage:
    rights.demand(request, act, by)
    body = party.local_government
    if party.confirmed_at or party.refused_at or (not by.is_staff and by.organisation_id != body.organisation_id):
        raise Refused(_("This is not yours to do, or not possible any more."))
    field = "confirmed_at" if act == "confirm" else "refused_at"
    setattr(party, field, timezone.now())
    party.answered_by = by
    party.save(update_fields=[field, "answered_by"])
    kind = Kind.CONFIRMED if act == "confirm" else Kind.REFUSED
    message = messages.write(request=request, kind=kind, by=by, body=body, text=text)
    audit.record(f"municipalrequest.{act}", request, by=by, body=body.code)
    request_mails.tell(message, by=by)
    return message


@transaction.atomic
def relay(*, request: MunicipalRequest, body: LocalGovernment, by: User, comment: str, rank: int | None = None) -> RequestMessage:
    """The prefecture passes the request on with its opinion and its order; it can say so again until the answer.

    Raises:
        Refused: when the request does not go through it, or is answered.
    """
    request = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    rights.demand(request, "relay", by)
    if request.relay_id != body.pk or (not by.is_staff and by.organisation_id != body.organisation_id):
        raise Refused(_("This request does not go through %(body)s.") % {"body": body})
    if rank is not None and not 1 <= rank <= MOST_RANK:
        raise Refused(_("The order is a number from 1 to %(most)s.") % {"most": MOST_RANK})
    request.relay_comment, request.relay_rank = messages.sound(comment), rank
    request.relayed_by, request.relayed_at = by, timezone.now()
    request.save(update_fields=["relay_comment", "relay_rank", "relayed_by", "relayed_at"])
    message = messages.write(
        request=request,
        kind=Kind.RELAYED,
        by=by,
        body=body,
        side=RequestMessage.Side.RELAY,
        text=request.relay_comment,
        facts={"rank": rank},
    )
    audit.record("municipalrequest.relay", request, by=by, rank=rank)
    request_mails.tell(message, by=by)
    return message
