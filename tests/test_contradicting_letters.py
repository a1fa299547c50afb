"""What an officer is told before a letter leaves: that the same guest is to get another one, where that would be odd."""

import pytest

from events import event_mailings, invitations
from partnership import mailing_warnings, mailings
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def guests(event, embassy):
    """Two invited embassies, of which the first has accepted."""
    factories.host(event)
    posts = [embassy.positions.get(role="head"), factories.embassy("SE", head="Anna Example").positions.get(role="head")]
    invited = invitations.invite_many(event=event, positions=posts, by=None)
    for one in invited:
        factories.email(purpose="invitation", about=one, recipient_key=f"invitation:{one.pk}", state="sent")
    invitations.answer(invitation=invited[0], reply="accept", source="phone", by=factories.user("desk"))
    return invited


def frozen(event, purpose, desk):
    letter = event_mailings.write(event=event, purpose=purpose, by=desk).mailing
    mailings.freeze(mailing=letter, by=desk)
    return letter


def told(letter):
    return [caution.mailing.purpose for caution in mailing_warnings.of(letter, list(letter.recipients.all())) if caution.mailing]


def test_reminder_that_goes_to_nobody_who_accepted_is_no_contradiction(event, guests, desk):
    frozen(event, "reminder", desk)

    assert told(frozen(event, "practical", desk)) == []


def test_second_reminder_to_the_same_guests_is(event, guests, desk):
    frozen(event, "reminder", desk)

    assert told(frozen(event, "reminder", desk)) == ["reminder"]


def test_letter_of_another_event_is_none(event, guests, desk):
    other = factories.event()
    factories.host(other)
    [one] = invitations.invite_many(event=other, positions=[guests[1].position], by=None)
    factories.email(purpose="invitation", about=one, recipient_key=f"invitation:{one.pk}", state="sent")
    frozen(other, "reminder", desk)

    assert told(frozen(event, "reminder", desk)) == []
