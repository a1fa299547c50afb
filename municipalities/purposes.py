"""What the mails of requests are for, what keeps them in one thread, and which of them are overtaken before they leave."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy

from municipalities import mail_replies, request_mails
from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage
from partnership import purposes, reasons
from partnership.models import Email, User
from partnership.purposes import Purpose

Kind = RequestMessage.Kind
ANSWERED = reasons.register("request_answered", gettext_lazy("The question was answered, or the request ended, before it left"))
ACCOUNT_CLOSED = reasons.register("reader_gone", gettext_lazy("The account of its reader was closed before it left"))
LONGEST_THREAD = 20  # Message-IDs in References


def thread(email: Email) -> Sequence[str]:
    """The mails that this reader got before about the same request, oldest first: the beginning and the last ones."""
    reader, _slash, _message = email.recipient_key.partition("/")
    same = Email.objects.filter(content_type=email.content_type_id, object_id=email.object_id, pk__lt=email.pk)
    found = list(same.filter(recipient_key__startswith=f"{reader}/").order_by("id").values_list("message_id", flat=True))
    return found if len(found) <= LONGEST_THREAD else [found[0], *found[1 - LONGEST_THREAD :]]


def check(email: Email) -> str:
    """Whether it still says what is true: no question after the answer, no mail to an account that was closed."""
    kind, number = _reader(email)
    if kind == "user" and not User.objects.filter(pk=number, is_active=True).exists():
        return ACCOUNT_CLOSED
    _key, _slash, message = email.recipient_key.partition("/")
    asked = RequestMessage.objects.filter(pk=int(message) if message.isdecimal() else 0, kind__in=[Kind.QUESTION, Kind.RETURNED])
    waiting = MunicipalRequest.State.WAITING
    return ANSWERED if email.seq == 0 and asked.exclude(request__state=waiting).exists() else ""


def address(email: Email) -> str:
    """Where it goes when it is sent again: to the address that its reader has by now."""
    kind, number = _reader(email)
    if kind == "user":
        found = User.objects.filter(pk=number).values_list("email", flat=True).first()
    else:
        found = LocalGovernment.objects.filter(pk=number).values_list("organisation__email", flat=True).first()
    return found or email.to_address


def _reader(email: Email) -> tuple[str, int]:
    kind, _colon, number = email.recipient_key.partition("/")[0].partition(":")
    return kind, int(number) if number.isdecimal() else 0


def desk(_email: Email) -> str:
    """Who answers by mail instead of on the page is read by the division."""
    return settings.CONTACT_EMAIL


REQUEST = purposes.register(
    Purpose(
        key=request_mails.PURPOSE,
        label=gettext_lazy("message about a request"),
        priority=Email.Priority.CONFIRMATION,
        check=check,
        address=address,
        reply_to=desk,
        thread=thread,
        uncertain="resend",
        needs_approval=False,
        **mail_replies.HOOKS,
    )
)
NOTICE = purposes.register(
    Purpose(
        key=request_mails.NOTICE,
        label=gettext_lazy("word to whoever is in charge of a request"),
        priority=Email.Priority.CONFIRMATION,
        check=check,
        address=address,
        thread=thread,
        uncertain="resend",
        needs_approval=False,
    )
)
