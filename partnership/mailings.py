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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import approvals, audit, emails, mailing_content, mailing_paper, purposes, restores, subjects
from partnership.mailing_additions import add as add_late
from partnership.mailing_additions import late, waiting
from partnership.mailing_additions import remove as remove_late
from partnership.mailing_additions import send as send_additions
from partnership.mailing_checks import approval_obstacles, letters_of, missing, obstacles, printed, text_problems
from partnership.mailing_letters import retry
from partnership.mailing_packages import bundle, companions, unbundle
from partnership.mailing_progress import Progress, progress
from partnership.mailing_schedule import due, hold_back, leaves_at, refuse_unless_let_go, schedule, unschedule
from partnership.mailing_steps import TABLE, lock_about, locked, note_void, refuse_if, refuse_unless_standing, stamp
from partnership.models import Mailing, Recipient, User
from partnership.previews import Preview, preview
from partnership.previews import send_test as test
from partnership.transitions import Refused, move

__all__ = [
    "Preview",
    "Progress",
    "add_late",
    "approval_obstacles",
    "bundle",
    "cancel",
    "companions",
    "create",
    "edit",
    "freeze",
    "late",
    "leaves_at",
    "missing",
    "obstacles",
    "pause",
    "preview",
    "progress",
    "remove_late",
    "resume",
    "retry",
    "schedule",
    "send",
    "send_additions",
    "settle",
    "start_due",
    "test",
    "thaw",
    "unbundle",
    "unschedule",
]

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
    refuse_if(text_problems(mailing))
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
    mailing = locked(mailing)
    if mailing.state not in {Mailing.State.DRAFT, Mailing.State.READY}:
        raise Refused(_("A letter that is being sent or was sent is not changed any more."))
    changed = [name for name in (*TITLES, *TEXTS) if name in texts and texts[name] != getattr(mailing, name)]
    for name in changed:
        setattr(mailing, name, texts[name])
    refuse_if(text_problems(mailing))
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
    lock_about(mailing)  # one list after the other: a guest stands on one of them only
    mailing = locked(mailing)
    refuse_if(missing(mailing))
    rows = mailing_content.listed(mailing)
    if not rows:
        raise Refused(_("Nobody is on the list yet."))
    if len({row.key for row in rows}) != len(rows):
        raise Refused(_("Someone stands on the list twice."))
    for row in rows:
        row.mailing = mailing
    mailing.recipients.all().delete()
    refuse_if(printed(mailing, rows, by=by)[1])
    Recipient.objects.bulk_create(rows, batch_size=500)
    now = timezone.now()
    move(mailing, TABLE, "freeze", by=by, changes={"ready_at": now, **stamp(by, now)}, recipients=len(rows))
    for companion in mailing.companions.filter(state=Mailing.State.DRAFT).order_by("pk"):
        freeze(mailing=companion, by=by)  # its list is taken from this one
    return mailing


@transaction.atomic
def thaw(*, mailing: Mailing, by: User) -> Mailing:
    """Give the list free again, to change who gets the letter."""
    mailing = locked(mailing)
    move(mailing, TABLE, "thaw", by=by, changes={"ready_at": None, **stamp(by)}, recipients=mailing.recipients.count())
    mailing.recipients.all().delete()
    for companion in mailing.companions.filter(state=Mailing.State.READY).order_by("pk"):
        thaw(mailing=companion, by=by)
    return mailing


def send(*, mailing: Mailing, by: User) -> Mailing:
    """Write one mail for each recipient and let them leave.

    Raises:
        Refused: when there is an obstacle; a void approval is then put on record.
    """
    restores.refuse_while_held()
    note_void(mailing, by)
    return _start(mailing, by)


