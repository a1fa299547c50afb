"""The outbox: writing mails into it, and what people decide about them. Sending them is partnership/mailer.py.

A mail is a row in the transaction of the business act that wants it: no mail without a committed row, no row without its
cause. The message broker only carries the word “look into the outbox”, so it may lose, double or delay what it likes.
"""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import addresses, audit, clearances, marks, purposes, reasons, transitions
from partnership.models import Email, Mailing, User

WAKE_UP = "partnership.tasks.run_mailer"
WAKE_UP_EXPIRES = 60  # seconds; the sweep finds what a lost wake-up left

# what breaks headers, or makes a server refuse a message: control characters, line separators, halves of surrogate pairs
_NOT_IN_SUBJECT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # word processors paste such

SYSTEM = purposes.register(
    purposes.Purpose(key="message", label=gettext_lazy("message of the system"), priority=Email.Priority.CONFIRMATION, needs_approval=False)
)

_STEPS = {
    "confirm": transitions.step(Email.State.UNCERTAIN, to=Email.State.SENT),
    "cancel": transitions.step(Email.State.QUEUED, Email.State.CLAIMED, to=Email.State.CANCELLED),
}
_REOPEN = {"reopen": transitions.step(Mailing.State.FINISHED, to=Mailing.State.SENDING)}


def draft(
    *,
    purpose: str,
    to_address: str,
    language: str,
    subject: str,
    text: str,
    html: str = "",
    about: models.Model | None = None,
    recipient_key: str = "",
    labels: tuple[str, str] = ("", ""),
    mailing: Mailing | None = None,
    priority: int | None = None,
    by: User | None = None,
) -> Email:
    """A row that is not saved yet, for those who save many at once (``queue_many``).

    Raises:
        ValueError: for an address, a subject or a text that no message could be made of, said in a sentence.
        KeyError: for a purpose that nobody registered.
    """
    kind = purposes.get(purpose)
    email = Email(
        purpose=kind.key,
        to_address=_sound_address(to_address),
        language=language,
        subject=_sound_subject(subject),
        text=_sound_text(text),
        html=_sound_text(html),
        about=about,
        recipient_key=recipient_key,
        to_label_ja=labels[0],
        to_label_en=labels[1],
        mailing=mailing,
        priority=kind.priority if priority is None else priority,
        created_by=by,
    )
    email.message_id = _message_id(email)
    return email


def queue(**letter: Any) -> Email:
    """Put one mail into the outbox, in the caller's transaction; the mailer is woken when that is committed.

    Args:
        letter: ``purpose to_address language subject text html about recipient_key labels mailing priority by``, as in ``draft``.
            ``text`` and ``html`` hold a mark (partnership/marks.py) where a personal link goes.

    Raises:
        ValueError: for an address, a subject or a text that no message could be made of, said in a sentence.
        transitions.Refused: for a letter that needs an approval and has none that holds.
    """
    email = draft(**letter)
    clearances.stamp([email])
    email.save()
    wake()
    return email


def queue_many(emails: Sequence[Email]) -> int:
    """Put drafted mails into the outbox; one that its mailing already has is left as it is. Returns how many are new.

    Raises:
        transitions.Refused: when one of them needs an approval and has none that holds; then none is written.
    """
    clearances.stamp(emails)
    Email.objects.bulk_create(emails, batch_size=500, ignore_conflicts=True)
    wake()
    keys = [email.outbox_id for email in emails]
    return sum(Email.objects.filter(outbox_id__in=keys[start : start + 500]).count() for start in range(0, len(keys), 500))


def wake() -> None:
    """Ring for the mailer once the current transaction is committed; a broker that is down harms nobody."""
    here = set(connection.savepoint_ids)
    if any(entry[1] is _ring and set(entry[0]) <= here for entry in connection.run_on_commit):
        return  # it will ring already, whatever happens to the savepoint we are in
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    current_app.send_task(WAKE_UP, expires=WAKE_UP_EXPIRES, retry=False, ignore_result=True)


@transaction.atomic
def confirm(*, email: Email, by: User, note: str = "") -> None:
    """Someone knows that an uncertain mail arrived (the recipient said so, the relay's log shows it).

    Raises:
        transitions.Refused: when it is not uncertain, or was sent again meanwhile.
    """
    _refuse_if_resent(locked(email))
    now = timezone.now()
    changes = {"accepted_at": email.data_started_at or now, "finished_at": now, "reason": reasons.CONFIRMED, "evidence": "staff"}
    transitions.move(email, _STEPS, "confirm", by=by, changes=changes, **({"note": note} if note else {}))
    wipe_secrets(email.pk)


@transaction.atomic
def resend(*, email: Email, by: User | None, to_address: str = "", asked: bool = False) -> Email:
    """Send a mail again that failed, came back, or may not have arrived: a new row with a new Message-ID. The old row stays as it is.

    Args:
        to_address: the corrected address; empty for the same one. The link that the old address may hold dies (``Purpose.renew``).
        asked: somebody asked for it again, so that one which was sent goes out once more.

    Raises:
        transitions.Refused: in any other state, a second time, or when its text is gone or its mailing was cancelled.
        ValueError: for an address that is none.
    """
    old = locked(email)
    _refuse_if_resent(old)
    lost = old.state in {Email.State.FAILED, Email.State.UNCERTAIN} or old.bounced_at is not None
    if not lost and not (asked and old.state == Email.State.SENT):
        raise transitions.Refused(_("Only a mail that failed or whose arrival is unknown can be sent again."))
    if not old.text:
        raise transitions.Refused(_("The text of this mail was a secret and is wiped; it must be asked for anew."))
    new = _copy(old, to_address=to_address, by=by)
    if old.state == Email.State.UNCERTAIN:
        # not its state: nobody knows whether it arrived. The word keeps a late worker from queueing it a second time
        Email.objects.filter(pk=old.pk).update(reason=reasons.RESENT)
    _reopen(old.mailing, by=by)
    audit.record("email.resend", new, by=by, of=old.pk, state=old.state, seq=new.seq, elsewhere=new.to_address != old.to_address)
    if (renew := purposes.get(old.purpose).renew) is not None and renews_link(old, new.to_address):
        renew(new)
    wake()
    return new


