"""What happened to an event lately, in plain words: the audit trail of the event, its guests, letters and approvals."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.models import Answer, Event, EventMailing, Invitation
from partnership.models import Approval, AuditEvent, Mailing

# what a person would say; %(about)s is the guest or the letter, %(title)s a task, %(count)s a number
WORDS = {
    "event.create": gettext_lazy("entered the event"),
    "event.edit": gettext_lazy("changed the facts of the event"),
    "event.change": gettext_lazy("changed the hosts"),
    "event.open_invitations": gettext_lazy("began to invite"),
    "event.close_replies": gettext_lazy("closed the list of guests"),
    "event.reopen_replies": gettext_lazy("opened the list of guests again"),
    "event.hold": gettext_lazy("noted that the event was held"),
    "event.report": gettext_lazy("noted that the report is done"),
    "event.cancel": gettext_lazy("cancelled the event"),
    "event.postpone": gettext_lazy("postponed the event"),
    "event.plan_again": gettext_lazy("took up the postponed event again"),
    "event.purge_needs": gettext_lazy("deleted the dietary and access needs of %(count)s parties, as promised to the guests"),
    "event.invite": gettext_lazy("invited %(count)s posts"),
    "event.leave_out": gettext_lazy("gave the reason why %(count)s missions are not invited"),
    "guest_list.download": gettext_lazy("downloaded the list of guests (%(count)s lines)"),
    "task.add": gettext_lazy("added to the checklist: %(title)s"),
    "task.take": gettext_lazy("took charge of: %(title)s"),
    "task.tick": gettext_lazy("ticked off: %(title)s"),
    "task.untick": gettext_lazy("took back a tick: %(title)s"),
    "task.remove": gettext_lazy("took off the checklist: %(title)s"),
    "task.move": gettext_lazy("moved %(count)s tasks with the date"),
    "invitation.invite": gettext_lazy("invited: %(about)s"),
    "invitation.remove": gettext_lazy("took off the list: %(about)s"),
    "invitation.withdraw": gettext_lazy("withdrew the invitation: %(about)s"),
    "invitation.reissue": gettext_lazy("gave a new link: %(about)s"),
    "invitation.call": gettext_lazy("telephoned: %(about)s"),
    "invitation.consent": gettext_lazy("consented: %(about)s"),
    "invitation.admit": gettext_lazy("admitted: %(about)s"),
    "invitation.turn_away": gettext_lazy("turned away: %(about)s"),
    "invitation.refuse_substitute": gettext_lazy("refused the substitute: %(about)s"),
    "mailing.create": gettext_lazy("wrote a letter: %(about)s"),
    "mailing.edit": gettext_lazy("changed a letter: %(about)s"),
    "mailing.freeze": gettext_lazy("froze the list: %(about)s"),
    "mailing.thaw": gettext_lazy("opened the list again: %(about)s"),
    "mailing.test": gettext_lazy("sent a test: %(about)s"),
    "mailing.send": gettext_lazy("began to send: %(about)s"),
    "mailing.pause": gettext_lazy("paused the sending: %(about)s"),
    "mailing.resume": gettext_lazy("went on sending: %(about)s"),
    "mailing.finish": gettext_lazy("all sent: %(about)s"),
    "mailing.cancel": gettext_lazy("cancelled the sending: %(about)s"),
    "mailing.retry": gettext_lazy("sent again what had failed: %(about)s"),
    "approval.draft": gettext_lazy("drafted a paper for approval: %(about)s"),
    "approval.submit": gettext_lazy("submitted for approval: %(about)s"),
    "approval.agree": gettext_lazy("agreed: %(about)s"),
    "approval.approve": gettext_lazy("approved: %(about)s"),
    "approval.return": gettext_lazy("returned: %(about)s"),
    "approval.reject": gettext_lazy("rejected: %(about)s"),
    "approval.recall": gettext_lazy("recalled: %(about)s"),
    "approval.drop": gettext_lazy("dropped: %(about)s"),
    "approval.void": gettext_lazy("found void: %(about)s"),
}

SAID_TOGETHER = ("invitation.invite", "mailing.change")  # event.invite says how many; mailing.edit says the rest


@dataclass(frozen=True)
class Act:
    """One line for the page."""

    at: dt.datetime
    who: str
    what: str


def recent(event: Event, letters: Iterable[EventMailing], approvals: Iterable[Approval], limit: int = 8) -> list[Act]:
    """The newest acts, newest first. Five queries, whatever the size; each walks the trail's index."""
    letters, approvals = list(letters), list(approvals)
    newest: list[AuditEvent] = []
    sources: list[tuple[type[models.Model], Any]] = [
        (Event, [event.pk]),
        (Invitation, Invitation.objects.filter(event=event).values("pk")),
        (Mailing, [letter.mailing_id for letter in letters]),
        (Approval, [approval.pk for approval in approvals]),
    ]
    for model, keys in sources:
        kind = ContentType.objects.get_for_model(model)
        rows = AuditEvent.objects.filter(content_type=kind, object_id__in=keys).exclude(act__in=SAID_TOGETHER)
        newest += rows.order_by("-id")[:limit]
    newest.sort(key=lambda row: -row.pk)
    labels = _labels(newest[:limit], letters, approvals)
    return [_told(row, labels) for row in newest[:limit]]


