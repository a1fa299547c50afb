"""What django-allauth asks us: sign-up is closed, mails go through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from partnership import account_mails
from partnership.models import User
from partnership.normalise import identifier


class AccountAdapter(DefaultAccountAdapter):
    """The division gives accounts; nobody takes one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse | None:
        """A code that went to an address the account has given up since (it was handed over) signs nobody in."""
        email = facts.get("email")
        if email and identifier(email).lower() != user.email.lower():
            request.session.flush()  # what allauth keeps of the attempt goes with it
            return redirect("account_login")
        return super().pre_login(request, user, **facts)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox, in the language of the account. An address without an account gets none."""
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            return
        is_code = template_prefix.endswith("login_code")
        values = {"code": context["code"]} if is_code else {}
        account_mails.queue(template_prefix, user, purpose=account_mails.LOGIN if is_code else account_mails.ACCOUNT, **values)
