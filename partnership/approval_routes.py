"""The ways that papers take, as data: which stops, in which order, side by side or one after the other.

The usual ways are written once, after a migration; from then on they are the division's, which changes them in the administration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import connections, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from partnership import roles
from partnership.models import Approval, ApprovalRoute, ApprovalStep, RouteStop, User
from partnership.transitions import Refused

DECIDE = "partnership.decide_approval"


@dataclass(frozen=True)
class Stop:
    """One stop of a usual way."""

    order: int
    role: str
    name_ja: str
    name_en: str


_CLERK = Stop(1, roles.DESK, "係", "Desk")
_SECTION = Stop(2, roles.SECTION, "課長補佐", "Section")
_DIRECTOR = Stop(3, roles.APPROVER, "室長", "Director")
_MINISTER = Stop(5, roles.MINISTER_OFFICE, "大臣官房・大臣室", "Minister’s Office")

USUAL: Mapping[str, tuple[str, str, Sequence[Stop]]] = {
    "director": ("室長決裁", "Director alone", [_DIRECTOR]),
    "division": ("係→課長補佐→室長", "Desk → section → director", [_CLERK, _SECTION, _DIRECTOR]),
    "minister": (
        "係→課長補佐→室長→大臣官房・大臣室",
        "Desk → section → director → Minister’s Office",
        [_CLERK, _SECTION, _DIRECTOR, _MINISTER],
    ),
    "protocol": (
        "課長補佐・儀典（並行）→室長→大臣官房・大臣室",
        "Section and Protocol Office side by side → director → Minister’s Office",
        [_SECTION, Stop(2, roles.PROTOCOL, "儀典", "Protocol Office"), _DIRECTOR, _MINISTER],
    ),
}
DEFAULT = "director"


@transaction.atomic
def sync() -> None:
    """Write the usual ways that are missing; one that is there is left as the division made it."""
    known = set(ApprovalRoute.objects.filter(key__in=USUAL).values_list("key", flat=True))
    groups = {group.name: group for group in Group.objects.filter(name__in=roles.LABELS)}
    for order, (key, (name_ja, name_en, stops)) in enumerate(USUAL.items()):
        if key in known:
            continue
        route = ApprovalRoute.objects.create(key=key, name_ja=name_ja, name_en=name_en, order=order)
        RouteStop.objects.bulk_create(
            RouteStop(route=route, order=stop.order, group=groups[stop.role], name_ja=stop.name_ja, name_en=stop.name_en) for stop in stops
        )


def sync_after_migrate(sender: AppConfig, using: str = "default", **_kwargs: object) -> None:
    """Django's hook after a migration, when the roles are written (connected in partnership/apps.py)."""
    if ApprovalRoute._meta.db_table in connections[using].introspection.table_names():  # not while migrating back behind it
        sync()


def offered() -> models.QuerySet[ApprovalRoute]:
    """The ways that somebody who drafts may choose from: those that are active and have a stop."""
    return ApprovalRoute.objects.filter(Exists(RouteStop.objects.filter(route=OuterRef("pk"))), is_active=True)


def default(key: str = "") -> ApprovalRoute:
    """The way that a paper takes unless another is chosen.

    Raises:
        Refused: when the division offers none.
    """
    rows = list(offered())
    for wanted in (key, DEFAULT):
        for row in rows:
            if row.key == wanted:
                return row
    if not rows:
        raise Refused(_("No route of approvals is offered. Set one up first."))
    return rows[0]


def steps_of(route: ApprovalRoute, approval: Approval, number: int) -> list[ApprovalStep]:
    """The steps of a new round, unsaved: the stops of the way as they are now."""
    places: dict[int, int] = {}
    found = []
    for stop in route.stops.select_related("group", "person").order_by("order", "id"):
        places[stop.order] = places.get(stop.order, 0) + 1
        found.append(
            ApprovalStep(
                approval=approval,
                round=number,
                order=stop.order,
                place=places[stop.order],
                name_ja=stop.name_ja,
                name_en=stop.name_en,
                group=stop.group,
                person=stop.person,
            )
        )
    return found


def deciders() -> models.QuerySet[User]:
    """Active accounts that hold the right to decide, by a role or by their own; where they may decide, the stops say."""
    app, _dot, codename = DECIDE.partition(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    holds = Q(is_superuser=True) | Q(groups__permissions__in=right) | Q(user_permissions__in=right)
    return User.objects.filter(pk__in=User.objects.filter(holds).values("pk"), is_active=True)


def members_of(step: ApprovalStep) -> models.QuerySet[User]:
    """Who may decide at a step in their own right: its person, or the members of its role. The author never does."""
    there = deciders().exclude(pk=step.approval.drafted_by_id)
    return there.filter(pk=step.person_id) if step.person_id else there.filter(groups=step.group_id)


def unfilled(candidates: Sequence[set[int]]) -> int | None:
    """The first of several steps for which nobody is left when each person decides once; None when all can be decided.

    Args:
        candidates: for each step, the accounts that could decide there.
    """
    taken: dict[int, int] = {}

    def seat(step: int, tried: set[int]) -> bool:
        for user in sorted(candidates[step]):
            if user in tried:
                continue
            tried.add(user)
            if user not in taken or seat(taken[user], tried):
                taken[user] = step
                return True
        return False

    return next((step for step in range(len(candidates)) if not seat(step, set())), None)
