"""What a mailing waits for, in sentences: a server that cannot be reached, a hold after a restore, a person's word."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partnership import audit, dates, emails, gates, reasons
from partnership.models import AuditEvent, Email, Mailing

# why the engine paused a mailing: a word of the audit trail
PAUSES = {
    "approval_void": gettext_lazy("what was approved has changed"),
    reasons.CONTENT: gettext_lazy("three letters in a row were refused for what they say"),
}


@dataclass(frozen=True)
class Wait:
    """One thing that is waited for. ``turn`` says that it needs a person."""

    words: str
    turn: bool = False


def of(mailing: Mailing) -> list[Wait]:
    """Everything that keeps the rest from leaving now; none for a mailing that is not under way."""
    if mailing.state == Mailing.State.PAUSED:
        return [_paused(mailing)]
    if mailing.state != Mailing.State.SENDING:
        return []
    return [*_gate(), *_rows(mailing)]


def _paused(mailing: Mailing) -> Wait:
    last: AuditEvent | None = audit.about(mailing).filter(act="mailing.pause").order_by("-id").first()
    why = str(last.facts.get("reason", "")) if last else ""
    words = str(PAUSES.get(why, why))
    when = _clock(mailing.state_changed_at)
    if mailing.state_changed_by is not None:
        who = {"who": mailing.state_changed_by, "when": when, "why": words}
        return Wait(_("Paused by %(who)s at %(when)s: %(why)s") % who if words else _("Paused by %(who)s at %(when)s") % who, turn=True)
    if words:
        return Wait(_("Paused by itself at %(when)s, because %(why)s") % {"when": when, "why": words}, turn=True)
    return Wait(_("Paused by itself at %(when)s") % {"when": when}, turn=True)


def _gate() -> list[Wait]:
    gate = gates.ours().first()
    if gate is None:
        return []
    why = {"why": reasons.sentence(gate.reason) or gate.said, "since": _clock(gate.stopped_at or gate.closed_since)}
    if gate.stopped_at is not None:
        return [Wait(_("No mail leaves since %(since)s until a person lets it: %(why)s") % why, turn=True)]
    if gate.closed_since is None:
        return []
    words = _("The mail server cannot be reached since %(since)s") % why
    if gate.opens_at is not None and gate.opens_at > timezone.now():
        words += _("; tried again at %(again)s") % {"again": _clock(gate.opens_at)}
    return [Wait(words)]


def _rows(mailing: Mailing) -> list[Wait]:
    now = timezone.now()
    later = Q(state=Email.State.QUEUED, next_at__gt=now, held=False)
    counted = (
        emails.current()
        .filter(mailing=mailing)
        .aggregate(kept=Count("pk", filter=Q(held=True)), later=Count("pk", filter=later), next=Min("next_at", filter=later))
    )
    found = []
    if counted["kept"]:
        words = _("On hold after a restore, until somebody releases them: %(count)s") % {"count": counted["kept"]}
        found.append(Wait(words, turn=True))
    if counted["later"]:
        words = _("Put off by a server: %(count)s; the next is tried at %(when)s")
        found.append(Wait(words % {"count": counted["later"], "when": _clock(counted["next"])}))
    return found


def _clock(moment: dt.datetime | None) -> str:
    return dates.clock(moment, get_language() or "ja") if moment else "–"
