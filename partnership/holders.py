"""Who has held an account. The account belongs to a post; people fill the post in turn, and each has a line here."""

import datetime as dt

from django.utils import timezone

from partnership.models import Tenure, User


def begin(*, user: User, by: User | None, day: dt.date | None = None) -> Tenure:
    """The present holder takes the account over today."""
    return Tenure.objects.create(user=user, name=user.name, starts_on=day or timezone.localdate(), handed_over_by=by)


def end(*, user: User) -> Tenure:
    """The present holder's time ends today; accounts from before this was written down have held theirs since they were made."""
    tenure = Tenure.objects.select_for_update().filter(user=user, ends_on=None).first()
    if tenure is None:
        tenure = Tenure(user=user, starts_on=timezone.localtime(user.date_joined).date())
    tenure.name = user.name
    tenure.ends_on = max(timezone.localdate(), tenure.starts_on)
    tenure.save()
    return tenure


def of(user: User) -> list[Tenure]:
    """All holders, the present one first; the open line says the name that the account has now."""
    rows = list(Tenure.objects.filter(user=user).order_by("-starts_on", "-pk").select_related("handed_over_by"))
    present = next((row for row in rows if row.ends_on is None), None)
    if present is None:
        since = rows[0].ends_on if rows else None
        present = Tenure(user=user, starts_on=since or timezone.localtime(user.date_joined).date())
        rows.insert(0, present)
    present.name = user.name
    return rows


def rename(*, user: User) -> None:
    """The holder's name was corrected; it is still the same person."""
    Tenure.objects.filter(user=user, ends_on=None).update(name=user.name)
