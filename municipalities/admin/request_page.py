"""What a request's home shows, gathered in a number of queries that does not depend on how much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.http import HttpRequest

from municipalities import decisions, outcomes, request_forms, requests_queue, rights, timeline
from municipalities.models import MunicipalRequest, RequestDecision, RequestMessage
from municipalities.questions import Type
from partnership import attachments
from partnership.models import Attachment, User

ACTS = (
    "take", "assign", "ask", "send_back", "say", "note", "withdraw", "reopen", "close", "tag", "relate", "record_opinion", "decide",
    "save", "confirm", "relay", "reply",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An entry of the thread with the files that came with it."""

    entry: timeline.Entry
    files: Sequence[Attachment]


@dataclass(frozen=True)
class Document:
    """A file of the form, with the name of the document that it is."""

    label: str
    file: Attachment


def mark(row: MunicipalRequest) -> str:
    """What a page knew of a request when it was shown: its version, and the last thing said that others see."""
    last = RequestMessage.objects.filter(request=row, is_internal=False).aggregate(last=Max("pk"))["last"] or 0
    return f"{row.version}.{last}"


def of(row: MunicipalRequest, request: HttpRequest, user: User) -> dict[str, Any]:
    """The whole context but the forms."""
    parties = list(row.parties.select_related("local_government__organisation", "answered_by"))
    bodies = [party.local_government for party in parties if party.refused_at is None]
    may = {act: rights.may(row, act, user) for act in ACTS}
    turn, lines = timeline.whose_turn(row), _lines(row)
    return {
        "row": row,
        "seen": mark(row),
        "kind": row.kind_facts,
        "asks_mission": row.mission_id is not None or any(question.type == Type.MISSION for question in row.kind_facts.questions),
        "parties": parties,
        "unanswered": [party for party in parties if not (party.confirmed_at or party.refused_at)],
        "turn": turn,
        "is_mine": turn.is_yours and rights.is_of_division(user) and row.assignee_id in {None, user.pk},
        "is_late": requests_queue.is_late(row),
        "lines": lines,
        "latest": _latest(row, lines["past"]),
        "answers": request_forms.shown(row),
        "documents": _documents(row),
        "before": requests_queue.before(row, bodies),
        "related": list(row.related.exclude(state=MunicipalRequest.State.DRAFT).select_related("applicant__organisation")),
        "tags": list(row.tags.all()),
        "enquiries": list(row.enquiries.all()),
        "may": may,
        "may_write": may["ask"] or may["send_back"] or may["say"],
        "ways": outcomes.ways(row, request, user),
        "became": outcomes.became([row])[row.pk],
        **_decision(row),
    }


def _lines(row: MunicipalRequest) -> dict[str, list[Line]]:
    """What is to come, what is now, and what was, newest first."""
    entries = timeline.of(row, for_staff=True)
    files: Mapping[int, Sequence[Attachment]] = attachments.of_many([entry.message for entry in entries if entry.message])
    lines: dict[str, list[Line]] = {"next": [], "now": [], "past": []}
    for entry in entries:
        lines[entry.place].append(Line(entry, files.get(entry.message.pk, ()) if entry.message else ()))
    return lines


def _latest(row: MunicipalRequest, past: Sequence[Line]) -> Line | None:
    """What the other side said last, while it waits for a reply of ours."""
    spoken = (line for line in past if line.entry.message is not None and not line.entry.is_internal and (line.entry.text or line.files))
    line = next(spoken, None)
    if line is None or line.entry.message is None or row.state not in MunicipalRequest.OUR_TURN:
        return None
    return line if line.entry.message.side in {RequestMessage.Side.APPLICANT, RequestMessage.Side.RELAY} else None


def _documents(row: MunicipalRequest) -> list[Document]:
    names = {document.key: str(document.label) for document in row.kind_facts.documents}
    return [Document(names.get(file.label, ""), file) for file in attachments.of(row)]


def _decision(row: MunicipalRequest) -> dict[str, Any]:
    """The answer that is being prepared, with how its paper stands; and those that went out."""
    found = list(RequestDecision.objects.filter(request=row).select_related("paper__created_by").order_by("-pk"))
    current = next((one for one in found if one.is_open), None)
    return {
        "decision": current,
        "standing": decisions.may_announce(current.paper) if current else None,
        "needs_approval": decisions.needs_approval(current.paper) if current else False,
        "announced": [one for one in found if one.paper.state == "announced"],
    }
