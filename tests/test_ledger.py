import contextlib
import datetime as dt
import threading

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from partnership import emails, ledger, mailer, reasons
from partnership.models import Email, MailAttempt
from partnership.smtp import SmtpTransport
from partnership.transport import Reply
from tests import engine

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State


def test_claimed_rows_are_nobody_elses():
    engine.sending(3)

    first, second = ledger.claim("one", 2), ledger.claim("two", 5)

    assert (len(first), len(second)) == (2, 1)
    assert {email.fence for email in first + second} == {1}
    assert not ledger.claim("three", 5)


def test_worker_that_was_taken_for_dead_changes_nothing_of_the_next_ones_work(server):
    engine.letter()
    [old] = ledger.claim("slow", 1)
    engine.late(old)
    ledger.sweep()
    [new] = ledger.claim("quick", 1)

    assert not ledger.intend(old)
    assert not ledger.release(old)
    assert not ledger.conclude(old, ledger.Outcome("reply", State.SENT), worker="slow", started_at=timezone.now())
    assert ledger.intend(new)
    assert engine.fresh(new).state == State.TRANSMITTING


def test_lost_worker_before_the_intent_costs_nothing(server):
    email = engine.letter()
    [claimed] = ledger.claim("dead", 1)
    engine.late(claimed)

    mailer.run()

    assert (engine.fresh(email).state, email.crashes) == (State.SENT, 0)
    assert len(server.accepted) == 1


def test_lost_worker_after_the_intent_leaves_an_uncertain_mail_that_nobody_sends_again(server):
    email = engine.letter()
    [claimed] = ledger.claim("dead", 1)
    assert ledger.intend(claimed)
    engine.late(claimed)

    mailer.run()

    assert (engine.fresh(email).state, email.reason) == (State.UNCERTAIN, reasons.INTERRUPTED)
    assert not server.said
    assert list(emails.undecided()) == [email]


@pytest.mark.parametrize("seconds", [5])
def test_lease_that_still_runs_is_respected(server, seconds):
    email = engine.letter()
    [claimed] = ledger.claim("busy", 1)
    assert ledger.intend(claimed)

    ledger.sweep()

    assert engine.fresh(email).state == State.TRANSMITTING


def test_slow_worker_that_lives_may_still_say_that_it_arrived():
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    engine.late(email)
    ledger.sweep()

    assert ledger.conclude(email, ledger.Outcome("reply", State.SENT, reply=Reply(250)), worker="slow", started_at=timezone.now())

    assert engine.fresh(email).state == State.SENT


@pytest.mark.parametrize(("ended", "held"), [(State.SENT, False), (State.FAILED, False), (State.QUEUED, True)])
def test_what_a_slow_worker_concludes_after_a_restore_is_on_hold_only_where_it_may_still_leave(ended, held):
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    Email.objects.filter(pk=email.pk).update(state=State.UNCERTAIN, held=True)  # as restores.check leaves it

    ledger.conclude(email, ledger.Outcome("reply", ended, reply=Reply(250)), worker="slow", started_at=timezone.now())

    assert (engine.fresh(email).state, email.held) == (ended, held)
    assert not ledger.due().filter(pk=email.pk).exists()


def test_slow_worker_does_not_queue_again_what_a_person_sent_again(desk):
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    engine.late(email)
    ledger.sweep()
    emails.resend(email=email, by=desk)

    ledger.conclude(email, ledger.Outcome("reply", State.QUEUED, reasons.BUSY), worker="slow", started_at=timezone.now())

    assert engine.fresh(email).state == State.FAILED


def test_slow_worker_may_queue_again_what_nobody_decided():
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    engine.late(email)
    ledger.sweep()

    ledger.conclude(email, ledger.Outcome("reply", State.QUEUED, reasons.BUSY), worker="slow", started_at=timezone.now())

    assert engine.fresh(email).state == State.QUEUED


def test_what_a_person_confirmed_is_not_undone_by_a_slow_worker(desk):
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    engine.late(email)
    ledger.sweep()
    emails.confirm(email=engine.fresh(email), by=desk)

    assert not ledger.conclude(email, ledger.Outcome("data", State.QUEUED), worker="slow", started_at=timezone.now())
    assert engine.fresh(email).state == State.SENT


