"""A filled Excel form becomes a draft: what could be read is kept at once, whatever else is wrong with the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from municipalities import answers, attractions, naming, parties, requests, sheets
from municipalities.models import Attraction, Call, LocalGovernment, MunicipalRequest
from partnership.models import User
from partnership.transitions import Refused


@dataclass
class Taken:
    """The draft, what could not be read (in sentences that name the cells), and attractions that are new."""

    request: MunicipalRequest
    faults: list[str] = field(default_factory=list)
    proposals: list[sheets.Proposal] = field(default_factory=list)


@transaction.atomic
def take(
    *,
    sheet: sheets.Sheet,
    applicant: LocalGovernment,
    by: User,
    into: MunicipalRequest | None = None,
    call: Call | None = None,
    start_key: UUID | None = None,
    source: str = MunicipalRequest.Source.EXCEL,
) -> Taken:
    """Begin a draft with what the form says, or put it into one; there, what the form leaves empty stays as it is.

    Args:
        sheet: the form as it was read.
        applicant: whose draft it is, whatever the form says.
        by: who brings it.
        into: a draft, or a request that was returned.
        call: for a new draft; without one, the call that the form names, or the only one that is open.
        start_key: of the page; the same twice is the same draft.
        source: how the form reached us.

    Raises:
        Refused: when the form is about another kind than the draft, or the draft cannot be written by this person.
    """
    if into is not None and into.kind != sheet.kind.key:
        raise Refused(
            _("This is the form “%(form)s”; the draft is about “%(draft)s”. Put it into a new draft.")
            % {"form": sheet.kind.title, "draft": into.kind_facts.title}
        )
    draft = into or requests.start(
        kind=sheet.kind.key,
        applicant=applicant,
        by=by,
        call=_call_for(sheet, call),
        start_key=start_key,
        source=source,
    )
    joined = _joined(sheet, draft)
    owners = {draft.applicant_id, *(body.pk for body in joined)}
    named = sheet.attractions if by.is_staff or by.organisation_id else []  # who is not confirmed yet sees nothing of the body
    chosen = [one for one in (*draft.attractions.all(), *named) if one.local_government_id in owners]
    saved = requests.save(
        request=draft,
        by=by,
        version=None,
        title=sheet.title or draft.title,
        answers=merged(draft.answers, sheet.answers),
        attractions=chosen,
        joined=joined,
        mission=sheet.mission or draft.mission,
        relay=draft.relay,
    )
    return Taken(saved, _faults(sheet, draft), sheet.proposals)


def merged(kept: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a draft with those of a form on top; where either could not be read, what was written last."""
    raw, new = dict(kept.get(answers.RAW, {})), dict(read.get(answers.RAW, {}))
    unread = {key: text for key, text in raw.items() if key not in read} | new
    found = {key: value for key, value in {**kept, **read}.items() if key != answers.RAW and key not in new}
    return {**found, **({answers.RAW: unread} if unread else {})}


def _call_for(sheet: sheets.Sheet, call: Call | None) -> Call | None:
    takes = [one for one in Call.objects.open() if sheet.kind.key in one.kinds]
    if call in takes:
        return call
    named = [one for one in takes if one.pk == sheet.call]
    return (named or takes)[0] if named or len(takes) == 1 else None


def _joined(sheet: sheets.Sheet, draft: MunicipalRequest) -> list[LocalGovernment]:
    """Those whom the form names beside the draft’s applicant; where that is one of the joint applicants, the form’s own first one, too."""
    if not draft.kind_facts.may_be_joint:
        return []
    if not sheet.joined:
        return parties.joined_of(draft)
    bodies = [body for body in sheet.joined if body.pk != draft.applicant_id]
    if len(bodies) < len(sheet.joined) and sheet.body is not None:
        bodies.insert(0, sheet.body)
    return list(dict.fromkeys(bodies))


def _faults(sheet: sheets.Sheet, draft: MunicipalRequest) -> list[str]:
    found = [error.sentence for error in sheet.errors]
    if not (found or sheet.title or sheet.answers or sheet.attractions or sheet.proposals):
        found.append(_("No answer was found in the form. Write the answers into the boxes beside the questions."))
    if sheet.body is not None and sheet.body.pk != draft.applicant_id:
        said = _("The form names %(named)s as applicant. The draft is that of %(own)s, to which your account belongs.")
        found.insert(0, said % {"named": naming.described(sheet.body), "own": naming.described(draft.applicant)})
    return found


@transaction.atomic
def add(*, request: MunicipalRequest, proposals: Sequence[Mapping[str, Any]], body: LocalGovernment, by: User) -> list[Attraction]:
    """Make attractions of a body of what the form named for the first time, and choose them in the draft.

    Raises:
        Refused: when the draft cannot be written any more.
    """
    new = [attractions.save(attraction=Attraction(local_government=body, **fields), by=by) for fields in proposals]
    requests.save(
        request=request,
        by=by,
        version=None,
        title=request.title,
        answers=request.answers,
        attractions=[*request.attractions.all(), *new],
        joined=parties.joined_of(request),
        mission=request.mission,
        relay=request.relay,
    )
    return new
