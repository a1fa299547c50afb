"""The order in which the diplomatic corps stands: heads of mission by the day and hour of their credentials.

Ambassadors come first, in the order in which they presented their credentials to the Emperor; those who have not yet
presented them follow, then chargés d’affaires by the day they took charge (Vienna Convention on Diplomatic Relations,
art. 13, 14 and 16). Other posts follow by rank.
"""

from typing import Any, TypeVar

from django.db import models
from django.db.models import Case, DateTimeField, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from partnership.models import Appointment, Position

M = TypeVar("M", bound=models.Model)

_RANKS = [rank for rank in Appointment.Rank.values if rank]
_VACANT = len(_RANKS) + 1
_ROLES = list(Position.Role.values)


def ordered(rows: QuerySet[M], *, path: str = "") -> QuerySet[M]:
    """The rows in precedence; ``path`` leads from them to the post, such as ``position``."""
    prefix = f"{path}__" if path else ""
    role = Case(*(When(**{f"{prefix}role": role}, then=Value(place)) for place, role in enumerate(_ROLES)), output_field=IntegerField())
    designate = _RANKS.index(Appointment.Rank.DESIGNATE)
    rank = Case(
        # who has not presented credentials stands with the designates, whatever the register calls the rank
        When(holder_rank=Appointment.Rank.AMBASSADOR, holder_credentials=None, then=Value(designate)),
        *(When(holder_rank=rank, then=Value(place)) for place, rank in enumerate(_RANKS)),
        When(holder_rank="", then=Value(len(_RANKS))),
        default=Value(_VACANT),
        output_field=IntegerField(),
    )
    credentials = Case(When(holder_rank=Appointment.Rank.AMBASSADOR, then=F("holder_credentials")), output_field=DateTimeField())
    return rows.annotate(**_holder(path)).order_by(
        role,
        rank,
        credentials.asc(nulls_last=True),
        F("holder_since").asc(nulls_last=True),
        f"{prefix}organisation__country__name_en",
        "pk",
    )


def by_country(rows: QuerySet[M], language: str, *, path: str = "") -> QuerySet[M]:
    """The rows by country: in the order of the Japanese syllabary, or of the English alphabet."""
    prefix = f"{path}__" if path else ""
    name = "name_en" if language.startswith("en") else "kana_order"
    return rows.order_by(f"{prefix}organisation__country__{name}", f"{prefix}organisation__name_en", f"{prefix}role", "pk")


def _holder(path: str) -> dict[str, Any]:
    """Rank, credentials and first day of whoever holds the post today; of several, the highest rank counts."""
    place = Case(*(When(rank=rank, then=Value(place)) for place, rank in enumerate(_RANKS)), default=Value(len(_RANKS)))
    held = Appointment.objects.current().filter(position=OuterRef(path or "pk")).order_by(place, "-starts_on", "-pk")
    return {
        "holder_rank": Subquery(held.values("rank")[:1]),
        "holder_credentials": Subquery(held.values("credentials_presented_at")[:1]),
        "holder_since": Subquery(held.values("starts_on")[:1]),
    }
