"""What a town hall writes back by mail becomes part of its request: an entry of the thread, with its files, for all who read the thread."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import messages, threads
from municipalities.models import LocalGovernment, MunicipalRequest
from partnership import attachments
from partnership.models import Email, IncomingMail, User
from partnership.purposes import Place, ReplyChoice
from partnership.transitions import Refused

REPLY = ReplyChoice("reply", gettext_lazy("reply to our question"), button=gettext_lazy("Add to the request, as the reply to our question"))
MESSAGE = ReplyChoice("message", gettext_lazy("message in the request"), button=gettext_lazy("Add to the request, as a message"))
State = MunicipalRequest.State
BY_MAIL = {"source": MunicipalRequest.Source.MAIL.value}


def choices(_email: Email) -> Sequence[ReplyChoice]:
    """What a mail can become; ``places`` says which of them it can become now."""
    return (REPLY, MESSAGE)


def record(incoming: IncomingMail, choice: str, by: User, given: Mapping[str, str]) -> str:
    """Add what came by mail to the thread of the request, for the body to which our letter went.

    Raises:
        Refused: when the request is filed, nothing was asked, or the body does not take part any more.
    """
    request, body = _request(incoming), _body(incoming)
    files = attachments.copies(incoming)
    text = _sound(given.get("words", ""), [file.name for file in files])
    act = threads.reply if choice == REPLY.key else threads.say
    act(request=request, by=by, text=text, body=body, came=BY_MAIL, uploads=files)
    return _("Added to %(number)s, where %(body)s and we read it now.") % {"number": request.number, "body": body}


def places(emails: Sequence[Email]) -> Mapping[int, Place]:
    """The request of each letter, its page, and what a reply can become in the state that it is in."""
    wanted = {email.pk: email.object_id or 0 for email in emails}
    rows = {row.pk: row for row in MunicipalRequest.objects.filter(pk__in=wanted.values())}
    return {pk: _place(rows[about]) for pk, about in wanted.items() if about in rows}


def _place(request: MunicipalRequest) -> Place:
    may = () if request.state == State.CLOSED else (REPLY, MESSAGE) if request.state == State.WAITING else (MESSAGE,)
    return Place(
        about=f"{request.number}　{request.name}",
        url=reverse("admin:municipalities_municipalrequest_home", args=[request.pk]),
        choices=may,
    )


def _request(incoming: IncomingMail) -> MunicipalRequest:
    about = incoming.email.object_id if incoming.email else None
    request = MunicipalRequest.objects.filter(pk=about or 0).first()
    if request is None:
        raise Refused(_("The request that this letter was about no longer exists."))
    return request


def _body(incoming: IncomingMail) -> LocalGovernment:
    """The body that our letter was for, whichever of its colleagues wrote back."""
    kind, _colon, number = (incoming.email.recipient_key if incoming.email else "").partition("/")[0].partition(":")
    key = int(number) if number.isdecimal() else 0
    rows = LocalGovernment.objects.select_related("organisation")
    body = rows.filter(organisation__users=key).first() if kind == "user" else rows.filter(pk=key).first()
    if body is None:
        raise Refused(_("The local government that this letter was for is not in the register any more."))
    return body


def _sound(words: str, files: Sequence[str]) -> str:
    """The words as an entry can hold them; of an endless one the beginning, for the mail itself keeps the rest."""
    if not words and files:
        return _("(Files alone came by mail.)")
    rest = _("… (The mail goes on; the Ministry keeps the whole of it.)")
    return words if len(words) <= messages.LONGEST else f"{words[: messages.LONGEST - len(rest) - 1]}\n{rest}"


# for every purpose whose mails are about a request and go to its bodies
HOOKS: dict[str, Any] = {"reply_choices": choices, "record_reply": record, "places": places}
