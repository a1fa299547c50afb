"""An event's home says what its letters need from somebody; and late names stand on one list only."""

import datetime as dt

import pytest
from django.utils import timezone

from events import event_mailings, recipients
from partnership import mailing_schedule
from partnership.models import Mailing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(event, invitation, desk):
    """An invitation on its way to one guest."""
    factories.host(event)
    found = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    Mailing.objects.filter(pk=found.pk).update(state="sending", started_at=timezone.now())
    return found


def home(login, desk, event):
    return login(desk).get(f"/admin/events/event/{event.pk}/home/?lang=en").content.decode()


@pytest.mark.parametrize(
    ("changes", "words", "name"),
    [
        ({"state": "failed", "reason": "unknown_address"}, "did not leave: 1", "failed"),
        ({"state": "sent", "bounced_at": timezone.now()}, "came back: 1", "bounced"),
        ({"state": "uncertain"}, "unknown whether they arrived: 1", "uncertain"),
    ],
)
def test_what_became_of_letters_leads_to_their_list(login, desk, event, invitation, letter, changes, words, name):
    factories.email(mailing=letter, purpose="invitation", about=invitation, recipient_key="one", **changes)

    html = home(login, desk, event)

    assert words in html
    there = f"/admin/partnership/mailing/{letter.pk}/home/?state={name}"
    assert there in html
    assert "recipient" in login(desk).get(f"{there}&lang=en").content.decode()


def test_letters_that_arrived_ask_for_nothing(login, desk, event, invitation, letter):
    factories.email(mailing=letter, purpose="invitation", about=invitation, recipient_key="one", state="sent")

    assert "did not leave" not in home(login, desk, event)


def test_letter_that_missed_its_moment_stands_on_the_event(login, desk, event, letter):
    passed = timezone.now() - dt.timedelta(hours=3)
    Mailing.objects.filter(pk=letter.pk).update(state="ready", started_at=None, starts_at=passed, scheduled_by=desk)
    mailing_schedule.hold_back(letter, passed, "not approved")

    assert "decide about it" in home(login, desk, event)


def test_late_name_of_a_letter_that_is_through_stands_on_no_other_list(event, invitation, letter, desk):
    """Or two letters that are both approved could leave to one guest at the same moment."""
    [row] = [one for one in recipients.of(letter) if one.about == invitation and not one.is_copy]
    row.addition = 1
    row.save()
    Mailing.objects.filter(pk=letter.pk).update(state="finished")
    second = event_mailings.write(event=event, purpose="invitation", by=desk).mailing
    assert recipients.of(second) == []

    row.addition = 0  # negative control: one that was never added later is free for another list
    row.save()
    assert recipients.of(second) != []
