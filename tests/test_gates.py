"""The way to our mail server: closed while it takes nobody in, stopped while it does not trust us, and told to people."""

import datetime as dt
import logging

import pytest
from django.utils import timezone

from partnership import gates, mailer, reasons
from partnership.models import AuditEvent, Email, MailAttempt, MailGate
from partnership.transitions import Refused
from tests import engine
from tests.services import free_port
from tests.surly import surly

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State
HEAD = "/admin/"


@pytest.fixture
def nobody(settings):
    """No server listens where EMAIL_URL says."""
    engine.hooks.clear()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"


def _later(**fields):
    """Let time pass for the gate."""
    now = timezone.now()
    MailGate.objects.update(**{name: now - dt.timedelta(seconds=seconds) for name, seconds in fields.items()})


def _errors(caplog):
    return [record.message for record in caplog.records if record.levelno == logging.ERROR]


def _untouched(*emails):
    return {(engine.fresh(email).state, email.attempts, email.crashes) for email in emails} == {(State.QUEUED, 0, 0)}


# ── a server that takes nobody in ────────────────────────────────────────────


def test_closed_gate_lets_nobody_claim_until_its_time_is_over(nobody, settings):
    email = engine.letter()
    assert mailer.run().unreachable == reasons.UNREACHABLE
    fence = engine.fresh(email).fence

    assert mailer.run().unreachable == reasons.UNREACHABLE

    assert engine.fresh(email).fence == fence, "nothing was claimed while the gate was shut"
    assert _untouched(email)
    assert not MailAttempt.objects.exists()


def test_gate_stays_shut_longer_each_time(nobody, settings):
    engine.letter()
    waits = []
    for _failure in range(8):
        mailer.run()
        gate = MailGate.objects.get()
        waits.append((gate.opens_at - timezone.now()).total_seconds())
        _later(opens_at=0)

    assert [round(wait / 5) * 5 for wait in waits] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert gate.failures == 8


def test_one_worker_tries_with_one_mail_and_opens_the_gate_for_all(server, settings):
    engine.sending(30)
    right, settings.EMAIL_URL = settings.EMAIL_URL, f"smtp://127.0.0.1:{free_port()}"
    mailer.run()
    settings.EMAIL_URL = right
    MailGate.objects.update(server=gates.server())
    _later(opens_at=0)

    leave, other = gates.may_connect(), gates.may_connect()
    assert (leave.granted, other.granted, other.word) == (True, False, reasons.UNREACHABLE)
    assert mailer.run().unreachable == reasons.UNREACHABLE, "the others wait for what becomes of the trial"
    assert not server.said

    _later(opens_at=0)  # the one who tried was lost
    assert mailer.run().handled == 30
    assert not gates.ours().get().closed_since
    assert gates.ours().get().failures == 0


def test_gate_that_is_tried_costs_one_claim_and_not_a_batch(nobody):
    engine.sending(5)
    mailer.run()
    _later(opens_at=0)
    Email.objects.update(fence=0)

    mailer.run()

    assert sorted(Email.objects.values_list("fence", flat=True)) == [0, 0, 0, 0, 1]


def test_failure_that_many_meet_at_once_is_counted_once(nobody):
    first, second = gates.may_connect(), gates.may_connect()

    gates.failed(first, reasons.UNREACHABLE)
    gates.failed(second, reasons.UNREACHABLE)

    assert gates.ours().get().failures == 1


def test_late_success_does_not_open_a_gate_that_closed_since(nobody):
    early = gates.may_connect()
    gates.failed(gates.may_connect(), reasons.UNREACHABLE)

    gates.succeeded(early)

    assert gates.ours().get().closed_since
    assert gates.look().shut == reasons.UNREACHABLE


@pytest.mark.parametrize(
    "says",
    [
        {"": "421 4.3.2 closed"},
        {"": "554 go away"},
        {"MAIL": "421 4.3.2 too busy"},
        {"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": "454 4.7.0 later"},
    ],
    ids=["421 greeting", "554 greeting", "421 at MAIL", "no passwords now"],
)
def test_server_that_has_no_time_for_anybody_is_no_attempt_of_a_mail(settings, says):
    email = engine.letter()
    with surly(says) as server:
        settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:right@") if "AUTH" in says else server.url
        assert mailer.run().unreachable == reasons.UNREACHABLE

    assert _untouched(email)
    assert gates.ours().get().closed_since
    assert not gates.ours().get().stopped_at


