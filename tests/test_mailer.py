import datetime as dt
import json
import socket

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnership import delivery, emails, ledger, mailer, message, reasons, smtp
from partnership.models import Email, MailAttempt, Mailing
from partnership.purposes import Attached
from partnership.transport import Rejected, Reply, Unreachable
from tests import engine
from tests.faults.sink import sink
from tests.services import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
State = Email.State


@pytest.fixture
def server(settings, tmp_path):
    """A mail server, and the product set to use it."""
    engine.hooks.clear()
    with sink(tmp_path / "accepted.jsonl") as running:
        settings.EMAIL_URL = running.url
        settings.EMAIL_TIMEOUT = 1
        yield running


def _fresh(email):
    email.refresh_from_db()
    return email


def _late(email, seconds=-1):
    Email.objects.filter(pk=email.pk).update(lease_until=timezone.now() + dt.timedelta(seconds=seconds))


# ── the message ──────────────────────────────────────────────────────────────


def test_letter_arrives_with_text_html_and_its_personal_link(server):
    email = engine.letter(subject="飯倉公館での懇談会へのご招待 – a rather long subject that has to be folded somewhere")

    mailer.run()

    sent = _fresh(email)
    assert (sent.state, sent.reason, sent.attempts, sent.crashes, sent.smtp_code) == (State.SENT, "", 1, 0, 250)
    assert sent.accepted_at
    assert sent.finished_at
    [arrived] = server.messages()
    assert arrived["Subject"] == email.subject
    assert (
        arrived.get_body(("plain",)).get_content().replace("\r\n", "\n") == f"Dear guest,\n\nhttps://example.jp/rsvp/{email.pk}/?a=1&b=2\n"
    )
    assert f'href="https://example.jp/rsvp/{email.pk}/?a=1&amp;b=2"' in arrived.get_body(("html",)).get_content()


def test_letter_has_one_recipient_and_says_what_it_is(server):
    email = engine.letter()

    mailer.run()

    [arrived], [line] = server.messages(), server.accepted
    assert line["to"] == ["guest@mission.example.jp"]
    assert arrived.get_all("To") == ["guest@mission.example.jp"]
    assert (arrived["Cc"], arrived["Bcc"]) == (None, None)
    assert arrived["Message-ID"] == email.message_id
    assert arrived["X-Outbox-Id"] == str(email.outbox_id)
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime
    assert len(arrived.get_all("From")) == 1


def test_sender_is_named_in_the_language_of_the_letter(server, settings):
    settings.MAIL_FROM, settings.MAIL_NAME_JA = "Division <division@mofa.example.jp>", "地方連携推進室"
    engine.letter()
    engine.letter(language="ja")

    mailer.run()

    assert [str(one["From"]) for one in server.messages()] == [
        "Division <division@mofa.example.jp>",
        "地方連携推進室 <division@mofa.example.jp>",
    ]


def test_no_line_is_too_long_or_eight_bit_and_dots_survive(server):
    text = ".\n..two\n" + "長" * 2000 + "\n" + "x" * 5000 + "\n.end"
    engine.letter(text=text, html="<p>" + "y" * 5000)

    mailer.run()

    [line], [arrived] = server.accepted, server.messages()
    assert max(map(len, line["raw"].split("\r\n"))) <= 998
    assert line["raw"].isascii()
    assert arrived.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n") == text


def test_attached_parts_keep_their_type_and_name(server):
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:懇談会\r\nEND:VCALENDAR\r\n"
    engine.hooks["attach"] = [Attached("招待.ics", ics.encode(), "text/calendar; method=REQUEST")]
    engine.letter()

    mailer.run()

    [arrived] = server.messages()
    [part] = arrived.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part.get_filename() == "招待.ics"
    assert part.get_content() == ics.replace("\r\n", "\r\n")
    assert arrived.get_body(("plain",)) is not None


def test_every_attempt_builds_the_same_body():
    email = engine.letter()

    bodies = {message.build(email).data.partition(b"\r\n\r\n")[2] for _attempt in range(2)}

    assert len(bodies) == 1


def test_message_shows_nothing_of_itself_in_a_log():
    assert "rsvp" not in repr(message.build(engine.letter()))


def test_text_with_a_link_that_nobody_gives_fails_alone_and_touches_no_network(settings):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"  # nobody listens
    email = engine.letter(text="\ue000nonsense\ue001")

    done = mailer.run()

    assert not done.unreachable
    assert (_fresh(email).state, email.reason) == (State.FAILED, reasons.BUILD)


