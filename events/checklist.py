"""The checklist of an event: what must be done until when, ticked off by a person."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from events.models import Event, Task
from partnership import audit
from partnership.models import User
from partnership.transitions import Refused


def begin(*, event: Event) -> list[Task]:
    """The lines that the event's kind starts with, due relative to its first day."""
    lines = [
        Task(
            event=event,
            title_ja=line.title_ja,
            title_en=line.title_en,
            offset_days=line.days,
            due_on=event.starts_on + dt.timedelta(days=line.days),
        )
        for line in event.kind_facts.checklist
    ]
    return bulk_create_with_history(lines, Task)


@transaction.atomic
def add(*, event: Event, title_ja: str, title_en: str, due_on: dt.date, by: User, owner: User | None = None) -> Task:
    """Add a line with a date of its own."""
    _refuse_record(event)
    task = Task.objects.create(event=event, title_ja=title_ja, title_en=title_en, due_on=due_on, owner=owner)
    audit.record("task.add", event, by=by, task=task.pk, title_ja=title_ja, title_en=title_en)
    return task


@transaction.atomic
def tick(*, task: Task, by: User) -> None:
    """Note that the task is done."""
    task = _locked(task)
    if task.done_at is not None:
        raise Refused(_("This has been ticked off already."))
    task.done_at, task.done_by = timezone.now(), by
    task.save(update_fields=["done_at", "done_by"])
    audit.record("task.tick", task.event, by=by, task=task.pk, title_ja=task.title_ja, title_en=task.title_en)


@transaction.atomic
def untick(*, task: Task, by: User) -> None:
    """Take the tick back."""
    task = _locked(task)
    if task.done_at is None:
        raise Refused(_("This is not ticked off."))
    task.done_at = task.done_by = None
    task.save(update_fields=["done_at", "done_by"])
    audit.record("task.untick", task.event, by=by, task=task.pk, title_ja=task.title_ja, title_en=task.title_en)


@transaction.atomic
def take(*, task: Task, by: User) -> None:
    """Take a task upon oneself."""
    task = _locked(task)
    if task.done_at is not None:
        raise Refused(_("This has been ticked off already."))
    task.owner = by
    task.save(update_fields=["owner"])
    audit.record("task.take", task.event, by=by, task=task.pk, title_ja=task.title_ja, title_en=task.title_en)


@transaction.atomic
def remove(*, task: Task, by: User) -> None:
    """Take a line off the list; its history stays."""
    task = _locked(task)
    audit.record("task.remove", task.event, by=by, task=task.pk, title_ja=task.title_ja, title_en=task.title_en)
    task.delete()


@transaction.atomic
def follow_date(*, event: Event, by: User) -> int:
    """Move the open lines that hang on the event's date; those done or with a date of their own stay. Says how many moved."""
    moved = 0
    for task in Task.objects.select_for_update().filter(event=event, done_at=None, offset_days__isnull=False):
        due_on = event.starts_on + dt.timedelta(days=task.offset_days or 0)
        if due_on != task.due_on:
            task.due_on = due_on
            task.save(update_fields=["due_on"])
            moved += 1
    if moved:
        audit.record("task.move", event, by=by, count=moved)
    return moved


def _refuse_record(event: Event) -> None:
    if event.is_record:
        raise Refused(_("This event is part of the published record; nothing of it is changed."))


def _locked(task: Task) -> Task:
    stored = Task.objects.select_for_update(of=("self",)).select_related("event").get(pk=task.pk)
    _refuse_record(stored.event)
    return stored
