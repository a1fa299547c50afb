"""Every step that the engine takes with a row of the outbox, each one conditional UPDATE: only its row count is believed.

    queued → claimed → transmitting → sent | failed | queued again (certainly not accepted) | uncertain (nobody knows)

A claim raises the row's ``fence``; later steps name it, so that a worker that was taken for dead changes nothing of what
others did since. All times are the database's. The same statements run on PostgreSQL and on SQLite: there SKIP LOCKED means
nothing, but the transaction of a claim holds the write lock from its beginning, so the conditions alone decide.
"""

import datetime as dt
import functools
import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from partnership import clearances, emails, journal, prepared, reasons, restores, transitions
from partnership.models import Email, MailAttempt, Mailing
from partnership.prepared import Slot
from partnership.transport import Reply

CRASHES = 3  # claims in a row that ended without a word; then the row fails alone, instead of killing worker after worker
SWEPT_AT_ONCE = 1000
SECRET_LIFE = dt.timedelta(hours=1)
_State = Email.State
_SENDING = Mailing.State.SENDING
_FINISH = {"finish": transitions.step(Mailing.State.SENDING, to=Mailing.State.FINISHED)}

logger = logging.getLogger(__name__)


def lease() -> models.Expression:
    """The moment until which a worker may keep silent."""
    return Now() + Value(dt.timedelta(seconds=settings.MAIL_LEASE))


def let_go() -> Q:
    """Rows that may leave: not on hold; of no mailing, or of one that is being sent and with the approval that it needs."""
    return Q(clearances.let_go(), held=False)


def due(*, urgent: bool = False, without: Sequence[str] = ()) -> models.QuerySet[Email]:
    """What may be sent now, in the order in which it should be.

    Args:
        urgent: only what never waits for its turn, such as a sign-in code.
        without: domains whose mails must wait, other than urgent ones.
    """
    waiting = Email.objects.filter(let_go(), state=_State.QUEUED, next_at__lte=Now(), crashes__lt=CRASHES)
    states = dict(Mailing.objects.filter(state__in=[_SENDING, Mailing.State.PAUSED]).order_by().values_list("pk", "state"))
    if Mailing.State.PAUSED in states.values():  # this says no more than let_go() does, but leads past what may be thousands of letters
        waiting = waiting.filter(Q(mailing=None) | Q(mailing__in=[pk for pk, state in states.items() if state == _SENDING]))
    if urgent:
        waiting = waiting.filter(priority__lte=Email.Priority.LOGIN)
    for domain in without:
        waiting = waiting.filter(Q(priority__lte=Email.Priority.LOGIN) | ~Q(to_address__iendswith=f"@{domain}"))
    return waiting.order_by("priority", "next_at", "id")


def claim(owner: str, limit: int, *, urgent: bool = False, without: Sequence[str] = ()) -> list[Email]:
    """Take up to ``limit`` rows for ``owner``. A row whose last claim broke off is taken alone, so that only it can be blamed.

    The count of crashes is written here, before the work, and taken back by whatever the work ends in.
    """
    try:
        return _marked(_claimed(owner, due(urgent=urgent, without=without), limit))
    except restores.NotKept:  # nothing may leave that a restore could double
        return []


def _claimed(owner: str, waiting: models.QuerySet[Email], limit: int) -> list[Email]:
    with transaction.atomic(durable=True):
        restores.check()
        first = list(waiting.select_for_update(skip_locked=True, of=("self",))[:limit])
        taken = first[:1] if first and first[0].crashes else [email for email in first if not email.crashes]
        if not taken:
            return []
        mine = Email.objects.filter(pk__in=[email.pk for email in taken], state=_State.QUEUED)
        written = mine.update(state=_State.CLAIMED, owner=owner, fence=F("fence") + 1, crashes=F("crashes") + 1, lease_until=lease())
        if written != len(taken):  # their locks are ours, so this cannot be
            msg = f"{len(taken)} rows were locked and {written} claimed"
            raise RuntimeError(msg)
        for email in taken:
            email.state, email.owner, email.fence, email.crashes = _State.CLAIMED, owner, email.fence + 1, email.crashes + 1
        restores.claimed(len(taken))
        return taken


def _marked(taken: list[Email]) -> list[Email]:
    """What was claimed, once the mark beside the database says so."""
    try:
        if taken:
            restores.keep()
    except restores.NotKept:
        for email in taken:
            release(email)
        raise
    return taken


