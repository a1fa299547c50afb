"""What the hosts decide: substitutes, late acceptances, and those who wait for a place."""

from collections.abc import Callable

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from events import invitations, precedence, replies
from events.admin.pages import act, address, demand, event_for, keys, person, render, unchanged
from events.models import Answer, Event, Invitation

Reply = Invitation.Reply
WAITING = (Reply.SUBSTITUTE, Reply.LATE, Reply.WAITLISTED)


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what waits, or decide one of them; the guest is told by mail."""
    event = event_for(request, pk)
    if request.method == "POST":
        demand(request, "events.decide_invitation")
        invitation = get_object_or_404(Invitation, event=event, pk__in=keys(request.POST.getlist("invitation")[:1]))
        return act(request, acts(request, invitation), address("decide", event))
    newest = Answer.objects.filter(invitation=OuterRef("pk")).order_by("-id")
    waiting = Invitation.objects.filter(event=event, reply__in=WAITING).select_related("organisation", "country", "position")
    waiting = waiting.annotate(
        **{name: Subquery(newest.values(name)[:1]) for name in ("attendee_name", "attendee_post", "companions", "note", "source")}
    )
    people = replies.heads(event)
    context = {
        "rows": list(precedence.ordered(waiting, path="position")),
        "room": event.capacity - people["expected"] if event.capacity else None,
        "heads": people["expected"],
        "may_decide": request.user.has_perm("events.decide_invitation") and event.state in Event.OPEN,
        "sources": dict(Answer.Source.choices),
    }
    return render(request, "events/decide.html", event, _("To decide"), **context)


def acts(request: HttpRequest, invitation: Invitation) -> dict[str, Callable[[], str | None]]:
    """Yes and no, by what the answer asks for."""
    return {"consent": lambda: _yes(request, invitation), "refuse": lambda: _no(request, invitation)}


def _yes(request: HttpRequest, invitation: Invitation) -> str:
    with unchanged(request, invitation):
        if invitation.reply == Reply.SUBSTITUTE:
            invitations.consent(invitation=invitation, by=person(request))
        else:
            invitations.decide_late(invitation=invitation, accept=True, by=person(request))
    return _("%(guest)s: agreed. The mail that says so is on its way.") % {"guest": invitation}


def _no(request: HttpRequest, invitation: Invitation) -> str:
    with unchanged(request, invitation):
        if invitation.reply == Reply.SUBSTITUTE:
            invitations.refuse_substitute(invitation=invitation, by=person(request))
        else:
            invitations.decide_late(invitation=invitation, accept=False, by=person(request))
    return _("%(guest)s: not agreed. The mail that says so is on its way.") % {"guest": invitation}
