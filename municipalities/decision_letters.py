"""The letters that answer requests: what they may name, how they are filled, and what is wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import clock, messages, parties, request_mails
from municipalities.models import MunicipalRequest, RequestDecision
from municipalities.questions import ReplyText
from partnership import dates, letters
from partnership.models import Email
from partnership.purposes import Placeholder, Purpose
from partnership.transitions import Refused

LONGEST_SUBJECT = 200
DATE = "date"  # filled when the answer is announced; before that a letter keeps the placeholder

PLACEHOLDERS: dict[str, Promise] = {
    "applicants": gettext_lazy("the applicants in protocol order"),
    "number": gettext_lazy("number of the request"),
    "title": gettext_lazy("its subject"),
    "kind": gettext_lazy("what kind of request it is"),
    "submitted": gettext_lazy("the day on which it was submitted"),
    "contact": gettext_lazy("telephone and address of the division"),
    DATE: gettext_lazy("the day on which the answer goes out"),
}
# only to have the kernel check a letter; its mails leave with the purpose of all mails about requests
_LETTER = Purpose(
    key="request_letter",
    label=gettext_lazy("answer to a request"),
    priority=Email.Priority.CONFIRMATION,
    placeholders=tuple(Placeholder(name, words) for name, words in PLACEHOLDERS.items()),
)


@dataclass(frozen=True)
class Letter:
    """A letter as it will be read, with the addresses that it goes to."""

    subject: str
    text: str
    language: str
    to: list[str]


def language_of(request: MunicipalRequest) -> str:
    """The language of the applicant's letters."""
    return request.applicant.organisation.language


def text_of(request: MunicipalRequest, outcome: str) -> tuple[str, str] | None:
    """Subject and text with which the kind answers, filled; None when the kind has no such letter."""
    kind, side = request.kind_facts, language_of(request)
    texts: ReplyText | None = kind.accepted if outcome == RequestDecision.Outcome.ACCEPTED else kind.declined
    if texts is None:
        return None
    values = {**values_of(request), DATE: f"{{{DATE}}}"}
    subject = letters.render_subject(getattr(texts, f"subject_{side}"), values)
    return subject[:LONGEST_SUBJECT], letters.render(getattr(texts, f"text_{side}"), values)


def values_of(request: MunicipalRequest) -> dict[str, str]:
    """What stands in the place of each placeholder but the day of the answer. Braces that people typed become round ones."""
    language = language_of(request)
    with translation.override(language):
        submitted = dates.long_date(clock.day_of(request.submitted_at), language) if request.submitted_at else ""
        values = {
            "applicants": _(", ").join(parties.named(request)),
            "number": request.number,
            "title": request.name,
            "kind": str(request.kind_facts.title),
            "submitted": submitted,
            "contact": _contact(),
        }
    return {name: letters.clean(value).replace("{", "(").replace("}", ")") for name, value in values.items()}


def _contact() -> str:
    said = [_("telephone %(phone)s") % {"phone": settings.CONTACT_PHONE}]
    if settings.CONTACT_EMAIL:
        said.append(settings.CONTACT_EMAIL)
    return "　".join(said)


def printed(decision: RequestDecision, *, announced: bool = True) -> tuple[str, str]:
    """Subject and text as they are read today.

    Args:
        announced: fill in today as the day of the answer; the approval binds the letter without it.
    """
    request = decision.request
    today = dates.long_date(timezone.localdate(), language_of(request)) if announced else f"{{{DATE}}}"
    values: Mapping[str, str] = {**values_of(request), DATE: today}
    return letters.render_subject(decision.subject, values), letters.render(decision.text, values)


def sound(subject: str, text: str) -> tuple[str, str]:
    """A letter that staff wrote, fit to be kept.

    Raises:
        Refused: when it is empty or too long, or names what nobody can fill in.
    """
    line, body = " ".join(subject.split()), messages.needed(text)
    if not line or len(line) > LONGEST_SUBJECT:
        raise Refused(_("The letter needs a subject of at most %(most)s characters.") % {"most": LONGEST_SUBJECT})
    if wrong := letters.problems(_LETTER, line, body):
        raise Refused(" ".join(wrong))
    return line, body


def mail_of(decision: RequestDecision) -> Letter:
    """The mail as it would leave now."""
    subject, text = printed(decision)
    language = language_of(decision.request)
    with translation.override(language):
        whole = "\n".join(request_mails.letter_lines(decision.request, decision.outcome, text))
    to = [reader.address for reader in request_mails.readers(decision.request, decision.outcome)]
    return Letter(subject, whole, language, to)
