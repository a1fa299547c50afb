"""Who comes: the people of one invitation as rows, and how many places an event still has."""

from dataclasses import dataclass

from events.models import Answer, Event, GuestNeeds, Invitation, Participant

Reply = Invitation.Reply

_STATES = {
    Reply.ACCEPTED: Participant.State.EXPECTED,
    Reply.SUBSTITUTE: Participant.State.ASKED,
    Reply.LATE: Participant.State.ASKED,
    Reply.WAITLISTED: Participant.State.ASKED,
}


@dataclass(frozen=True)
class _Place:
    part: str
    name_ja: str
    name_en: str
    post_ja: str = ""
    post_en: str = ""


def _places(invitation: Invitation, answer: Answer) -> list[_Place]:
    if answer.attendee_name:
        first = _Place(Participant.Part.SUBSTITUTE, "", answer.attendee_name, "", answer.attendee_post)
    else:
        first = _Place(
            Participant.Part.GUEST,
            invitation.name_ja or invitation.name_en or invitation.post_ja,
            invitation.name_en or invitation.name_ja or invitation.post_en,
            invitation.post_ja,
            invitation.post_en,
        )
    return [first, *(_Place(Participant.Part.COMPANION, "", name) for name in answer.companions)]


def seat(invitation: Invitation, answer: Answer) -> None:
    """Make the participants say what the answer says.

    Rows are changed in place, so that what hangs on them (a seat, a check-in) stays; people who no longer come are
    kept as cancelled.
    """
    state = _STATES.get(Reply(answer.reply))
    places = _places(invitation, answer) if state else []
    rows = {row.order: row for row in Participant.objects.filter(invitation=invitation)}
    for order, place in enumerate(places):
        row = rows.pop(order, None) or Participant(event=invitation.event, invitation=invitation, order=order)
        _store(row, state=state, country_id=invitation.country_id, **vars(place))
    for row in rows.values():
        _store(row, state=Participant.State.CANCELLED)


def _store(row: Participant, **values: object) -> None:
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def dismiss(invitation: Invitation) -> None:
    """Nobody of this invitation is expected any more."""
    for row in Participant.objects.filter(invitation=invitation):
        _store(row, state=Participant.State.CANCELLED)


def expected(invitation: Invitation) -> int:
    """How many people of this invitation are counted as coming."""
    return Participant.objects.filter(invitation=invitation, state=Participant.State.EXPECTED).count()


def places_left(event: Event, *, besides: Invitation) -> int | None:
    """How many places are left for an invitation; None where the event has no limit. Ask only under a lock on the event."""
    if event.capacity is None:
        return None
    coming = Participant.objects.filter(event=event, state=Participant.State.EXPECTED)
    return max(0, event.capacity - coming.count() + coming.filter(invitation=besides).count())


def needs_of(invitation: Invitation) -> tuple[str, str]:
    """Dietary and access needs as they stand."""
    return GuestNeeds.objects.filter(invitation=invitation).values_list("diet", "access").first() or ("", "")


def keep_needs(invitation: Invitation, diet: str, access: str) -> None:
    """Store the needs of a party that comes; of one that does not come nothing is kept."""
    if diet or access:
        GuestNeeds.objects.update_or_create(invitation=invitation, defaults={"diet": diet, "access": access})
    else:
        GuestNeeds.objects.filter(invitation=invitation).delete()
