"""Who may do what with a request now: by body, by right and by state. Pages ask in order to offer, verbs in order to act."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import clock
from municipalities.models import LocalGovernment, MunicipalRequest, RequestParty
from partnership.models import User
from partnership.transitions import Refused

State = MunicipalRequest.State
ENDED = frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.CLOSED})
SENT = frozenset(State) - {State.DRAFT}

# from which states an act may start; whether this person may do it is asked below
STATES: dict[str, frozenset[str]] = {
    "save": frozenset({State.DRAFT, State.WAITING}),
    "submit": frozenset({State.DRAFT, State.WAITING}),
    "discard": frozenset({State.DRAFT}),
    "copy": frozenset(State),
    "confirm": frozenset(MunicipalRequest.ACTIVE),
    "refuse": frozenset(MunicipalRequest.ACTIVE),
    "relay": frozenset(MunicipalRequest.ACTIVE),
    "reply": frozenset({State.WAITING}),
    "say": SENT - {State.CLOSED},
    "note": SENT,
    "withdraw": frozenset(MunicipalRequest.ACTIVE),
    "reopen": ENDED,
    "take": frozenset({State.SUBMITTED}),
    "assign": SENT - {State.CLOSED},
    "ask": frozenset({State.SUBMITTED, State.IN_REVIEW}),
    "send_back": frozenset({State.SUBMITTED, State.IN_REVIEW}),
    "close": ENDED - {State.CLOSED},
    "tag": SENT,
    "relate": SENT,
    "record_opinion": SENT - {State.CLOSED},
    "decide": frozenset(MunicipalRequest.ACTIVE),
}
_OF_DIVISION = frozenset({"take", "assign", "ask", "send_back", "note", "close", "tag", "relate", "record_opinion"})
_ON_BEHALF = frozenset({"save", "submit", "discard", "copy", "withdraw", "reopen", "say", "reply", "confirm", "refuse", "relay"})


def may(request: MunicipalRequest, act: str, user: User) -> bool:
    """Whether this person may do this now.

    Raises:
        KeyError: for an act that does not exist.
    """
    if request.state not in STATES[act] or not user.is_active:
        return False
    if user.is_staff:
        return _staff_may(request, act, user)
    rule = _OFFICIALS.get(act)
    return rule is not None and user.has_perm("municipalities.use_portal") and rule(request, user)


def demand(request: MunicipalRequest, act: str, user: User) -> None:
    """Refuse what this person may not do now.

    Raises:
        Refused: with a sentence that names the state, or says that it is not theirs.
    """
    if request.state not in STATES[act]:
        raise Refused(_("This is not possible now: the request is “%(state)s”.") % {"state": request.get_state_display()})
    if not may(request, act, user):
        raise Refused(_("This is not yours to do, or not possible any more."))


def is_of_division(user: User) -> bool:
    """Whether the account may work on requests for the division."""
    return user.is_staff and user.has_perm("municipalities.change_municipalrequest")


def party_of(request: MunicipalRequest, user: User) -> RequestParty | None:
    """The party for which an account speaks; None also when its body does not take part."""
    if user.organisation_id is None:
        return None
    rows = request.parties.all()
    return next((row for row in rows if row.refused_at is None and row.local_government.organisation_id == user.organisation_id), None)


def body_of(user: User) -> LocalGovernment | None:
    """The local government that an account belongs to."""
    return LocalGovernment.objects.filter(organisation=user.organisation_id).first() if user.organisation_id else None


def _staff_may(request: MunicipalRequest, act: str, user: User) -> bool:
    if act == "decide":
        return user.has_perm("municipalities.decide_municipalrequest")
    if not is_of_division(user) or act not in _OF_DIVISION | _ON_BEHALF:
        return False
    if act in {"save", "submit", "discard"}:
        return request.is_returned or _is_begun_by_staff(request)
    if act in {"confirm", "refuse"}:
        return clock.may_still_confirm(request)
    if act == "relay":
        return request.relay_id is not None
    return _is_in_time(request) if act == "reopen" else True


def _is_begun_by_staff(request: MunicipalRequest) -> bool:
    """Staff write the drafts that staff began; what an official writes is nobody's business until it is sent."""
    return request.state == State.DRAFT and request.created_by is not None and request.created_by.is_staff


def _is_in_time(request: MunicipalRequest) -> bool:
    until = clock.reopen_until(request)
    return until is not None and timezone.now() <= until


def _is_applicant(request: MunicipalRequest, user: User) -> bool:
    return user.organisation_id is not None and request.applicant.organisation_id == user.organisation_id


def _writes(request: MunicipalRequest, user: User) -> bool:
    if request.state == State.DRAFT:
        began = request.created_by_id == user.pk
        return began if user.organisation_id is None else _is_applicant(request, user)
    return request.is_returned and _is_applicant(request, user)


def _answers_joint(request: MunicipalRequest, user: User) -> bool:
    party = party_of(request, user)
    return party is not None and party.confirmed_at is None and not _is_applicant(request, user) and clock.may_still_confirm(request)


def _relays(request: MunicipalRequest, user: User) -> bool:
    return request.relay is not None and user.organisation_id is not None and request.relay.organisation_id == user.organisation_id


def _reopens(request: MunicipalRequest, user: User) -> bool:
    """An accepted request is taken up again by the division alone: others rely on the answer by then."""
    return request.state in {State.DECLINED, State.WITHDRAWN} and _is_applicant(request, user) and _is_in_time(request)


_OFFICIALS: dict[str, Callable[[MunicipalRequest, User], bool]] = {
    "save": _writes,
    "submit": lambda request, user: user.organisation_id is not None and _writes(request, user),
    "discard": _writes,
    "copy": _is_applicant,
    "confirm": _answers_joint,
    "refuse": _answers_joint,
    "relay": _relays,
    "reply": lambda request, user: party_of(request, user) is not None,
    "say": lambda request, user: party_of(request, user) is not None or _relays(request, user),
    "withdraw": _is_applicant,
    "reopen": _reopens,
}
