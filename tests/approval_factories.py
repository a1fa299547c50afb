"""Routes, deputies and papers for tests of approvals."""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.utils import timezone

from partnership.models import ApprovalRoute, Delegation, RouteStop, User


def route(key: str, orders: Sequence[Sequence[str | User]]) -> ApprovalRoute:
    """A route: for each order the roles or people that are asked side by side."""
    way = ApprovalRoute.objects.create(key=key, name_ja=key, name_en=key, order=50)
    for number, stops in enumerate(orders, start=1):
        for one in stops:
            who = {"person": one} if isinstance(one, User) else {"group": Group.objects.get_or_create(name=one)[0]}
            RouteStop.objects.create(route=way, order=number, name_ja=str(one)[:60], name_en=str(one)[:60], **who)
    return way


def delegation(principal: User, deputy: User, first: int = 0, last: int = 0) -> Delegation:
    """A deputy from so many days after today until so many; today unless said otherwise."""
    today = timezone.localdate()
    return Delegation.objects.create(
        principal=principal,
        deputy=deputy,
        starts_on=today + dt.timedelta(days=first),
        ends_on=today + dt.timedelta(days=last),
        created_by=principal,
    )
