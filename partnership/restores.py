"""A restored database sends nothing by itself (docs/operations.md, “After a restore”).

A backup remembers letters as waiting that have left since. So every claim of the outbox is counted twice: in the database
(``MailMark``), and in a file beside it that no restore of the database takes back. The order is: commit the claim, raise the file,
and only then let a letter of this claim leave. So the file may be behind (a crash in between; nothing left), but it is ahead only when
the database is older than what has happened. Then everything unfinished is put on hold, until a person releases it.

The smallest hole is closed by the journal (partnership/journal.py): a copy made in the middle of the very last claim shows the same
count; but the journal names the letters whose text left, and what the database says of each of them.
"""

import contextlib
import fcntl
import json
import logging
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from partnership import audit, emails, journal, reasons
from partnership.models import Email, MailMark, User
from partnership.transitions import Refused

ONLY = 1  # the key of the one row
_State = Email.State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Copy:
    """What the file says. An unreadable one has no identity, so it is nobody's."""

    identity: str
    claims: int


class NotKept(Exception):
    """The file beside the database cannot be written; what was claimed must not leave."""


# ── what the outbox asks at each claim ───────────────────────────────────────


def check() -> bool:
    """Whether the database is as new as the file says. If not, everything unfinished is on hold from now on.

    Call it in the transaction that claims. The file is read before the row, so a claim of somebody else in between cannot look
    like a step back. Rows that are written later (sign-in codes) are not held.

    Raises:
        NotKept: before the first claim, when no file can be written: nothing is claimed without one.
    """
    seen = _read()
    mark = _mark()
    if not _went_back(mark, seen):
        if seen is None or seen.identity != str(mark.identity):
            keep()
        return True
    _hold(seen)
    return False


def look_at(broken_off: models.QuerySet[Email]) -> None:
    """Ask the journal about claims that ended without a word, before they are given back.

    A copy made in the middle of the very last claim counts as many claims as the file. But a row whose text left said so before.
    """
    if broken_off.exists() and journal.left_since(broken_off):
        _hold(_read(), by_journal=True)


def claimed(count: int) -> None:
    """Count one claim of so many rows, in its transaction; the row stays locked until the commit."""
    if count:
        MailMark.objects.filter(pk=ONLY).update(claims=F("claims") + 1)


def keep() -> None:
    """Raise the file to what the database counts, after the commit and before anything leaves. It never goes down for one database.

    Raises:
        NotKept: when the file cannot be written; then the rows must be given back.
    """
    mark = MailMark.objects.get(pk=ONLY)
    try:
        with _alone():
            seen = _read()
            if seen is not None and seen.identity == str(mark.identity) and seen.claims >= mark.claims:
                return
            _write(Copy(str(mark.identity), mark.claims))
    except OSError as error:
        logger.error("%s cannot be written, so no mail leaves: %s", settings.MAIL_MARK, type(error).__name__)  # noqa: TRY400
        raise NotKept(type(error).__name__) from error


def problem() -> str:
    """Why the file would not be written now, for the page of the engine; "" when it would."""
    folder = Path(settings.MAIL_MARK).parent
    if os.access(folder, os.W_OK | os.X_OK):
        return ""
    return _(
        "%(folder)s cannot be written. No mail leaves until it can: without the mark kept there a restored backup would send letters twice."
    ) % {"folder": folder}


# ── while the hold lasts ─────────────────────────────────────────────────────


def mark() -> MailMark | None:
    """The row, for those who show it."""
    return MailMark.objects.filter(pk=ONLY).select_related("released_by").first()


def is_held() -> bool:
    """Whether the database was found restored and nobody has released it yet."""
    return MailMark.objects.filter(pk=ONLY, went_back_at__isnull=False, released_at__isnull=True).exists()


def held() -> models.QuerySet[Email]:
    """The letters that are on hold."""
    return Email.objects.filter(held=True)


def refuse_while_held() -> None:
    """Stop whoever would let letters of a mailing leave: after a restore the database does not know which have left.

    Raises:
        Refused: while the hold lasts.
    """
    with contextlib.suppress(NotKept), transaction.atomic():
        check()
    if is_held():
        raise Refused(
            _("The data was restored from a backup. No mailing leaves until it is clear which letters had left, and the hold is released.")
        )


