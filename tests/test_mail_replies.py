import datetime as dt
import socket

import pytest
from django.utils import timezone

from partnership import delivery, emails, holds, mailer, message, reasons, smtp
from partnership import transport as transport_errors
from partnership.models import AddressHold, AuditEvent, Email, MailAttempt, Mailing
from tests import engine
from tests.services import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State


@pytest.mark.parametrize(
    ("who", "state", "reason", "code"),
    [
        ("unknown", State.FAILED, reasons.UNKNOWN_ADDRESS, 550),
        ("moved", State.FAILED, reasons.UNKNOWN_ADDRESS, 551),
        ("content", State.FAILED, reasons.CONTENT, 554),
        ("large", State.FAILED, reasons.TOO_LARGE, 552),
        ("grey", State.QUEUED, reasons.GREYLISTED, 451),
        ("full", State.QUEUED, reasons.MAILBOX_FULL, 452),
        ("throttled", State.QUEUED, reasons.THROTTLED, 421),
        ("later", State.QUEUED, reasons.BUSY, 451),
        ("cut-amid", State.QUEUED, reasons.DROPPED, None),
        ("cut-before", State.QUEUED, reasons.DROPPED, None),
        ("cut-after", State.UNCERTAIN, reasons.NO_ANSWER, None),
        ("lost-after", State.UNCERTAIN, reasons.NO_ANSWER, None),
        ("silent", State.UNCERTAIN, reasons.NO_ANSWER, None),
        ("odd", State.UNCERTAIN, reasons.NO_ANSWER, None),
    ],
)
def test_what_the_server_does_decides_where_the_mail_stands(server, who, state, reason, code):
    long = "x" * 30_000_000 if who == "cut-amid" else ""  # more than the buffers between the two hold
    email = engine.letter(f"{who}@mission.example.jp", text=long or "Dear guest")
    fine = engine.letter("guest@embassy.example.jp")

    mailer.run()

    assert (engine.fresh(email).state, email.reason, email.smtp_code) == (state, reason, code)
    assert engine.fresh(fine).state == State.SENT
    assert reasons.sentence(reason, code) != reason
    attempt = MailAttempt.objects.get(email=email)
    assert (attempt.outcome, attempt.code) == (state, code)
    if state == State.QUEUED:
        assert email.next_at > timezone.now() + dt.timedelta(seconds=30)
        assert email.attempts == 1


def test_refused_connection_is_no_attempt_and_stops_the_run(settings):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    first, second = engine.letter(), engine.letter()

    done = mailer.run()

    assert done.unreachable == reasons.UNREACHABLE
    for email in (first, second):
        assert (engine.fresh(email).state, email.attempts, email.crashes, email.reason) == (State.QUEUED, 0, 0, reasons.UNREACHABLE)
    assert not MailAttempt.objects.exists()


def test_mail_leaves_when_the_server_is_back(server, settings):
    email = engine.letter()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    mailer.run()
    settings.EMAIL_URL = server.url

    mailer.run()

    assert (engine.fresh(email).state, email.reason) == (State.SENT, "")


def test_wrong_password_stops_the_run_and_touches_no_mail(server, settings):
    settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:wrong@")
    email = engine.letter()

    assert mailer.run().unreachable == reasons.AUTHENTICATION
    assert (engine.fresh(email).state, email.attempts) == (State.QUEUED, 0)


def test_right_password_opens_the_server(server, settings):
    settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:right@")
    engine.letter()

    assert mailer.run().handled == 1


def test_encryption_that_was_asked_for_is_never_left_out(server, settings):
    settings.EMAIL_URL = server.url.replace("smtp://", "smtp+tls://")
    engine.letter()

    assert mailer.run().unreachable == reasons.UNREACHABLE
    assert not server.accepted


@pytest.mark.parametrize("url", ["http://relay.example.jp", "smtp://", "relay.example.jp", ""])
def test_mail_address_that_names_no_server_is_refused(url):
    with pytest.raises(ValueError, match="EMAIL_URL"):
        smtp.SmtpTransport(url)


def test_waiting_grows_and_ends_after_three_days(server, settings):
    settings.MAIL_RETRY = [60, 600]
    email = engine.letter("later@mission.example.jp")
    waits = []
    for _attempt in range(3):
        engine.due_now()
        mailer.run()
        waits.append((engine.fresh(email).next_at - timezone.now()).total_seconds())

    assert 47 < waits[0] <= 72
    assert 470 < waits[1] <= 720
    assert 470 < waits[2] <= 720
    MailAttempt.objects.update(started_at=timezone.now() - delivery.PATIENCE - dt.timedelta(minutes=1))
    engine.due_now()
    mailer.run()
    assert (engine.fresh(email).state, email.reason) == (State.FAILED, reasons.GAVE_UP)


def test_greylisting_server_is_asked_again_after_five_minutes_at_the_earliest(server, settings):
    email = engine.letter("grey@mission.example.jp")
    for step in settings.MAIL_RETRY_GREYLISTED[:3]:
        engine.due_now()
        mailer.run()
        wait = (engine.fresh(email).next_at - timezone.now()).total_seconds()
        assert step - 5 < wait <= step * 1.2
    assert settings.MAIL_RETRY_GREYLISTED[0] >= 300


def test_server_without_room_is_asked_once_more_much_later(server, settings):
    email = engine.letter("noroom@mission.example.jp")

    mailer.run()

    assert (engine.fresh(email).state, email.reason, email.smtp_code) == (State.QUEUED, reasons.MAILBOX_FULL, 552)
    assert email.next_at > timezone.now() + dt.timedelta(seconds=0.7 * settings.MAIL_RETRY[-1])
    engine.due_now()
    mailer.run()
    assert (engine.fresh(email).state, email.reason) == (State.FAILED, reasons.NO_ROOM)
    assert server.said == ["RCPT noroom@mission.example.jp"] * 2


