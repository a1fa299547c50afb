"""What arrives at an embassy: read as a mail program reads it, with the HTML and without."""

import datetime as dt
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from events import confirmations, invitations
from events.models import Event
from partnership import message
from partnership.models import Email
from tests import factories

pytestmark = pytest.mark.django_db


def read(email):
    return message_from_bytes(message.build(email).data, policy=policy.default)


def confirmation(invitation, *, language="en", **given):
    invitation.language = language
    invitation.save()
    invitations.answer(invitation=invitation, reply="accept", source="link", by=None, **given)
    return Email.objects.filter(purpose=confirmations.PURPOSE).order_by("id").first()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_mail_has_text_and_html_as_alternatives_and_the_entry_beside_them(invitation, language):
    mail = read(confirmation(invitation, language=language))

    alternatives, entry = mail.iter_parts()
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in alternatives.iter_parts()] == ["text/plain", "text/html"]
    assert entry.get_content_type() == "text/calendar"
    assert entry.get_content_disposition() == "attachment"
    assert entry.get_filename() == "event.ics"
    assert entry.get_param("method") == "PUBLISH"
    assert mail["Content-Language"] == language


def test_its_head_names_one_recipient_and_asks_no_machine_to_answer(invitation):
    mail = read(confirmation(invitation))

    assert mail["To"] == invitation.position.email
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.utcoffset() == dt.timedelta(hours=9)
    assert mail["Message-ID"].endswith("@mofa.example.jp>")
    assert not {"Cc", "Bcc", "Sender", "Disposition-Notification-To"} & set(mail.keys())


def test_the_personal_address_stands_on_a_line_of_its_own(invitation):
    text = read(confirmation(invitation)).get_body(("plain",)).get_content()

    assert invitations.rsvp_url(invitation) in text.splitlines()


def test_an_answer_by_mail_reaches_the_desk_that_the_letter_names(invitation):
    Event.objects.update(contact_email="hiroshima2027@mofa.example.jp")

    assert read(confirmation(invitation))["Reply-To"] == "hiroshima2027@mofa.example.jp"


@pytest.mark.parametrize("contact", ["", "reception@mofa.example.jp"])
def test_without_a_desk_of_its_own_a_mail_is_answered_to_its_sender(invitation, contact, settings):
    settings.MAIL_FROM = "The Division <reception@mofa.example.jp>"
    Event.objects.update(contact_email=contact)

    assert read(confirmation(invitation))["Reply-To"] is None


def test_a_mail_about_an_account_is_answered_to_its_sender(desk):
    assert read(factories.email(purpose="login", about=desk))["Reply-To"] is None


def test_the_entry_names_its_time_zone_and_one_unchanging_event(invitation):
    Event.objects.update(starts_on=dt.date(2027, 1, 14), ends_on=dt.date(2027, 1, 14), start_time=dt.time(18, 30), end_time=dt.time(20))
    invitation.event.refresh_from_db()

    part = next(read(confirmation(invitation)).iter_attachments())
    calendar = Calendar.from_ical(part.get_content())
    entry = calendar.walk("VEVENT")[0]

    assert calendar["METHOD"] == "PUBLISH"
    assert entry["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert entry["DTSTART"].dt.isoformat() == "2027-01-14T18:30:00+09:00"
    assert entry["DTEND"].dt.isoformat() == "2027-01-14T20:00:00+09:00"
    assert entry["UID"].startswith(f"event-{invitation.event.pk}@")
    assert int(entry["SEQUENCE"]) == invitation.event.calendar_sequence
    assert "ATTENDEE" not in entry  # an entry that is published asks nobody
