"""What the page of one request shows to an official: whose turn it is, the time line, what was asked for, its people and its files."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from municipalities import clock, messages, outcomes, request_forms, request_rows, rights, timeline, turns
from municipalities.models import DecisionPaper, MunicipalRequest, RequestDecision, RequestMessage
from municipalities.officials import Official
from municipalities.portal.following_forms import MessageForm, RelayForm
from partnership import attachments
from partnership.models import Attachment

_SHORT = 60  # characters: what fits into the summary
_SUMMARY = 6
Kind = RequestMessage.Kind
ASKED = (Kind.QUESTION, Kind.RETURNED)


@dataclass(frozen=True)
class Asked:
    """What the Ministry wants to know, with its files."""

    message: RequestMessage
    files: list[Attachment]


def context(one: MunicipalRequest, official: Official, forms: dict[str, Any]) -> dict[str, Any]:
    """Everything of the page. ``forms`` are those that came back with an error; the others are made here."""
    prefetch_related_objects([one], "parties__local_government__organisation")
    entries = timeline.of(one)
    said = [entry.message for entry in entries if entry.message is not None]
    files = attachments.of_many(said)
    shown = request_forms.shown(one)
    offered = {
        act: rights.may(one, act, official.user)
        for act in ("reply", "say", "confirm", "refuse", "relay", "withdraw", "reopen", "save", "copy")
    }
    return {
        "one": one,
        "state": request_rows.state_of(one),
        "turn": timeline.whose_turn(one, official),
        "wanted": turns.wanted(one, official.body),
        "may": offered,
        "asked": asked(one, said, files),
        "entries": [(entry, files.get(entry.message.pk, []) if entry.message else []) for entry in entries],
        "files": [*attachments.of(one), *(file for message in said for file in files.get(message.pk, []))],
        "sections": shown,
        "summary": summary(shown),
        "parties": list(one.parties.all()),
        "letter": letter_of(one),
        "became": outcomes.became([one])[one.pk],
        "bodies": bodies(one),
        "reopen_until": clock.reopen_until(one) if offered["reopen"] else None,
        **_forms(one, official, offered),
        **forms,
    }


def asked(one: MunicipalRequest, said: list[RequestMessage], files: dict[int, list[Attachment]]) -> list[Asked]:
    """The questions that wait for an answer, the oldest first."""
    if one.state != MunicipalRequest.State.WAITING:
        return []
    since = one.waiting_since
    fresh = [message for message in said if message.kind in ASKED and (since is None or message.at >= since)]
    latest = [message for message in said if message.kind in ASKED][:1]
    return [Asked(message, files.get(message.pk, [])) for message in sorted(fresh or latest, key=lambda message: message.pk)]


def summary(sections: list[Any]) -> list[tuple[str, str]]:
    """The first short answers, for the margin; the whole form stands below."""
    answers = [(label, lines) for _title, rows in sections for label, lines in rows if lines]
    short = [(label, _(", ").join(lines)) for label, lines in answers if _is_short(lines)]
    return short[:_SUMMARY]


def _is_short(lines: list[str]) -> bool:
    """A fact, not a sentence."""
    return sum(map(len, lines)) <= _SHORT and not any("。" in line for line in lines)


def letter_of(one: MunicipalRequest) -> RequestDecision | None:
    """The letter of the latest answer, once it has been announced: as it was sent, with its day, which the approved text lacks."""
    if one.decided_at is None:
        return None
    announced = RequestDecision.objects.filter(request=one, paper__state=DecisionPaper.State.ANNOUNCED)
    letter = announced.select_related("paper").order_by("-pk").first()
    sent = one.messages.filter(kind=letter.outcome).order_by("-id").first() if letter else None
    if letter and sent and sent.text:
        letter.subject, letter.text = sent.facts.get("subject", letter.subject), sent.text
    return letter


def bodies(one: MunicipalRequest) -> str:
    """Whose officials see the page."""
    every = [party.local_government for party in one.parties.all()]
    if one.relay and one.relay not in every:
        every.append(one.relay)
    return request_rows.names(every)


def message_form(one: MunicipalRequest, official: Official, act: str, *args: Any, **kwargs: Any) -> MessageForm:
    """The form of a reply or of a message, counting the files that there are."""
    already = attachments.size_of(one, list(messages.for_officials(one)))
    return MessageForm(*args, request=one, is_reply=act == "reply", already=already, **kwargs)


def _forms(one: MunicipalRequest, official: Official, offered: dict[str, bool]) -> dict[str, Any]:
    made: dict[str, Any] = {"form": None, "act": "", "relay_form": None, "kept": None}
    if offered["reply"] or offered["say"]:
        made["act"] = "reply" if offered["reply"] and not one.is_returned else "message"
        kept = made["kept"] = messages.draft_of(one, official.user)
        initial = {"message": kept.text if kept else "", "once": uuid4()}
        made["form"] = message_form(one, official, made["act"], initial=initial)
    if offered["relay"]:
        made["relay_form"] = RelayForm(request=one, prefix="relay")
    return made
