"""The mails of a request: each public step, to everyone concerned, as plain text that carries everything.

Town halls cut links and attachments off; what was said, whose turn it is, until when and whom to telephone stand in the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from municipalities import clock, officials, parties, request_forms, steps, timeline
from municipalities.models import LocalGovernment, MunicipalRequest, RequestMessage
from partnership import addresses, attachments, dates, emails, letters
from partnership.models import Email, User

PURPOSE = "request"
NOTICE = "request_notice"
Kind = RequestMessage.Kind

# the prefecture on the way is told of the beginning and the end, not of each question between
_TO_RELAY = frozenset({Kind.SUBMITTED, Kind.RELAYED, Kind.WITHDRAWN, Kind.REOPENED, Kind.ACCEPTED, Kind.DECLINED, Kind.LINKED})
_TO_NOBODY = frozenset({Kind.NOTE, Kind.CLOSED})
_LETTERS = frozenset({Kind.ACCEPTED, Kind.DECLINED})
_RULE = "――――――――――――――――"


@dataclass(frozen=True)
class Reader:
    """Somebody who gets the mail: an account of a body, or the body's own address when it has no account."""

    body: LocalGovernment
    address: str
    language: str
    key: str  # of the thread: all mails to this reader about one request belong together
    name: str = ""
    post: str = ""


def tell(message: RequestMessage, *, by: User | None) -> list[Email]:
    """Write the mails of one step: to all applicants, to the prefecture where it concerns it, to whoever is in charge here."""
    if message.kind in _TO_NOBODY or message.is_internal:
        return []
    message.request = request = _with_all(message)
    sent = [_queue(request, message, reader, by=by) for reader in readers(request, message.kind)]
    if message.side != RequestMessage.Side.DIVISION and request.assignee is not None and request.assignee != by:
        sent.append(_notice(request, message, request.assignee, by=by))
    return sent


def readers(request: MunicipalRequest, kind: str) -> list[Reader]:
    """Who is told of a step, each address once: of two bodies that share a mailbox, the one whose turn it is."""
    bodies = [party.local_government for party in request.parties.all() if party.refused_at is None]
    if request.relay is not None and kind in _TO_RELAY:
        bodies.append(request.relay)
    found: dict[str, Reader] = {}
    for body in sorted(dict.fromkeys(bodies), key=lambda body: not timeline.turn_of(request, body).is_yours):
        for reader in _of_body(body):
            if not addresses.problem(reader.address):
                found.setdefault(addresses.clean(reader.address).casefold(), reader)
    return list(found.values())


def unreachable(request: MunicipalRequest) -> list[LocalGovernment]:
    """The joint applicants whom no mail of ours reaches: without an account and without an address."""
    rows = (party.local_government for party in request.parties.all() if party.refused_at is None)
    return [body for body in rows if all(addresses.problem(reader.address) for reader in _of_body(body))]


def ask_us() -> str:
    """Whom to ask, as a sentence."""
    return _("Questions: Local Partnership Cooperation Division, telephone %(phone)s.") % {"phone": settings.CONTACT_PHONE}


def page_of(request: MunicipalRequest) -> str:
    """The address of a request for its officials."""
    return settings.SITE_URL + reverse("portal:request", args=[request.uuid])


def _of_body(body: LocalGovernment) -> Iterator[Reader]:
    accounts = officials.accounts_of(body)
    for user in accounts:
        yield Reader(body, user.email, user.language, f"user:{user.pk}", name=user.name, post=user.post)
    if not accounts:
        yield Reader(body, body.organisation.email, body.organisation.language, f"body:{body.pk}")


def _with_all(message: RequestMessage) -> MunicipalRequest:
    """The request as it is stored now, with everything that a mail says of it."""
    rows = MunicipalRequest.objects.select_related("applicant__organisation", "relay__organisation", "assignee", "mission", "call")
    return rows.prefetch_related("parties__local_government__organisation", "attractions").get(pk=message.request_id)


def _queue(request: MunicipalRequest, message: RequestMessage, reader: Reader, *, by: User | None) -> Email:
    with translation.override(reader.language):
        if message.kind in _LETTERS:  # the letter is the mail, as it was approved
            subject, lines = message.facts.get("subject", ""), letter_lines(request, message.kind, message.text)
        else:
            subject, lines = _subject(request, steps.headline(message, reader.body)), _lines(request, message, reader)
        text = "\n".join(lines)
    return emails.queue(
        purpose=PURPOSE,
        to_address=reader.address,
        language=reader.language,
        subject=subject,
        text=letters.clean(text),
        about=request,
        recipient_key=f"{reader.key}/{message.pk}",
        labels=(_label(reader, "ja"), _label(reader, "en")),
        by=by,
    )


def _label(reader: Reader, language: str) -> str:
    return f"{reader.body.organisation.in_language('name', language)} {reader.post}".strip()


