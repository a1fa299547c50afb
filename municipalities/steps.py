"""The steps of a request in words: for the timeline, and for the mails that tell of them."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage

Kind = RequestMessage.Kind
Side = RequestMessage.Side


def title(message: RequestMessage) -> str:
    """One line of the timeline: who did what."""
    values = {"body": message.body or message.request.applicant}
    if message.facts.get("days_over"):
        return _("The days for confirming are over; the request goes on without %(bodies)s") % {"bodies": _silent(message)}
    return _TITLES[Kind(message.kind)](message) % values


def remark(message: RequestMessage) -> str:
    """What stands behind the hour: how it came, who entered it, in which place the prefecture puts it."""
    said = []
    source = message.facts.get("source")
    if source in MunicipalRequest.Source.values and source != MunicipalRequest.Source.PORTAL:
        said.append(_("by %(way)s") % {"way": MunicipalRequest.Source(source).label})
    if message.facts.get("on_behalf"):
        said.append(_("entered by the Ministry"))
    if rank := message.facts.get("rank"):
        said.append(_("number %(rank)s in the prefecture’s order") % {"rank": rank})
    return "　".join(said)


def headline(message: RequestMessage, body: LocalGovernment | None) -> str:
    """The subject of the mail in a few words, as its reader needs them."""
    if message.kind == Kind.SUBMITTED and body is not None and body.pk != message.request.applicant_id:
        return _("Please confirm the joint application") if _joins(message.request, body) else _("Please add your opinion")
    if message.facts.get("days_over"):
        return _("Joint applicants who did not answer")
    if message.kind == Kind.MESSAGE and message.side == Side.DIVISION:
        return _("Message from the Ministry")
    if message.kind == Kind.REPLY and message.facts.get("corrected"):
        return _("Corrected form received")
    return _HEADLINES[Kind(message.kind)]()


def sentence(message: RequestMessage, body: LocalGovernment | None) -> str:
    """What happened, as the first sentence of the mail; ``body`` is the reader's, None for the division."""
    request, who = message.request, message.body or message.request.applicant
    if message.kind == Kind.SUBMITTED and body is not None:
        values = {"body": who, "title": request.name, "number": request.number}
        if body.pk == request.applicant_id:
            return _("We have received your request “%(title)s”. Its number is %(number)s.") % values
        if _joins(request, body):
            return _("%(body)s has submitted the request “%(title)s” (%(number)s) and named you as a joint applicant.") % values
        return _("%(body)s has submitted the request “%(title)s” (%(number)s) through your prefecture.") % values
    if body is not None and (words := _letter(message)):
        return words % {"body": who, "number": request.number}
    return _("%(what)s.") % {"what": title(message)}


def _joins(request: MunicipalRequest, body: LocalGovernment) -> bool:
    """Whether the body is named as a joint applicant; a prefecture can be that and the relay at once."""
    return any(party.local_government_id == body.pk for party in request.parties.all())


def _letter(message: RequestMessage) -> str:
    """How a letter of the Ministry says it; "" where the timeline's own words do."""
    if message.kind == Kind.REPLY and message.facts.get("corrected"):
        return _("We have received the corrected form of %(body)s.")
    if message.kind == Kind.MESSAGE and message.side != Side.DIVISION:
        return "" if message.side == Side.SYSTEM else _("%(body)s has written to the Ministry.")
    words = _LETTERS.get(Kind(message.kind))
    return words() if words else ""


def _silent(message: RequestMessage) -> str:
    codes = message.facts.get("bodies", ())
    return _(", ").join(str(body) for body in LocalGovernment.objects.filter(code__in=codes).select_related("organisation"))


def _of_message(message: RequestMessage) -> str:
    return _("Message from the Ministry") if message.side == Side.DIVISION else _("Message from %(body)s")


def _of_reply(message: RequestMessage) -> str:
    return _("%(body)s corrected the form and sent it again") if message.facts.get("corrected") else _("%(body)s replied")


def _of_reopening(message: RequestMessage) -> str:
    return _("%(body)s took the request up again") if message.body else _("The Ministry took the request up again")


def _of_relay(message: RequestMessage) -> str:
    return _("%(body)s passed it on with its opinion") if message.text else _("%(body)s passed it on")


_TITLES: dict[Kind, Callable[[RequestMessage], str]] = {
    Kind.SUBMITTED: lambda _message: _("%(body)s submitted the request"),
    Kind.CONFIRMED: lambda _message: _("%(body)s confirmed the joint application"),
    Kind.REFUSED: lambda _message: _("%(body)s does not take part in the joint application"),
    Kind.RELAYED: _of_relay,
    Kind.TAKEN: lambda _message: _("The Ministry began to consider the request"),
    Kind.QUESTION: lambda _message: _("The Ministry asked a question"),
    Kind.RETURNED: lambda _message: _("The Ministry returned the form for correction"),
    Kind.REPLY: _of_reply,
    Kind.MESSAGE: _of_message,
    Kind.NOTE: lambda _message: _("Internal note"),
    Kind.ACCEPTED: lambda _message: _("The Ministry accepted the request"),
    Kind.DECLINED: lambda _message: _("The Ministry answered that it cannot accept the request"),
    Kind.WITHDRAWN: lambda _message: _("%(body)s withdrew the request"),
    Kind.REOPENED: _of_reopening,
    Kind.CLOSED: lambda _message: _("The request was filed"),
    Kind.LINKED: lambda _message: _("The request became part of an event"),
}
_HEADLINES: dict[Kind, Callable[[], str]] = {
    Kind.SUBMITTED: lambda: _("Request received"),
    Kind.CONFIRMED: lambda: _("Joint application confirmed"),
    Kind.REFUSED: lambda: _("A joint applicant does not take part"),
    Kind.RELAYED: lambda: _("Passed on by the prefecture"),
    Kind.TAKEN: lambda: _("We are considering your request"),
    Kind.QUESTION: lambda: _("Question about your request"),
    Kind.RETURNED: lambda: _("Please correct the form"),
    Kind.REPLY: lambda: _("Reply received"),
    Kind.MESSAGE: lambda: _("Message about the request"),
    Kind.NOTE: lambda: _("Internal note"),
    Kind.ACCEPTED: lambda: _("Answer to your request"),
    Kind.DECLINED: lambda: _("Answer to your request"),
    Kind.WITHDRAWN: lambda: _("Request withdrawn"),
    Kind.REOPENED: lambda: _("Request taken up again"),
    Kind.CLOSED: lambda: _("Request filed"),
    Kind.LINKED: lambda: _("The request became part of an event"),
}
_LETTERS: dict[Kind, Callable[[], str]] = {
    Kind.TAKEN: lambda: _("We have begun to consider your request %(number)s."),
    Kind.QUESTION: lambda: _("We have a question about your request %(number)s."),
    Kind.RETURNED: lambda: _("Please correct the form of your request %(number)s as follows and send it again."),
    Kind.REPLY: lambda: _("We have received the reply of %(body)s."),
    Kind.MESSAGE: lambda: _("We write to you about your request %(number)s."),
}
