"""The same letter for the floors: as everybody makes it with Python's email package."""

from email.message import EmailMessage

from django.conf import settings

from events import calendar, invitations
from events.models import Invitation
from partnership import marks
from partnership.models import Email


def entry(email: Email) -> bytes:
    """The calendar entry, made once for all."""
    return calendar.ics(Invitation.objects.get(pk=email.object_id).event, email.language)


def message(email: Email, ics: bytes) -> EmailMessage:
    """Text, HTML and calendar entry; the link is filled in, as ours is."""
    link = settings.SITE_URL + "/rsvp/" + invitations.token(Invitation(pk=email.object_id)) + "/"
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = settings.MAIL_FROM, email.to_address, email.subject
    made["Message-ID"] = email.message_id
    made.set_content(marks.fill(email.text, {"link": link}))
    made.add_alternative(marks.fill(email.html, {"link": link}), subtype="html")
    made.add_attachment(ics, maintype="text", subtype="calendar", filename="event.ics")
    return made
