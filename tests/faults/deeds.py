"""What people and other programs do to the product while it is sending; each in a process of its own (tests/faults/nursery.py)."""

import datetime as dt
import json
import os
import sys

from django.core.management import call_command
from django.db import transaction
from django.db.models import Max

from partnership import emails, mailing_progress, mailings, marks
from partnership.models import Email, Mailing, User
from tests.faults import purposes, tasks
from tests.faults.invariants import WORDS


@transaction.atomic
def fill(*local_parts: str) -> None:
    """A mailing that is being sent, to these recipients; given again, to the new ones among them as well."""
    by = User.objects.filter(email="desk@mofa.example.jp").first() or User.objects.create_user("desk@mofa.example.jp", name="Desk")
    texts = dict.fromkeys(("title_ja", "title_en", "subject_ja", "subject_en", "body_ja", "body_en"), "Notice")
    mailing = Mailing.objects.first() or Mailing.objects.create(purpose="laboratory", state=Mailing.State.SENDING, created_by=by, **texts)
    emails.queue_many([_letter(one, mailing, by) for one in local_parts])


def _letter(local_part: str, mailing: Mailing, by: User) -> Email:
    mark = marks.mark("nobody_fills_this" if local_part.startswith(purposes.UNBUILDABLE) else "link")
    return emails.draft(
        purpose="laboratory",
        to_address=f"{local_part}@mission.example.jp",
        language="en",
        subject="Notice",
        text=f"Dear guest,\n{WORDS}\n{mark}\n",
        html=f"<p>{WORDS}</p><p>{mark}</p>",
        mailing=mailing,
        recipient_key=local_part,
        by=by,
    )


def code(number: str) -> None:
    """A login code, which passes whatever is running."""
    emails.queue(purpose="laboratory_code", to_address=f"code{number}@city.example.jp", language="en", subject="Code", text="123456")


def pause() -> None:
    """Press the button."""
    mailings.pause(mailing=Mailing.objects.get(), by=User.objects.first())


def resume() -> None:
    """Press the other one."""
    mailings.resume(mailing=Mailing.objects.get(), by=User.objects.first())


def cancel() -> None:
    """Give up what has not left."""
    mailings.cancel(mailing=Mailing.objects.get(), by=User.objects.first())


def change_the_words() -> None:
    """Somebody edits the letter behind the engine's back."""
    Mailing.objects.update(body_en="Other words.", body_ja="別の言葉", subject_en="Other", subject_ja="別件")


def take_back(number: str) -> None:
    """A request that writes a mail and is then rolled back."""
    with transaction.atomic():
        code(number)
        transaction.set_rollback(True)


def die_after_commit(number: str) -> None:
    """A process that dies on the first instruction after its commit, before anybody was woken."""
    with transaction.atomic():
        transaction.on_commit(lambda: os._exit(0))  # before the wake-up, which is registered after it
        code(number)


def progress() -> None:
    """What the mailing's page says."""
    shown = mailing_progress.progress(Mailing.objects.get())
    sys.stdout.write(json.dumps({"total": shown.total, "sent": shown.sent, "failed": shown.failed, "uncertain": shown.uncertain}))


def hand_to_celery() -> None:
    """The negative control's way: one task for each letter."""
    for pk in Email.objects.filter(state=Email.State.QUEUED).values_list("pk", flat=True):
        tasks.send_letter.apply_async([pk], queue=tasks.QUEUE)


def lose_the_wake_up() -> None:
    """Put everything off by a moment, so that the first wake-up finds nothing due."""
    later = Email.objects.aggregate(at=Max("next_at"))["at"]
    Email.objects.filter(state=Email.State.QUEUED).update(next_at=later + dt.timedelta(seconds=3))


def command(*arguments: str) -> None:
    """Any command of manage.py."""
    call_command(*arguments)


_ALL = (fill, code, pause, resume, cancel, change_the_words, take_back, die_after_commit, progress)
DEEDS = {one.__name__: one for one in (*_ALL, hand_to_celery, lose_the_wake_up, command)}