def renews_link(old: Email, to_address: str) -> bool:
    """Whether somebody at the old address may hold a personal link that must lead nowhere from now on."""
    may_have_arrived = old.state in {Email.State.SENT, Email.State.UNCERTAIN}
    return purposes.get(old.purpose).renew is not None and may_have_arrived and to_address != old.to_address


@transaction.atomic
def cancel(*, email: Email, by: User) -> None:
    """Take back a mail that has not left.

    Raises:
        transitions.Refused: when it is on its way or final.
    """
    transitions.move(email, _STEPS, "cancel", by=by, changes={"reason": reasons.BY_STAFF, "finished_at": timezone.now()})
    wipe_secrets(email.pk)


def cancel_waiting(*, mailing: Mailing) -> int:
    """Take back every mail of a mailing that has not left; the caller audits the mailing's own step. Returns how many."""
    waiting = Email.objects.filter(mailing=mailing, state__in=[Email.State.QUEUED, Email.State.CLAIMED])
    return waiting.update(state=Email.State.CANCELLED, reason=reasons.MAILING_CANCELLED, finished_at=timezone.now())


def undecided() -> models.QuerySet[Email]:
    """Mails of which nobody knows whether they arrived, and which a person has yet to decide about."""
    return Email.objects.filter(state=Email.State.UNCERTAIN, resent_as__isnull=True).exclude(reason=reasons.LAPSED)


def current() -> models.QuerySet[Email]:
    """The mails that count: without those that were sent again in a newer row."""
    return Email.objects.filter(resent_as__isnull=True)


def wipe_secrets(*pks: int) -> None:
    """Empty the texts of those mails whose text is a secret."""
    Email.objects.filter(pk__in=pks, purpose__in=secret_purposes()).update(text="", html="")


def secret_purposes() -> list[str]:
    """The purposes whose text is itself a secret, such as a login code."""
    return [purpose.key for purpose in purposes.every() if purpose.secret]


def locked(email: Email) -> Email:
    """The row as it is now, under its lock; its mailing is locked before it, as everybody does who needs both."""
    if email.mailing_id is not None:
        Mailing.objects.select_for_update().get(pk=email.mailing_id)
    return Email.objects.select_for_update(of=("self",)).select_related("mailing").get(pk=email.pk)


def _refuse_if_resent(email: Email) -> None:
    if Email.objects.filter(resend_of=email.pk).exists():
        raise transitions.Refused(_("This mail was already sent again."))


def _copy(old: Email, *, to_address: str, by: User | None) -> Email:
    new = draft(
        purpose=old.purpose,
        to_address=to_address or old.to_address,
        language=old.language,
        subject=old.subject,
        text=old.text,
        html=old.html,
        recipient_key=old.recipient_key,
        labels=(old.to_label_ja, old.to_label_en),
        mailing=old.mailing,
        priority=old.priority,
        by=by,
    )
    new.content_type_id, new.object_id = old.content_type_id, old.object_id
    new.seq, new.resend_of = old.seq + 1, old
    clearances.stamp([new])
    new.save()
    return new


def _reopen(mailing: Mailing | None, *, by: User | None) -> None:
    if mailing is None:
        return
    if mailing.state == Mailing.State.CANCELLED:
        raise transitions.Refused(_("The mailing was cancelled; nothing of it is sent again."))
    if mailing.state == Mailing.State.FINISHED:
        transitions.move(mailing, _REOPEN, "reopen", by=by)


def _message_id(email: Email) -> str:
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    return f"<{email.outbox_id}@{domain}>"


def _sound_address(address: str) -> str:
    if sentence := address_problem(address):
        raise ValueError(sentence)
    return addresses.clean(address)


def address_problem(address: str) -> str:
    """A sentence that says why we would not write to this address; "" when we would."""
    if sentence := addresses.problem(address):
        return sentence
    if not settings.DEMO and addresses.is_invented(addresses.clean(address)):
        return _("“%(address)s” is an invented address; nothing is sent to it.") % {"address": addresses.clean(address)}
    return ""


def _sound_subject(subject: str) -> str:
    _refuse_unprintable(subject, _NOT_IN_SUBJECT)
    if not subject.strip():
        raise ValueError(_("The mail has no subject."))
    if len(subject) > 300:
        raise ValueError(_("The subject is longer than 300 characters."))
    if subject != marks.without_marks(subject):
        raise ValueError(_("A personal link cannot stand in the subject."))
    return subject.strip()


def _sound_text(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    _refuse_unprintable(text, _NOT_IN_TEXT)
    return text


def _refuse_unprintable(text: str, signs: re.Pattern[str]) -> None:
    if found := signs.search(text):
        raise ValueError(_("The mail holds a character that cannot be sent (U+%(code)04X).") % {"code": ord(found.group())})