@transaction.atomic
def release(*, by: User, note: str = "") -> int:
    """Let what is still on hold leave. Those of which the journal says that they left stay undecided. Returns how many may leave.

    Raises:
        Refused: when nothing is held.
    """
    mark = MailMark.objects.select_for_update().filter(pk=ONLY).first()
    if mark is None or mark.went_back_at is None or mark.released_at is not None:
        raise Refused(_("Nothing is on hold."))
    free = held().filter(state=_State.QUEUED).update(held=False, reason="", next_at=Now())
    unknown = held().update(held=False)
    mark.released_at, mark.released_by = timezone.now(), by
    mark.save(update_fields=["released_at", "released_by"])
    audit.record("mailmark.release", mark, by=by, personal={"note": note} if note else None, count=free, unknown=unknown)
    emails.wake()
    return free


# ── how it is found, and what is held ────────────────────────────────────────


def _mark() -> MailMark:
    return MailMark.objects.get_or_create(pk=ONLY, defaults={"identity": uuid.uuid4()})[0]


def _went_back(mark: MailMark, seen: Copy | None) -> bool:
    if seen is None:
        return mark.claims > 0  # lost, or never brought along with the database
    if seen.identity == str(mark.identity):
        return seen.claims > mark.claims
    # the file of another database, or nobody's: only one that has never claimed anything can be sure of itself
    return mark.claims > 0 or Email.objects.filter(fence__gt=0).exists()


@transaction.atomic
def _hold(seen: Copy | None, *, by_journal: bool = False) -> None:
    stored = MailMark.objects.select_for_update().get(pk=ONLY)
    # the file again, now that nobody can claim: two first claims at once, and the slower one saw no file but the other's claim
    seen = _read()
    before = seen.claims if seen is not None and seen.identity == str(stored.identity) else 0
    again = stored.went_back_at is not None and stored.released_at is None
    if not (_went_back(stored, seen) or by_journal) or (again and before <= stored.went_back_from):
        return  # somebody was quicker
    unfinished = Email.objects.filter(state__in=Email.UNFINISHED)
    left = list(journal.left_since(unfinished))
    waiting = Email.objects.filter(state__in=[_State.QUEUED, _State.CLAIMED]).exclude(pk__in=left)
    count = waiting.update(state=_State.QUEUED, held=True, reason=reasons.RESTORED, owner="", lease_until=None, crashes=0)
    started = models.functions.Coalesce("data_started_at", Now())
    transmitting = Email.objects.filter(state=_State.TRANSMITTING).exclude(pk__in=left)
    transmitting.update(state=_State.UNCERTAIN, reason=reasons.INTERRUPTED, lease_until=None, data_started_at=started)
    gone = Email.objects.filter(pk__in=left).exclude(state=_State.UNCERTAIN)
    gone.update(
        state=_State.UNCERTAIN,
        reason=reasons.RESTORED_LEFT,
        lease_until=None,
        data_started_at=started,
    )
    unknown = Email.objects.filter(state=_State.UNCERTAIN).update(held=True)
    stored.claims = max(stored.claims, before) + 1  # ahead of the file, which follows: a crash now is found again at the worst
    stored.went_back_at, stored.went_back_from = timezone.now(), before
    stored.released_at = stored.released_by = None
    stored.save()
    audit.record("mailmark.hold", stored, by=None, count=count, unknown=unknown, mark=before)
    logger.error("the database went back in time: %s letters are on hold, of %s it is unknown whether they left", count, unknown)
    transaction.on_commit(_follow)


def _follow() -> None:
    with contextlib.suppress(NotKept):
        keep()


# ── the file ─────────────────────────────────────────────────────────────────


def _read() -> Copy | None:
    try:
        text = Path(settings.MAIL_MARK).read_text()
    except FileNotFoundError:
        return None
    except OSError:
        return Copy("", 0)
    try:
        kept = json.loads(text)
        return Copy(str(kept["identity"]), int(kept["claims"]))
    except (ValueError, KeyError, TypeError):
        return Copy("", 0)


def _write(copy: Copy) -> None:
    """Replace the file whole: after a power cut it is the old one or the new one."""
    path = Path(settings.MAIL_MARK)
    new = path.with_name(path.name + ".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"identity": copy.identity, "claims": copy.claims}, file)
        file.flush()
        os.fdatasync(file.fileno())
    new.replace(path)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One writer at a time, also among threads and among machines that share the folder."""
    path = Path(settings.MAIL_MARK)
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