# ── replies ──────────────────────────────────────────────────────────────────


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
    fine = engine.letter()

    mailer.run()

    assert (_fresh(email).state, email.reason, email.smtp_code) == (state, reason, code)
    assert _fresh(fine).state == State.SENT
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
        assert (_fresh(email).state, email.attempts, email.crashes, email.reason) == (State.QUEUED, 0, 0, reasons.UNREACHABLE)
    assert not MailAttempt.objects.exists()


def test_mail_leaves_when_the_server_is_back(server, settings):
    email = engine.letter()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    mailer.run()
    settings.EMAIL_URL = server.url

    mailer.run()

    assert (_fresh(email).state, email.reason) == (State.SENT, "")


def test_wrong_password_stops_the_run_and_touches_no_mail(server, settings):
    settings.EMAIL_URL = server.url.replace("smtp://", "smtp://user:wrong@")
    email = engine.letter()

    assert mailer.run().unreachable == reasons.AUTHENTICATION
    assert (_fresh(email).state, email.attempts) == (State.QUEUED, 0)


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
    email = engine.letter("grey@mission.example.jp")
    waits = []
    for _attempt in range(3):
        Email.objects.update(next_at=timezone.now() - dt.timedelta(seconds=1))
        mailer.run()
        waits.append((_fresh(email).next_at - timezone.now()).total_seconds())

    assert 47 < waits[0] <= 72
    assert 470 < waits[1] <= 720
    assert 470 < waits[2] <= 720
    MailAttempt.objects.update(started_at=timezone.now() - delivery.PATIENCE - dt.timedelta(minutes=1))
    Email.objects.update(next_at=timezone.now() - dt.timedelta(seconds=1))
    mailer.run()
    assert (_fresh(email).state, email.reason) == (State.FAILED, reasons.GAVE_UP)


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


@pytest.mark.parametrize(
    ("phase", "code", "text", "word"),
    [
        ("envelope", 550, "5.7.1 spf fail", reasons.REFUSED),
        ("envelope", 550, "no such user", reasons.UNKNOWN_ADDRESS),
        ("reply", 550, "5.7.1 spam", reasons.CONTENT),
        ("envelope", 450, "4.2.0 Greylisted", reasons.GREYLISTED),
        ("reply", 432, "concurrency", reasons.THROTTLED),
        ("data", 500, "what", reasons.REFUSED),
    ],
)
def test_reply_becomes_a_word(phase, code, text, word):
    assert reasons.of_reply(phase, code, text) == word


def test_reason_is_a_sentence_with_the_code():
    assert "550" in reasons.sentence(reasons.UNKNOWN_ADDRESS, 550)
    assert reasons.sentence("") == ""


# ── what may leave ───────────────────────────────────────────────────────────


def test_mail_that_is_no_longer_wanted_is_cancelled_before_its_body_leaves(server):
    engine.hooks["check"] = lambda _email: "expired"
    email = engine.letter()

    mailer.run()

    assert (_fresh(email).state, email.reason) == (State.CANCELLED, "expired")
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
    engine.sending(30)
    ran = []

    def ask_for_a_code(email):
        ran.append(email)
        if len(ran) == 5:
            emails.queue(purpose="engine_secret", to_address="me@example.jp", language="en", subject="Code", text="123456")
        return ""

    engine.hooks["check"] = ask_for_a_code

    mailer.run()

    order = [line["to"][0] for line in server.accepted]
    assert order.index("me@example.jp") <= 5 + mailer.BATCH
    assert len(order) == 31


def test_production_does_not_send_to_invented_people(server, settings):
    email = engine.letter()
    settings.DEMO = False

    mailer.run()

    assert (_fresh(email).state, email.reason) == (State.FAILED, reasons.INVENTED)
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


# ── claims, leases, fences ───────────────────────────────────────────────────


def test_claimed_rows_are_nobody_elses():
    engine.sending(3)

    first, second = ledger.claim("one", 2), ledger.claim("two", 5)

    assert (len(first), len(second)) == (2, 1)
    assert {email.fence for email in first + second} == {1}
    assert not ledger.claim("three", 5)


def test_worker_that_was_taken_for_dead_changes_nothing_of_the_next_ones_work(server):
    engine.letter()
    [old] = ledger.claim("slow", 1)
    _late(old)
    ledger.sweep()
    [new] = ledger.claim("quick", 1)

    assert not ledger.intend(old)
    assert not ledger.release(old)
    assert not ledger.conclude(old, ledger.Outcome("reply", State.SENT), worker="slow", started_at=timezone.now())
    assert ledger.intend(new)
    assert _fresh(new).state == State.TRANSMITTING


