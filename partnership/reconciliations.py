"""Compares the outbox with the log of our mail server: what it took is sent, what it never took waits again.

That a letter is in the log is proof. That it is not proves something only where the log would show it. So a row is called absent only

- when the log shows every letter of which the outbox itself knows that this server took it in that time (it has the 250). One that is
  missing, or a clock that goes wrong by more than some minutes, means that the log is another server's or has gaps: its silence says
  nothing then;
- and, in a syslog, which is cut into pieces day by day, when this piece covers the attempt, and beyond it the time for which a paused
  worker may still hold the letter (``MAIL_LEASE``) and a slow server may still take it (``EMAIL_TIMEOUT``). JSON lines are an export made
  now, so they reach until now.

Whoever knows that a log is whole says so (``complete``).
"""

import datetime as dt
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from partnership import audit, evidence, transitions
from partnership.models import Email, MailMark, User
from partnership.relay_logs import RelayLog, Taken

SKEW = dt.timedelta(minutes=10)
AT_ONCE = 500
ACCEPTED, ABSENT, NOT_COVERED = "accepted", "absent", "not covered"


@dataclass(frozen=True)
class Verdict:
    """What the log says of one row that waits for evidence."""

    email: Email
    word: str
    at: dt.datetime | None = None


@dataclass
class Comparison:
    """What a log says of the whole outbox; nothing is changed yet."""

    log: RelayLog
    complete: bool
    verdicts: list[Verdict] = field(default_factory=list)
    unknown: list[Taken] = field(default_factory=list)  # ours by their form, but in no row: letters of a time that a restore took back
    missing: int = 0  # letters that the server took in that time, by our own record, and that the log does not show
    skew: dt.timedelta = dt.timedelta()

    @property
    def silence_counts(self) -> bool:
        """Whether a letter that is not in the log was not taken."""
        return self.complete or (bool(self.log.taken) and not self.log.cut and not self.missing and self.skew <= SKEW)

    def of(self, word: str) -> list[Verdict]:
        """The rows of one verdict."""
        return [one for one in self.verdicts if one.word == word]

    @property
    def changes(self) -> list[Verdict]:
        """The rows that applying it would change."""
        return [one for one in self.verdicts if one.word != NOT_COVERED and not (one.word == ABSENT and one.email.evidence == evidence.LOG)]


def compare(log: RelayLog, *, complete: bool = False) -> Comparison:
    """Lay the log beside the outbox.

    Args:
        log: as partnership/relay_logs.py reads it.
        complete: the log is known to hold every message that was ever taken.
    """
    found = Comparison(log, complete)
    _look_for_gaps(found)
    for email in evidence.waiting().select_related("mailing").defer("text", "html").order_by("id").iterator(chunk_size=AT_ONCE):
        found.verdicts.append(_verdict(email, found))
    found.unknown = _unknown(log)
    return found


def apply(found: Iterable[Verdict], *, by: User | None, unknown: int = 0) -> dict[str, int]:
    """Settle the rows as the log says; one that somebody settled meanwhile is left. Returns how many of each kind."""
    done = {ACCEPTED: 0, ABSENT: 0}
    for one in found:
        try:
            if one.word == ACCEPTED:
                evidence.accepted(email=one.email, source=evidence.LOG, at=one.at, by=by)
            elif one.word == ABSENT:
                evidence.absent(email=one.email, source=evidence.LOG, by=by)
            else:
                continue
        except transitions.Refused:
            continue
        done[one.word] += 1
    if any(done.values()) or unknown:
        with transaction.atomic():
            audit.record(
                "mailmark.reconcile", MailMark.objects.first(), by=by, unknown=unknown, accepted=done[ACCEPTED], absent=done[ABSENT]
            )
    return done


def _verdict(email: Email, found: Comparison) -> Verdict:
    taken = found.log.taken.get(email.message_id)
    if taken is not None:
        return Verdict(email, ACCEPTED, taken.at)
    if found.complete or (found.silence_counts and _covers(found.log, email)):
        return Verdict(email, ABSENT)
    return Verdict(email, NOT_COVERED)


def _covers(log: RelayLog, email: Email) -> bool:
    """Whether the log would show this letter: from its attempt until nobody can hold it any more.

    One that a restore put on hold may have left at any time since it was written, until the restore was found.
    """
    margin = dt.timedelta(seconds=settings.MAIL_LEASE + settings.EMAIL_TIMEOUT)
    if not log.rotates:
        return email.data_started_at is None or email.data_started_at + margin <= timezone.now()
    if log.first is None or log.last is None:
        return False
    begin = email.created_at if email.held else email.data_started_at
    end = email.data_started_at or begin
    if email.held:
        went_back_at = MailMark.objects.values_list("went_back_at", flat=True).first()
        end = went_back_at or end
    return begin is not None and end is not None and log.first <= begin and end + margin <= log.last


def _look_for_gaps(found: Comparison) -> None:
    """Lay beside it what the outbox itself knows: rows to which the server said 250 in the time that the log should cover."""
    begin, end = _stretch(found.log)
    if begin is None or end is None:
        return
    known = Email.objects.filter(accepted_at__range=(begin, end), smtp_code__range=(200, 299))
    for message_id in known.values_list("message_id", flat=True).iterator(chunk_size=2000):
        found.missing += message_id not in found.log.taken
    skews = [abs((taken_at - accepted_at).total_seconds()) for taken_at, accepted_at in _both_clocks(found.log)]
    found.skew = dt.timedelta(seconds=statistics.median(skews)) if skews else dt.timedelta()


def _stretch(log: RelayLog) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The time in which the log should show every letter: a piece of a syslog its own, without the edges; an export until now."""
    if log.rotates:
        return (log.first + SKEW, log.last - SKEW) if log.first and log.last else (None, None)
    starts = evidence.waiting().aggregate(held=Min("created_at", filter=Q(held=True)), tried=Min("data_started_at"))
    begins = [moment for moment in (starts["held"], starts["tried"]) if moment is not None]
    return (min(begins), timezone.now()) if begins else (None, None)


def _both_clocks(log: RelayLog) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """When the log says that a letter was taken, and when the outbox says so."""
    for keys in _portions(log):
        rows = Email.objects.filter(message_id__in=keys, accepted_at__isnull=False, smtp_code__range=(200, 299))
        for message_id, accepted_at in rows.values_list("message_id", "accepted_at"):
            if (taken_at := log.taken[message_id].at) is not None and accepted_at is not None:
                yield taken_at, accepted_at


def _unknown(log: RelayLog) -> list[Taken]:
    """Letters with a Message-ID of our making and our domain that no row has."""
    domain = (parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost") + ">"
    unknown: list[Taken] = []
    for keys in _portions(log):
        known = set(Email.objects.filter(message_id__in=keys).values_list("message_id", flat=True))
        unknown += [log.taken[key] for key in keys if key not in known and key.partition("@")[2] == domain]
    return unknown


def _portions(log: RelayLog) -> Iterator[list[str]]:
    keys = list(log.taken)
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
