"""The division's queue: which requests it sees, which of them wait for whom, and what is known of those who ask."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from municipalities import outcomes
from municipalities.models import LocalGovernment, MunicipalRequest, RequestParty
from partnership import roles
from partnership.models import User
from partnership.normalise import identifier, search_key

State = MunicipalRequest.State
SHOWN_BEFORE = 8


def of(user: User) -> QuerySet[MunicipalRequest]:
    """What the queue shows to this person: all that was sent, and the entries on behalf that they are writing themselves."""
    return MunicipalRequest.objects.visible_to(user).filter(~Q(state=State.DRAFT) | Q(created_by=user))


def late() -> Q:
    """The answer was expected by now, and the clock is running."""
    return Q(state__in=MunicipalRequest.OUR_TURN, expected_on__lt=timezone.localdate())


def mine(user: User) -> Q:
    """In this person's charge, and the division's turn."""
    return Q(state__in=MunicipalRequest.OUR_TURN, assignee=user)


def unassigned() -> Q:
    """In nobody's charge, and the division's turn."""
    return Q(state__in=MunicipalRequest.OUR_TURN, assignee=None)


def is_late(row: MunicipalRequest) -> bool:
    """As ``late``, of one row."""
    return row.state in MunicipalRequest.OUR_TURN and row.expected_on is not None and row.expected_on < timezone.localdate()


def counts(user: User) -> dict[str, int]:
    """How many are mine, unassigned, late; one query."""
    return of(user).aggregate(
        mine=Count("pk", filter=mine(user)), unassigned=Count("pk", filter=unassigned()), late=Count("pk", filter=late())
    )


def colleagues() -> QuerySet[User]:
    """Whom a request can be given to: the division's open accounts that work on requests."""
    return User.objects.filter(is_active=True, is_staff=True, groups__name=roles.DESK).distinct().order_by("name", "pk")


def party_of(condition: Q) -> Exists:
    """That one of the applicants fits; those who do not take part are not applicants."""
    return Exists(RequestParty.objects.filter(condition, request=OuterRef("pk"), refused_at=None))


def fitting(word: str) -> Q:
    """Requests with the word in their number or subject, or in the name of one of their applicants; in any width and kana."""
    key = search_key(identifier(word))
    return Q(search_key__contains=key) | Q(party_of(Q(local_government__organisation__search_key__contains=key)))


# ── what is known of those who ask ───────────────────────────────────────────


@dataclass(frozen=True)
class Before:
    """What the applicants of a request asked before, and when they last got what they ask for now."""

    requests: Sequence[MunicipalRequest]
    more: int  # how many more there are than shown
    last_time: dt.date | None
    years_since: int | None


def before(row: MunicipalRequest, bodies: Sequence[LocalGovernment]) -> Before:
    """The earlier requests of its applicants, those of the same kind first; and how long ago one of the kind was accepted or held."""
    asked = RequestParty.objects.filter(local_government__in=bodies, refused_at=None).exclude(request=row).values("request")
    found = MunicipalRequest.objects.filter(pk__in=asked, submitted_at__isnull=False).exclude(state=State.DRAFT)
    same_first = Case(When(kind=row.kind, then=0), default=1)
    shown = found.select_related("applicant__organisation").order_by(same_first, "-submitted_at", "-pk")[:SHOWN_BEFORE]
    last = _last_time(row, bodies)
    years = timezone.localdate().year - last.year if last else None
    return Before(list(shown), max(0, found.count() - SHOWN_BEFORE), last, years)


def _last_time(row: MunicipalRequest, bodies: Sequence[LocalGovernment]) -> dt.date | None:
    accepted = Q(request__state=State.ACCEPTED) | Q(request__state=State.CLOSED, request__decisions__outcome="accepted")
    parties = RequestParty.objects.filter(accepted, local_government__in=bodies, refused_at=None, request__kind=row.kind)
    answered = parties.exclude(request=row).aggregate(last=Max("request__decided_at"))["last"]
    days = list(outcomes.last_times([body.organisation_id for body in bodies], row.kind).values())
    if answered:
        days.append(timezone.localtime(answered).date())
    return max(days, default=None)
