"""What an event's home shows, gathered in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events import events, hosts, letter_offers, replies, trail
from events.models import Event, EventHost, EventMailing, LeftOut, Task
from partnership import dates, mailing_progress, mailing_schedule
from partnership.models import Approval, Figure, Mailing, Organisation, User

_TURNS = {  # what is to be done about letters, by the name of its count and of its list on the mailing's page
    "failed": gettext_lazy("“%(letter)s”: did not leave: %(n)s"),
    "bounced": gettext_lazy("“%(letter)s”: came back: %(n)s"),
    "uncertain": gettext_lazy("“%(letter)s”: unknown whether they arrived: %(n)s"),
}
NEXT_TASKS = 5  # shown at once; all that are late are


@dataclass(frozen=True)
class Stage:
    """One step of the event's life, with its day."""

    name: str
    day: dt.date | dt.datetime | None
    shape: str  # from, at, day, until: how the day is worded
    state: str  # done, now, next


@dataclass(frozen=True)
class NextStep:
    """The one primary button of the page."""

    label: str
    url: str


@dataclass(frozen=True)
class LetterTurn:
    """Something that a letter of the event needs from somebody."""

    words: str
    url: str


@dataclass
class Due:
    """A line of the checklist, with how late it is."""

    task: Task
    late: int  # days; 0 today, negative still to come


def of(event: Event, user: User) -> dict[str, Any]:
    """The whole context of an event's home."""
    today = timezone.localdate()
    tallies = replies.by_audience(event)
    letters = list(EventMailing.objects.filter(event=event).select_related("mailing").order_by("mailing_id"))
    approvals = approvals_of(letters)
    tasks = list(Task.objects.filter(event=event).select_related("owner"))
    invited_by = hosts.of_event(event)
    total, people = replies.total(tallies), replies.heads(event)
    due = letter_offers.due([event]) if user.has_perm("partnership.add_mailing") else []
    return {
        "due_letter": due[0] if due else None,
        "now": timezone.now(),
        "days_left": (event.starts_on - today).days,
        "stages": stages(event, letters, today),
        "total": total,
        "tallies": tallies,
        "heads": people["expected"],
        "heads_asked": people["asked"],
        "room": event.capacity - people["expected"] if event.capacity else None,
        "letters": letters,
        "circulating": sum(approval.state == Approval.State.CIRCULATING for approval in approvals),
        "approvals": approvals,
        "left_out": LeftOut.objects.filter(event=event).count(),
        "hosts": invited_by,
        "owners": list(event.owners.all()),
        **requests_of(event),
        **todo(tasks, today),
        "letter_turns": letter_turns([letter.mailing for letter in letters]),
        "acts": trail.recent(event, letters, approvals),
        "figures": figures_of(event),
        "editions": editions(event, invited_by),
        "next_step": next_step(event, total, letters, user),
        "may_change": user.has_perm("events.change_event") and not event.is_record,
        "may": {act: events.may(event, act) for act in events.STEPS},
    }


def todo(tasks: list[Task], today: dt.date) -> dict[str, Any]:
    """The checklist: what is late or next, what comes later, what is done."""
    due = [Due(task, (today - task.due_on).days) for task in tasks if task.done_at is None]
    soon = max(NEXT_TASKS, sum(line.late >= 0 for line in due))
    done = [task for task in tasks if task.done_at is not None]
    return {"due": due[:soon], "later": due[soon:], "done": done, "n_done": len(done), "n_tasks": len(tasks)}


def letter_turns(mailings: list[Mailing]) -> list[LetterTurn]:
    """What did not arrive, what nobody knows of, and letters that should have left by themselves and did not; two queries."""
    found, own = [], {mailing.pk: mailing for mailing in mailings}
    for mailing, moment in mailing_schedule.overdue():
        if mailing.pk in own:
            when = {"letter": mailing, "when": dates.clock(moment, get_language() or "ja")}
            home = reverse("admin:partnership_mailing_home", args=[mailing.pk])
            found.append(LetterTurn(_("“%(letter)s” did not leave at %(when)s: decide about it") % when, home))
    for key, sent in mailing_progress.several(mailings).items():
        home = reverse("admin:partnership_mailing_home", args=[key])
        for name, words in _TURNS.items():
            if n := getattr(sent, name):
                found.append(LetterTurn(words % {"letter": own[key], "n": n}, f"{home}?state={name}#rcpt"))
    return found


