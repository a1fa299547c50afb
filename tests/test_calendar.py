"""The calendar entry: one identity for life, a sequence that counts real changes, times that a calendar understands."""

import datetime as dt

import pytest
import time_machine
from icalendar import Calendar

from events import calendar, invitations
from events.models import Event
from partnership import purposes
from tests import factories

pytestmark = pytest.mark.django_db


def entry(event: Event, language: str = "en"):
    whole = Calendar.from_ical(calendar.ics(event, language))
    return whole, whole.walk("VEVENT")[0]


def test_the_entry_says_what_when_and_where_in_the_readers_language(event):
    factories.host(event, name_ja="外務大臣", name_en="the Minister for Foreign Affairs")
    whole, english = entry(event, "en")
    _whole, japanese = entry(event, "ja")

    assert (whole["METHOD"], whole["VERSION"]) == ("PUBLISH", "2.0")
    assert (str(english["SUMMARY"]), str(japanese["SUMMARY"])) == (event.title_en, event.title_ja)
    assert (str(english["LOCATION"]), str(japanese["LOCATION"])) == (event.venue_en, event.venue_ja)
    assert english["UID"] == japanese["UID"]
    assert "Minister" in str(english["DESCRIPTION"])
    assert "ATTENDEE" not in english
    assert str(english["ORGANIZER"]) == "mailto:reception@mofa.example.jp"


def test_the_entry_has_its_time_zone_with_it(event):
    whole, one = entry(event)

    assert one["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert one["DTSTART"].dt == dt.datetime.combine(event.starts_on, event.start_time, tzinfo=one["DTSTART"].dt.tzinfo)
    assert one["DTSTART"].dt.utcoffset() == dt.timedelta(hours=9)
    assert [str(zone["TZID"]) for zone in whole.walk("VTIMEZONE")] == ["Asia/Tokyo"]


def test_an_event_without_hours_fills_whole_days():
    event = factories.event(start_time=None, end_time=None, starts_on=dt.date(2027, 1, 14), ends_on=dt.date(2027, 1, 15))

    _whole, one = entry(event)

    assert (one["DTSTART"].dt, one["DTEND"].dt) == (dt.date(2027, 1, 14), dt.date(2027, 1, 16))


def test_an_event_whose_day_is_not_known_has_no_entry():
    event = factories.event(precision="month")

    assert not calendar.is_possible(event)
    assert calendar.attached(event, "en") == []


def test_the_sequence_counts_changes_of_what_a_calendar_shows(event):
    first = event.calendar_sequence
    event.note = "seen by nobody outside"
    event.capacity = 7
    event.save()
    assert event.calendar_sequence == first

    event.start_time = dt.time(19, 0)
    event.save(update_fields=["start_time"])
    event.refresh_from_db()
    assert event.calendar_sequence == first + 1

    event.save()
    assert Event.objects.get(pk=event.pk).calendar_sequence == first + 1


def test_a_cancelled_event_is_cancelled_in_the_calendar_under_the_same_identity(event):
    _whole, before = entry(event)
    event.state = Event.State.CANCELLED
    event.save(update_fields=["state"])

    _whole, after = entry(Event.objects.get(pk=event.pk))

    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert (str(after["STATUS"]), str(after["TRANSP"])) == ("CANCELLED", "TRANSPARENT")


def test_the_entry_is_the_same_bytes_until_something_changes(event):
    first = calendar.ics(event, "en")

    with time_machine.travel(dt.datetime(2027, 1, 1, tzinfo=dt.UTC), tick=False):
        again = calendar.ics(Event.objects.get(pk=event.pk), "en")

    assert again == first


def test_titles_with_commas_semicolons_and_breaks_survive(event):
    event.title_en = "Sake; rice, and “more”\\n"
    event.save()

    _whole, one = entry(event)

    assert str(one["SUMMARY"]) == event.title_en


def test_no_link_stands_in_the_entry(client, invitation):
    token = invitations.token(invitation)

    response = client.get(f"/rsvp/{token}/event.ics")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert token.encode() not in response.content.replace(b"\r\n ", b"")


def test_looking_at_the_entry_changes_no_sequence(client, invitation):
    before = invitation.event.calendar_sequence

    for _ in range(3):
        client.get(f"/rsvp/{invitations.token(invitation)}/event.ics")

    assert Event.objects.get().calendar_sequence == before


def test_the_invitation_carries_the_entry_and_a_confirmation_only_for_those_who_come(invitation):
    letter = factories.email(purpose="invitation", about=invitation)
    confirmation = factories.email(purpose="confirmation", about=invitation)

    assert [part.filename for part in purposes.get("invitation").attach(letter)] == ["event.ics"]
    assert list(purposes.get("confirmation").attach(confirmation)) == []
    invitations.answer(invitation=invitation, reply="accept", source="link", by=None)
    assert [part.filename for part in purposes.get("confirmation").attach(confirmation)] == ["event.ics"]
