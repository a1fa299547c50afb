"""What happened to one letter of a mailing, in the words a person would say: from the day it was written to what came of it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import acts, reasons
from partnership.models import AuditEvent, Email, IncomingMail, MailAttempt

_ACTS = ("email.cancel", "email.confirm", "email.accepted", "email.absent")
_OUTCOMES = {
    Email.State.SENT: gettext_lazy("The server of the recipient took it"),
    Email.State.UNCERTAIN: gettext_lazy("Handed over, but nobody knows whether it was taken"),
    Email.State.FAILED: gettext_lazy("Refused"),
    Email.State.CANCELLED: gettext_lazy("Not sent"),
    Email.State.QUEUED: gettext_lazy("Put off"),
}
_TONES = {Email.State.SENT: "ok", Email.State.FAILED: "bad", Email.State.UNCERTAIN: "turn", Email.State.CANCELLED: "bad"}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. ``said`` are the words of a server, as it wrote them."""

    at: dt.datetime
    words: str
    remark: str = ""
    said: str = ""
    tone: str = ""
    mark: str = ""  # now: it stands here; next: still to come
    who: str = ""


def chain(email: Email) -> QuerySet[Email]:
    """All rows of this letter to this recipient, the first sending first."""
    rows = Email.objects.filter(mailing=email.mailing_id, recipient_key=email.recipient_key, purpose=email.purpose)
    return rows.select_related("created_by", "approval").order_by("seq")


def of(rows: Sequence[Email]) -> list[Moment]:
    """The timeline of these rows of one letter, oldest first, and what is still to come; a fixed number of queries."""
    found = [moment for row in rows for moment in _written(row)]
    found += [_try(one) for one in MailAttempt.objects.filter(email__in=rows).order_by("id")]
    found += [_return(one) for one in IncomingMail.objects.filter(email__in=rows).order_by("id")]
    found += _decided(rows)
    found.sort(key=lambda moment: moment.at)
    return [*found, *_ahead(rows[-1])]


def _written(row: Email) -> list[Moment]:
    who = str(row.created_by or "")
    words = _("Written and put into the outbox") if row.seq == 0 else _("Written again, sending %(number)s") % {"number": row.seq + 1}
    found = [Moment(row.created_at, words, row.to_address, who=who)]
    known = row.state == Email.State.SENT and row.reason
    if known and row.finished_at:  # taken as sent by evidence, not by the server's own answer
        found.append(Moment(row.finished_at, reasons.sentence(row.reason), tone="ok"))
    if row.bounced_at:
        found.append(Moment(row.bounced_at, _("It came back"), tone="bad"))
    return found


def _try(one: MailAttempt) -> Moment:
    word = reasons.sentence(reasons.of_reply(one.phase, one.code, one.reply)) if one.code and one.code >= 400 else ""
    words = str(_OUTCOMES.get(Email.State(one.outcome), one.outcome)) if one.outcome in Email.State.values else one.outcome
    if one.phase == "check":
        words = _("Not wanted any more when it was about to leave")
    elif one.phase == "build":
        words = _("No message could be made of it")
    said = f"{one.code} {one.reply}".strip() if one.code else one.reply
    return Moment(one.ended_at, words, word, said, _TONES.get(one.outcome, ""))  # type: ignore[call-overload]


def _return(one: IncomingMail) -> Moment:
    tone = "bad" if one.kind == IncomingMail.Kind.BOUNCE else ""
    said = " ".join(part for part in (one.status, one.diagnostic) if part)
    return Moment(one.received_at, _("Came in: %(what)s") % {"what": one.get_kind_display()}, one.subject, said, tone, who=one.from_address)


def _decided(rows: Iterable[Email]) -> list[Moment]:
    kind = ContentType.objects.get_for_model(Email)
    trail = AuditEvent.objects.filter(content_type=kind, object_id__in=[row.pk for row in rows], act__in=_ACTS).select_related("actor")
    words = acts.known()
    return [
        Moment(
            row.at,
            acts.label(row.act).partition(" (")[0].replace("…", "").strip(" :：") if row.act in words else row.act,
            who=acts.actor(row),
        )
        for row in trail
    ]


def _ahead(row: Email) -> list[Moment]:
    """What the letter waits for now."""
    why = reasons.sentence(row.reason, row.smtp_code)
    if row.held:
        return [Moment(row.next_at, _("On hold after a restore, until somebody releases it"), why, mark="now")]
    if row.state == Email.State.QUEUED:
        later = row.attempts > 0
        words = _("To be tried again, attempt %(number)s") % {"number": row.attempts + 1} if later else _("Waits for its turn")
        return [Moment(row.next_at, words, why, mark="next")]
    if row.state == Email.State.UNCERTAIN:
        at = row.data_started_at or row.created_at
        return [Moment(at, _("Not known whether it arrived. It is not sent again by itself"), why, tone="turn", mark="now")]
    return []
