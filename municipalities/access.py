"""Access to the portal: anyone with a body’s official address may ask; the body’s manager or the division decides.

What is answered to whoever asks never depends on whether an address has an account: both get a mail, and the mail says it.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import account_mails, drafts
from municipalities.models import AccessRequest, LocalGovernment
from partnership import accounts, audit, holders, roles, transitions
from partnership.models import User
from partnership.normalise import identifier
from partnership.transitions import Refused

State = AccessRequest.State
KEPT_WAITING = dt.timedelta(days=30)
ROLES = (roles.MUNICIPAL_MEMBER, roles.MUNICIPAL_MANAGER)

_STEPS = {
    "grant": transitions.step(State.WAITING, to=State.GRANTED),
    "refuse": transitions.step(State.WAITING, to=State.REFUSED),
    "expire": transitions.step(State.WAITING, to=State.EXPIRED),
}


def waiting(body: LocalGovernment | None = None) -> QuerySet[AccessRequest]:
    """The requests that nobody has decided yet, oldest first; of one body or of all."""
    found = AccessRequest.objects.filter(state=State.WAITING).select_related("local_government__organisation", "user").order_by("asked_at")
    return found if body is None else found.filter(local_government=body)


def asked_body(user: User) -> LocalGovernment | None:
    """For which local government an account that is not confirmed yet has asked."""
    asked = user.access_requests.filter(state=State.WAITING).select_related("local_government__organisation").first()
    return asked.local_government if asked else None


def may_decide(request: AccessRequest, by: User) -> bool:
    """Whether the person decides about it: the division, or a manager of the same body."""
    if by.is_staff:
        return by.has_perm("municipalities.change_accessrequest")
    mine = by.organisation_id is not None and by.organisation_id == request.local_government.organisation_id
    return mine and by.has_perm("municipalities.manage_officials")


# ── asking ───────────────────────────────────────────────────────────────────
def ask(
    *, body: LocalGovernment, email: str, name: str, post: str, phone: str = "", note: str = "", kind: str = "", language: str = "ja"
) -> None:
    """Somebody asks for access. One mail leaves, whatever the address is; nothing comes back that would tell.

    Args:
        kind: what they want to ask the division for; the mail leads to its form, which can be filled at once.
    """
    address = identifier(email).lower()
    try:
        with transaction.atomic():
            user = User.objects.select_for_update().filter(email__iexact=address).first()
            if user is not None and not _may_ask_again(user):
                _remind(user)
                return
            facts: dict[str, Any] = {"name": name, "post": post, "language": language}
            user = _reopened(user, **facts) if user else accounts.create(email=address, roles=[roles.MUNICIPAL_APPLICANT], by=None, **facts)
            asked = AccessRequest.objects.create(
                local_government=body, email=address, name=name, post=post, phone=phone, note=note, user=user
            )
            audit.record("accessrequest.ask", asked, by=None, via="access page", code=body.code)
            then = reverse("portal:kind", args=[kind]) if kind else reverse("portal:new")
            account_mails.send(
                "portal/email/access_asked", to=address, language=language, about=asked, body=body, link=account_mails.code_page(then)
            )
            _tell(asked)
    except IntegrityError:
        return  # the same address asked twice in one moment; the other one has been answered


def _may_ask_again(user: User) -> bool:
    """Refused or expired before: perhaps it was the wrong town, or nobody had looked. An account of a body is no such case."""
    return not user.is_active and _is_provisional(user)


def _waits(user: User) -> bool:
    return user.is_active and _is_provisional(user)


def _is_provisional(user: User) -> bool:
    """Whether the account is still what asking made it."""
    return user.organisation_id is None and accounts.roles_of(user) == [roles.MUNICIPAL_APPLICANT]


def _reopened(user: User, *, name: str, post: str, language: str) -> User:
    accounts.set_active(user=user, active=True, by=None)
    user.name, user.post, user.language = name, post, language
    user.save(update_fields=["name", "post", "language"])
    holders.rename(user=user)
    return user


def _remind(user: User) -> None:
    """The address has an account: its owner is told so, and nobody else."""
    link = account_mails.code_page(reverse("portal:home"))
    template = "portal/email/access_known" if user.is_active else "portal/email/access_closed"
    account_mails.send(template, to=user.email, language=user.language, about=user, link=link)


def _tell(asked: AccessRequest) -> None:
    """Let those know who decide: the managers of the body, and the division."""
    body, key = asked.local_government, f"access-news:{asked.pk}"
    managers = User.objects.filter(organisation=body.organisation_id, is_active=True, groups__name=roles.MUNICIPAL_MANAGER)
    for manager in managers:
        link = account_mails.address("portal:access_decide", asked.pk)
        account_mails.send(
            "portal/email/access_news", to=manager.email, language=manager.language, about=asked, key=key, asked=asked, body=body, link=link
        )
    link = account_mails.address("admin:municipalities_accessrequest_change", asked.pk)
    account_mails.send(
        "portal/email/access_news", to=account_mails.division_address(), about=asked, key=key, asked=asked, body=body, link=link
    )


# ── deciding ─────────────────────────────────────────────────────────────────
@transaction.atomic
def grant(*, request: AccessRequest, role: str, by: User) -> None:
    """The account now belongs to the body, and the drafts that it began are the body’s.

    Args:
        role: member or manager.

    Raises:
        Refused: when it is decided already, is not ``by``’s to decide, or the account belongs to somebody by now.
    """
    _check(request, by)
    if role not in ROLES:
        raise Refused(_("There is no role “%(role)s”.") % {"role": role})
    _decide(request, "grant", by, role=role)
    user = User.objects.select_for_update(of=("self",)).get(pk=request.user_id)
    if not _waits(user):  # put to a body by hand meanwhile: nobody takes it away from there, with its drafts
        raise Refused(_("This account has been given to an organisation, or closed, in the meantime. Refuse this request for access."))
    body = request.local_government
    user.organisation = body.organisation
    user.save(update_fields=["organisation"])
    accounts.set_roles(user=user, roles=[role], by=by)
    drafts.adopt(user=user, body=body)
    link = account_mails.code_page(reverse("portal:home"))
    account_mails.send("portal/email/access_granted", to=user.email, language=user.language, about=request, body=body, link=link, by=by)


@transaction.atomic
def refuse(*, request: AccessRequest, reason: str, by: User) -> None:
    """The account is closed and its owner told why.

    Raises:
        Refused: when it is decided already, or is not ``by``’s to decide.
    """
    _check(request, by)
    _decide(request, "refuse", by, personal={"reason": reason})
    _close(request, by)
    user = request.user
    values: dict[str, Any] = {"body": request.local_government, "reason": reason}
    account_mails.send("portal/email/access_refused", to=user.email, language=user.language, about=request, by=by, **values)


def expire() -> int:
    """Close what nobody confirmed for thirty days; how many. It can run at any time, and twice."""
    late = AccessRequest.objects.filter(state=State.WAITING, asked_at__lt=timezone.now() - KEPT_WAITING)
    return sum(_expire(pk) for pk in late.values_list("pk", flat=True))


@transaction.atomic
def _expire(pk: int) -> bool:
    request = waiting().select_for_update(of=("self",)).filter(pk=pk).first()
    if request is None:  # decided in this moment
        return False
    transitions.move(request, _STEPS, "expire", by=None, changes={"decided_at": timezone.now()})
    _close(request, None)
    user = request.user
    account_mails.send("portal/email/access_expired", to=user.email, language=user.language, about=request, body=request.local_government)
    return True


def _check(request: AccessRequest, by: User) -> None:
    if not may_decide(request, by):
        raise Refused(_("Only the division and the managers of the local government decide this."))


def _decide(request: AccessRequest, act: str, by: User, **facts: Any) -> None:
    transitions.move(request, _STEPS, act, by=by, changes={"decided_by": by, "decided_at": timezone.now()}, **facts)


def _close(request: AccessRequest, by: User | None) -> None:
    """Close the account that asking made; one that was given to a body by hand meanwhile is no longer of this request."""
    user = User.objects.select_for_update(of=("self",)).get(pk=request.user_id)
    if _waits(user):
        accounts.set_active(user=user, active=False, by=by)
