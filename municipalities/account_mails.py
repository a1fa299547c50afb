"""The mails about officials’ access and accounts: what was asked, what was decided, and the yearly confirmation."""

from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from municipalities.models import AccessRequest
from partnership import emails, purposes, reasons
from partnership.models import Email, User
from partnership.models.base import Versioned

DECIDED = reasons.register("access_decided", _("It had been decided by then"))


def _still_waiting(email: Email) -> str:
    """The news that somebody waits is stale once it is decided; all other mails here stay true."""
    asked = email.about
    is_news = email.recipient_key.startswith("access-news:")
    return DECIDED if is_news and isinstance(asked, AccessRequest) and asked.state != AccessRequest.State.WAITING else ""


ACCESS = purposes.register(
    purposes.Purpose(
        key="access",
        label=_("access to the portal"),
        priority=Email.Priority.LOGIN,
        check=_still_waiting,
        uncertain="resend",
        needs_approval=False,
    )
)
CONFIRMATION = purposes.register(
    purposes.Purpose(
        key="account_confirmation",
        label=_("yearly confirmation of accounts"),
        priority=Email.Priority.CONFIRMATION,
        uncertain="resend",
        needs_approval=False,
    )
)


def address(name: str, *parts: object) -> str:
    """A whole address, as it stands on a line of its own."""
    return settings.SITE_URL + reverse(name, args=parts)


def code_page(then: str) -> str:
    """Where one signs in by code, and goes on to a page afterwards."""
    return f"{address('account_request_login_code')}?next={then}"


def division_address() -> str:
    """The division’s shared mailbox."""
    return parseaddr(settings.MAIL_FROM)[1]


def send(
    template: str,
    *,
    to: str,
    language: str = "ja",
    about: Versioned,
    key: str = "",
    purpose: purposes.Purpose = ACCESS,
    label: str = "",
    by: User | None = None,
    **values: object,
) -> Email:
    """Write one of these mails in its reader’s language.

    Args:
        template: the beginning of the names of its templates, such as ``portal/email/access_asked``.
    """
    with translation.override(language):
        context = {**values, "to": to, "phone": settings.CONTACT_PHONE, "site_url": settings.SITE_URL}
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        text = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    return emails.queue(
        purpose=purpose.key, to_address=to, language=language, subject=subject, text=text, about=about, recipient_key=key,
        labels=(label or to, label or to), by=by,
    )  # fmt: skip
