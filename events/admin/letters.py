"""The letters of an event and the papers over them; which letter is due, which makes sense now, and why another does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from events import event_mailings, leaving, letter_offers, rules
from events.admin import overview
from events.admin.letter_forms import ArrangementForm
from events.admin.pages import act, address, demand, event_for, keys, person, render
from events.letter_kinds import LETTERS, LetterKind
from events.models import Event, EventMailing
from partnership.models import Approval, Mailing

UNSENT = (Mailing.State.DRAFT, Mailing.State.READY)


@dataclass(frozen=True)
class Line:
    """One letter on the page: who gets it, when it leaves, and with which other one it is approved."""

    letter: EventMailing
    lead: Mailing | None  # in whose paper it is put before the deciders
    form: ArrangementForm | None

    @property
    def kind(self) -> LetterKind:
        """Its declaration."""
        return LETTERS[self.letter.mailing.purpose]

    @property
    def rule(self) -> str:
        """Who gets it, in words."""
        return str(rules.RULES[self.letter.rule].label) if self.letter.rule in rules.RULES else ""

    @property
    def leaves(self) -> str:
        """By which rule it leaves by itself, as long as it has not left."""
        days = self.letter.days_before
        return leaving.words(self.kind, days) if days is not None and self.letter.mailing.state in UNSENT else ""

    @property
    def leaves_at(self) -> Any:
        """When that is, as things stand."""
        mailing = self.letter.mailing
        if mailing.state not in UNSENT or mailing.scheduled_by_id is None:
            return None
        return leaving.moment(self.letter.event, self.kind, self.letter.days_before) or mailing.starts_at


def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letters with their state, write a new one, or say who gets one and when it leaves."""
    event = event_for(request, pk)
    if request.method == "POST":
        return _act(request, event)
    return _show(request, event)


def _show(request: HttpRequest, event: Event, wrong: ArrangementForm | None = None) -> HttpResponse:
    rows = list(EventMailing.objects.filter(event=event).select_related("mailing__created_by").order_by("-mailing_id"))
    papers = overview.approvals_of(rows)
    may_write = request.user.has_perm("partnership.add_mailing") and not event.is_record
    due = letter_offers.due([event]) if may_write else []
    context = {
        "letters": _lines(event, rows, papers, wrong, may_write=may_write),
        "papers": papers,
        "due": due[0] if due else None,
        "offers": letter_offers.offers(event, due) if may_write else [],
        "has_invitation": any(row.mailing.purpose == "invitation" and row.mailing.state != Mailing.State.CANCELLED for row in rows),
        "may_write": may_write,
    }
    response = render(request, "events/letters.html", event, _("Letters"), **context)
    response.status_code = 422 if wrong is not None else 200
    return response


def _lines(
    event: Event, rows: Iterable[EventMailing], papers: Iterable[Approval], wrong: ArrangementForm | None, *, may_write: bool
) -> list[dict[str, Any]]:
    rows = list(rows)
    latest: dict[int, Approval] = {}
    for one in papers:
        latest.setdefault(one.object_id, one)
    counts = event_mailings.counts(rows)
    mailings = {row.mailing_id: row.mailing for row in rows}
    lines = []
    for row in _packaged(rows):
        row.event = event
        form = ArrangementForm(letter=row) if may_write and row.mailing.state == Mailing.State.DRAFT else None
        if wrong is not None and wrong.letter.pk == row.pk:
            form = wrong
        lead = mailings.get(row.mailing.package_id or 0)
        paper = latest.get(row.mailing_id) or (latest.get(lead.pk) if lead else None)
        line = Line(row, lead, form if form and form.fields else None)
        lines.append({"letter": row, "line": line, "paper": paper, **counts[row.mailing_id]})
    return lines


def _packaged(rows: list[EventMailing]) -> list[EventMailing]:
    """The newest first; what goes before the deciders with another letter stands below that one."""
    known = {row.mailing_id for row in rows}
    leads = [row for row in rows if row.mailing.package_id not in known]
    below: dict[int, list[EventMailing]] = {}
    for row in reversed(rows):
        if row.mailing.package_id in known:
            below.setdefault(row.mailing.package_id or 0, []).append(row)
    return [one for lead in leads for one in (lead, *below.get(lead.mailing_id, []))]


def _act(request: HttpRequest, event: Event) -> HttpResponse:
    demand(request, "partnership.add_mailing")
    if request.POST.get("act") == "arrange":
        return _arrange(request, event)
    written: list[EventMailing] = []

    def write() -> None:
        written.append(event_mailings.write(event=event, purpose=request.POST.get("purpose", ""), by=person(request)))

    def package() -> None:
        written.append(event_mailings.write_package(event=event, by=person(request)))

    answer = act(request, {"write": write, "package": package}, address("letters", event))
    if not written:
        return answer
    return redirect("admin:partnership_mailing_home", written[0].mailing_id)


def _arrange(request: HttpRequest, event: Event) -> HttpResponse:
    rows = EventMailing.objects.select_related("mailing", "event")
    letter = get_object_or_404(rows, event=event, mailing__in=keys(request.POST.getlist("letter")[:1]))
    form = ArrangementForm(request.POST, letter=letter)
    if not form.is_valid():
        return _show(request, event, wrong=form)

    def arrange() -> str:
        event_mailings.arrange(letter=letter, rule=form.rule_key, days_before=form.days, by=person(request))
        return _("It is noted who gets “%(letter)s” and when it leaves.") % {"letter": letter.mailing}

    return act(request, {"arrange": arrange}, address("letters", event))