def test_lost_worker_before_the_intent_costs_nothing(server):
    email = engine.letter()
    [claimed] = ledger.claim("dead", 1)
    _late(claimed)

    mailer.run()

    assert (_fresh(email).state, email.crashes) == (State.SENT, 0)
    assert len(server.accepted) == 1


def test_lost_worker_after_the_intent_leaves_an_uncertain_mail_that_nobody_sends_again(server):
    email = engine.letter()
    [claimed] = ledger.claim("dead", 1)
    assert ledger.intend(claimed)
    _late(claimed)

    mailer.run()

    assert (_fresh(email).state, email.reason) == (State.UNCERTAIN, reasons.INTERRUPTED)
    assert not server.said
    assert list(emails.undecided()) == [email]


@pytest.mark.parametrize("seconds", [5])
def test_lease_that_still_runs_is_respected(server, seconds):
    email = engine.letter()
    [claimed] = ledger.claim("busy", 1)
    assert ledger.intend(claimed)

    ledger.sweep()

    assert _fresh(email).state == State.TRANSMITTING


def test_slow_worker_that_lives_may_still_say_that_it_arrived():
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    _late(email)
    ledger.sweep()

    assert ledger.conclude(email, ledger.Outcome("reply", State.SENT, reply=Reply(250)), worker="slow", started_at=timezone.now())

    assert _fresh(email).state == State.SENT


def test_slow_worker_does_not_queue_again_what_a_person_sent_again(desk):
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    _late(email)
    ledger.sweep()
    emails.resend(email=email, by=desk)

    ledger.conclude(email, ledger.Outcome("reply", State.QUEUED, reasons.BUSY), worker="slow", started_at=timezone.now())

    assert _fresh(email).state == State.FAILED


def test_slow_worker_may_queue_again_what_nobody_decided():
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    _late(email)
    ledger.sweep()

    ledger.conclude(email, ledger.Outcome("reply", State.QUEUED, reasons.BUSY), worker="slow", started_at=timezone.now())

    assert _fresh(email).state == State.QUEUED


def test_what_a_person_confirmed_is_not_undone_by_a_slow_worker(desk):
    engine.letter()
    [email] = ledger.claim("slow", 1)
    ledger.intend(email)
    _late(email)
    ledger.sweep()
    emails.confirm(email=_fresh(email), by=desk)

    assert not ledger.conclude(email, ledger.Outcome("data", State.QUEUED), worker="slow", started_at=timezone.now())
    assert _fresh(email).state == State.SENT


def test_row_that_kills_its_worker_three_times_fails_alone(server):
    poison, fine = engine.letter(), engine.letter()
    for _crash in range(ledger.CRASHES):
        for email in ledger.claim("dies", 1):
            _late(email)
        Email.objects.filter(pk=fine.pk, state="claimed").update(state="queued", crashes=0)
        ledger.sweep()

    mailer.run()

    assert (_fresh(poison).state, poison.reason) == (State.FAILED, reasons.POISON)
    assert _fresh(fine).state == State.SENT


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

    assert (_fresh(bad).state, bad.reason) == (State.FAILED, reasons.POISON)
    assert _fresh(good).state == State.SENT
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


# ── mailings, secrets, audit ─────────────────────────────────────────────────


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

    emails.resend(email=_fresh(email), by=desk, to_address="guest@mission.example.jp")
    mailer.run()

    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.FINISHED
    assert _fresh(email).state == State.UNCERTAIN


@pytest.mark.parametrize("who", ["me", "unknown", "cut-after"])
def test_secret_text_is_wiped_when_nothing_more_is_done_with_it(server, who):
    email = emails.queue(
        purpose="engine_secret", to_address=f"{who}@example.jp", language="en", subject="Code", text="code 918273", html="<b>918273</b>"
    )

    mailer.run()

    assert (_fresh(email).text, email.html) == ("", "")
    assert "918273" not in json.dumps(list(Email.objects.values()), default=str)


def test_secret_that_waits_too_long_is_cancelled_and_wiped():
    email = emails.queue(purpose="engine_secret", to_address="me@example.jp", language="en", subject="Code", text="918273")
    Email.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))

    ledger.sweep()

    assert (_fresh(email).state, email.reason, email.text) == (State.CANCELLED, reasons.EXPIRED, "")


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

    with django_assert_num_queries(8):  # savepoint, choose, take, read, release; the mark: look, count, read
        assert len(ledger.claim("me", 10)) == 10


def test_refusal_and_unreachable_say_no_more_than_a_code():
    assert str(Rejected("envelope", Reply(550, "guest@x.jp unknown"))) == "envelope: 550"
    assert str(Unreachable("unreachable", "TimeoutError")) == "TimeoutError"
