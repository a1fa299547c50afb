"""Takes in what the mailbox holds: each mail becomes one row, is matched with the letter of ours that it speaks of, and has its effects.

The row, its effects and their audit entries are one transaction, and the SHA-256 of the bytes is unique: a mail that the mailbox hands
out twice, or to two readers at once, counts once. A letter is found by the signed address that only its reports can come to, or by its
Message-ID, which only its readers know; never by the address of a person alone.
"""

import hashlib
import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from partnership import audit, evidence, holds, incoming_files, reasons, reports, verp
from partnership.bounce_words import Verdict
from partnership.models import Email, IncomingMail
from partnership.reports import Report

Kind = IncomingMail.Kind
SIGNED, BY_MESSAGE_ID, BY_THREAD, BY_STAFF = "sender", "message_id", "thread", "staff"
PROOFS = (Kind.BOUNCE, Kind.DELIVERED, Kind.AUTOMATIC, Kind.REPLY)  # none of these comes of a letter that never left

logger = logging.getLogger(__name__)


def take_in(*, data: bytes) -> IncomingMail | None:
    """Keep one mail and do what it asks for; None when it is known already."""
    digest = hashlib.sha256(data).hexdigest()
    if IncomingMail.objects.filter(digest=digest).exists():
        return None
    report = reports.read(data)
    email, how, kind = _matched(report)
    row = IncomingMail(
        digest=digest,
        kind=kind,
        email=email,
        matched_by=how,
        status=report.verdict.status[:20] if report.verdict else "",
        is_permanent=bool(report.verdict and report.verdict.is_permanent),
        diagnostic=report.diagnostic,
        from_address=report.sender,
        subject=report.subject,
        text="\n".join([report.text, *(f"📎 {name}" for name in report.attached)]).strip(),
    )
    try:
        with transaction.atomic():
            row.save()
            incoming_files.keep(row, data)
            follow(row, report.verdict)
    except IntegrityError:
        if IncomingMail.objects.filter(digest=digest).exists():  # another reader was quicker
            return None
        raise
    return row


def follow(row: IncomingMail, verdict: Verdict | None) -> None:
    """What a matched mail means for the letter that it speaks of; inside the transaction of the row, or of the person who matched it."""
    if row.email is None or row.kind == Kind.FORGED:
        return
    email = Email.objects.select_for_update(of=("self",)).get(pk=row.email.pk)
    if row.kind in PROOFS and evidence.settles(email):
        evidence.accepted(email=email, source=evidence.REPORT)
    if row.kind == Kind.BOUNCE and verdict is not None:
        _came_back(row, email, verdict)


def _came_back(row: IncomingMail, email: Email, verdict: Verdict) -> None:
    Email.objects.filter(pk=email.pk, bounced_at=None).update(bounced_at=timezone.now(), reason=verdict.word)
    audit.record("email.bounce", email, by=None, status=verdict.status, reason=verdict.word)
    if verdict.is_permanent and verdict.holds_address:
        holds.put(address=email.to_address, email=email, incoming=row, status=verdict.status, diagnostic=row.diagnostic)


def _matched(report: Report) -> tuple[Email | None, str, str]:
    """The letter it speaks of, how that is known, and what the mail is in view of this."""
    marks = [mark for address in report.recipients if (mark := verp.read(address))]
    if marks:
        ours = next((mark for mark in marks if mark.is_ours), None)
        email = Email.objects.filter(pk=ours.pk).first() if ours else None
        return (email, SIGNED, report.kind) if email and _has_left(email) else (None, "", Kind.FORGED)
    names = report.named or report.returned
    if names:
        email = _returned(report)
        if email is not None:
            return (email, BY_MESSAGE_ID, report.kind) if _has_left(email) else (None, "", Kind.FORGED)
        if report.kind in {Kind.BOUNCE, Kind.DELAY, Kind.DELIVERED}:
            return None, "", Kind.FORGED
    email = _answered(report)
    return (email, BY_THREAD, report.kind) if email and _has_left(email) else (None, "", report.kind)


def _returned(report: Report) -> Email | None:
    return (
        Email.objects.filter(outbox_id__in=report.returned).order_by("-id").first()
        or Email.objects.filter(message_id__in=report.named).order_by("-id").first()
    )


def _answered(report: Report) -> Email | None:
    """The nearest of our letters in the thread that it goes on with."""
    found = {email.message_id: email for email in Email.objects.filter(message_id__in=report.answers)}
    return next((found[name] for name in report.answers if name in found), None)


def _has_left(email: Email) -> bool:
    """Whether it was ever handed to a server, also one of which a restored database has forgotten it; nothing comes back of others."""
    return email.data_started_at is not None or evidence.settles(email)


def words_of(email: Email) -> str:
    """Why a letter came back, as a sentence; "" for one that did not."""
    return reasons.sentence(email.reason) if email.bounced_at else ""