def intend(email: Email) -> bool:
    """Commit that the body leaves now. False: it may not (taken back, paused, on hold, lease over), and nothing must leave."""
    if _intent((clearances.basis(), settings.MAIL_LEASE)).run(id=email.pk, fence=email.fence) != 1:
        return False
    journal.left(email)
    return True


@functools.lru_cache(maxsize=8)
def _intent(_made_of: Hashable) -> prepared.Change:
    claimed = _mine().filter(let_go(), state=_State.CLAIMED, lease_until__gt=Now())
    return prepared.Change(claimed, state=_State.TRANSMITTING, crashes=0, data_started_at=Now(), lease_until=lease())


def _mine() -> models.QuerySet[Email]:
    return Email.objects.filter(id=Slot("id", Email), fence=Slot("fence", Email))


def release(email: Email, *, reason: str = "", wait: dt.timedelta | None = None, blameless: bool = True) -> bool:
    """Give a claimed row back; it was no attempt. ``blameless=False`` leaves the crash in its count."""
    changes: dict[str, Any] = {"state": _State.QUEUED, "owner": "", "lease_until": None}
    if blameless:
        changes["crashes"] = 0
    if reason:
        changes["reason"] = reason
    if wait is not None:
        changes["next_at"] = Now() + Value(wait)
    return Email.objects.filter(pk=email.pk, fence=email.fence, state=_State.CLAIMED).update(**changes) == 1


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended: in which phase, in which state, and what the server said."""

    phase: str  # build, envelope, check, data, reply
    state: str
    reason: str = ""
    reply: Reply | None = None
    wait: dt.timedelta = dt.timedelta()  # until the next attempt, where there is one


@transaction.atomic
def conclude(email: Email, outcome: Outcome, *, worker: str, started_at: dt.datetime, again: bool = False) -> bool:
    """Write how an attempt ended, in the row and in an attempt of its own.

    A worker that was slow but lives may still conclude a row that the sweep called uncertain: it knows better. It may not
    queue it again when a person sent it again meanwhile; then the row fails, as it certainly was not accepted. And what a server
    did accept is sent, whatever others concluded from the silence since, as long as nobody claimed the row anew.

    Args:
        again: the same was written before, and the connection broke before we knew whether it was committed.
    """
    if again and MailAttempt.objects.filter(email=email, fence=email.fence).exists():
        return True
    reply = outcome.reply or Reply(code=0)
    code, text, is_secret = reply.code or None, reply.text[:500], email.purpose in emails.secret_purposes()
    _tried().run(
        email=email.pk,
        fence=email.fence,
        worker=worker[:80],
        phase=outcome.phase,
        outcome=outcome.state,
        code=code,
        reply=text,
        started_at=started_at,
        ended_at=timezone.now(),
    )
    if outcome.state == _State.SENT:
        return _sent(is_secret).run(id=email.pk, fence=email.fence, code=code, reply=text) == 1
    mine = Email.objects.filter(pk=email.pk, fence=email.fence, state__in=[_State.CLAIMED, _State.TRANSMITTING, _State.UNCERTAIN])
    changes = _changes(outcome, code, text, is_secret=is_secret)
    if outcome.state != _State.QUEUED:
        return mine.update(**changes) == 1
    if mine.exclude(reason=reasons.RESENT).update(**changes) == 1:
        return True
    return mine.update(**_changes(replace(outcome, state=_State.FAILED), code, text, is_secret=is_secret)) == 1


@functools.cache
def _tried() -> prepared.Addition:
    return prepared.Addition(MailAttempt)


@functools.cache
def _sent(is_secret: bool) -> prepared.Change:  # noqa: FBT001 (the cache wants it so)
    changes = _changes(Outcome("reply", _State.SENT), Slot("code", MailAttempt), Slot("reply", MailAttempt), is_secret=is_secret)
    return prepared.Change(_mine().exclude(state=_State.SENT), **changes)


def _changes(outcome: Outcome, code: int | Slot | None, text: str | Slot, *, is_secret: bool) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "state": outcome.state,
        "reason": outcome.reason,
        "smtp_code": code,
        "smtp_reply": text,
        "attempts": F("attempts") + 1,
        "crashes": 0,
        "lease_until": None,
    }
    if outcome.state == _State.QUEUED:
        changes |= {"owner": "", "next_at": Now() + Value(outcome.wait)}
    if outcome.state == _State.SENT:
        changes["accepted_at"] = Now()
    if outcome.state in Email.FINAL:
        changes |= {"finished_at": Now(), "held": False}  # on hold is what may still leave
    if is_secret and outcome.state in {*Email.FINAL, _State.UNCERTAIN}:
        changes |= {"text": "", "html": ""}
    return changes


def refused_in_a_row(mailing: Mailing, count: int) -> bool:
    """Whether the last letters of a mailing were all refused for their content, since it was last let go on; asked of the rows."""
    last = Email.objects.filter(mailing=mailing, state__in=[_State.SENT, _State.FAILED])
    if mailing.state_changed_at is not None:
        last = last.filter(finished_at__gte=mailing.state_changed_at)
    words = list(last.order_by("-finished_at", "-id").values_list("reason", flat=True)[:count])
    return len(words) == count and set(words) <= reasons.OF_CONTENT


def sweep() -> None:
    """Put right what a lost worker left behind, and close what is complete. Any number of sweepers may do it at once."""
    over = Email.objects.filter(lease_until__lt=Now())
    restores.look_at(over.filter(state=_State.CLAIMED))
    _acquit(over.filter(state=_State.CLAIMED))
    _turn(over.filter(state=_State.CLAIMED), state=_State.QUEUED, owner="", lease_until=None)
    _turn(over.filter(state=_State.TRANSMITTING), state=_State.UNCERTAIN, reason=reasons.INTERRUPTED, lease_until=None)
    waiting = Email.objects.filter(state=_State.QUEUED)
    for pk in _turn(waiting.filter(crashes__gte=CRASHES), state=_State.FAILED, reason=reasons.POISON, finished_at=Now()):
        logger.error("mail %s failed: %s claims ended without a word", pk, CRASHES)
    # a code that could not be sent for so long is of no use to its owner, and would be to somebody else
    old = waiting.filter(purpose__in=emails.secret_purposes(), created_at__lt=Now() - Value(SECRET_LIFE))
    _turn(old, state=_State.CANCELLED, reason=reasons.EXPIRED, finished_at=Now())
    finish_mailings()


@transaction.atomic
def _acquit(rows: models.QuerySet[Email]) -> None:
    """A worker goes through its batch in order. So the row it died with is the first that is left; the others were not touched."""
    for owner in rows.order_by().values_list("owner", flat=True).distinct():
        batch = rows.filter(owner=owner).select_for_update(skip_locked=True, of=("self",)).order_by("priority", "next_at", "id")
        untouched = [email.pk for email in batch[:SWEPT_AT_ONCE]][1:]
        if untouched:
            rows.filter(pk__in=untouched).update(state=_State.QUEUED, owner="", lease_until=None, crashes=0)


@transaction.atomic
def _turn(rows: models.QuerySet[Email], **changes: Any) -> list[int]:
    """Change these rows; one that somebody else is just changing is left to the next sweep, so that nobody waits for anybody."""
    chosen = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    if chosen:
        rows.filter(pk__in=chosen).update(**changes)
        if changes["state"] != _State.QUEUED:
            emails.wipe_secrets(*chosen)
    return chosen


def finish_mailings() -> None:
    """Close the mailings of which every mail is final; asked of the rows, never of a counter."""
    for pk in _through().values_list("pk", flat=True):
        _finish(pk)


def _through() -> models.QuerySet[Mailing]:
    """The mailings that are being sent and of which no mail is left to send or to decide about."""
    rows = Email.objects.filter(mailing=OuterRef("pk"))
    resent = Exists(Email.objects.filter(resend_of=OuterRef("pk")))
    waiting = rows.filter(state__in=Email.UNFINISHED).exclude(Q(state=_State.UNCERTAIN) & resent)
    return Mailing.objects.filter(Exists(rows), ~Exists(waiting), state=Mailing.State.SENDING)


@transaction.atomic
def _finish(pk: int) -> None:
    # asked again under its lock: somebody may have sent a mail of it again since, which would then wait for ever.
    # One that is locked now is left to the next sweep, so that nobody waits for anybody.
    locked = Mailing.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if locked is not None and _through().filter(pk=pk).exists():
        changes = {"state_changed_at": timezone.now(), "state_changed_by": None}
        transitions.move(locked, _FINISH, "finish", by=None, changes=changes)
