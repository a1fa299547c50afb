"""A request while it is being written: who may begin one, what is carried over from last year's, and what its form holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import answers, differences, parties, rights
from municipalities.kinds import KINDS
from municipalities.models import AccessRequest, Attraction, Call, LocalGovernment, MunicipalRequest
from municipalities.questions import Type
from partnership import attachments, audit
from partnership.models import Organisation, User
from partnership.transitions import Refused

LONGEST_TITLE = 150


def may_begin(*, applicant: LocalGovernment, by: User) -> bool:
    """Whether this person may begin a request of that body: its own, the one it asked access for, or any for the division."""
    if by.is_staff:
        return by.has_perm("municipalities.add_municipalrequest")
    if not by.has_perm("municipalities.use_portal"):
        return False
    if by.organisation_id is not None:
        return by.organisation_id == applicant.organisation_id
    waiting = AccessRequest.objects.filter(user=by, state=AccessRequest.State.WAITING)
    return waiting.filter(local_government=applicant).exists()


def check_beginning(*, kind: str, applicant: LocalGovernment, by: User, call: Call | None, copy_of: MunicipalRequest | None) -> None:
    """Refuse a beginning that could not go on.

    Raises:
        Refused: with a sentence.
    """
    if kind not in KINDS:
        raise Refused(_("There is no such kind of request."))
    if not may_begin(applicant=applicant, by=by):
        raise Refused(_("This is not yours to do, or not possible any more."))
    if not parties.exists_today(applicant):
        raise Refused(_("%(bodies)s does not exist any more.") % {"bodies": applicant})
    if call is not None and kind not in call.kinds:
        raise Refused(_("This call is not about that kind of request."))
    if copy_of is not None and (copy_of.applicant_id != applicant.pk or copy_of.kind != kind):
        raise Refused(_("Only a request of the same kind and the same local government can be copied."))


def copy(source: MunicipalRequest, *, to: MunicipalRequest) -> None:
    """Take over what is still true: words, answers to questions still asked, products, joint applicants, the way."""
    to.title = source.title
    to.answers = answers.carried_over(to.kind_facts, source.answers)
    to.mission = source.mission
    to.copied_from = source
    try:
        to.relay = parties.allowed_relay(to, source.relay)
    except Refused:  # this call is answered directly
        to.relay = None
    to.save()
    to.attractions.set(source.attractions.current())
    joined = [body for body in parties.joined_of(source) if to.kind_facts.may_be_joint and parties.exists_today(body)]
    arrange(to, joined, by=to.created_by)


def introduce(request: MunicipalRequest, *, by: User) -> None:
    """Name the official who begins it as the contact, also in a copy: last year's may have moved on. They may change it."""
    known = {"contact_name": by.name, "contact_post": by.post, "contact_email": by.email}
    questions = {question.key: question for question in request.kind_facts.questions}
    if by.is_staff or "contact_name" not in questions or not questions["contact_name"].required:
        return
    request.answers = answers.tidied(request.kind_facts, {**request.answers, **known})
    request.save(update_fields=["answers"])


def arrange(request: MunicipalRequest, joined: Sequence[LocalGovernment], *, by: User | None) -> None:
    """Put the parties in order; the trail says which bodies joined."""
    if parties.arrange(request, joined):
        codes = [body.code for body in parties.in_protocol_order(joined)]
        audit.record(differences.JOINED, request, by=by, bodies=codes, version=request.version)


