"""The demonstration: its one password, and what ``serve`` prints when it is ready. Upper packages add lines (module ``demo``)."""

import os
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib.auth.hashers import make_password

from partnership.environment import kept_secret
from partnership.models import User

_lines: list[Callable[[], Iterable[str]]] = []


def register(lines: Callable[[], Iterable[str]]) -> None:
    """Add lines to what is printed when the demonstration is ready, such as one live address of an invitation."""
    _lines.append(lines)


def password() -> str:
    """The password of every demo account: DEMO_PASSWORD, or a random one that is made once and kept."""
    return os.environ.get("DEMO_PASSWORD") or kept_secret(settings.DATA_DIR, "demo_password", size=12)


def keep_password() -> None:
    """Give every demo account the password of today, when DEMO_PASSWORD has changed since they were made."""
    accounts = User.objects.filter(is_demo=True)
    first = accounts.first()
    if first and not first.check_password(password()):
        accounts.update(password=make_password(password()))


def lines() -> list[str]:
    """The accounts with their password, then whatever the other packages add."""
    found: list[str] = []
    # one that only asks for access has nothing to show yet
    accounts = list(User.objects.filter(is_demo=True, is_active=True, organisation__isnull=False).order_by("-is_staff", "pk"))
    if accounts:
        width = max(len(account.email) for account in accounts)
        found = [f"Demo accounts, password {password()}", *(f"  {account.email:<{width}}  {account}" for account in accounts)]
    return found + [line for more in _lines for line in more()]
