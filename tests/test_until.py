"""Until when a letter to a guest is of use: a server that keeps it waiting is not asked after that."""

import datetime as dt

import pytest
from django.utils import timezone

from events import windows
from events.models import Event
from partnership import delivery, ledger, purposes, reasons
from partnership.models import Email
from tests import factories

pytestmark = pytest.mark.django_db


def letter(invitation, purpose):
    return factories.email(purpose=purpose, about=invitation, recipient_key=f"{purpose}:{invitation.pk}")


@pytest.mark.parametrize("purpose", ["save_the_date", "invitation", "practical", "change"])
def test_letter_before_an_event_is_of_no_use_once_it_begins(invitation, purpose):
    assert purposes.get(purpose).until(letter(invitation, purpose)) == windows.starts_at(invitation.event)


def test_reminder_is_of_no_use_after_the_date_for_answers_and_moves_with_it(invitation):
    email = letter(invitation, "reminder")
    assert purposes.get("reminder").until(email) == invitation.event.reply_by

    later = timezone.now() + dt.timedelta(days=33)
    Event.objects.update(reply_by=later)

    assert purposes.get("reminder").until(email) == later


def test_thanks_may_come_late(invitation):
    assert purposes.get("thanks").until(letter(invitation, "thanks")) is None


def test_server_that_keeps_an_invitation_waiting_is_not_asked_after_the_event_began(invitation):
    email = letter(invitation, "invitation")
    waits = ledger.Outcome("envelope", Email.State.QUEUED, reasons.BUSY)
    Event.objects.update(starts_on=timezone.localdate(), ends_on=timezone.localdate(), start_time=dt.time(0), end_time=dt.time(23, 59))

    outcome = delivery._again(email, waits)

    assert (outcome.state, outcome.reason) == (Email.State.FAILED, reasons.TOO_LATE)
