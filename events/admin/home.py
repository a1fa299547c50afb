"""An event's home: its stages, its counts, and everything of it one click away."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from events import checklist, events
from events.admin import overview
from events.admin.forms import TaskForm
from events.admin.pages import act, address, demand, event_for, keys, person, render
from events.models import Event, Task
from partnership.models import User


def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the event, or do one of its acts."""
    event = event_for(request, pk)
    if request.method == "POST":
        return _act(request, event)
    return _show(request, event)


def _show(request: HttpRequest, event: Event, task_form: TaskForm | None = None, status: int = 200) -> HttpResponse:
    context = overview.of(event, person(request))
    context["task_form"] = task_form or TaskForm()
    template = "events/record.html" if event.is_record else "events/home.html"
    response = render(request, template, event, str(event), **context)
    response.status_code = status
    return response


def _act(request: HttpRequest, event: Event) -> HttpResponse:
    demand(request, "events.change_event")
    if request.POST.get("act") == "add_task":
        form = TaskForm(request.POST)
        if not form.is_valid():
            return _show(request, event, task_form=form, status=422)
        return act(request, {"add_task": lambda: _add_task(event, form, person(request))}, address("home", event) + "#todo")
    task_acts = {"tick": checklist.tick, "untick": checklist.untick, "take": checklist.take, "remove_task": checklist.remove}
    if verb := task_acts.get(request.POST.get("act", "")):
        task = get_object_or_404(Task, pk__in=keys(request.POST.getlist("task")[:1]), event=event)
        return act(request, {request.POST["act"]: lambda: verb(task=task, by=person(request))}, address("home", event) + "#todo")
    return act(request, _state_acts(request, event), address("home", event))


def _state_acts(request: HttpRequest, event: Event) -> dict[str, Callable[[], str | None]]:
    by, reason = person(request), request.POST.get("reason", "").strip()[:300]
    return {
        "open_invitations": lambda: events.open_invitations(event=event, by=by),
        "close_replies": lambda: events.close_replies(event=event, by=by),
        "reopen_replies": lambda: events.reopen_replies(event=event, by=by),
        "hold": lambda: events.hold(event=event, by=by, today=timezone.localdate()),
        "report": lambda: events.report(event=event, by=by),
        "cancel": lambda: events.cancel(event=event, by=by, reason=reason),
        "postpone": lambda: events.postpone(event=event, by=by, reason=reason),
        "plan_again": lambda: events.plan_again(event=event, by=by),
    }


def _add_task(event: Event, form: TaskForm, by: User) -> str:
    values: dict[str, Any] = form.cleaned_data
    due_on: dt.date = values["due_on"]
    checklist.add(event=event, title_ja=values["title_ja"], title_en=values["title_en"], due_on=due_on, by=by, owner=values["owner"])
    return _("Added to the checklist.")
