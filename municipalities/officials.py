"""Who uses the portal: an account that belongs to a post of a local government, or one that is not confirmed yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from municipalities.models import LocalGovernment
from partnership import roles
from partnership.models import User


@dataclass(frozen=True)
class Official:
    """A signed-in official. ``body`` is None until the access is confirmed; then only the drafts that they began are theirs."""

    user: User
    body: LocalGovernment | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the account acts for a local government."""
        return self.body is not None

    @property
    def is_manager(self) -> bool:
        """Whether the account gives and takes the accounts of its body."""
        return self.body is not None and self.user.has_perm("municipalities.manage_officials")

    @property
    def is_prefecture(self) -> bool:
        """Whether the body can be named as relay."""
        return self.body is not None and self.body.kind == LocalGovernment.Kind.PREFECTURE


def of(user: User) -> Official | None:
    """The official behind an account; None for anyone whom the portal is not for: staff, missions, closed accounts."""
    if user.is_staff or not user.is_active or not user.has_perm("municipalities.use_portal"):
        return None
    body = (
        LocalGovernment.objects.select_related("organisation", "prefecture__organisation").filter(organisation=user.organisation_id).first()
    )
    return None if body is None and user.organisation_id else Official(user, body)


def bodies_with_accounts(bodies: Iterable[LocalGovernment]) -> set[int]:
    """The organisations among theirs that have an open account, in one query."""
    open_ones = User.objects.filter(is_active=True, groups__name__in=[roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER])
    return set(open_ones.filter(organisation__in=[body.organisation_id for body in bodies]).values_list("organisation", flat=True))


def accounts_of(body: LocalGovernment) -> "list[User]":
    """The open accounts of a body, managers first."""
    found = User.objects.filter(
        organisation=body.organisation_id, is_active=True, groups__name__in=[roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER]
    )
    return list(found.distinct().order_by("pk"))
