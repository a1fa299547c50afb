"""What is asked right before a mail of an event leaves, beside what tests/test_invitations.py asks: is it overtaken, is it the second?"""

import datetime as dt

import pytest
from django.utils import timezone

from events import invitations, purposes
from partnership import mailer
from partnership.models import Email
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(event):
    return factories.invitation(event)


def answer(invitation, reply):
    invitations.answer(invitation=invitation, reply=reply, source="link", by=None)


def confirmations():
    return list(Email.objects.filter(purpose="confirmation").order_by("id").values_list("state", "reason"))


def test_a_confirmation_that_a_newer_answer_overtook_does_not_leave(invitation):
    answer(invitation, "accept")
    Email.objects.update(next_at=timezone.now() + dt.timedelta(hours=1))  # a server that asked to try again later
    answer(invitation, "decline")
    mailer.run()
    Email.objects.update(next_at=timezone.now())

    mailer.run()

    assert confirmations() == [("cancelled", purposes.OVERTAKEN), ("sent", "")]


@pytest.mark.parametrize(("undo", "reason"), [("withdraw", purposes.WITHDRAWN), ("cancel", purposes.CALLED_OFF)])
def test_nobody_is_welcomed_to_what_has_fallen_away(invitation, desk, undo, reason):
    answer(invitation, "accept")
    if undo == "withdraw":
        invitations.withdraw(invitation=invitation, by=desk)
    else:
        invitation.event.state = "cancelled"
        invitation.event.save()

    mailer.run()

    assert confirmations() == [("cancelled", reason)]


def letter(invitation, **fields):
    letters = factories.event_mailing(invitation.event, factories.mailing(state="sending")).mailing
    return factories.email(
        purpose="invitation", about=invitation, mailing=letters, to_address="guest@no.example.jp", text="Dear guest", **fields
    )


@pytest.mark.parametrize("state", ["sent", "uncertain", "transmitting"])
@pytest.mark.parametrize("seq", [0, 1])
def test_a_second_letter_does_not_follow_one_that_left(invitation, state, seq):
    letter(invitation, state=state)
    second = letter(invitation, seq=seq)

    assert purposes.check(second) == purposes.REACHED


@pytest.mark.parametrize(
    "first", [{"state": "failed"}, {"state": "queued"}, {"state": "sent", "data_started_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}]
)
def test_a_letter_follows_one_that_never_left_or_holds_an_older_link(invitation, first):
    letter(invitation, **first)
    second = letter(invitation)

    assert purposes.check(second) == ""
