"""All addresses of the application, each with who gets past its door."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

from partnership import roles
from partnership.models import User

ANYONE = "anonymous"
SUPERUSER = "superuser"
_ADMIN_ASKS = {
    "changelist": "has_view_permission",
    "add": "has_add_permission",
    "change": "has_view_permission",
    "history": "has_view_permission",
    "delete": "has_delete_permission",
}


@dataclass(frozen=True)
class Route:
    """One address: its pattern, its name with namespaces, its view."""

    pattern: str
    name: str
    view: Any

    @property
    def is_public(self) -> bool:
        """Whether someone who has not signed in gets past the door."""
        return not getattr(self.view, "login_required", True)


def every(patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = "", space: str = "") -> Iterator[Route]:
    """Each route of the URLconf."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from every(one.url_patterns, pattern, inner)
        else:
            yield Route(pattern, space + one.name if one.name else "", one.callback)


def roles_for(route: Route) -> list[str]:
    """Who gets past the door of a route; the rules of a single row may ask more."""
    if route.is_public:
        return [ANYONE]
    admitted = [role for role in roles.LABELS if _admits(route, role)]
    return [*admitted, SUPERUSER]


def _admits(route: Route, role: str) -> bool:
    if not route.name.startswith("admin:"):
        return True
    if role not in roles.STAFF:
        return False
    page = getattr(route.view, "model_admin", None)
    asks = _ADMIN_ASKS.get(route.name.rsplit("_", 1)[-1])
    if not isinstance(page, ModelAdmin) or asks is None:
        return True
    return bool(getattr(page, asks)(_request_of(role)))


def _request_of(role: str) -> HttpRequest:
    """A request of someone who has exactly this role."""
    rights = roles.granted(role)
    user = SimpleNamespace(
        pk=None, is_active=True, is_staff=True, is_superuser=False, is_authenticated=True,
        has_perm=lambda right, _obj=None: right in rights,
        has_perms=lambda wanted, _obj=None: rights.issuperset(wanted),
        has_module_perms=lambda app: any(right.startswith(f"{app}.") for right in rights),
    )  # fmt: skip
    request = HttpRequest()
    request.user = cast("User", user)
    return request
