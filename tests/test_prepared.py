"""Statements that are compiled once say, word by word, what Django says each time; and an invitation is read as it is at the moment."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.db.models import Exists, F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import invitations, moment, purposes, written
from events.models import Invitation
from partnership import clearances, ledger, mailer, prepared
from partnership.mailbox.store import MailboxTransport
from partnership.models import Email, MailAttempt
from partnership.prepared import Slot
from partnership.transport import Reply
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def said(work):
    with CaptureQueriesContext(connection) as heard:
        work()
    texts = [query["sql"] for query in heard.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return [re.sub(r"= \((\d+)\)", r"= \1", text) for text in texts]  # Django puts an expression into brackets


def test_the_intent_is_what_django_says():
    email = factories.email(state="claimed", fence=3)
    ledger.intend(email)
    rows = Email.objects.filter(id=email.pk, fence=3).filter(ledger.let_go(), state="claimed", lease_until__gt=Now())
    changes = {"state": "transmitting", "crashes": 0, "data_started_at": Now(), "lease_until": ledger.lease()}

    assert said(lambda: ledger.intend(email)) == said(lambda: rows.update(**changes))


def test_the_outcome_is_what_django_says():
    email = factories.email(state="transmitting", fence=3)
    at = timezone.now()
    outcome = ledger.Outcome("reply", "sent", reply=Reply(250, "it’s taken"))
    values = {"worker": "me", "phase": "reply", "outcome": "sent", "code": 250, "reply": "it’s taken", "started_at": at, "ended_at": at}
    changes = {"state": "sent", "reason": "", "smtp_code": 250, "smtp_reply": "it’s taken", "attempts": F("attempts") + 1, "crashes": 0}
    changes |= {"lease_until": None, "accepted_at": Now(), "finished_at": Now(), "held": False}

    def by_django():
        MailAttempt.objects.bulk_create([MailAttempt(email=email, fence=3, **values)])
        Email.objects.filter(id=email.pk, fence=3).exclude(state="sent").update(**changes)

    ours = said(lambda: ledger.conclude(email, outcome, worker="me", started_at=at))
    django = said(by_django)

    written_down = MailAttempt.objects.values("email", "fence", *values)
    assert ours[-1] == django[-1]
    assert [{**row, "ended_at": at} for row in written_down] == [{"email": email.pk, "fence": 3, **values}] * 2


def test_a_statement_is_compiled_anew_when_what_it_is_made_of_changes(monkeypatch):
    email = factories.email(state="claimed", fence=1, lease_until=timezone.now() + dt.timedelta(hours=1))
    assert ledger.intend(email)

    monkeypatch.setattr(clearances, "needing", lambda: [email.purpose])
    Email.objects.update(state="claimed")

    assert not ledger.intend(email)


def test_values_of_every_kind_come_and_go_as_django_lets_them(event):
    invitation = factories.invitation(event)
    fields = ("id", "linked_at", "event__time_zone", "event__starts_on", "event__start_time", "event__is_demo")
    asked = prepared.Question(Invitation.objects.filter(linked_at=Slot("linked_at", Invitation)).values_list(*fields))

    assert [tuple(row) for row in asked.rows(linked_at=invitation.linked_at)] == [*Invitation.objects.values_list(*fields)]
    assert asked.rows(linked_at=timezone.now()) == []


# ── an invitation at the moment when its letter leaves ───────────────────────


@pytest.fixture
def invitation(event):
    return factories.invitation(event)


def mail(invitation, **fields):
    return factories.email(purpose="invitation", about=invitation, to_address="guest@no.example.jp", **fields)


def letter(invitation, **fields):
    return mail(invitation, mailing=factories.event_mailing(invitation.event, factories.mailing(state="sending")).mailing, **fields)


@pytest.mark.parametrize("earlier", ["sent", "transmitting", "uncertain", "failed", "queued", "same mailing", "older link", None])
def test_the_moment_is_what_the_rows_say(invitation, earlier):
    email = letter(invitation)
    if earlier in Email.State.values:
        letter(invitation, state=earlier)
    elif earlier == "same mailing":
        mail(invitation, mailing=email.mailing, state="sent")
    elif earlier == "older link":
        letter(invitation, state="sent", data_started_at=invitation.linked_at - dt.timedelta(seconds=1))
    stored = Invitation.objects.select_related("event").get(pk=invitation.pk)
    rows = written.that_left().filter(to_address=email.to_address).exclude(pk=email.pk).exclude(mailing=email.mailing_id)

    now = moment.of(email)

    assert {name: getattr(now.invitation, name) for name in moment._OWN} == {name: getattr(stored, name) for name in moment._OWN}
    assert {name: getattr(now.invitation.event, name) for name in moment._EVENTS} == {
        name: getattr(stored.event, name) for name in moment._EVENTS
    }
    assert now.has_reached == Invitation.objects.filter(Exists(rows), pk=invitation.pk).exists()
    assert now.has_reached == (earlier in {"sent", "transmitting", "uncertain"})


def test_it_is_one_query_and_knows_every_field_that_the_check_of_an_invitation_asks_for(invitation):
    email = letter(invitation)
    purposes.check(email)

    assert len(said(lambda: purposes.check(email))) == 1


def test_what_no_longer_exists_has_no_moment(invitation):
    email = mail(invitation)
    email.object_id += 1

    assert moment.of(email) is None


class Slow(MailboxTransport):
    """A server that takes so long to hear the address that something happens meanwhile."""

    def __init__(self, meanwhile):
        super().__init__()
        self.meanwhile, self.heard = meanwhile, []

    def envelope(self, *said):
        super().envelope(*said)
        while self.meanwhile:
            self.meanwhile.pop()()

    def body(self, data):
        self.heard.append(data.replace(b"=\r\n", b"").decode())
        return super().body(data)


def test_a_link_made_anew_while_its_letter_is_handed_over_stands_in_the_letter(invitation, desk):
    invitations.answer(invitation=invitation, reply="accept", source="link", by=None)
    before = invitations.token(invitation)
    server = Slow([lambda: invitations.reissue(invitation=invitation, by=desk)])

    mailer.run(carrier=server)

    invitation.refresh_from_db()
    assert [(before in text, invitations.token(invitation) in text) for text in server.heard] == [(False, True)]
    assert list(Email.objects.values_list("state", "attempts", "fence")) == [("sent", 1, 2)]


def test_without_comparing_the_old_link_would_leave(invitation, desk, monkeypatch):
    monkeypatch.setattr(purposes, "_now", moment.of)
    invitations.answer(invitation=invitation, reply="accept", source="link", by=None)
    before = invitations.token(invitation)
    server = Slow([lambda: invitations.reissue(invitation=invitation, by=desk)])

    mailer.run(carrier=server)

    assert [before in text for text in server.heard] == [True]


def test_the_invitations_of_a_batch_are_read_together(event):
    for _number in range(3):
        invitations.answer(invitation=factories.invitation(event), reply="accept", source="link", by=None)

    heard = said(mailer.run)

    assert sum('"events_invitation"."name_ja"' in one for one in heard) == 1
