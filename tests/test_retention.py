"""What guests were promised: their dietary and access needs go 30 days after the event."""

import datetime as dt
import logging
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from events import invitations, retention
from events.models import Event, GuestNeeds, Participant
from partnership import acts, audit, tasks
from partnership import retention as registry
from partnership.celery import app
from partnership.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


def party(event, *, diet="no pork, no alcohol", access=""):
    invitation = factories.invitation(event, reply="accepted")
    factories.participant(event, invitation=invitation)
    return GuestNeeds.objects.create(invitation=invitation, diet=diet, access=access)


def held(days_ago, **fields):
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    return factories.event(day=day, state="held", **fields)


def test_needs_are_removed_on_the_thirtieth_day_and_not_before():
    due, kept = party(held(30)), party(held(29))

    assert retention.purge_needs() == 1

    assert list(GuestNeeds.objects.all()) == [kept]
    assert due.invitation.reply == "accepted"
    assert Participant.objects.count() == 2  # who came is another kind of data


def test_an_event_of_several_days_ends_with_its_last():
    event = held(31)
    Event.objects.filter(pk=event.pk).update(ends_on=event.starts_on + dt.timedelta(days=3))
    party(event)

    assert retention.purge_needs() == 0


@pytest.mark.parametrize("state", ["cancelled", "postponed", "inviting", "reported"])
def test_needs_go_whatever_became_of_the_event(state):
    event = held(40)
    Event.objects.filter(pk=event.pk).update(state=state)
    party(event)

    assert retention.purge_needs() == 1


def test_the_trail_keeps_the_counts_and_nothing_personal():
    event = held(45)
    party(event, diet="peanut allergy", access="wheelchair")
    party(event, diet="vegetarian")
    party(event, diet="", access="hearing loop")

    retention.purge_needs()

    row = AuditEvent.objects.get(act="event.purge_needs")
    assert row.about == event
    assert row.actor is None
    assert row.facts == {"count": 3, "diet": 2, "access": 2, "days": 30}
    assert not hasattr(row, "detail")
    for words in ("peanut", "wheelchair", "vegetarian", "hearing"):
        assert words not in str(row.facts) + row.object_label
    assert "3" in acts.in_words(row, str(event))


def test_purging_twice_writes_one_line():
    party(held(45))

    assert [retention.purge_needs(), retention.purge_needs()] == [1, 0]

    assert AuditEvent.objects.filter(act="event.purge_needs").count() == 1
    assert audit.broken_seals() == []


def test_an_event_without_needs_leaves_no_line():
    factories.invitation(held(45), reply="accepted")

    retention.purge_needs()

    assert not AuditEvent.objects.filter(act="event.purge_needs").exists()


def test_the_command_says_how_much_and_logs_no_value(caplog):
    party(held(45), diet="peanut allergy")
    out = StringIO()

    with caplog.at_level(logging.INFO):
        call_command("purge", stdout=out)

    assert "dietary and access needs, kept for 30 days after the event: 1 removed" in out.getvalue()
    assert "purged guest_needs: 1" in caplog.text
    assert "peanut" not in out.getvalue() + caplog.text


def test_beat_purges_every_night():
    entry = app.conf.beat_schedule["purge personal data"]
    party(held(45))

    app.tasks[entry["task"]]()

    assert entry["task"] == tasks.purge.name
    assert not GuestNeeds.objects.exists()
    assert entry["schedule"].hour == {3}


def test_a_kind_of_data_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        registry.register(retention.NEEDS)


def test_the_page_promises_what_is_kept(client, invitation):
    page = client.get(invitations.rsvp_url(invitation) + "?lang=en").content.decode()

    assert f"Deleted {retention.NEEDS_DAYS} days after the event." in page
