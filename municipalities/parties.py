"""The applicants of a request as its form names them: which bodies may stand there, and in which order."""

from collections.abc import Iterable, Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from municipalities import clock
from municipalities.models import Call, LocalGovernment, MunicipalRequest, RequestParty
from partnership.models import Organisation
from partnership.transitions import Refused

MOST = 20  # bodies that join one request


def in_protocol_order(bodies: Iterable[LocalGovernment]) -> list[LocalGovernment]:
    """Prefectures before municipalities, then by local government code: the order of co-hosts."""
    return sorted(bodies, key=lambda body: (body.kind != LocalGovernment.Kind.PREFECTURE, body.code))


def exists_today(body: LocalGovernment) -> bool:
    """Whether the body has not been merged or renamed away."""
    return Organisation.objects.current().filter(pk=body.organisation_id).exists()


def allowed_to_join(request: MunicipalRequest, joined: Sequence[LocalGovernment]) -> list[LocalGovernment]:
    """The bodies that join, each once.

    Raises:
        Refused: when the kind takes single applicants only, or a body cannot join.
    """
    bodies = list({body.pk: body for body in joined}.values())
    if not bodies:
        return []
    if not request.kind_facts.may_be_joint:
        raise Refused(_("This kind of request has one applicant only."))
    if len(bodies) > MOST:
        raise Refused(_("At most %(most)s local governments can join one request.") % {"most": MOST})
    if request.applicant_id in {body.pk for body in bodies}:
        raise Refused(_("%(body)s applies already; it cannot join itself.") % {"body": request.applicant})
    there = set(Organisation.objects.current().filter(pk__in=[body.organisation_id for body in bodies]).values_list("pk", flat=True))
    if gone := [str(body) for body in bodies if body.organisation_id not in there]:
        raise Refused(_("%(bodies)s does not exist any more.") % {"bodies": _(", ").join(gone)})
    return bodies


def allowed_relay(request: MunicipalRequest, relay: LocalGovernment | None) -> LocalGovernment | None:
    """The prefecture that passes the request on.

    Raises:
        Refused: when it is not the applicant's own prefecture, or the way is closed.
    """
    if relay is None:
        return None
    if request.applicant.prefecture_id != relay.pk:
        raise Refused(_("A request goes through the applicant’s own prefecture, or directly to the Ministry."))
    if not request.kind_facts.may_be_relayed or (request.call and request.call.relay == Call.Relay.NO):
        raise Refused(_("These requests go directly to the Ministry."))
    return relay


def arrange(request: MunicipalRequest, joined: Sequence[LocalGovernment]) -> bool:
    """Make the parties these, in protocol order. Who has confirmed stays so. Returns whether anything changed."""
    wanted = in_protocol_order([request.applicant, *joined])
    there = {row.local_government_id: row for row in request.parties.all()}
    before = [row.local_government_id for row in sorted(there.values(), key=lambda row: row.order)]
    if before == [body.pk for body in wanted]:
        return False
    request.parties.exclude(local_government__in=wanted).delete()
    # first out of the way, then to their places: where the constraint is not deferred, two never share one
    free = max(request.parties.aggregate(last=Max("order"))["last"] or 0, len(wanted)) + 1
    for place, row in enumerate(request.parties.all(), start=free):
        RequestParty.objects.filter(pk=row.pk).update(order=place)
    for order, body in enumerate(wanted, start=1):
        RequestParty.objects.update_or_create(request=request, local_government=body, defaults={"order": order})
    getattr(request, "_prefetched_objects_cache", {}).pop("parties", None)
    return True


def joined_of(request: MunicipalRequest) -> list[LocalGovernment]:
    """The bodies beside the applicant, in order."""
    rows = request.parties.select_related("local_government__organisation").order_by("order")
    return [row.local_government for row in rows if row.local_government_id != request.applicant_id]


def party_of(request: MunicipalRequest, body: LocalGovernment | None) -> RequestParty | None:
    """The place of a body among the applicants."""
    return next((row for row in request.parties.all() if body and row.local_government_id == body.pk), None)


def taking_part(request: MunicipalRequest) -> list[RequestParty]:
    """The applicants in protocol order, without those who refused."""
    return sorted((row for row in request.parties.all() if row.refused_at is None), key=lambda row: row.order)


def unanswered(request: MunicipalRequest) -> list[RequestParty]:
    """Those named as joint applicants who have neither confirmed nor refused."""
    return [row for row in taking_part(request) if row.confirmed_at is None and row.local_government_id != request.applicant_id]


def is_ready(request: MunicipalRequest) -> bool:
    """Whether everyone has said their word, or the days for it are over."""
    if not clock.may_still_confirm(request):
        return True
    return not unanswered(request) and (request.relay_id is None or request.relayed_at is not None)


def named(request: MunicipalRequest) -> list[str]:
    """The names of the applicants in protocol order."""
    return [str(row.local_government) for row in taking_part(request)]
