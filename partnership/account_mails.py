"""The mails of accounts: the sign-in code, the link to set a password, the welcome. They leave through the outbox, first in line."""

from collections.abc import Mapping

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partnership import addresses, audit, emails, marks, purposes, reasons
from partnership.models import Email, User

LINK = "password_link"
CLOSED = reasons.register("account_closed", _("The account was closed"))
MOVED = reasons.register("account_moved", _("The account had got another address by then"))


def _check(email: Email) -> str:
    """Codes and links go to the owner of an account only: not after it was closed, nor to an address that is no longer its own."""
    user = email.about
    if not isinstance(user, User) or not user.is_active:
        return CLOSED
    return "" if email.to_address == addresses.clean(user.email) else MOVED


def _password_link(email: Email) -> Mapping[str, str]:
    """Made while the message is built, so that the link is never stored."""
    user = email.about
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
    return {LINK: settings.SITE_URL + path}


LOGIN = purposes.register(
    purposes.Purpose(
        key="login",
        label=_("sign-in code"),
        priority=Email.Priority.LOGIN,
        check=_check,
        secret=True,
        uncertain="resend",
        needs_approval=False,
    )
)
ACCOUNT = purposes.register(
    purposes.Purpose(
        key="account",
        label=_("account"),
        priority=Email.Priority.LOGIN,
        check=_check,
        links=_password_link,
        uncertain="resend",
        needs_approval=False,
    )
)


def queue(template: str, user: User, *, purpose: purposes.Purpose, by: User | None = None, **context: object) -> Email:
    """Write a mail to the owner of an account, in their language.

    Args:
        template: the beginning of the names of its templates, such as ``account/email/login_code``.
    """
    with translation.override(user.language):
        values = {"user": user, "site_url": settings.SITE_URL, "password_link": marks.mark(LINK), **context}
        subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
        text = render_to_string(f"{template}_message.txt", values).strip() + "\n"
    return emails.queue(
        purpose=purpose.key,
        to_address=user.email,
        language=user.language,
        subject=subject,
        text=text,
        about=user,
        recipient_key=f"user:{user.pk}",
        labels=(str(user), str(user)),
        by=by,
    )


def send_welcome(user: User, *, by: User | None) -> Email:
    """Say that the account is there and how to sign in."""
    return queue("account/email/welcome", user, purpose=ACCOUNT, by=by, sign_in=settings.SITE_URL + reverse("account_login"))


def send_handed_over(user: User, *, by: User | None) -> Email:
    """Tell the successor that the account is theirs now, and how to sign in."""
    return queue(
        "account/email/handed_over", user, purpose=ACCOUNT, by=by, sign_in=settings.SITE_URL + reverse("account_request_login_code")
    )


def send_password_link(user: User, *, by: User | None) -> Email:
    """Send the link with which the owner, and nobody else, sets a password."""
    audit.record("user.password_link", user, by=by)
    return queue("account/email/password_reset_key", user, purpose=ACCOUNT, by=by)
