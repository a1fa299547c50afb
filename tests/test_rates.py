"""How fast mails may leave: in all, and to one domain; what a server asks for, and what never waits."""

import datetime as dt
import time

import pytest
from django.core.management import call_command
from django.utils import timezone

from partnership import emails, ledger, mailer, rates, reasons
from partnership.models import Email, MailGate
from tests import engine

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State


def _pass(seconds, **where):
    """Let time pass for the buckets."""
    for gate in MailGate.objects.filter(**where):
        for name in ("refilled_at", "slowed_at"):
            if getattr(gate, name):
                setattr(gate, name, getattr(gate, name) - dt.timedelta(seconds=seconds))
        gate.save()


def _code():
    return emails.queue(purpose="engine_secret", to_address="me@mission.example.jp", language="en", subject="Code", text="123456")


# ── in all ───────────────────────────────────────────────────────────────────


def test_no_more_leave_than_the_rate_and_one_bucket(server, settings):
    settings.MAIL_RATE = 60  # a bucket holds five
    engine.sending(40)

    begin, accepted = time.monotonic(), []
    for second in range(20):
        mailer.run()
        accepted.append(len(server.accepted))
        assert accepted[-1] <= 5 + second + (time.monotonic() - begin)  # the time that this test takes counts as well
        _pass(1)

    assert accepted[0] >= 5
    assert accepted[-1] >= 23


def test_run_says_how_long_the_rest_waits_and_holds_nothing_meanwhile(server, settings):
    settings.MAIL_RATE = 60
    engine.sending(10)

    done = mailer.run()

    assert 0.5 < done.wait <= 1
    assert set(Email.objects.exclude(state=State.SENT).values_list("state", flat=True)) == {State.QUEUED}
    _pass(60)
    assert mailer.run().handled == 5
    assert mailer.run().wait == 0, "nothing waits any more"


def test_sign_in_code_never_waits_and_is_counted(server, settings):
    settings.MAIL_RATE = 60
    engine.sending(10)
    mailer.run()
    _code()

    assert mailer.run().handled == 1

    assert server.accepted[-1]["to"] == ["me@mission.example.jp"]
    assert MailGate.objects.get(key="*").tokens < 0
    _pass(1)
    assert mailer.run().handled == 0, "the code drew in advance"


def test_worker_that_finds_the_bucket_empty_gives_its_rows_back(server, settings):
    settings.MAIL_RATE = 60
    engine.sending(3)
    view = mailer.gates.look()
    for _other in range(5):
        assert rates.draw("*")

    [email] = ledger.claim("late", 1)

    assert not view.pace.admits(email)
    assert ledger.release(email)


def test_command_that_sends_everything_waits_for_the_rate(server, settings):
    settings.MAIL_RATE = 3000
    engine.sending(252)

    call_command("mailer", "--once")

    assert len(server.accepted) == 252


def test_without_a_rate_no_bucket_is_made(server):
    engine.sending(3)

    mailer.run()

    assert not MailGate.objects.exists()


# ── to one domain ────────────────────────────────────────────────────────────


def test_each_domain_has_its_own_bucket(server, settings):
    settings.MAIL_DOMAIN_RATE = 12  # one at a time
    for number in range(3):
        engine.letter(f"a{number}@One.example.jp")
        engine.letter(f"b{number}@two.example.jp")

    mailer.run()

    assert sorted(line["to"][0][0] for line in server.accepted) == ["a", "b"]
    _pass(5)
    mailer.run()
    assert len(server.accepted) == 4


def test_full_domain_holds_nobody_else_up(server, settings):
    settings.MAIL_DOMAIN_RATE = 12
    for number in range(50):
        engine.letter(f"a{number}@one.example.jp")
    engine.letter("b@two.example.jp")

    mailer.run()

    assert [line["to"][0] for line in server.accepted] == ["a0@one.example.jp", "b@two.example.jp"]


def test_server_that_asks_for_fewer_gets_half_and_then_slowly_more(server):
    engine.letter("throttled@slow.example.jp")
    for number in range(3):
        engine.letter(f"guest{number}@slow.example.jp")
    other = engine.letter("guest@quick.example.jp")

    done = mailer.run()

    assert engine.fresh(other).state == State.SENT
    assert Email.objects.filter(state=State.QUEUED).count() == 4
    assert 1 < done.wait <= 2
    gate = MailGate.objects.get()
    assert (gate.key, gate.per_minute) == ("slow.example.jp", rates.START / 2)
    now = gate.slowed_at
    assert [round(rates.rate(gate, now + n * rates.DOUBLES)) for n in range(3)] == [30, 60, 120]
    assert rates.rate(gate, now + 3 * rates.DOUBLES) is None, "free again"


def test_complaints_of_one_batch_are_heard_once_and_later_ones_again(server):
    for _mail in range(3):
        rates.slow_down("slow.example.jp")
    assert MailGate.objects.get().per_minute == 30

    _pass(61)
    rates.slow_down("slow.example.jp")

    assert 15 <= MailGate.objects.get().per_minute < 17
    for _hour in range(20):
        _pass(61)
        rates.slow_down("slow.example.jp")
    assert MailGate.objects.get().per_minute >= rates.SLOWEST


def test_throttled_mail_comes_back_later_and_scattered(server, settings):
    email = engine.letter("throttled@slow.example.jp")

    mailer.run()

    wait = (engine.fresh(email).next_at - timezone.now()).total_seconds()
    assert email.reason == reasons.THROTTLED
    assert settings.MAIL_RETRY[0] - 5 < wait <= 2 * settings.MAIL_RETRY[0]


def test_buckets_that_nobody_draws_from_are_forgotten(settings):
    settings.MAIL_DOMAIN_RATE = 12
    rates.draw("one.example.jp")
    rates.draw("two.example.jp")
    _pass(3 * 3600, key="one.example.jp")

    mailer.sweep()

    assert list(MailGate.objects.values_list("key", flat=True)) == ["two.example.jp"]


def test_bucket_does_not_run_backwards_when_a_draw_waited_for_the_lock(settings):
    settings.MAIL_RATE = 60
    rates.draw("*")
    MailGate.objects.update(refilled_at=timezone.now() + dt.timedelta(seconds=30), tokens=2)

    assert rates.draw("*")

    assert 0.9 < MailGate.objects.get().tokens < 1.1
