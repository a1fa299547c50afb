import datetime as dt
import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnership import emails, ledger, mailer, reasons
from partnership.models import Email, MailAttempt, Mailing
from partnership.transport import Rejected, Reply, Unreachable
from tests import engine

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State


def test_mail_that_is_no_longer_wanted_is_cancelled_before_its_body_leaves(server):
    engine.hooks["check"] = lambda _email: "expired"
    email = engine.letter()

    mailer.run()

    assert (engine.fresh(email).state, email.reason) == (State.CANCELLED, "expired")
    assert server.said == ["RCPT guest@mission.example.jp"]
    assert not server.accepted


@pytest.mark.parametrize("state", ["draft", "ready", "paused", "finished", "cancelled"])
def test_only_a_mailing_that_is_being_sent_is_sent(server, state):
    mailing = engine.sending(2)
    Mailing.objects.filter(pk=mailing.pk).update(state=state)

    mailer.run()

    assert not server.said
    assert set(Email.objects.values_list("state", flat=True)) == {State.QUEUED}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda _email: Mailing.objects.update(state="paused"), State.QUEUED),
        (lambda _email: Email.objects.update(held=True), State.QUEUED),
        (lambda _email: Email.objects.update(state="cancelled"), State.CANCELLED),
        (lambda _email: Email.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1)), State.QUEUED),
    ],
    ids=["paused", "held", "cancelled", "lease over"],
)
def test_change_in_the_last_moment_keeps_the_body_back(server, change, state):
    engine.sending(1)
    calls = []

    def once(email):
        if not calls:
            calls.append(email)
            change(email)
        else:
            Mailing.objects.update(state="paused")
        return ""

    engine.hooks["check"] = once

    mailer.run()

    assert not server.accepted
    assert Email.objects.get().state == state
    assert Email.objects.get().attempts == 0


def test_resumed_mailing_sends_the_rest_only(server):
    mailing = engine.sending(3)
    engine.hooks["check"] = lambda _email: Mailing.objects.filter(pk=mailing.pk).update(state="paused") * "" if server.accepted else ""
    mailer.run()
    assert len(server.accepted) == 1

    engine.hooks.clear()
    Mailing.objects.filter(pk=mailing.pk).update(state="sending")
    mailer.run()

    assert sorted(line["to"][0] for line in server.accepted) == [f"guest{n}@mission.example.jp" for n in range(3)]
    assert Mailing.objects.get().state == Mailing.State.FINISHED


def test_login_code_passes_a_running_mailing(server):
    engine.sending(mailer.BATCH + 10)
    ran = []

    def ask_for_a_code(email):
        ran.append(email)
        if len(ran) == 5:
            emails.queue(purpose="engine_secret", to_address="me@example.jp", language="en", subject="Code", text="123456")
        return ""

    engine.hooks["check"] = ask_for_a_code

    mailer.run()

    order = [line["to"][0] for line in server.accepted]
    assert order.index("me@example.jp") <= mailer.BATCH
    assert len(order) == mailer.BATCH + 11


def test_a_slow_server_is_given_as_many_letters_as_it_takes_in_five_seconds(server, monkeypatch):
    """So a code never waits longer, and few rows are claimed in vain."""
    engine.sending(20)
    clock = SimpleNamespace(monotonic=lambda: 2.0 * len(server.accepted))  # two seconds for each letter
    monkeypatch.setattr(mailer, "time", clock)
    claimed = []

    engine.hooks["check"] = lambda _email: claimed.append(Email.objects.exclude(owner="").exclude(state="sent").count()) or ""
    mailer.run()

    assert claimed == [20, 19, 18, *[3, 2, 1, 6, 5, 4] * 2, 3, 2, 1, 2, 1]


def test_production_does_not_send_to_invented_people(server, settings):
    email = engine.letter()
    settings.DEMO = False

    mailer.run()

    assert (engine.fresh(email).state, email.reason) == (State.FAILED, reasons.INVENTED)
    assert not server.said


def test_intent_is_one_statement_that_the_database_checks_again_after_waiting():
    """With a join, PostgreSQL would look at the old row: a mail cancelled at that moment would leave all the same."""
    engine.sending(1)
    [email] = ledger.claim("me", 1)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert ledger.intend(email)

    [query] = captured.captured_queries
    assert query["sql"].startswith("UPDATE")
    assert "JOIN" not in query["sql"]
    assert '"id" IN (SELECT' not in query["sql"]


