"""The accounts of one local government: inviting and removing colleagues, handing over on 1 April, confirming once a year."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import account_mails, official_addresses
from municipalities.models import LocalGovernment
from partnership import accounts, audit, business_days, confirmations, dates, roles
from partnership.models import Email, Tenure, User
from partnership.normalise import identifier
from partnership.transitions import Refused

ROLES = (roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER)


def of(body: LocalGovernment) -> QuerySet[User]:
    """The open accounts of a body, managers first, each with ``is_manager`` and whoever held it."""
    user_groups = User.groups.through.objects.filter(user=OuterRef("pk"))
    return (
        User.objects.filter(organisation=body.organisation_id, is_active=True)
        .filter(Exists(user_groups.filter(group__name__in=ROLES)))
        .annotate(is_manager=Exists(user_groups.filter(group__name=roles.MUNICIPAL_MANAGER)))
        .prefetch_related(Prefetch("tenures", Tenure.objects.order_by("-starts_on", "-pk")))
        .order_by("-is_manager", "pk")
    )


# ── giving and taking ────────────────────────────────────────────────────────
@transaction.atomic
def invite(*, body: LocalGovernment, email: str, name: str, post: str, role: str, by: User) -> User:
    """A manager makes an account for a colleague, who is told by mail how to sign in.

    Raises:
        Refused: when ``by`` is no manager of the body, or the address is not official or has an account.
    """
    _demand_manager(body, by)
    _demand_role(role)
    _demand_official(email, body)
    user = accounts.create(email=email, name=name, post=post, roles=[role], organisation=body.organisation, by=by)
    link = account_mails.code_page(reverse("portal:home"))
    account_mails.send("portal/email/account_invited", to=user.email, about=user, user=user, body=body, by_whom=by, link=link, by=by)
    return user


@transaction.atomic
def set_role(*, user: User, role: str, by: User) -> None:
    """A manager makes a colleague manager, or member again; the last manager stays one.

    Raises:
        Refused: when ``by`` is no manager of the same body, or nobody would manage its accounts.
    """
    body = _locked_body(user)
    _demand_manager(body, by)
    _demand_role(role)
    if role != roles.MUNICIPAL_MANAGER:
        _demand_another_manager(body, user)
    accounts.set_roles(user=user, roles=[role], by=by)


@transaction.atomic
def remove(*, user: User, by: User) -> None:
    """Close the account of a colleague, or one’s own when nobody follows; what it sent stays the body’s.

    Raises:
        Refused: when it is neither one’s own nor a colleague’s whom one manages, and for the last manager.
    """
    body = _locked_body(user)
    _demand_another_manager(body, user)
    if user.pk == by.pk:
        audit.record("account.leave", user, by=by)
        accounts.set_active(user=user, active=False, by=None)
        return
    _demand_manager(body, by)
    accounts.set_active(user=user, active=False, by=by)


@transaction.atomic
def hand_over(*, user: User, name: str, post: str, email: str, by: User) -> None:
    """The post changes hands: from now on the account is its successor’s, who is told by mail.

    Args:
        email: the successor’s address; that of the account when the section keeps its mailbox.

    Raises:
        Refused: when it is neither one’s own account nor a colleague’s whom one manages, or the address is not official or taken.
    """
    body = _locked_body(user)
    if user.pk != by.pk:
        _demand_manager(body, by)
    address = identifier(email).lower()
    moves = address != user.email.lower()
    if moves:
        _demand_official(address, body)
    accounts.hand_over(user=user, name=name, post=post, email=address if moves else "", by=by, welcome=True)


def _locked_body(user: User) -> LocalGovernment:
    """The body under a lock, so that of two managers who remove each other one stays."""
    found = LocalGovernment.objects.select_for_update(of=("self",)).select_related("organisation")
    body = found.filter(organisation=user.organisation_id).first()
    if body is None:
        raise Refused(_("This account belongs to no local government."))
    return body


def _demand_manager(body: LocalGovernment, by: User) -> None:
    if by.organisation_id != body.organisation_id or not by.has_perm("municipalities.manage_officials"):
        raise Refused(_("Only a manager of the same local government does this."))


def _demand_role(role: str) -> None:
    if role not in ROLES:
        raise Refused(_("There is no role “%(role)s”.") % {"role": role})


def _demand_official(email: str, body: LocalGovernment) -> None:
    if sentence := official_addresses.problem(email, body):
        raise Refused(sentence)


def _demand_another_manager(body: LocalGovernment, user: User) -> None:
    managers = [one.pk for one in of(body) if one.is_manager]  # type: ignore[attr-defined]
    if managers == [user.pk]:
        raise Refused(_("This is the only manager. Please make a colleague manager first, or hand the account over."))


# ── the yearly confirmation ──────────────────────────────────────────────────
def confirm(*, user: User) -> None:
    """The holder says with one button that post and people are as shown."""
    accounts.confirm_holder(user=user, by=user)


def reminder_round(day: dt.date) -> str:
    """Which reminder is due: the first from the first open day of April, the second from the middle of May, then none."""
    first = business_days.on_or_after(confirmations.year_start(day))
    second = business_days.on_or_after(dt.date(first.year, 5, 15))
    if first <= day < second:
        return "first"
    return "second" if second <= day <= confirmations.last_day(day) else ""


def remind(day: dt.date | None = None) -> int:
    """Ask those who have not confirmed yet, each once in a round; how many mails left. It can run every night, and twice."""
    day = day or timezone.localdate()
    turn = reminder_round(day)
    if not turn:
        return 0
    label = f"account-confirmation:{dates.fiscal_year(day)}:{turn}"
    return sum(_remind(pk, label, day) for pk in confirmations.missing(day).values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, label: str, day: dt.date) -> bool:
    user = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)
    key = f"{label}:{pk}"
    asked = Email.objects.filter(purpose=account_mails.CONFIRMATION.key, recipient_key=key)
    if not user.is_active or not confirmations.is_missing(user, day) or asked.exists():
        return False
    link = account_mails.code_page(reverse("portal:accounts"))
    account_mails.send(
        "portal/email/account_confirmation", to=user.email, language=user.language, about=user, key=key, purpose=account_mails.CONFIRMATION,
        user=user, body=user.organisation, link=link, until=confirmations.last_day(day),
    )  # fmt: skip
    return True
