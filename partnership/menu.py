"""The main menus, one behind each door: apps register their items (module ``menu``), a person sees those they may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership.models import User


@dataclass(frozen=True)
class Item:
    """One word of a menu. ``permissions``: any one of them is enough, none means everyone who gets past the door."""

    key: str
    label: Promise
    url_name: str
    permissions: Sequence[str] = ()
    prefixes: Sequence[str] = ()  # addresses below the door's own that belong to it, beside its own
    order: int = 50
    door: str = "staff"  # staff, portal
    of_a_body: bool = False  # only for accounts that belong to an organisation


@dataclass(frozen=True)
class Shown:
    """An item as one person sees it on one page."""

    key: str
    label: Promise
    url: str
    current: bool


_items: dict[str, Item] = {}


def register(item: Item) -> None:
    """Add an item."""
    _items[item.key] = item


HOMES = {"staff": "admin:index", "portal": "portal:home"}  # where each door leads; its address counts only exactly


def items(request: HttpRequest, door: str = "staff") -> list[Shown]:
    """The items behind a door that this person may open, the one they stand on marked."""
    user = request.user
    here = [item for item in _items.values() if item.door == door]
    mine = [item for item in here if _is_for(item, user)]
    allowed = [(item, reverse(item.url_name)) for item in sorted(mine, key=lambda item: item.order)]
    current = _current(request.path, allowed, reverse(HOMES[door]))
    return [Shown(item.key, item.label, url, item.key == current) for item, url in allowed]


def _is_for(item: Item, user: User | AnonymousUser) -> bool:
    if item.of_a_body and not getattr(user, "organisation_id", None):
        return False
    return not item.permissions or any(user.has_perm(permission) for permission in item.permissions)


def _current(path: str, allowed: Sequence[tuple[Item, str]], home: str) -> str:
    """The item with the longest address that the path begins with; the home's own address counts only exactly."""
    best = ("", "")
    for item, url in allowed:
        for prefix in (url, *(home + part for part in item.prefixes)):
            hit = path == prefix if prefix == home else path.startswith(prefix)
            if hit and len(prefix) > len(best[0]):
                best = (prefix, item.key)
    return best[1]


register(Item("desk", _("Work desk"), "admin:index", order=0))
register(
    Item(
        "mailings",
        _("Mailings"),
        "admin:partnership_mailing_changelist",
        ["partnership.view_mailing"],
        ["partnership/mailing/"],
        order=30,
    )
)
register(Item("mail", _("Mail"), "admin:mail", ["partnership.send_mailing"], ["partnership/email/"], order=35))
register(
    Item(
        "approvals",
        _("Approvals"),
        "admin:approvals",
        ["partnership.view_approval"],
        ["partnership/approvalroute/", "delegations/"],
        order=40,
    )
)
register(
    Item(
        "registers",
        _("Registers"),
        "admin:partnership_organisation_changelist",
        ["partnership.view_organisation"],
        ["partnership/person/", "partnership/position/", "partnership/appointment/", "partnership/country/", "municipalities/"],
        order=50,
    )
)