def test_people_are_told_once_when_the_gate_was_closed_for_long(nobody, caplog):
    engine.letter()
    mailer.run()
    mailer.sweep()
    assert not gates.alert()

    _later(closed_since=301)
    with caplog.at_level(logging.ERROR):
        mailer.sweep()
        mailer.sweep()

    assert gates.alert().reason == reasons.UNREACHABLE
    assert _errors(caplog) == ["no mail leaves: no mail server has taken us in for 300 seconds"]


# ── a server that does not trust us ──────────────────────────────────────────


def test_wrong_password_stops_everything_until_a_person_lets_it_go_on(server, settings, caplog, superuser):
    settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:wrong@")
    email = engine.letter()
    mailer.run()
    tries = server.connections

    _later(closed_since=4000, stopped_at=4000)
    assert mailer.run().unreachable == reasons.AUTHENTICATION
    assert server.connections == tries, "a second wrong password may lock the account"
    assert _untouched(email)
    assert _errors(caplog) == ["no mail leaves until somebody lets it go on: the mail server says authentication (535)"]

    gates.resume(by=superuser)

    assert AuditEvent.objects.get(act="mailgate.resume").actor == superuser
    assert not gates.alert()
    mailer.run()
    assert server.connections > tries


def test_new_password_in_the_settings_needs_no_person(server, settings):
    settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:wrong@")
    engine.letter()
    mailer.run()

    settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:right@")

    assert mailer.run().handled == 1
    assert not gates.alert()


@pytest.mark.parametrize("code", [530, 535])
def test_server_that_asks_for_a_password_before_any_address_stops_everything(settings, code):
    email = engine.letter()
    with surly({"MAIL": f"{code} 5.7.0 authentication required"}) as server:
        settings.EMAIL_URL = server.url
        assert mailer.run().unreachable == reasons.AUTHENTICATION

    assert gates.ours().get().stopped_at
    assert _untouched(email)


def test_refused_sender_speaks_of_us_and_not_of_the_address(settings):
    email = engine.letter()
    with surly({"MAIL": "550 no such sender here"}) as server:
        settings.EMAIL_URL = server.url
        mailer.run()

    assert (engine.fresh(email).state, email.reason) == (State.FAILED, reasons.SENDER)


def test_open_way_cannot_be_opened(superuser, nobody):
    with pytest.raises(Refused):
        gates.resume(by=superuser)


def test_password_stands_nowhere_in_the_database(nobody, settings):
    settings.EMAIL_URL = f"smtp://user:verysecret@127.0.0.1:{free_port()}"
    engine.letter()

    mailer.run()

    assert "verysecret" not in str(list(MailGate.objects.values()))


# ── what the work desk says ──────────────────────────────────────────────────


def test_work_desk_has_a_red_line_while_no_mail_leaves(login, desk, viewer, nobody):
    engine.letter()
    mailer.run()
    assert 'role="alert"' not in login(desk).get(HEAD).content.decode()

    _later(closed_since=301)
    mailer.sweep()

    page = login(desk).get(HEAD).content.decode()
    assert 'role="alert"' in page
    assert "/admin/mail/engine/" in page
    assert 'role="alert"' not in login(viewer).get(HEAD).content.decode()


def test_mailing_that_servers_refuse_waits_on_the_work_desk(login, desk, server):
    mailing = engine.sending(title_ja="拒否された便", title_en="Refused")
    for number in range(4):
        engine.letter(f"content@mission{number}.example.jp", mailing=mailing, recipient_key=str(number))

    mailer.run()

    page = login(desk).get(HEAD).content.decode()
    assert "拒否された便" in page


def test_look_costs_one_query_and_an_open_connection_none(django_assert_num_queries, server):
    with django_assert_num_queries(1):
        gates.look()
    with surly({}) as other:
        carrier = gates.Guarded(mailer.SmtpTransport(other.url))
        carrier.open()
        with django_assert_num_queries(0):
            carrier.open()
        carrier.close()
