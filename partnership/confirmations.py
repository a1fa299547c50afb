"""Once a year, in April and May, each holder of a local government's account says that post and people are as shown."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from partnership import dates, roles
from partnership.models import User

ROLES = (roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER)


def year_start(day: dt.date) -> dt.date:
    """1 April of the fiscal year: whoever said so since then has confirmed."""
    return dt.date(dates.fiscal_year(day), 4, 1)


def last_day(day: dt.date) -> dt.date:
    """31 May of the fiscal year: by then each holder confirms."""
    return dt.date(dates.fiscal_year(day), 5, 31)


def is_missing(user: User, day: dt.date) -> bool:
    """Whether the holder has yet to say so; a new account has said so by being made."""
    since = year_start(day)
    return (user.confirmed_on or dt.date.min) < since and timezone.localtime(user.date_joined).date() < since


def missing(day: dt.date) -> QuerySet[User]:
    """The open accounts of local governments whose holders have yet to confirm this fiscal year."""
    since = year_start(day)
    start = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    found = User.objects.filter(is_active=True, organisation__isnull=False, date_joined__lt=start, groups__name__in=ROLES)
    return found.filter(Q(confirmed_on=None) | Q(confirmed_on__lt=since)).distinct().order_by("pk")