def _subject(request: MunicipalRequest, headline: str) -> str:
    line = _("[MOFA Japan] [%(number)s] %(headline)s: %(title)s") % {
        "number": request.number,
        "headline": headline,
        "title": request.name,
    }
    return " ".join(letters.clean(line).split())[:300]


def _lines(request: MunicipalRequest, message: RequestMessage, reader: Reader) -> Iterator[str]:
    yield (
        f"{reader.body}　{reader.post}".rstrip("　") if translation.get_language() == "ja" else f"{reader.body}, {reader.post}".rstrip(", ")
    )
    yield _("Dear %(name)s,") % {"name": reader.name} if reader.name else _("To the officials in charge,")
    yield ""
    yield steps.sentence(message, reader.body)
    if message.text:
        yield from ("", _RULE, message.text, _RULE)
    if files := [f"{file.name}" for file in attachments.of(message)]:
        yield _("Files (on the page of the request): %(names)s") % {"names": _(", ").join(files)}
    yield from _turn(request, message, reader)
    yield ""
    yield from _facts(request)
    if message.kind == Kind.SUBMITTED or message.facts.get("corrected"):
        yield from _form(request)
    yield from _where(request)
    yield from ("", _("Local Partnership Cooperation Division, Ministry of Foreign Affairs of Japan"))
    yield _("Telephone: %(phone)s") % {"phone": settings.CONTACT_PHONE}
    if settings.CONTACT_EMAIL:
        yield _("E-mail: %(address)s") % {"address": settings.CONTACT_EMAIL}


def _where(request: MunicipalRequest) -> Iterator[str]:
    yield from ("", _("The page of the request (you sign in with your account):"), page_of(request), "")
    yield _("If you cannot open the page, telephone us or answer this mail; leave the number %(number)s in the subject.") % {
        "number": request.number
    }


def letter_lines(request: MunicipalRequest, outcome: str, letter: str) -> Iterator[str]:
    """The letter of an answer, and below it where the request can be read and what can still be done."""
    yield from (letter.rstrip(), "", _RULE)
    if outcome == Kind.DECLINED:
        yield _("If something changes, the request can be taken up again within %(days)s days.") % {"days": clock.REOPEN_DAYS}
    yield from _where(request)


def _turn(request: MunicipalRequest, message: RequestMessage, reader: Reader) -> Iterator[str]:
    turn = timeline.turn_of(request, reader.body)
    yield from ("", turn.sentence) if turn.sentence else ()
    if message.kind == Kind.SUBMITTED and reader.body == request.applicant and (silent := unreachable(request)):
        names = _(", ").join(str(body) for body in silent)
        yield _("We have no mail address of %(bodies)s. Please tell them that their confirmation is needed.") % {"bodies": names}


def _facts(request: MunicipalRequest) -> Iterator[str]:
    language = translation.get_language() or "ja"
    colon = _(": ")
    yield f"{_('Request')}{colon}{request.number}　{request.name}"
    yield f"{_('Kind')}{colon}{request.kind_facts.title}"
    yield f"{_('Applicants')}{colon}{_(', ').join(parties.named(request))}"
    if request.relay is not None:
        yield f"{_('Through')}{colon}{request.relay}"
    if request.submitted_at is not None:
        submitted = _("Submitted to the Ministry")  # not inside the f-string, where nobody would find it to translate it
        yield f"{submitted}{colon}{dates.long_moment(request.submitted_at, language)}"
    if request.state in MunicipalRequest.ACTIVE and request.expected_on is not None:
        yield f"{_('Answer expected')}{colon}{timeline.around(request.expected_on)}"
    if request.assignee is not None and request.state in MunicipalRequest.ACTIVE:
        yield f"{_('In charge')}{colon}{request.assignee}"


def _form(request: MunicipalRequest) -> Iterator[str]:
    """Everything that was sent, so that the mail can be filed in the town hall as it is."""
    for title, told in request_forms.shown(request):
        yield from ("", f"■ {title}")
        for label, said in told:
            yield f"・{label}"
            yield from (f"　　{line}" for line in said)
    if files := [file.name for file in attachments.of(request)]:
        yield from ("", f"■ {_('Files')}", *(f"・{name}" for name in files))


def _notice(request: MunicipalRequest, message: RequestMessage, staff: User, *, by: User | None) -> Email:
    """A short word to whoever is in charge here."""
    with translation.override(staff.language):
        lines = [
            _("Dear %(name)s,") % {"name": staff.name},
            "",
            steps.sentence(message, None),
            *(("", _RULE, message.text, _RULE) if message.text else ()),
            "",
            *_facts(request),
            "",
            settings.SITE_URL + reverse("admin:municipalities_municipalrequest_home", args=[request.pk]),
            "",
        ]
        subject = _subject(request, steps.headline(message, None))
    return emails.queue(
        purpose=NOTICE,
        to_address=staff.email,
        language=staff.language,
        subject=subject,
        text=letters.clean("\n".join(lines)),
        about=request,
        recipient_key=f"user:{staff.pk}/{message.pk}",
        labels=(str(staff), str(staff)),
        by=by,
    )
