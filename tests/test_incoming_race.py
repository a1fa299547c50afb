"""Two readers, two people at the same moment: one wins, the other is told. On PostgreSQL, with real connections."""

import threading

import pytest
from django.db import connection

from events.models import Answer
from partnership import incoming, intake, verp
from partnership.models import AuditEvent, IncomingMail
from partnership.transitions import Refused
from tests import factories, incoming_factories
from tests import mail_samples as samples
from tests.test_answers_race import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; there is nothing to race for"),
]

READERS = 6


def test_readers_that_find_the_same_mail_at_once_keep_it_once():
    email = incoming_factories.letter()
    data = samples.report(to=verp.sender(email))

    results = at_once([lambda: intake.take_in(data=data)] * READERS)

    assert [result for result in results if result is not None] == list(IncomingMail.objects.all())
    assert AuditEvent.objects.filter(act="email.bounce").count() == 1


def clicks(row: IncomingMail) -> list[object]:
    """Two people record opposite answers at the same moment."""
    first, second = factories.user("desk"), factories.user("desk")
    return at_once(
        [
            lambda: incoming.record(incoming=row, choice="accept", by=first, given={}),
            lambda: incoming.record(incoming=row, choice="decline", by=second, given={}),
        ]
    )


def test_of_two_who_settle_a_mail_at_once_one_is_told():
    row = incoming_factories.reply(incoming_factories.letter())

    results = clicks(row)

    assert {type(result) for result in results} == {str, Refused}
    assert Answer.objects.count() == 1


def test_without_the_lock_both_would_settle_it(monkeypatch):
    """The control: what the test above would see if nobody waited."""
    row, both = incoming_factories.reply(incoming_factories.letter()), threading.Barrier(2)

    def unlocked(mail: IncomingMail) -> IncomingMail:
        found = IncomingMail.objects.select_related("email__mailing", "handled_by").get(pk=mail.pk)
        both.wait(timeout=60)
        return found

    monkeypatch.setattr(incoming, "_locked", unlocked)

    assert [type(result) for result in clicks(row)] == [str, str]
    assert Answer.objects.count() == 2
