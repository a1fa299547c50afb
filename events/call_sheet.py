"""The call sheet: who has not answered, what was said on the telephone, and whom to call again when."""

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, DateTimeField, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from events import answers, events, precedence, windows
from events.models import Answer, CallNote, Event, Invitation
from partnership import audit
from partnership.models import Email, User
from partnership.transitions import Refused

Outcome = CallNote.Outcome


def unanswered(event: Event) -> QuerySet[Invitation]:
    """Those without an answer, with what is known of the last contact by telephone and by mail.

    The rows carry ``last_outcome``, ``last_call_at``, ``last_note``, ``last_caller``, ``call_back_at``, ``mailed_at``.
    """
    calls = CallNote.objects.filter(invitation=OuterRef("pk")).order_by("-id")
    mails = Email.objects.filter(
        content_type=ContentType.objects.get_for_model(Invitation), object_id=OuterRef("pk"), accepted_at__isnull=False
    ).order_by("-accepted_at")
    return (
        Invitation.objects.filter(event=event, reply=Invitation.Reply.NONE)
        .select_related("organisation", "country", "position")
        .annotate(
            last_outcome=Subquery(calls.values("outcome")[:1]),
            last_call_at=Subquery(calls.values("at")[:1]),
            last_note=Subquery(calls.values("note")[:1]),
            last_caller=Subquery(calls.values("by__name")[:1]),
            call_back_at=Case(
                When(last_outcome=Outcome.CALL_BACK, then=Subquery(calls.values("call_back_at")[:1])), output_field=DateTimeField()
            ),
            mailed_at=Subquery(mails.values("accepted_at")[:1]),
        )
    )


def in_order(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Promised calls first, the earliest before the others; then precedence."""
    ranked = precedence.ordered(rows, path="position")
    promised = Case(When(call_back_at__isnull=False, then=Value(0)), default=Value(1), output_field=IntegerField())
    return ranked.order_by(promised, F("call_back_at").asc(nulls_last=True), *ranked.query.order_by)


def called_today(event: Event) -> int:
    """How many were telephoned today."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return CallNote.objects.filter(invitation__event=event, at__gte=midnight).values("invitation").distinct().count()


def to_call_again(event: Event) -> int:
    """How many were promised another call."""
    return unanswered(event).filter(last_outcome=Outcome.CALL_BACK).count()  # type: ignore[misc]


@transaction.atomic
def call_again(*, invitation: Invitation, at: dt.datetime, by: User, note: str = "") -> CallNote:
    """Promise to call again.

    Raises:
        Refused: for a time that is over or after the event, or once an answer has come.
    """
    if at <= timezone.now():
        raise Refused(_("The time for the next call is over already."))
    if at >= windows.ends_at(invitation.event):
        raise Refused(_("The time for the next call is after the event."))
    return _note(invitation, Outcome.CALL_BACK, by, note, call_back_at=at)


@transaction.atomic
def not_reached(*, invitation: Invitation, by: User, note: str = "") -> CallNote:
    """Note that nobody was reached."""
    return _note(invitation, Outcome.NOT_REACHED, by, note)


@transaction.atomic
def answered(*, invitation: Invitation, by: User, note: str = "") -> CallNote:
    """Note that the answer came by telephone; the answer itself is entered with invitations.answer."""
    note_row = CallNote.objects.create(invitation=invitation, by=by, outcome=Outcome.ANSWERED, note=note)
    audit.record("invitation.call", invitation, by=by, outcome=Outcome.ANSWERED)
    return note_row


@transaction.atomic
def enter(*, invitation: Invitation, reply: str, source: str, by: User, **given: Any) -> Answer:
    """Enter an answer that did not come by link (``given`` as in answers.answer), and a line on the sheet when it came by telephone."""
    row = answers.answer(invitation=invitation, reply=reply, source=source, by=by, **given)
    if source == Answer.Source.PHONE:
        answered(invitation=invitation, by=by)
    return row


def _note(invitation: Invitation, outcome: str, by: User, note: str, call_back_at: dt.datetime | None = None) -> CallNote:
    stored = Invitation.objects.select_for_update(of=("self",)).select_related("event").get(pk=invitation.pk)
    events.refuse_record(stored.event)
    if stored.reply != Invitation.Reply.NONE:
        raise Refused(_("%(guest)s has answered in the meantime: %(reply)s.") % {"guest": stored, "reply": stored.get_reply_display()})
    row = CallNote.objects.create(invitation=stored, by=by, outcome=outcome, call_back_at=call_back_at, note=note)
    audit.record("invitation.call", stored, by=by, outcome=outcome)
    return row


def promised(*, before: dt.datetime) -> QuerySet[Invitation]:
    """Of all events that are still to come: those whom somebody promised to call before that time."""
    calls = CallNote.objects.filter(invitation=OuterRef("pk")).order_by("-id")
    return (
        Invitation.objects.filter(reply=Invitation.Reply.NONE, event__state__in=Event.OPEN, event__is_record=False)
        .filter(calls__outcome=Outcome.CALL_BACK, calls__call_back_at__lte=before)
        .annotate(last_outcome=Subquery(calls.values("outcome")[:1]), call_back_at=Subquery(calls.values("call_back_at")[:1]))
        .filter(last_outcome=Outcome.CALL_BACK, call_back_at__lte=before)
        .select_related("event", "organisation")
        .distinct()
        .order_by("call_back_at")
    )
