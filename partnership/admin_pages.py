"""Pages of the administration that belong to no single model: each app adds its own below ``/admin/``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponseBase


@dataclass(frozen=True)
class Page:
    """A page inside the administration: only staff reach it, its name is ``admin:<name>``."""

    route: str
    view: Callable[..., HttpResponseBase]
    name: str


_pages: dict[str, Page] = {}


def register(route: str, view: Callable[..., HttpResponseBase], name: str) -> None:
    """Add a page, such as ``register("approvals/<int:pk>/", views.approval, "approval")``."""
    _pages[name] = Page(route, view, name)


def every() -> list[Page]:
    """All of them, in the order they were added."""
    return list(_pages.values())