@transaction.atomic
def _start(mailing: Mailing, by: User) -> Mailing:
    lock_about(mailing)
    mailing = locked(mailing)
    refuse_if(obstacles(mailing))
    along = list(purposes.get(mailing.purpose).on_start(mailing))
    mails, problems = printed(mailing, [*mailing.recipients.filter(addition=0), *along], by=by)
    refuse_if(problems)
    Recipient.objects.bulk_create(along, batch_size=500)
    emails.queue_many(mails)
    now, purpose = timezone.now(), purposes.get(mailing.purpose)
    on_paper, _problems = letters_of(mailing, mailing.recipients.all()) if purpose.issue else ([], [])
    if purpose.issue:
        purpose.issue(mailing, on_paper, by)
    changes = {"started_at": now, "started_by": by, **stamp(by, now)}
    act = "issue" if purpose.issue else "send"
    move(mailing, TABLE, act, by=by, changes=changes, recipients=len(mails) + len(on_paper), digest=_digest(mailing))
    if purpose.needs_approval:
        approvals.carried_out(thing=mailing, by=by)
    return mailing


@transaction.atomic
def pause(*, mailing: Mailing, by: User | None, reason: str = "") -> Mailing:
    """Hold the rest back. What is being transmitted at this moment may still arrive."""
    mailing = locked(mailing)
    move(mailing, TABLE, "pause", by=by, changes=stamp(by), **({"reason": reason} if reason else {}))
    return mailing


def resume(*, mailing: Mailing, by: User) -> Mailing:
    """Go on with the rest; refused when what was approved has changed, because the letters were written before."""
    restores.refuse_while_held()
    note_void(mailing, by)
    with transaction.atomic():
        mailing = locked(mailing)
        refuse_unless_standing(mailing)
        move(mailing, TABLE, "resume", by=by, changes=stamp(by))
        emails.wake()
    return mailing


@transaction.atomic
def cancel(*, mailing: Mailing, by: User) -> Mailing:
    """Give up what has not left, and a paper about it that is still open.

    What is being transmitted at this moment may still arrive, and its row will say so.
    """
    if (paper := approvals.open_paper(mailing)) is not None:
        approvals.drop(approval=paper, by=by)
    mailing = locked(mailing)
    count = emails.cancel_waiting(mailing=mailing)
    move(mailing, TABLE, "cancel", by=by, changes=stamp(by), cancelled=count)
    return mailing


def start_due() -> int:
    """Send the letters whose moment has come, in the name of who let each go. Returns how many began.

    One that may not leave stays, and the reason is put on record once; the desk shows it. Any number may call this at once.
    """
    count = 0
    for mailing, moment in due():
        try:
            send(mailing=mailing, by=refuse_unless_let_go(mailing, moment))
            count += 1
        except Refused as refused:
            if leaves_at(Mailing.objects.get(pk=mailing.pk)) == moment:  # else somebody was quicker
                hold_back(mailing, moment, str(refused))
    return count


def settle(rows: models.QuerySet[Mailing] | None = None, *, by: User | None = None) -> None:
    """Pause what is being sent and is no longer approved as it is: asked for by the sweep, and by whoever changes a material fact.

    Args:
        rows: only these; None for all.
        by: who changed the fact; None for the sweep, which does not know.
    """
    for mailing in (Mailing.objects.all() if rows is None else rows).filter(state=Mailing.State.SENDING):
        if approval_obstacles(mailing):
            note_void(mailing, by)
            with contextlib.suppress(Refused):  # somebody was quicker
                pause(mailing=mailing, by=by, reason="approval_void")


def _digest(mailing: Mailing) -> str:
    return approvals.digest_of(mailing_content.content(mailing))


def _titles(mailing: Mailing) -> tuple[str, str]:
    count = mailing.recipients.filter(addition=0).count()
    return f"{mailing.title_ja}を{count}件に送ること", f"To send “{mailing.title_en}” to {count} recipients"


def _supplement_titles(mailing: Mailing, added: Mapping[str, Any]) -> tuple[str, str]:
    count = len(added.get("recipients", ()))
    return f"{mailing.title_ja}を{count}件に追加で送ること", f"To send “{mailing.title_en}” to {count} more recipients"


def _may_submit(mailing: Mailing) -> list[str]:
    if waiting(mailing).exists():
        return []  # the paper is about the names that came later
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
        companions=companions,
        lead=lambda mailing: mailing.package,
        supplement=mailing_content.supplement,
        supplement_again=mailing_content.supplement_again,
        supplement_titles=_supplement_titles,
        abouts=lambda keys: purposes.abouts(list(Mailing.objects.filter(pk__in=keys))),
    )
)
