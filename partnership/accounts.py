"""Accounts are given, never taken: making them, their roles, their address, closing them. Nobody gives more than they have."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import audit, holders
from partnership import roles as role_registry
from partnership.account_mails import send_handed_over, send_welcome
from partnership.models import Organisation, User
from partnership.normalise import identifier
from partnership.transitions import Refused

_WITH_A_BODY = {
    role_registry.MUNICIPAL_MEMBER: Organisation.Kind.LOCAL_GOVERNMENT,
    role_registry.MUNICIPAL_MANAGER: Organisation.Kind.LOCAL_GOVERNMENT,
    role_registry.MISSION_OFFICER: Organisation.Kind.MISSION,
}


def may_grant(by: User | None, role: str) -> bool:
    """Whether ``by`` holds every right of the role, and its seat where it has one; the system (None) and superusers may grant all."""
    if by is None or by.is_superuser:
        return True
    return role_registry.granted(role) <= by.get_all_permissions() and {role} & role_registry.SEATS <= set(roles_of(by))


def may_manage(by: User | None, user: User) -> bool:
    """Whether ``by`` may change this account: it holds no right, and no seat at a stop of approvals, that ``by`` does not hold."""
    if by is None or by.is_superuser:
        return True
    if set(roles_of(user)) & role_registry.SEATS - set(roles_of(by)):
        return False
    return not user.is_superuser and user.get_all_permissions() <= by.get_all_permissions()


def roles_of(user: User) -> list[str]:
    """The names of the account's groups."""
    return list(user.groups.order_by("name").values_list("name", flat=True))


@transaction.atomic
def create(
    *,
    email: str,
    name: str,
    roles: Iterable[str] = (),
    organisation: Organisation | None = None,
    post: str = "",
    password: str | None = None,
    language: str = "ja",
    is_demo: bool = False,
    welcome: bool = False,
    by: User | None,
) -> User:
    """Give an account; its address counts as verified, because we wrote it down.

    Args:
        password: None for an account that signs in by e-mail code, or sets a password by the link in its welcome.
        welcome: send the mail that says how to sign in.

    Raises:
        Refused: when the address has an account, or the roles are not ``by``'s to give or need another organisation.
    """
    address = identifier(email).lower()
    check_address(address)
    wanted = sorted(set(roles))
    check_roles(wanted, by)
    check_bodies(wanted, organisation)
    user = User.objects.create_user(
        address, password, name=name, post=post, organisation=organisation, language=language, is_demo=is_demo, is_staff=_is_staff(wanted)
    )
    user.groups.set(Group.objects.filter(name__in=wanted))
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    holders.begin(user=user, by=by)
    audit.record("user.create", user, by=by, roles=wanted, organisation=organisation.pk if organisation else None)
    if welcome:
        send_welcome(user, by=by)
    return user


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[str], by: User | None) -> None:
    """Replace the roles of an account; whether it may enter the administration follows from them.

    Raises:
        Refused: for one's own account, for someone who holds more than ``by``, and for a role that ``by`` could not give.
    """
    _refuse_above(user, by)
    before, wanted = roles_of(user), sorted(set(roles))
    if before == wanted:
        return
    if by is not None and by.pk == user.pk:
        raise Refused(_("Nobody changes their own roles."))
    check_roles(set(wanted) ^ set(before), by)
    check_bodies(wanted, user.organisation)
    user.groups.set(Group.objects.filter(name__in=wanted))
    user.is_staff = _is_staff(wanted) or user.is_superuser
    user.save(update_fields=["is_staff"])
    changed: dict[str, Any] = {"from": before, "to": wanted}
    audit.record("user.roles", user, by=by, **changed)


@transaction.atomic
def change_address(*, user: User, email: str, by: User | None) -> None:
    """Give the account another address; a code sent there signs in.

    The old address and the old password no longer do, and open sessions end: whoever held the post before knows them.

    Raises:
        Refused: when it belongs to someone else, or the account is not ``by``'s to change.
    """
    address = identifier(email).lower()
    _refuse_above(user, by)
    check_address(address, user)
    before = user.email
    _end_access(user)
    _move(user, address)
    audit.record("user.address", user, by=by, personal={"from": before, "to": address})


