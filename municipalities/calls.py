"""募集: publishing a call, who applied, how the applications spread over the country, and the order in which they are chosen."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import outcomes, regions
from municipalities.models import Call, DecisionPaper, MunicipalRequest, RequestDecision, RequestParty
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused

State = MunicipalRequest.State


@transaction.atomic
def publish(*, call: Call, by: User) -> None:
    """Let anyone read the call; from its opening hour on requests are taken.

    Raises:
        Refused: when it says too little to be read by a town hall, or would be over already.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.is_published:
        return
    if missing := what_is_missing(call):
        raise Refused(" ".join(missing))
    call.is_published = True
    call.save(update_fields=["is_published"])
    audit.record("call.publish", call, by=by)


@transaction.atomic
def unpublish(*, call: Call, by: User) -> None:
    """Take a call back that nobody has answered.

    Raises:
        Refused: when somebody has: it can be closed early instead, by its closing hour.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.requests.exclude(state=State.DRAFT).exists():
        raise Refused(_("Local governments have applied already. Set an earlier closing hour instead, and tell them why."))
    if call.is_published:
        call.is_published = False
        call.save(update_fields=["is_published"])
        audit.record("call.unpublish", call, by=by)


def what_is_missing(call: Call) -> list[str]:
    """Sentences that say why a call cannot be published yet."""
    found = []
    if not call.kinds:
        found.append(_("Choose at least one kind of request."))
    if not call.title_en or not call.guidelines_en:
        found.append(_("Title and guidelines are needed in both languages."))
    if call.closes_at and call.closes_at <= timezone.now():
        found.append(_("Its closing hour is over."))
    return found


# ── who applied ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Applied:
    """One application, with what the division weighs."""

    request: MunicipalRequest
    parties: Sequence[RequestParty]
    region: str
    last_time: dt.date | None  # when one of its applicants was last accepted for, or hosted, the like
    years_since: int | None

    @property
    def is_chosen(self) -> bool:
        """Whether it was accepted; a request that has been filed since stays so."""
        row = self.request
        is_filed = row.state == State.CLOSED and row.decided_at is not None
        return row.state == State.ACCEPTED or (is_filed and getattr(row, "outcome", None) == RequestDecision.Outcome.ACCEPTED)

    @property
    def region_name(self) -> str:
        """The region in words."""
        return str(regions.REGIONS.get(self.region, "–"))


def applied(call: Call) -> list[Applied]:
    """All that arrived, by rank, then by number; a fixed number of queries."""
    answers = RequestDecision.objects.filter(request=models.OuterRef("pk"), paper__state=DecisionPaper.State.ANNOUNCED).order_by("-pk")
    rows = list(
        call.requests.exclude(state=State.DRAFT)
        .annotate(outcome=models.Subquery(answers.values("outcome")[:1]))
        .select_related("applicant__organisation", "applicant__prefecture__organisation", "relay__organisation", "assignee")
        .prefetch_related(models.Prefetch("parties", RequestParty.objects.select_related("local_government__organisation")), "attractions")
        .order_by(models.F("rank").asc(nulls_last=True), "number_year", "number_serial")
    )
    last = _last_times(call, rows)
    today = timezone.localdate()
    return [_weighed(row, last, today) for row in rows]


def _weighed(row: MunicipalRequest, last: Mapping[tuple[int, str], dt.date], today: dt.date) -> Applied:
    parties = [party for party in row.parties.all() if party.refused_at is None]
    times = [last[key] for party in parties if (key := (party.local_government.organisation_id, row.kind)) in last]
    latest = max(times, default=None)
    return Applied(row, parties, regions.region_of(row.applicant.code), latest, today.year - latest.year if latest else None)


def _last_times(call: Call, rows: Sequence[MunicipalRequest]) -> dict[tuple[int, str], dt.date]:
    """When each body last had the like, by organisation and kind: from earlier requests and from what upper packages know."""
    bodies = {party.local_government.organisation_id for row in rows for party in row.parties.all()}
    kinds = {row.kind for row in rows}
    found: dict[tuple[int, str], dt.date] = {}
    earlier = RequestParty.objects.filter(
        local_government__organisation__in=bodies, request__kind__in=kinds, request__decided_at__isnull=False, refused_at=None
    ).exclude(request__call=call)
    announced = {"request__decisions__outcome": "accepted", "request__decisions__paper__state": DecisionPaper.State.ANNOUNCED}
    accepted = earlier.filter(models.Q(request__state=State.ACCEPTED) | models.Q(request__state=State.CLOSED, **announced))
    for body, kind, at in accepted.values_list("local_government__organisation", "request__kind", "request__decided_at"):
        _later(found, (body, kind), timezone.localtime(at).date())
    for kind in sorted(kinds):
        for body, day in outcomes.last_times(sorted(bodies), kind).items():
            _later(found, (body, kind), day)
    return found


def _later(found: dict[tuple[int, str], dt.date], key: tuple[int, str], day: dt.date) -> None:
    found[key] = max(found.get(key, day), day)


@dataclass(frozen=True)
class Balance:
    """How one region stands in a call."""

    label: str
    applied: int
    chosen: int


def balance(rows: Sequence[Applied]) -> list[Balance]:
    """Applications and acceptances by region; a region without any is a line, too."""
    came = Counter(row.region for row in rows)
    chosen = Counter(row.region for row in rows if row.is_chosen)
    return [Balance(str(label), came[key], chosen[key]) for key, label in regions.REGIONS.items()]


def by_prefecture(rows: Sequence[Applied]) -> dict[str, int]:
    """How many applications each prefecture has, by the first two digits of its code; a joint one counts once for each prefecture."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({party.local_government.code[:2] for party in row.parties})
    return dict(counts)


# ── the order ────────────────────────────────────────────────────────────────


@transaction.atomic
def rank(*, call: Call, ranks: Mapping[int, int | None], by: User) -> int:
    """Set the order in which the division would choose. Returns how many changed.

    Args:
        call: whose requests.
        ranks: by primary key of the request; None takes a rank away. Requests that are not named keep theirs.

    Raises:
        Refused: when two would have the same rank.
    """
    rows = {
        row.pk: row
        for row in call.requests.select_for_update(of=("self",)).exclude(state=State.DRAFT).select_related("applicant__organisation")
    }
    wanted = {pk: ranks.get(pk, row.rank) for pk, row in rows.items()}
    given = [number for number in wanted.values() if number is not None]
    if twice := sorted(number for number, times in Counter(given).items() if times > 1):
        raise Refused(_("The rank %(rank)s is given twice. Nothing was saved.") % {"rank": ", ".join(map(str, twice))})
    changed = [row for pk, row in rows.items() if row.rank != wanted[pk]]
    for row in changed:
        row.rank = wanted[row.pk]
        row.save(update_fields=["rank"])
    if changed:
        audit.record("call.rank", call, by=by, count=len(changed))
    return len(changed)