def tidied(request: MunicipalRequest, form: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a form, checked: ``title answers attractions joined mission relay``.

    Raises:
        Refused: for an attraction of somebody else, a body that cannot join, a relay that is none, an answer that does not fit.
    """
    title = " ".join(str(form["title"]).split())
    if len(title) > LONGEST_TITLE:
        raise Refused(_("The subject is too long: at most %(most)s characters.") % {"most": LONGEST_TITLE})
    joined = parties.allowed_to_join(request, form["joined"])
    return {
        "title": title,
        "answers": answers.tidied(request.kind_facts, form["answers"]),
        "joined": joined,
        "attractions": _own_attractions([request.applicant, *joined], form["attractions"]),
        "mission": _mission(form["mission"]),
        "relay": parties.allowed_relay(request, form["relay"]),
    }


def _own_attractions(bodies: Sequence[LocalGovernment], chosen: Sequence[Attraction]) -> list[Attraction]:
    if any(one.local_government_id not in {body.pk for body in bodies} for one in chosen):
        raise Refused(_("Products and performers must belong to one of the applicants. Choose again."))
    return list({one.pk: one for one in chosen}.values())


def _mission(mission: Organisation | None) -> Organisation | None:
    if mission is not None and mission.kind != Organisation.Kind.MISSION:
        raise Refused(_("Choose one of Japan’s missions abroad."))
    return mission


def store(request: MunicipalRequest, form: Mapping[str, Any], *, by: User) -> None:
    """Write what is new; nothing is written when nothing is."""
    fields = {name: form[name] for name in ("title", "answers", "mission", "relay")}
    new = {one.pk for one in form["attractions"]} != set(request.attractions.values_list("pk", flat=True))
    is_same_row = all(getattr(request, name) == value for name, value in fields.items())
    in_order = [body.pk for body in parties.in_protocol_order(form["joined"])]
    is_same_joined = in_order == [body.pk for body in parties.joined_of(request)]
    if is_same_row and is_same_joined and not new:
        return
    for name, value in fields.items():
        setattr(request, name, value)
    request.saved_at = timezone.now()
    request.save()
    if new:  # after the row, so that its history keeps the new products with the new version
        request.attractions.set(form["attractions"])
    arrange(request, form["joined"], by=by)


def missing(request: MunicipalRequest) -> list[tuple[str, str]]:
    """What a request still lacks before it can be sent: a key of the form with a sentence.

    The key is that of a question, of a document, or ``title``, ``call``, ``relay``.
    """
    found = [] if request.title else [("title", _("Give it a subject: a few words that name it in every list."))]
    found += answers.missing(request.kind_facts, request.answers, _rows(request))
    there = set(attachments.of(request).values_list("label", flat=True))
    found += [
        (document.key, _("The document “%(document)s” is missing.") % {"document": document.label})
        for document in request.kind_facts.documents
        if document.required and document.key not in there
    ]
    if request.call is None and request.kind_facts.needs_call:
        found.append(("call", _("Requests of this kind are taken while a call is open. Choose the call that you answer.")))
    if _must_be_relayed(request) and request.relay_id is None:
        found.append(("relay", _("This call takes requests through the prefecture. Name it.")))
    return found


def _rows(request: MunicipalRequest) -> dict[str, list[Any]]:
    """The answers that are rows, by key of their question."""
    chosen = list(request.attractions.all())
    rows: dict[str, list[Any]] = {}
    for question in request.kind_facts.questions:
        if question.type == Type.ATTRACTIONS:
            rows[question.key] = [one for one in chosen if not question.attractions or one.kind in question.attractions]
        elif question.type == Type.MISSION:
            rows[question.key] = [request.mission] if request.mission else []
    return rows


def _must_be_relayed(request: MunicipalRequest) -> bool:
    of_municipality = request.applicant.kind != LocalGovernment.Kind.PREFECTURE
    return of_municipality and request.call is not None and request.call.relay == Call.Relay.MUST


@transaction.atomic
def choose_call(*, request: MunicipalRequest, call: Call | None, by: User) -> MunicipalRequest:
    """Say which call a draft answers, or that it answers none; a way that the call does not take is left.

    Raises:
        Refused: when the call is about something else, or the request is sent.
    """
    row = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    rights.demand(row, "save", by)
    if row.state != MunicipalRequest.State.DRAFT:
        raise Refused(_("The call cannot be changed any more: the request is “%(state)s”.") % {"state": row.get_state_display()})
    if call is not None and row.kind not in call.kinds:
        raise Refused(_("This call is not about that kind of request."))
    if row.call_id == (call.pk if call else None):
        return row
    row.call = call
    if call is not None and call.relay == Call.Relay.NO:
        row.relay = None
    row.save()
    audit.record("municipalrequest.choose_call", row, by=by, call=call.pk if call else None)
    return row


@transaction.atomic
def discard(*, request: MunicipalRequest, by: User) -> None:
    """Throw a draft away with its files.

    Raises:
        Refused: when it is sent, or not theirs.
    """
    request = MunicipalRequest.objects.select_for_update().get(pk=request.pk)
    rights.demand(request, "discard", by)
    audit.record("municipalrequest.discard", request, by=by)
    attachments.forget(things=[request])
    request.delete()


@transaction.atomic
def adopt(*, user: User, body: LocalGovernment) -> int:
    """Hand the drafts that an account began before its access was granted to the body it acts for now. Returns how many."""
    rows = list(MunicipalRequest.objects.select_for_update().filter(state=MunicipalRequest.State.DRAFT, created_by=user))
    for request in rows:
        if request.applicant_id != body.pk:  # it was granted for another body than the one they had chosen
            request.applicant, request.relay = body, None
            request.attractions.set(request.attractions.filter(local_government=body))
            request.save()
            arrange(request, [], by=user)
        audit.record("municipalrequest.adopt", request, by=user, body=body.code)
    return len(rows)