def _labels(rows: Iterable[AuditEvent], letters: Iterable[EventMailing], approvals: Iterable[Approval]) -> dict[tuple[int, int], str]:
    """What the acts were done to, in the reader's language: the trail keeps it in the language of whoever acted."""
    of = ContentType.objects.get_for_model
    guests = [row.object_id or 0 for row in rows if row.content_type_id == of(Invitation).pk]
    found = {
        (of(Invitation).pk, one.pk): str(one.organisation)
        for one in Invitation.objects.filter(pk__in=guests).select_related("organisation")
    }
    found |= {(of(Mailing).pk, letter.mailing_id): str(letter.mailing) for letter in letters}
    return found | {(of(Approval).pk, approval.pk): str(approval) for approval in approvals}


def _told(row: AuditEvent, labels: dict[tuple[int, int], str]) -> Act:
    about = labels.get((row.content_type_id or 0, row.object_id or 0), row.object_label)
    who = about if row.actor_label == "link" else _("the system") if row.actor_label == "system" else row.actor_label
    return Act(at=row.at, who=who, what=in_words(row, about))


def first(event: Event, act: str) -> dt.datetime | None:
    """When the act was first done to the event."""
    kind = ContentType.objects.get_for_model(Event)
    row = AuditEvent.objects.filter(content_type=kind, object_id=event.pk, act=act).order_by("id").first()
    return row.at if row else None


def in_words(row: AuditEvent, about: str) -> str:
    """The act as a sentence in the active language; ``about`` is what it was done to."""
    if row.act == "invitation.answer":
        return _answered(row, about)
    facts = row.facts
    title = facts.get("title_en") if (get_language() or "ja").startswith("en") else facts.get("title_ja")
    words = WORDS.get(row.act)
    if words is None:
        return f"{about} ({row.act})"
    count = facts.get("count", facts.get("rows", ""))
    return str(words) % {"about": facts.get("guest", about), "title": title or "", "count": count}


def _answered(row: AuditEvent, about: str) -> str:
    reply = str(dict(Invitation.Reply.choices).get(row.facts.get("to", ""), ""))
    if row.facts.get("heads", 0) > 1:
        reply = _("%(reply)s, %(heads)s people") % {"reply": reply, "heads": row.facts["heads"]}
    source = dict(Answer.Source.choices).get(row.facts.get("source", ""), "")
    values = {"about": about, "reply": reply, "source": source}
    if row.actor_id is None:
        return _("answered: %(reply)s (%(source)s)") % values
    return _("entered for %(about)s: %(reply)s (%(source)s)") % values