def test_row_that_kills_its_worker_three_times_fails_alone(server):
    poison, fine = engine.letter(), engine.letter()
    for _crash in range(ledger.CRASHES):
        for email in ledger.claim("dies", 1):
            engine.late(email)
        Email.objects.filter(pk=fine.pk, state="claimed").update(state="queued", crashes=0)
        ledger.sweep()

    mailer.run()

    assert (engine.fresh(poison).state, poison.reason) == (State.FAILED, reasons.POISON)
    assert engine.fresh(fine).state == State.SENT


def test_row_that_is_suspect_is_claimed_alone():
    engine.sending(4)
    Email.objects.filter(recipient_key="0").update(crashes=1)

    first, second = ledger.claim("one", 4), ledger.claim("two", 4)

    assert [email.recipient_key for email in first] == ["0"]
    assert [email.recipient_key for email in second] == ["1", "2", "3"]


def test_check_that_breaks_is_tried_again_and_fails_alone_in_the_end(server):
    def breaks(email):
        if email.to_address.startswith("odd-one"):
            raise ZeroDivisionError
        return ""

    engine.hooks["check"] = breaks
    bad, good = engine.letter("odd-one@example.jp"), engine.letter()

    for _run in range(ledger.CRASHES + 1):
        mailer.run()
        Email.objects.filter(pk=bad.pk).update(next_at=timezone.now() - dt.timedelta(seconds=1))

    assert (engine.fresh(bad).state, bad.reason) == (State.FAILED, reasons.POISON)
    assert engine.fresh(good).state == State.SENT
    assert len(server.accepted) == 1


def test_run_that_is_told_to_stop_gives_back_what_it_claimed(server):
    engine.sending(5)

    mailer.run(stop=lambda: len(server.accepted) >= 2)

    assert len(server.accepted) == 2
    left = Email.objects.exclude(state=State.SENT)
    assert set(left.values_list("state", "crashes", "attempts")) == {(State.QUEUED, 0, 0)}


def test_attempts_are_never_changed_or_removed(server):
    engine.letter()
    mailer.run()
    attempt = MailAttempt.objects.get()

    with pytest.raises(TypeError):
        attempt.save()
    with pytest.raises(TypeError):
        attempt.delete()


def test_only_the_row_that_a_worker_died_with_is_blamed(server):
    """A worker goes through its batch in order; the rows behind the first one left were never touched."""
    engine.sending(5)
    batch = ledger.claim("dies", 5)
    ledger.intend(batch[0])
    ledger.conclude(batch[0], ledger.Outcome("reply", State.SENT, reply=Reply(250)), worker="dies", started_at=timezone.now())
    for email in batch[1:]:
        engine.late(email)

    ledger.sweep()

    assert [engine.fresh(email).crashes for email in batch[1:]] == [1, 0, 0, 0]
    assert {email.state for email in batch[1:]} == {State.QUEUED}