def test_nobody_waits_for_a_server_until_it_is_too_late(server):
    email = engine.letter("later@mission.example.jp")
    engine.hooks["until"] = timezone.now() + dt.timedelta(minutes=3)

    mailer.run()

    assert (engine.fresh(email).state, email.reason, email.smtp_code) == (State.FAILED, reasons.TOO_LATE, 451)


def test_unknown_address_is_put_on_hold_and_nothing_more_is_sent_there(server, desk):
    first = engine.letter("unknown@mission.example.jp")
    mailer.run()
    assert holds.is_on_hold("Unknown@mission.example.jp")

    second = engine.letter("unknown@mission.example.jp")
    mailer.run()

    assert (engine.fresh(second).state, second.reason) == (State.FAILED, reasons.ADDRESS_HELD)
    assert server.said == ["RCPT unknown@mission.example.jp"]
    again = emails.resend(email=engine.fresh(first), by=desk, to_address="right@mission.example.jp")
    mailer.run()
    assert engine.fresh(again).state == State.SENT


def test_address_that_a_server_merely_refuses_is_not_put_on_hold(server):
    engine.letter("moved@mission.example.jp")  # 551 without an exact code

    mailer.run()

    assert not AddressHold.objects.exists()


# ── content that servers refuse ──────────────────────────────────────────────


def _mailing(*who):
    mailing = engine.sending()
    for number, one in enumerate(who):
        engine.letter(f"{one}@mission{number}.example.jp", mailing=mailing, recipient_key=str(number))
    return mailing


def test_three_refusals_of_the_content_in_a_row_pause_the_mailing(server):
    mailing = _mailing("guest", "content", "large", "content", "guest")

    mailer.run()

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert len(server.accepted) == 1
    assert Email.objects.filter(mailing=mailing, state=State.QUEUED).count() == 1
    assert AuditEvent.objects.get(act="mailing.pause").facts["reason"] == reasons.CONTENT


@pytest.mark.parametrize("who", [("content", "content", "guest", "content"), ("content", "content", "unknown", "content", "content")])
def test_refusals_with_others_between_them_do_not_pause(server, who):
    mailing = _mailing(*who)

    mailer.run()

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.FINISHED


def test_mailing_that_a_person_let_go_on_is_judged_anew(server):
    mailing = _mailing("content", "content", "content", "content", "content")
    mailer.run()
    Mailing.objects.filter(pk=mailing.pk).update(state="sending", state_changed_at=timezone.now())

    mailer.run()

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.FINISHED
    assert Email.objects.filter(state=State.FAILED).count() == 5


def test_connection_is_kept_from_mail_to_mail(server):
    for _number in range(5):
        engine.letter()
    engine.letter("unknown@mission.example.jp")

    mailer.run()

    assert len(server.accepted) == 5
    assert server.connections == 1


def test_server_that_hung_up_between_two_mails_is_greeted_again(server):
    transport = smtp.SmtpTransport(server.url)
    built = message.build(engine.letter())
    transport.open()
    transport.envelope(built.sender, built.recipient, len(built.data))
    transport.body(built.data)
    transport._server.sock.shutdown(socket.SHUT_RDWR)

    transport.envelope(built.sender, built.recipient, len(built.data))

    assert transport.body(built.data).code == 250
    transport.close()


@pytest.mark.parametrize("is_late", [True, False])
def test_final_dot_never_leaves_after_the_lease_because_others_may_have_sent_the_letter_again(server, settings, is_late):
    transport = smtp.SmtpTransport(server.url)
    built = message.build(engine.letter())
    settings.MAIL_LEASE = -1 if is_late else 120
    transport.open()
    transport.envelope(built.sender, built.recipient, len(built.data))

    if is_late:
        with pytest.raises(transport_errors.Dropped):
            transport.body(built.data)
    else:
        transport.body(built.data)

    assert len(server.accepted) == (0 if is_late else 1)
    transport.close()


@pytest.mark.parametrize(
    ("phase", "code", "text", "word"),
    [
        ("envelope", 550, "5.7.1 spf fail", reasons.REFUSED),
        ("envelope", 550, "no such user", reasons.UNKNOWN_ADDRESS),
        ("reply", 550, "5.7.1 spam", reasons.CONTENT),
        ("envelope", 450, "4.2.0 Greylisted", reasons.GREYLISTED),
        ("reply", 432, "concurrency", reasons.THROTTLED),
        ("data", 500, "what", reasons.REFUSED),
        ("envelope", 450, "4.7.1 Client host rejected", reasons.GREYLISTED),
        ("envelope", 451, "4.7.1 too many mails from you", reasons.THROTTLED),
        ("reply", 454, "4.7.28 unusual rate", reasons.THROTTLED),
        ("reply", 451, "4.3.0 temporarily out of operation", reasons.BUSY),
        ("sender", 452, "4.3.1 no space", reasons.BUSY),
        ("sender", 550, "no such sender", reasons.SENDER),
        ("envelope", 553, "5.1.8 bad sender", reasons.SENDER),
        ("sender", 552, "5.3.4 too big", reasons.TOO_LARGE),
        ("envelope", 552, "5.2.2 over quota", reasons.NO_ROOM),
        ("reply", 552, "5.7.0 blocked content", reasons.CONTENT),
        ("envelope", 554, "5.7.1 relay access denied", reasons.REFUSED),
    ],
)
def test_reply_becomes_a_word(phase, code, text, word):
    assert reasons.of_reply(phase, code, text) == word


def test_reason_is_a_sentence_with_the_code():
    assert "550" in reasons.sentence(reasons.UNKNOWN_ADDRESS, 550)
    assert reasons.sentence("") == ""
