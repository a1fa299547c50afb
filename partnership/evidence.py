"""What became of a mail of which nobody knew whether it arrived: settled by evidence, or by a person, and never by a guess.

Evidence is the log of our mail server (partnership/relay_logs.py), a report from the recipient's side, an answer through the personal
link, or the word of a member of staff. Without any, the rule of its kind (``Purpose.uncertain``) applies after ``MAIL_EVIDENCE_WAIT``
seconds: ``hold`` leaves it to a person, ``resend`` writes it once more in a new row, ``sent`` lets it rest. Each of these is audited.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import audit, emails, purposes, reasons, transitions
from partnership.models import Email, Mailing, User
from partnership.transitions import Refused

LOG, ANSWER, REPORT, STAFF = "log", "answer", "report", "staff"
SOURCES = {LOG: reasons.BY_LOG, ANSWER: reasons.BY_ANSWER, REPORT: reasons.BY_REPORT, STAFF: reasons.CONFIRMED}
AT_ONCE = 200  # rows that one look applies defaults to
_State = Email.State


def settles(email: Email) -> bool:
    """Whether evidence may change this row: nobody knows whether it arrived, or a restore put it on hold."""
    return email.state == _State.UNCERTAIN or (email.held and email.state == _State.QUEUED)


def waiting() -> models.QuerySet[Email]:
    """The rows that evidence may settle, those among them that were sent again in a new row as well."""
    return Email.objects.filter(models.Q(state=_State.UNCERTAIN) | models.Q(held=True, state=_State.QUEUED))


@transaction.atomic
def accepted(*, email: Email, source: str, at: dt.datetime | None = None, by: User | None = None, note: str = "") -> None:
    """It arrived, or our mail server took it: the row is sent.

    Args:
        email: uncertain, or on hold after a restore.
        source: how it is known: ``log``, ``answer``, ``report`` or ``staff``.
        at: when it was taken, if that is known.
        by: who says so; None when nobody but the evidence does.
        note: in the words of whoever decided; kept in the trail.

    Raises:
        Refused: when the row is settled already.
    """
    stored = _settled_row(email)
    if source == STAFF and Email.objects.filter(resend_of=stored.pk).exists():
        raise Refused(_("This mail was already sent again."))
    taken_at = at or stored.data_started_at or timezone.now()
    _write(
        stored,
        state=_State.SENT,
        reason=SOURCES[source],
        evidence=source,
        accepted_at=taken_at,
        data_started_at=stored.data_started_at or taken_at,
        finished_at=Now(),
    )
    emails.wipe_secrets(stored.pk)
    personal = {"note": note} if note else None
    audit.record("email.accepted", stored, by=by, personal=personal, source=source, **{"from": stored.state, "to": _State.SENT})
    email.refresh_from_db()


@transaction.atomic
def absent(*, email: Email, source: str, by: User | None = None, note: str = "") -> str:
    """Our mail server never took it: the same row waits again, or is given up where it cannot leave any more.

    On hold after a restore it stays on hold, and says now that it is safe to release.

    Returns:
        The state in which it is left.

    Raises:
        Refused: when the row is settled already.
    """
    stored = _settled_row(email)
    changes: dict[str, Any] = {"evidence": source, "owner": "", "lease_until": None, **_way_on(stored)}
    _write(stored, **changes)
    emails.wipe_secrets(*([] if changes["state"] == _State.QUEUED else [stored.pk]))
    personal = {"note": note} if note else None
    audit.record("email.absent", stored, by=by, personal=personal, source=source, **{"from": stored.state, "to": changes["state"]})
    if changes["state"] == _State.QUEUED and not stored.held:
        emails.wake()
    email.refresh_from_db()
    return str(changes["state"])


def _way_on(email: Email) -> dict[str, Any]:
    """Where a letter goes that certainly was not taken."""
    if Email.objects.filter(resend_of=email.pk).exists():
        return {"state": _State.FAILED, "reason": reasons.NOT_IN_LOG, "finished_at": Now(), "held": False}
    if email.mailing is not None and email.mailing.state == Mailing.State.CANCELLED:
        return {"state": _State.CANCELLED, "reason": reasons.MAILING_CANCELLED, "finished_at": Now(), "held": False}
    if not email.text:
        return {"state": _State.FAILED, "reason": reasons.EXPIRED, "finished_at": Now(), "held": False}
    word = reasons.RESTORED_ABSENT if email.held else reasons.NOT_IN_LOG
    return {"state": _State.QUEUED, "reason": word, "next_at": Now(), "data_started_at": None, "crashes": 0}


def answered(letters: models.QuerySet[Email]) -> None:
    """Somebody came through the personal link that these letters carry.

    That proves that one of them arrived. It settles an uncertain one only where no other can have brought the link.
    """
    brought = letters.filter(data_started_at__isnull=False, state__in=[_State.TRANSMITTING, _State.SENT, _State.UNCERTAIN])
    only = list(brought.order_by("id")[:2])
    if len(only) == 1 and only[0].state == _State.UNCERTAIN:
        accepted(email=only[0], source=ANSWER)


# ── without evidence ─────────────────────────────────────────────────────────


def apply_defaults() -> int:
    """Apply the rule of its kind to each mail of which nothing was heard for long. Returns how many. Called by the sweep."""
    late = emails.undecided().filter(held=False, data_started_at__lt=Now() - Value(dt.timedelta(seconds=settings.MAIL_EVIDENCE_WAIT)))
    ruled = {key: rule for key, rule in _rules().items() if rule != "hold"}
    done = 0
    for key, pk in late.filter(purpose__in=ruled).order_by("id").values_list("purpose", "pk")[:AT_ONCE]:
        done += _apply(pk, ruled[key])
    return done


def rule(purpose: str) -> str:
    """What becomes of a mail of this kind when nothing is heard of it: hold, resend, sent or lapse."""
    return _rules().get(purpose, "hold")


def _rules() -> dict[str, str]:
    """By purpose. A secret is wiped by then and cannot be written again; its reader asks for a new one, and nobody need decide."""
    return {one.key: "lapse" if one.secret else one.uncertain for one in purposes.every()}


@transaction.atomic
def _apply(pk: int, rule: str) -> int:
    """One row, if nobody was quicker. 1 when the rule changed something."""
    email = Email.objects.filter(pk=pk).first()
    if email is None or not _may_rest(email):
        return 0
    stored = emails.locked(email)
    if not _may_rest(stored):
        return 0
    if rule == "resend":
        return _send_again(stored)
    if rule == "lapse":
        Email.objects.filter(pk=stored.pk).update(reason=reasons.LAPSED)
        audit.record("email.lapse", stored, by=None)
        return 1
    _write(stored, state=_State.SENT, reason=reasons.TAKEN_AS_SENT, accepted_at=stored.data_started_at or timezone.now(), finished_at=Now())
    audit.record("email.assume", stored, by=None, rule=rule)
    return 1


def _may_rest(email: Email) -> bool:
    return email.state == _State.UNCERTAIN and not email.held and not Email.objects.filter(resend_of=email.pk).exists()


def _send_again(email: Email) -> int:
    """Once by itself: a second silence, and a letter of a mailing, which an approval binds, are for a person."""
    if email.seq or email.mailing_id is not None or not email.text:
        return 0
    try:
        emails.resend(email=email, by=None)
    except (Refused, ValueError):
        return 0
    return 1


def _settled_row(email: Email) -> Email:
    stored = emails.locked(email)
    if not settles(stored):
        raise transitions.Refused(_("This mail is settled already: it is “%(state)s”.") % {"state": stored.get_state_display()})
    return stored


def _write(email: Email, **changes: Any) -> None:
    """Change the row, which is locked."""
    if changes.get("state") == _State.SENT:
        changes |= {"held": False, "lease_until": None}
    Email.objects.filter(pk=email.pk).update(**changes)
