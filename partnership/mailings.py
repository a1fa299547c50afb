"""Mailings: texts in two languages, a frozen list, and the acts that start, pause and end the sending.

Nothing leaves but through ``send``, and ``send`` asks for an approval that still holds. The mails are written in one
transaction; whoever presses twice, or together with somebody else, starts it once.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import approvals, audit, emails, letters, mailing_content, mailing_paper, purposes, subjects
from partnership.mailing_checks import approval_obstacles, missing, obstacles, printed, text_problems
from partnership.mailing_progress import Progress, progress
from partnership.models import Email, Mailing, Recipient, User
from partnership.previews import Preview, preview
from partnership.previews import send_test as test
from partnership.transitions import Refused, move, step

__all__ = [
    "Preview",
    "Progress",
    "approval_obstacles",
    "cancel",
    "create",
    "edit",
    "freeze",
    "missing",
    "obstacles",
    "pause",
    "preview",
    "progress",
    "resume",
    "retry",
    "send",
    "settle",
    "test",
    "thaw",
]

TABLE = {
    "freeze": step("draft", to="ready"),
    "thaw": step("ready", to="draft"),
    "send": step("ready", to="sending"),
    "pause": step("sending", to="paused"),
    "resume": step("paused", to="sending"),
    "cancel": step("draft", "ready", "sending", "paused", to="cancelled"),
}
TITLES = ("title_ja", "title_en")
TEXTS = ("subject_ja", "subject_en", "body_ja", "body_en")


@transaction.atomic
def create(*, purpose: str, titles: Mapping[str, str], texts: Mapping[str, str], by: User) -> Mailing:
    """A new draft.

    Args:
        purpose: a key of partnership/purposes.py.
        titles: by language, ``ja`` and ``en``.
        texts: ``subject_ja``, ``subject_en``, ``body_ja`` and ``body_en``, with placeholders.
        by: its author.

    Raises:
        Refused: when a letter is not fit (partnership/letters.py).
    """
    mailing = Mailing(
        purpose=purposes.get(purpose).key,
        title_ja=titles["ja"],
        title_en=titles["en"],
        created_by=by,
        **{name: texts[name] for name in TEXTS},
    )
    _refuse_if(text_problems(mailing))
    mailing.save()
    audit.record("mailing.create", mailing, by=by, purpose=purpose)
    return mailing


@transaction.atomic
def edit(*, mailing: Mailing, texts: Mapping[str, str], by: User) -> Mailing:
    """Change titles or texts, as long as nothing was sent. What was approved before is then approved no more.

    Args:
        mailing: a draft, or one whose list is frozen.
        texts: any of the titles and texts, by the name of their field.
        by: who changes them.
    """
    mailing = _locked(mailing)
    if mailing.state not in {Mailing.State.DRAFT, Mailing.State.READY}:
        raise Refused(_("A letter that is being sent or was sent is not changed any more."))
    changed = [name for name in (*TITLES, *TEXTS) if name in texts and texts[name] != getattr(mailing, name)]
    for name in changed:
        setattr(mailing, name, texts[name])
    _refuse_if(text_problems(mailing))
    if changed:
        mailing.save(update_fields=changed)
        audit.record("mailing.edit", mailing, by=by, fields=changed)
    return mailing


@transaction.atomic
def freeze(*, mailing: Mailing, by: User) -> Mailing:
    """Make the list by name and keep it as it is now.

    Raises:
        Refused: when something is missing, nobody is on the list, or someone’s letter cannot be printed.
    """
    _lock(purposes.get(mailing.purpose).about(mailing))  # one list after the other: a guest stands on one of them only
    mailing = _locked(mailing)
    _refuse_if(missing(mailing))
    rows = listed(mailing)
    if not rows:
        raise Refused(_("Nobody is on the list yet."))
    if len({row.key for row in rows}) != len(rows):
        raise Refused(_("Someone stands on the list twice."))
    for row in rows:
        row.mailing = mailing
    mailing.recipients.all().delete()
    _refuse_if(printed(mailing, rows, by=by)[1])
    Recipient.objects.bulk_create(rows, batch_size=500)
    now = timezone.now()
    move(mailing, TABLE, "freeze", by=by, changes={"ready_at": now, **_stamp(by, now)}, recipients=len(rows))
    return mailing


def listed(mailing: Mailing) -> list[Recipient]:
    """The list as its purpose makes it now, with values fit to be printed; unsaved."""
    purpose = purposes.get(mailing.purpose)
    rows = purpose.recipients(mailing) if purpose.recipients else []
    for row in rows:
        row.values = {
            language: {name: letters.clean(value) for name, value in row.values.get(language, {}).items()}
            for language in mailing_content.LANGUAGES
        }
    return rows


@transaction.atomic
def thaw(*, mailing: Mailing, by: User) -> Mailing:
    """Give the list free again, to change who gets the letter."""
    mailing = _locked(mailing)
    move(mailing, TABLE, "thaw", by=by, changes={"ready_at": None, **_stamp(by)}, recipients=mailing.recipients.count())
    mailing.recipients.all().delete()
    return mailing


def send(*, mailing: Mailing, by: User) -> Mailing:
    """Write one mail for each recipient and let them leave.

    Raises:
        Refused: when there is an obstacle; a void approval is then put on record.
    """
    _note_void(mailing, by)
    return _start(mailing, by)


@transaction.atomic
def _start(mailing: Mailing, by: User) -> Mailing:
    _lock(purposes.get(mailing.purpose).about(mailing))
    mailing = _locked(mailing)
    _refuse_if(obstacles(mailing))
    mails, problems = printed(mailing, mailing.recipients.all(), by=by)
    _refuse_if(problems)
    emails.queue_many(mails)
    now = timezone.now()
    changes = {"started_at": now, "started_by": by, **_stamp(by, now)}
    move(mailing, TABLE, "send", by=by, changes=changes, recipients=len(mails), digest=_digest(mailing))
    return mailing


@transaction.atomic
def pause(*, mailing: Mailing, by: User | None, reason: str = "") -> Mailing:
    """Hold the rest back. What is being transmitted at this moment may still arrive."""
    mailing = _locked(mailing)
    move(mailing, TABLE, "pause", by=by, changes=_stamp(by), **({"reason": reason} if reason else {}))
    return mailing


def resume(*, mailing: Mailing, by: User) -> Mailing:
    """Go on with the rest; refused when what was approved has changed, because the letters were written before."""
    _note_void(mailing, by)
    with transaction.atomic():
        mailing = _locked(mailing)
        _refuse_unless_standing(mailing)
        move(mailing, TABLE, "resume", by=by, changes=_stamp(by))
        emails.wake()
    return mailing


@transaction.atomic
def cancel(*, mailing: Mailing, by: User) -> Mailing:
    """Give up what has not left, and a paper about it that is still open.

    What is being transmitted at this moment may still arrive, and its row will say so.
    """
    if (paper := approvals.open_paper(mailing)) is not None:
        approvals.drop(approval=paper, by=by)
    mailing = _locked(mailing)
    count = emails.cancel_waiting(mailing=mailing)
    move(mailing, TABLE, "cancel", by=by, changes=_stamp(by), cancelled=count)
    return mailing


def retry(*, mailing: Mailing, by: User, email: Email | None = None) -> int:
    """Send again: new mails, the old ones stay as they are. An address that was corrected in the register since is followed.

    Args:
        mailing: one that was started.
        by: who decides it.
        email: only this one, failed or uncertain; None for all that failed.

    Returns:
        How many.

    Raises:
        Refused: when there is nobody, what was approved has changed, or an address is none.
    """
    _note_void(mailing, by)
    with transaction.atomic():
        mailing = _locked(mailing)
        _refuse_unless_standing(mailing)
        lost = emails.current().filter(mailing=mailing).order_by("id")
        chosen = list(lost.filter(state=Email.State.FAILED) if email is None else lost.filter(pk=email.pk))
        if not chosen:
            raise Refused(_("There is nobody to whom it would have to be sent again."))
        for one in chosen:
            try:
                emails.resend(email=one, by=by, to_address=purposes.get(mailing.purpose).address(one))
            except ValueError as error:
                raise Refused(str(error)) from None
        audit.record("mailing.retry", mailing, by=by, emails=len(chosen))
    return len(chosen)


def settle(rows: models.QuerySet[Mailing] | None = None, *, by: User | None = None) -> None:
    """Pause what is being sent and is no longer approved as it is: asked for by the sweep, and by whoever changes a material fact.

    Args:
        rows: only these; None for all.
        by: who changed the fact; None for the sweep, which does not know.
    """
    for mailing in (Mailing.objects.all() if rows is None else rows).filter(state=Mailing.State.SENDING):
        if approval_obstacles(mailing):
            _note_void(mailing, by)
            with contextlib.suppress(Refused):  # somebody was quicker
                pause(mailing=mailing, by=by, reason="approval_void")


def _note_void(mailing: Mailing, by: User | None) -> None:
    """Record that an approval was found void, outside the act that is then refused, so that the record stays."""
    if purposes.get(mailing.purpose).needs_approval:
        now = approvals.standing(mailing)
        if now.void:
            approvals.void(thing=mailing, now=now, by=by)


def _refuse_unless_standing(mailing: Mailing) -> None:
    found = approval_obstacles(mailing)
    if found:
        raise Refused(_("The letters were written before this: %(why)s Cancel the rest and prepare a new mailing.") % {"why": found[0]})


def _refuse_if(sentences: list[str]) -> None:
    if sentences:
        raise Refused(" ".join(strip_tags(sentence) for sentence in sentences))


def _digest(mailing: Mailing) -> str:
    return approvals.digest_of(mailing_content.content(mailing))


def _stamp(by: User | None, now: Any = None) -> dict[str, Any]:
    return {"state_changed_at": now or timezone.now(), "state_changed_by": by}


def _locked(mailing: Mailing) -> Mailing:
    return Mailing.objects.select_for_update().get(pk=mailing.pk)


def _lock(about: Any) -> None:
    """Keep what the letter is about, and the other letters about it, as they are until this transaction ends."""
    if isinstance(about, models.Model):
        type(about)._default_manager.select_for_update().filter(pk=about.pk).first()


def _titles(mailing: Mailing) -> tuple[str, str]:
    count = mailing.recipients.count()
    return f"{mailing.title_ja}を{count}件に送ること", f"To send “{mailing.title_en}” to {count} recipients"


def _may_submit(mailing: Mailing) -> list[str]:
    if mailing.state != Mailing.State.READY:
        return [_("Freeze the list of recipients first; the approval binds it.")]
    return text_problems(mailing)


subjects.register(
    subjects.Subject(
        model=Mailing,
        label=gettext_lazy("mailing"),
        content=mailing_content.content,
        titles=_titles,
        differences=mailing_content.differences,
        home=lambda mailing: reverse("admin:partnership_mailing_home", args=[mailing.pk]),
        may_submit=_may_submit,
        template="approvals/mailing.html",
        context=mailing_paper.context,
        abouts=lambda keys: purposes.abouts(list(Mailing.objects.filter(pk__in=keys))),
    )
)