def test_mailing_is_finished_when_every_mail_is_final(server):
    mailing = engine.sending(2)
    engine.letter("unknown@mission.example.jp", mailing=mailing, recipient_key="x")

    mailer.run()

    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.FINISHED


@pytest.mark.parametrize("who", ["grey", "cut-after"])
def test_mailing_with_an_open_mail_is_not_finished(server, who):
    mailing = engine.sending(1)
    engine.letter(f"{who}@mission.example.jp", mailing=mailing, recipient_key="x")

    mailer.run()

    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.SENDING


def test_mailing_is_finished_when_its_uncertain_mail_was_sent_again(server, desk):
    mailing = engine.sending(1)
    email = engine.letter("cut-after@mission.example.jp", mailing=mailing, recipient_key="x")
    mailer.run()

    emails.resend(email=engine.fresh(email), by=desk, to_address="guest@mission.example.jp")
    mailer.run()

    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.FINISHED
    assert engine.fresh(email).state == State.UNCERTAIN


@pytest.mark.parametrize("who", ["me", "unknown", "cut-after"])
def test_secret_text_is_wiped_when_nothing_more_is_done_with_it(server, who):
    email = emails.queue(
        purpose="engine_secret", to_address=f"{who}@example.jp", language="en", subject="Code", text="code 918273", html="<b>918273</b>"
    )

    mailer.run()

    assert (engine.fresh(email).text, email.html) == ("", "")
    assert "918273" not in json.dumps(list(Email.objects.values()), default=str)


def test_secret_that_waits_too_long_is_cancelled_and_wiped():
    email = emails.queue(purpose="engine_secret", to_address="me@example.jp", language="en", subject="Code", text="918273")
    Email.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))

    ledger.sweep()

    assert (engine.fresh(email).state, email.reason, email.text) == (State.CANCELLED, reasons.EXPIRED, "")


def test_personal_link_is_nowhere_in_the_database_or_the_log(server, caplog):
    caplog.set_level("DEBUG")
    for who in ("guest", "unknown", "cut-after", "content"):
        engine.letter(f"{who}@mission.example.jp")

    mailer.run()

    rows = json.dumps([*Email.objects.values(), *MailAttempt.objects.values()], default=str)
    assert "https://example.jp/rsvp/" not in rows
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that one is the server's
    assert "https://example.jp/rsvp/" not in "".join(ours)
    assert "https://example.jp/rsvp/" in "".join(
        part.get_content() for m in server.messages() for part in m.walk() if not part.is_multipart()
    )


def test_audit_prints_every_row_without_its_text(server, capsys):
    engine.sending(1)
    mailer.run()

    call_command("mail_audit", "--format", "jsonl")

    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    wanted = {"id", "mailing", "recipient", "seq", "to", "message_id", "state", "reason", "accepted_at", "attempts", "explicit_resends"}
    assert wanted <= set(line)
    assert (line["state"], line["message_id"]) == ("sent", server.accepted[0]["message_id"])
    assert "text" not in line


def test_command_sends_what_is_due_and_ends(server, capsys):
    engine.sending(2)

    call_command("mailer", "--once")

    assert len(server.accepted) == 2


def test_claims_cost_the_same_number_of_queries_whatever_the_queue(django_assert_num_queries):
    engine.sending(30)
    ledger.claim("me", 1)  # writes the mark's row

    with django_assert_num_queries(8):  # what is paused; savepoint, choose, take, release; the mark: look, count, read
        assert len(ledger.claim("me", 10)) == 10


@pytest.mark.parametrize("is_paused", [True, False])
def test_a_paused_mailing_in_front_hides_nothing_that_is_due(is_paused):
    before = engine.sending(3)
    expected = {email.pk for email in [engine.letter("me@example.jp"), *engine.sending(2).emails.all()]}
    if is_paused:
        Mailing.objects.filter(pk=before.pk).update(state=Mailing.State.PAUSED)
    else:
        before.emails.update(state=State.CANCELLED)

    assert {email.pk for email in ledger.claim("me", 10)} == expected


def test_refusal_and_unreachable_say_no_more_than_a_code():
    assert str(Rejected("envelope", Reply(550, "guest@x.jp unknown"))) == "envelope: 550"
    assert str(Unreachable("unreachable", "TimeoutError")) == "TimeoutError"