def test_two_workers_that_died_are_blamed_for_one_row_each():
    engine.sending(6)
    for owner in ("one", "two"):
        for email in ledger.claim(owner, 3):
            engine.late(email)

    ledger.sweep()

    assert list(Email.objects.order_by("id").values_list("crashes", flat=True)) == [1, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("meanwhile", [State.UNCERTAIN, State.QUEUED, State.CANCELLED, State.FAILED])
def test_what_a_server_accepted_is_sent_whatever_was_concluded_from_the_silence(meanwhile):
    """Evidence may have said “absent” and queued it again: the one who got the 250 knows better, and nobody must send it twice."""
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    Email.objects.update(state=meanwhile, lease_until=None)

    assert ledger.conclude(email, ledger.Outcome("reply", State.SENT, reply=Reply(250)), worker="slow", started_at=timezone.now())

    assert engine.fresh(email).state == State.SENT
    assert not ledger.claim("next", 1)


def test_row_that_was_claimed_anew_is_not_concluded_by_the_earlier_worker():
    engine.letter()
    [old] = ledger.claim("slow", 1)
    ledger.intend(old)
    Email.objects.update(state=State.QUEUED)
    [new] = ledger.claim("quick", 1)

    assert not ledger.conclude(old, ledger.Outcome("reply", State.SENT, reply=Reply(250)), worker="slow", started_at=timezone.now())
    assert ledger.intend(new)


def test_outcome_that_was_written_before_the_connection_broke_is_not_written_twice():
    engine.letter()
    [email] = ledger.claim("me", 1)
    outcome = ledger.Outcome("envelope", State.QUEUED, reasons.BUSY, Reply(451))
    ledger.conclude(email, outcome, worker="me", started_at=timezone.now())

    assert ledger.conclude(email, outcome, worker="me", started_at=timezone.now(), again=True)

    assert MailAttempt.objects.count() == 1
    assert engine.fresh(email).attempts == 1


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("hook", ["check", "links"])
def test_lost_connection_to_the_database_is_no_fault_of_the_row(server, error, hook):
    """InterfaceError (“connection already closed”) is no DatabaseError, and once failed letters as if they could not be built."""
    email = engine.letter()

    def lost(_email):
        raise error

    engine.hooks[hook] = lost
    with pytest.raises(error):
        mailer.run()

    assert (engine.fresh(email).state, email.crashes, email.attempts) == (State.QUEUED, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_was_claimed_when_the_database_went_away_is_given_back_when_it_is_back(server):
    """Or each crash of a database would look like three workers that died with the same letter."""
    first, second = engine.letter(), engine.letter("other@mission.example.jp")
    away = []

    def database(execute, sql, *rest):
        if away:
            raise OperationalError
        return execute(sql, *rest)

    def goes_away(_email):
        away.append(True)
        raise OperationalError

    engine.hooks["check"] = goes_away
    with connection.execute_wrapper(database), pytest.raises(OperationalError):
        mailer.run()
    assert {engine.fresh(one).state for one in (first, second)} == {State.CLAIMED}

    engine.hooks.clear()
    mailer.run()

    assert {(engine.fresh(one).state, one.crashes) for one in (first, second)} == {(State.SENT, 0)}


@pytest.mark.parametrize("error", [OperationalError, RuntimeError])
def test_next_mail_over_a_kept_connection_does_not_follow_on_the_greeting_of_one_that_broke_off(server, error):
    """A server answers a second MAIL with 503, which once failed the next letter as if we were not allowed to send."""
    broken, email = engine.letter(), engine.letter("other@mission.example.jp")

    def breaks(one):
        if one.pk == broken.pk:
            raise error
        return ""

    engine.hooks["check"] = breaks
    with contextlib.closing(SmtpTransport(settings.EMAIL_URL)) as kept:
        with contextlib.suppress(OperationalError):
            mailer.run(carrier=kept)
        Email.objects.filter(pk=broken.pk).update(state=State.CANCELLED)
        mailer.run(carrier=kept)

    assert (engine.fresh(email).state, email.attempts) == (State.SENT, 1)
    assert server.connections == 1


def test_server_out_of_step_is_no_fault_of_the_letter(server):
    """Negative control of the one above: a second MAIL is refused with 503. The letter then leaves over another connection."""
    email = engine.letter()
    with contextlib.closing(SmtpTransport(settings.EMAIL_URL)) as kept:
        kept.open()
        kept.envelope("partnership@mofa.example.jp", "somebody@mission.example.jp", 100)

        mailer.run(carrier=kept)

    assert (engine.fresh(email).state, email.reason) == (State.SENT, "")
    assert server.connections == 2


def test_mailer_that_stays_survives_whatever_happens(server):
    """The thread in a worker is the only one that sends when the broker is gone: nothing may end it."""
    stop, calls = threading.Event(), []

    def breaks(email):
        calls.append(email)
        if len(calls) == 1:
            raise InterfaceError
        stop.set()
        return ""

    engine.hooks["check"] = breaks
    email = engine.letter()

    mailer.stay(stop, poll=0.01)

    assert engine.fresh(email).state == State.SENT
