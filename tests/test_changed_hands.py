"""A post that changes hands between the choice of guests and the letter: nobody is greeted by another’s name."""

import datetime as dt

import pytest
from django.urls import reverse

from events import event_mailings, invitations
from partnership import mailings
from partnership.models import Appointment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(desk):
    """An event with one invited head of mission and a letter that could be frozen."""
    head = factories.position(email="ambassador.no@embassy.example.jp")
    factories.appointment(head)
    event = factories.event()
    factories.host(event)
    invitation = invitations.invite(event=event, position=head, by=desk)
    return event, invitation, event_mailings.write(event=event, purpose="invitation", by=desk).mailing


def succeed(invitation):
    """The ambassador leaves; another one comes."""
    today = dt.date.today()  # noqa: DTZ011
    Appointment.objects.filter(position=invitation.position).update(ends_on=today - dt.timedelta(days=1))
    person = factories.person(name_en="Solveig Brandt", name_ja="ソルヴェイ・ブラント")
    factories.appointment(invitation.position, person, starts_on=today)


def told(sentences):
    return [str(one) for one in sentences if "Renew the names" in str(one) or "名前を更新" in str(one)]


def test_a_list_is_not_frozen_with_the_name_of_a_predecessor(planned, desk):
    _event, invitation, mailing = planned
    before = told(mailings.missing(mailing))
    succeed(invitation)

    after = told(mailings.missing(mailing))

    assert (len(before), len(after)) == (0, 1)


def test_renewed_names_are_printed(planned, desk):
    event, invitation, mailing = planned
    succeed(invitation)

    changed = invitations.reprint(event=event, by=desk)

    invitation.refresh_from_db()
    assert changed == [invitation]
    assert "Solveig Brandt" in invitation.name_en
    assert not told(mailings.missing(mailing))


def test_a_frozen_list_tells_of_the_successor_even_when_the_names_were_renewed(planned, desk):
    event, invitation, mailing = planned
    mailing = mailings.freeze(mailing=mailing, by=desk)
    assert not told(mailings.obstacles(mailing))

    succeed(invitation)
    noticed = told(mailings.obstacles(mailing))
    invitations.reprint(event=event, by=desk)

    assert len(noticed) == 1
    assert len(told(mailings.obstacles(mailing))) == 1  # the frozen letter still greets the predecessor
    mailing = mailings.freeze(mailing=mailings.thaw(mailing=mailing, by=desk), by=desk)
    assert not told(mailings.obstacles(mailing))


def test_the_button_on_the_list_renews_the_names(planned, desk, login):
    event, invitation, _mailing = planned
    succeed(invitation)

    response = login(desk).post(reverse("admin:events_event_invited", args=[event.pk]), {"act": "reprint"}, follow=True)

    invitation.refresh_from_db()
    assert response.status_code == 200
    assert "Solveig Brandt" in invitation.name_en