def requests_of(event: Event) -> dict[str, Any]:
    """The requests it came from, and what the local governments bring."""
    ties = event.event_requests.select_related("request__applicant__organisation").order_by("pk")
    brought = event.event_attractions.select_related("attraction__local_government__organisation")
    return {
        "from_requests": list(ties),
        "attractions": list(brought.order_by("attraction__local_government__code", "attraction__kind", "pk")),
    }


def approvals_of(letters: Iterable[EventMailing]) -> list[Approval]:
    """The papers over the event's letters, newest first."""
    kind = ContentType.objects.get_for_model(Mailing)
    return list(Approval.objects.filter(content_type=kind, object_id__in=[letter.mailing_id for letter in letters]).order_by("-id"))


def figures_of(event: Event) -> list[Figure]:
    """The numbers that someone stated about it, with their basis and source."""
    return list(Figure.objects.filter(content_type=ContentType.objects.get_for_model(Event), object_id=event.pk))


def stages(event: Event, letters: Iterable[EventMailing], today: dt.date) -> list[Stage]:
    """The five steps with their dates; the one where the event stands is marked."""
    begun = [letter.mailing.started_at for letter in letters if letter.mailing.started_at]
    opened = min(begun) if begun else trail.first(event, "event.open_invitations")
    order: list[str] = [Event.State.PLANNED, Event.State.INVITING, Event.State.CLOSED, Event.State.HELD, Event.State.REPORTED]
    days = [
        (_("Planning"), event.created_at, "from"),
        (_("Inviting"), opened, "from"),
        (_("Closing"), event.reply_by, "at"),
        (_("The event"), event.starts_on, "day"),
        (_("Report"), event.ends_on + events.REPORT_WITHIN, "until"),
    ]
    now = order.index(event.state) if event.state in order else -1
    return [
        Stage(name, day, shape, "done" if place < now or event.state == Event.State.REPORTED else "now" if place == now else "next")
        for place, (name, day, shape) in enumerate(days)
    ]


def next_step(event: Event, total: replies.Tally, letters: list[EventMailing], user: User) -> NextStep | None:
    """What is to be done next with the invitations: choose, write, approve and send, decide, telephone."""
    if event.is_record or event.state not in Event.OPEN or not user.has_perm("events.change_event"):
        return None
    page = {name: reverse(f"admin:events_event_{name}", args=[event.pk]) for name in ("invitees", "letters", "calls", "decide", "guests")}
    unsent = [letter for letter in letters if letter.mailing.state in {Mailing.State.DRAFT, Mailing.State.READY}]
    waits = bool(unsent) and not total.delivered and not total.moving
    steps = [
        (not total.invited, _("Choose the guests"), page["invitees"]),
        (not letters, _("Write the letter"), page["letters"]),
        (waits, _("Go on with the letter"), reverse("admin:partnership_mailing_home", args=[unsent[-1].mailing_id]) if unsent else ""),
        (total.waiting, _("Decide about substitutes"), page["decide"]),
        (total.none, _("Telephone those who have not answered"), page["calls"]),
        (True, _("Look at the list of guests"), page["guests"]),
    ]
    return next(NextStep(label, url) for due, label, url in steps if due)


def editions(event: Event, invited_by: list[EventHost]) -> list[dict[str, Any]]:
    """Earlier events of the same kind with one of the same hosts (government bodies of Japan host them all and do not count)."""
    own = {
        host.organisation_id
        for host in invited_by
        if host.organisation.kind not in {Organisation.Kind.GOVERNMENT, Organisation.Kind.MISSION}
    }
    earlier = Event.objects.filter(kind=event.kind, hosts__organisation__in=own) if own else Event.objects.filter(pk=event.previous_id or 0)
    found = list(earlier.exclude(pk=event.pk).filter(starts_on__lt=event.starts_on).distinct().order_by("-starts_on")[:3])
    kind = ContentType.objects.get_for_model(Event)
    figures: dict[int, Figure] = {}
    for figure in Figure.objects.filter(content_type=kind, object_id__in=[one.pk for one in found]).order_by("-id"):
        figures[figure.object_id or 0] = figure
    return [{"event": one, "figure": figures.get(one.pk)} for one in found]
