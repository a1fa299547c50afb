"""Answers at the same moment: heads never exceed the capacity, a double click is one answer. On PostgreSQL, with real connections."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from events import answers, invitations
from events.models import Answer, Event, Invitation, Participant
from partnership.models import Email
from partnership.transitions import Refused
from tests import factories

GUESTS, PLACES = 50, 10

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; there is nothing to race for"),
]


def at_once(tasks: list[Callable[[], object]]) -> list[object]:
    """Run the tasks in threads that start together; what each returned or raised, in order."""
    results: list[object] = [None] * len(tasks)
    start = threading.Barrier(len(tasks))

    def run(number: int, task: Callable[[], object]) -> None:
        try:
            start.wait(timeout=60)
            results[number] = task()
        except Exception as exception:  # noqa: BLE001 - the test looks at it
            results[number] = exception
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, task)) for number, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def accept(invitation: Invitation) -> Callable[[], object]:
    return lambda: invitations.answer(invitation=invitation, reply="accept", source="link", by=None)


@pytest.fixture
def full_house() -> list[Invitation]:
    """Fifty guests, ten places."""
    event = factories.event(capacity=PLACES)
    return [factories.invitation(event) for _ in range(GUESTS)]


def coming() -> int:
    return Participant.objects.filter(state="expected").count()


def test_fifty_answers_for_ten_places_fill_ten_places(full_house):
    results = at_once([accept(invitation) for invitation in full_house])

    assert [one for one in results if not isinstance(one, Answer)] == []
    assert coming() == PLACES
    assert Invitation.objects.filter(reply="accepted").count() == PLACES
    assert Invitation.objects.filter(reply="waitlisted").count() == GUESTS - PLACES


def test_without_the_lock_the_same_answers_overbook(full_house, monkeypatch):
    """The negative control: it is the lock on the event that holds the line, not luck."""
    together = threading.Barrier(GUESTS)

    def unlocked(invitation: Invitation, *, count_places: bool) -> Invitation:
        together.wait(timeout=60)
        return Invitation.objects.select_for_update(of=("self",)).select_related("event", "organisation", "position").get(pk=invitation.pk)

    monkeypatch.setattr(answers, "locked", unlocked)

    at_once([accept(invitation) for invitation in full_house])

    assert coming() > PLACES


def test_a_double_click_is_one_answer(event, invitation):
    results = at_once([accept(invitation) for _ in range(8)])

    assert len({one.pk for one in results}) == 1
    assert Answer.objects.count() == 1
    assert Email.objects.count() == 2
    assert coming() == 1


def test_opposite_answers_at_once_leave_one_in_force_and_both_in_history(event, invitation):
    def decline() -> object:
        return invitations.answer(invitation=invitation, reply="decline", source="link", by=None)

    at_once([accept(invitation), decline] * 4)

    invitation.refresh_from_db()
    last = answers.in_force(invitation)
    assert invitation.reply == last.reply
    assert coming() == (1 if last.reply == "accepted" else 0)


def test_two_members_of_staff_who_decide_at_once_decide_once(event, invitation, desk):
    invitations.answer(invitation=invitation, reply="substitute", source="link", by=None, attendee_name="Hedda")

    results = at_once(
        [
            lambda: invitations.consent(invitation=invitation, by=desk),
            lambda: invitations.refuse_substitute(invitation=Invitation.objects.get(pk=invitation.pk), by=desk),
        ]
    )

    assert sum(isinstance(one, Answer) for one in results) == 1
    assert sum(isinstance(one, Refused) for one in results) == 1


def test_a_post_that_two_people_invite_at_once_is_invited_once(event, embassy, desk):
    seat = factories.head(embassy)

    results = at_once([lambda: invitations.invite(event=Event.objects.get(pk=event.pk), position=seat, by=desk)] * 6)

    assert Invitation.objects.count() == 1
    assert sum(isinstance(one, Refused) for one in results) == 5
