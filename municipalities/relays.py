"""経由: the prefecture's opinions and its order of the requests that go through it, given one by one or for a whole call at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from municipalities import applicants, rights
from municipalities.models import LocalGovernment, MunicipalRequest
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused


@dataclass(frozen=True)
class Word:
    """What the prefecture says of one request."""

    request: MunicipalRequest
    comment: str
    rank: int | None


def group_of(request: MunicipalRequest) -> tuple[int | None, str]:
    """Within what the order counts: the call, or the kind of what is asked outside calls."""
    return (request.call_id, "") if request.call_id else (None, request.kind)


@transaction.atomic
def pass_on(*, body: LocalGovernment, by: User, words: Sequence[Word]) -> int:
    """Save what changed; how many did. A first or another opinion is told to the applicants, another order alone is only kept.

    Raises:
        Refused: when two requests of a call would get the same place, or one is answered already; nothing is saved then.
    """
    rows = {row.pk: row for row in MunicipalRequest.objects.select_for_update().filter(relay=body).order_by("pk")}
    changed = 0
    for word in words:
        row = rows.get(word.request.pk, word.request)
        if row.relayed_at is not None and (row.relay_comment, row.relay_rank) == (word.comment, word.rank):
            continue
        if row.relayed_at is None or row.relay_comment != word.comment:
            applicants.relay(request=row, body=body, by=by, comment=word.comment, rank=word.rank)
        else:
            _reorder(row, word.rank, by=by)
        row.relay_rank = word.rank
        changed += 1
    _refuse_twins([row for row in rows.values() if row.state in MunicipalRequest.ACTIVE])
    return changed


def _reorder(row: MunicipalRequest, rank: int | None, *, by: User) -> None:
    rights.demand(row, "relay", by)
    row.relay_rank = rank
    row.save(update_fields=["relay_rank"])
    audit.record("municipalrequest.reorder", row, by=by, rank=rank)


def _refuse_twins(rows: Sequence[MunicipalRequest]) -> None:
    places: dict[tuple[object, int], list[MunicipalRequest]] = defaultdict(list)
    for row in rows:
        if row.relay_rank is not None:
            places[group_of(row), row.relay_rank].append(row)
    for (_group, rank), twins in places.items():
        if len(twins) > 1:
            numbers = _(", ").join(row.number for row in twins)
            raise Refused(_("Two requests cannot both be no. %(rank)s: %(numbers)s.") % {"rank": rank, "numbers": numbers})
