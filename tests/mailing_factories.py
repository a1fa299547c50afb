"""Letters of the kernel at each stage of their way, about the bulletin of tests/letters_purpose.py."""

import datetime as dt

from django.utils import timezone

from partnership import approvals, mailings
from partnership.models import Approval, Email, Mailing, Organisation, Recipient, User
from tests import factories, letters_purpose


def guest(number: int, language: str = "en") -> Organisation:
    """One association on the bulletin's list."""
    return factories.organisation(
        "association",
        name_ja=f"協会{number}",
        name_en=f"Association {number}",
        email=f"a{number}@mission.example.jp",
        language=language,
    )


def guests(count: int = 3) -> list[Organisation]:
    """The list; the first of them reads Japanese."""
    return [guest(number, "ja" if number == 1 else "en") for number in range(1, count + 1)]


def draft(by: User) -> Mailing:
    """A letter with its texts."""
    return mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=by)


def ready(by: User) -> Mailing:
    """Its list is frozen."""
    return mailings.freeze(mailing=draft(by), by=by)


def decided(paper: Approval, by: User, approver: User) -> Approval:
    """The paper submitted by its author and approved."""
    return approvals.agree(approval=approvals.submit(approval=paper, by=by), by=approver)


def approved(by: User, approver: User) -> Mailing:
    """Approved, not sent."""
    mailing = ready(by)
    decided(approvals.draft(thing=mailing, by=by), by, approver)
    return mailing


def sending(by: User, approver: User) -> Mailing:
    """Its letters are in the outbox."""
    return mailings.send(mailing=approved(by, approver), by=by)


def through(mailing: Mailing) -> Mailing:
    """All its letters were taken by their servers."""
    rows = Email.objects.filter(mailing=mailing, state=Email.State.QUEUED)
    rows.update(state=Email.State.SENT, accepted_at=timezone.now(), data_started_at=timezone.now(), finished_at=timezone.now())
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.FINISHED, state_changed_at=timezone.now())
    return Mailing.objects.get(pk=mailing.pk)


def rows_of(mailing: Mailing) -> list[tuple[object, ...]]:
    """Every letter of it, byte for byte, to see that none was touched."""
    return list(Email.objects.filter(mailing=mailing).order_by("id").values_list("pk", "message_id", "state", "to_address", "text", "seq"))


def copy_of(email: Email) -> Email:
    """The copy for the secretariat of the same guest, sent."""
    Recipient.objects.filter(mailing=email.mailing, key=email.recipient_key).update(is_copy=False)
    return factories.email(
        mailing=email.mailing,
        purpose=email.purpose,
        recipient_key=f"{email.recipient_key}:secretariat",
        to_address="secretariat@mission.example.jp",
        content_type_id=email.content_type_id,
        object_id=email.object_id,
        approval=email.approval,
        state="sent",
        accepted_at=timezone.now(),
        data_started_at=timezone.now(),
    )


def yesterday() -> dt.datetime:
    """A moment that is over."""
    return timezone.now() - dt.timedelta(days=1)
