"""Who signed in and out goes into the audit trail. Connected to Django's and allauth's own hooks, because the acts are theirs."""

from typing import Any

from allauth.account import signals as allauth_signals
from django.contrib.auth import signals
from django.dispatch import receiver

from partnership import audit
from partnership.models import User
from partnership.normalise import identifier


@receiver(signals.user_logged_in)
def signed_in(sender: object, request: Any, user: User, **_kwargs: Any) -> None:
    """With the way it was done: password, code."""
    session = getattr(request, "session", {})
    methods = [record.get("method", "") for record in session.get("account_authentication_methods", [])]
    audit.record("user.sign_in", user, by=user, method=methods[-1] if methods else "")


@receiver(signals.user_logged_out)
def signed_out(sender: object, request: Any, user: User | None, **_kwargs: Any) -> None:
    """By the person; a session that merely ends leaves no trace."""
    if user is not None:
        audit.record("user.sign_out", user, by=user)


@receiver(signals.user_login_failed)
def refused(sender: object, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """Which account was tried, where there is one. What was typed is not kept: it may be a password in the wrong box."""
    typed = identifier(str(credentials.get("email") or credentials.get("username") or ""))
    audit.record("user.sign_in_refused", User.objects.filter(email__iexact=typed).first(), by=None, via="sign-in page")


@receiver(allauth_signals.login_code_rejected)
def code_refused(sender: object, user: User, **_kwargs: Any) -> None:
    """A wrong sign-in code."""
    audit.record("user.sign_in_refused", user, by=None, via="sign-in page", method="code")


@receiver([allauth_signals.password_changed, allauth_signals.password_set, allauth_signals.password_reset])
def password_set(sender: object, user: User, **_kwargs: Any) -> None:
    """By its owner; nobody else can."""
    audit.record("user.password", user, by=user)
