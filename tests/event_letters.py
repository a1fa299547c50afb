"""Steps that the tests of an event's letters share: guests, a letter that was approved, and what arrived."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from events import event_mailings, invitations
from events.models import Event, Invitation
from partnership import approvals, mailer, mailings
from partnership.models import Mailing, User
from tests import factories, sink
from tests.sink import Arrived, Sink


@contextmanager
def post_office(settings: Any) -> Iterator[Sink]:
    """A mail server that writes down what it accepts, and the product set to use it."""
    with sink.sink() as running:
        settings.EMAIL_URL = running.url
        settings.DEMO = True  # invented addresses are written to
        yield running


def invited(event: Event, *codes: str, by: User) -> dict[str, Invitation]:
    """The heads of the embassies of these countries, each with a secretariat, invited; by code."""
    found = {}
    for code in codes:
        embassy = factories.embassy(code, head=f"Head of {code}", secretariat_email=f"office@{code.lower()}.example.jp")
        found[code] = invitations.invite(event=event, position=factories.head(embassy), by=by)
    return found


def approve(letter: Mailing, *, desk: User, approver: User) -> Mailing:
    """Freeze its list and have it approved."""
    mailings.freeze(mailing=letter, by=desk)
    approvals.agree(approval=approvals.submit(approval=approvals.draft(thing=letter, by=desk), by=desk), by=approver)
    letter.refresh_from_db()
    return letter


def deliver(letter: Mailing, *, by: User) -> None:
    """Send it and let all that waits leave."""
    mailings.send(mailing=letter, by=by)
    mailer.run()


def sent(event: Event, purpose: str, *, desk: User, approver: User) -> Mailing:
    """Write, approve and send a letter."""
    letter = approve(event_mailings.write(event=event, purpose=purpose, by=desk).mailing, desk=desk, approver=approver)
    deliver(letter, by=desk)
    letter.refresh_from_db()
    return letter


def entry(message: EmailMessage) -> tuple[Calendar, Any]:
    """The calendar in a mail, and its entry."""
    part = next(message.iter_attachments())
    whole = Calendar.from_ical(part.get_content())
    assert part["Content-Type"].params["method"] == whole["METHOD"]
    return whole, whole.walk("VEVENT")[0]


def subjects(office: Sink, code: str) -> list[str]:
    """What has arrived for the embassy of a country, in order."""
    return [str(one.message["Subject"]) for one in arrived(office, code)]


def arrived(office: Sink, code: str) -> list[Arrived]:
    """The mails to the embassy's head."""
    return office.to(f"ambassador@{code.lower()}.example.jp")
