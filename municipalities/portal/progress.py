"""How far a draft is: its sections with what each still lacks, and links to the fields."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from municipalities import answers, requests
from municipalities.models import MunicipalRequest
from municipalities.questions import Section
from partnership import attachments

TOGETHER, DOCUMENTS, SUBJECT = "together", "documents", "subject"


@dataclass(frozen=True)
class Lacking:
    """One thing that is missing, in a sentence, with the id of what can be filled in."""

    key: str
    sentence: str
    anchor: str


@dataclass
class Part:
    """A section of the page."""

    key: str
    title: str
    lacking: list[Lacking] = field(default_factory=list)
    is_begun: bool = False

    @property
    def is_done(self) -> bool:
        """Nothing that must be answered is left, and something was."""
        return self.is_begun and not self.lacking


def of(request: MunicipalRequest) -> list[Part]:
    """The sections of a draft's page in order, as they stand."""
    kind = request.kind_facts
    subject = Part(SUBJECT, _("Subject"), is_begun=bool(request.title))
    parts = [subject, *(Part(section.key, str(section.title), is_begun=_is_begun(request, section)) for section in kind.sections)]
    if kind.may_be_joint or kind.may_be_relayed:
        joined = request.parties.count() > 1 or request.relay_id is not None
        parts.append(Part(TOGETHER, _("Together with others"), is_begun=joined))
    parts.append(Part(DOCUMENTS, _("Documents"), is_begun=attachments.of(request).exists()))
    places = {question.key: section.key for section in kind.sections for question in section.questions}
    places |= {document.key: DOCUMENTS for document in kind.documents} | {"title": SUBJECT, "relay": TOGETHER, "call": SUBJECT}
    by_key = {part.key: part for part in parts}
    for one in lacking(request):
        by_key[places.get(one.key, SUBJECT)].lacking.append(one)
    return parts


def lacking(request: MunicipalRequest) -> list[Lacking]:
    """What the request still lacks before it can be sent."""
    documents = {document.key for document in request.kind_facts.documents}
    return [Lacking(key, sentence, _anchor(key, documents)) for key, sentence in requests.missing(request)]


def _anchor(key: str, documents: Iterable[str]) -> str:
    return f"field-file-{key}" if key in documents else f"field-{key}"


def _is_begun(request: MunicipalRequest, section: Section) -> bool:
    given: dict[str, Any] = request.answers
    if any(not answers.is_empty(given.get(question.key)) for question in section.questions):
        return True
    kinds = {question.type for question in section.questions if question.type.is_row}
    return ("attractions" in kinds and request.attractions.exists()) or ("mission" in kinds and request.mission_id is not None)