@transaction.atomic
def hand_over(*, user: User, name: str, by: User | None, email: str = "", post: str | None = None, welcome: bool = False) -> None:
    """The post has a new holder: from now on the account is theirs, with all that belongs to the post.

    The predecessor's password, open sessions and pending links no longer let anyone in. Handing over says who is in the post,
    so the account counts as confirmed today.

    Args:
        email: the successor's address; empty where the post has a mailbox of its own that stays.
        post: how the post is called from now on; None or "" leaves it.
        welcome: send the successor the mail that says so and how to sign in.

    Raises:
        Refused: for a closed account, without a name, for an address that has an account, or where it is not ``by``'s to change.
    """
    _refuse_above(user, by)
    User.objects.select_for_update().get(pk=user.pk)
    user.refresh_from_db()
    name, address = name.strip(), identifier(email).lower() or user.email
    if not user.is_active:
        raise Refused(_("This account is closed. Please open it before it is handed over."))
    if not name:
        raise Refused(_("Please say who takes the account over."))
    check_address(address, user)
    personal = {"from": holders.end(user=user).name, "to": name}
    moved = address != user.email
    _end_access(user)
    if moved:
        personal |= {"address_from": user.email, "address_to": address}
        _move(user, address)
    user.name, user.post, user.confirmed_on = name, post or user.post, timezone.localdate()
    user.save(update_fields=["name", "post", "confirmed_on"])
    holders.begin(user=user, by=by)
    audit.record("user.hand_over", user, by=by, moved=moved, personal=personal)
    if welcome:
        send_handed_over(user, by=by)


@transaction.atomic
def confirm_holder(*, user: User, by: User | None) -> None:
    """Someone says that the post and its holder are as shown; asked each April and May. Saying it twice changes nothing.

    Raises:
        Refused: when the account is not ``by``'s to change.
    """
    _refuse_above(user, by)
    today = timezone.localdate()
    if user.confirmed_on == today:
        return
    user.confirmed_on = today
    user.save(update_fields=["confirmed_on"])
    audit.record("user.confirm", user, by=by)


@transaction.atomic
def set_active(*, user: User, active: bool, by: User | None) -> None:
    """Close an account, or open it again. A closed one is signed out with its next click; its history stays.

    Raises:
        Refused: for one's own account and for someone who holds more than ``by``.
    """
    _refuse_above(user, by)
    if user.is_active == active:
        return
    if by is not None and by.pk == user.pk:
        raise Refused(_("Nobody closes their own account."))
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.record("user.open" if active else "user.close", user, by=by)


def _end_access(user: User) -> None:
    """The old password no longer signs in; sessions and links made with it end, for all of them hang on it."""
    user.set_unusable_password()
    user.save(update_fields=["password"])


def _move(user: User, address: str) -> None:
    user.email = address
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)


def _refuse_above(user: User, by: User | None) -> None:
    if not may_manage(by, user):
        raise Refused(_("This account holds rights that you do not hold."))


def _is_staff(names: Iterable[str]) -> bool:
    return bool(role_registry.STAFF & set(names))


def check_address(address: str, user: User | None = None) -> None:
    """Raises Refused when another account has this address."""
    others = User.objects.exclude(pk=user.pk) if user is not None else User.objects.all()
    if others.filter(email__iexact=identifier(address)).exists():
        raise Refused(_("This address already has an account."))


def check_roles(names: Iterable[str], by: User | None) -> None:
    """Raises Refused for a role that ``by`` could not give."""
    for name in sorted(names):
        if name not in role_registry.LABELS:
            raise Refused(_("There is no role “%(role)s”.") % {"role": name})
        if not may_grant(by, name):
            words = {"role": role_registry.label(name)}
            raise Refused(_("You cannot give or take the role “%(role)s”: it holds rights that you do not hold.") % words)


def check_bodies(names: Iterable[str], body: Organisation | None) -> None:
    """Raises Refused where a role needs an organisation of another kind."""
    for name in names:
        kind = _WITH_A_BODY.get(name)
        if kind is not None and (body is None or body.kind != kind):
            raise Refused(
                _("The role “%(role)s” needs an organisation of the kind “%(kind)s”.")
                % {"role": role_registry.label(name), "kind": kind.label}
            )
