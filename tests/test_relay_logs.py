"""The log of the mail server as evidence: what it can prove, and what not."""

import gzip
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from partnership import relay_logs
from partnership.models import AuditEvent, Email
from tests import engine
from tests.evidence_factories import json_line, postfix_lines, sent, uncertain

pytestmark = pytest.mark.django_db
State = Email.State


def _read(text, **kwargs):
    return relay_logs.read([io.BytesIO(text if isinstance(text, bytes) else text.encode())])


def _reconcile(tmp_path, text, *options):
    path = tmp_path / "relay.log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = io.StringIO()
    call_command("mail_reconcile", str(path), *options, stdout=out)
    return out.getvalue()


def _state(email):
    return Email.objects.get(pk=email.pk).state


# ── reading ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({}, True),
        ({"accepted": True}, True),
        ({"accepted": False}, False),
        ({"status": "sent"}, True),
        ({"status": "Deferred"}, True),
        ({"status": "rejected"}, False),
        ({"status": "who knows"}, False),
        ({"code": 250}, True),
        ({"code": 451}, False),
        ({"status": "550 5.1.1"}, False),
    ],
)
def test_object_says_in_several_ways_whether_it_was_taken(fields, taken):
    email = engine.letter()

    log = _read(json_line(email, **fields))

    assert list(log.taken) == ([email.message_id] if taken else [])


@pytest.mark.parametrize("name", ["message_id", "Message-ID", "messageId"])
def test_object_names_its_message_in_several_ways(name):
    email = engine.letter()

    for value in (email.message_id, email.message_id.strip("<>")):
        log = _read(json.dumps({name: value, "time": "2026-11-01T09:00:00+09:00", "recipient": "<a@x.example.jp>"}))

        assert log.taken[email.message_id].to == "a@x.example.jp"
        assert log.first.isoformat() == "2026-11-01T09:00:00+09:00"


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("status", ["sent", "deferred", "bounced"])
def test_postfix_is_read_whatever_became_of_what_it_took(status, old):
    email = engine.letter()

    log = _read(postfix_lines(email, queue="4F9D195432C", status=status, old=old))

    assert (log.taken[email.message_id].status, log.taken[email.message_id].to) == (status, email.to_address)
    assert log.broken == 0
    assert log.rotates


def test_postfix_has_not_taken_what_only_came_in():
    cut_off, taken = engine.letter(), engine.letter()

    log = _read(postfix_lines(cut_off, queue="AAAAA1", taken=False) + postfix_lines(taken, queue="BBBBB2"))

    assert list(log.taken) == [taken.message_id]


def test_queue_number_that_is_used_again_names_the_newer_message():
    first, second = engine.letter(), engine.letter()
    text = postfix_lines(first, queue="AAAAA1", taken=False) + postfix_lines(second, queue="AAAAA1")

    assert list(_read(text).taken) == [second.message_id]


def test_mail_of_others_and_broken_lines_are_passed_over():
    email = engine.letter()
    noise = '{"message_id": \n[1]\nnull\n\x00\xff\n{"message_id": {"a": 1}}\n{"t": 1e400, "message_id": "x"}\n{"t": "soon", "a": 1}\n'
    others = '{"message_id": "<CAF-1@mail.example.com>"}\nOct 32 25:00:00 mx postfix/smtp[1]: AAAAA1: to=<a@b.example>\n'

    log = _read(noise + others + json_line(email) + '{"a": ' + "[" * 100_000 + "\n")

    assert list(log.taken) == [email.message_id]
    assert log.broken >= 4


def test_compressed_log_is_read_and_one_that_was_cut_off_up_to_its_end():
    mails = [engine.letter() for _ in range(3)]
    packed = gzip.compress("".join(map(json_line, mails)).encode())

    assert len(_read(packed).taken) == 3
    assert _read(packed[:-20]).broken == 1
    assert _read(b"\x1f\x8bnot at all").broken == 1


def test_log_of_many_days_is_read_as_a_stream(tmp_path):
    path = tmp_path / "mail.log.gz"
    with gzip.open(path, "wt") as file:
        for number in range(50_000):
            file.write(f"2026-11-01T09:00:00+09:00 mx postfix/smtp[1]: {number:010X}: to=<a@b.example>, status=sent (250 ok)\n")

    with path.open("rb") as file:
        log = relay_logs.read([file])

    assert (log.lines, log.taken, log.broken) == (50_000, {}, 0)


# ── settling ─────────────────────────────────────────────────────────────────


def test_what_the_server_took_is_sent_and_what_it_never_took_waits_again(tmp_path):
    arrived, lost, known = uncertain(), uncertain(), sent()

    said = _reconcile(tmp_path, json_line(arrived) + json_line(known))

    assert (_state(arrived), _state(lost), _state(known)) == (State.SENT, State.QUEUED, State.SENT)
    assert "Changed: 1 sent, 1 not taken." in said
    assert AuditEvent.objects.filter(act__in=["email.accepted", "email.absent"]).count() == 2
    assert AuditEvent.objects.get(act="mailmark.reconcile").facts == {"unknown": 0, "accepted": 1, "absent": 1}


def test_dry_run_changes_nothing(tmp_path):
    arrived = uncertain()

    said = _reconcile(tmp_path, json_line(arrived), "--dry-run")

    assert "taken by the server: 1" in said
    assert _state(arrived) == State.UNCERTAIN
    assert not AuditEvent.objects.filter(act="email.accepted").exists()


@pytest.mark.parametrize(("minutes", "state"), [(1, State.UNCERTAIN), (4, State.QUEUED)])
def test_letter_that_a_slow_server_may_still_take_is_not_called_absent(tmp_path, settings, minutes, state):
    settings.MAIL_LEASE, settings.EMAIL_TIMEOUT = 120, 60
    letter = uncertain(minutes=minutes)

    _reconcile(tmp_path, json_line(uncertain()))

    assert _state(letter) == state


@pytest.mark.parametrize("old", [True, False])
def test_piece_of_a_syslog_proves_nothing_about_attempts_outside_its_time(tmp_path, old):
    outside, inside = uncertain(minutes=300), uncertain(minutes=60)
    edges = [sent(minutes=100), sent(minutes=80), sent(minutes=20)]
    text = "".join(
        postfix_lines(one, queue=f"AAAA{n}", minutes=m, old=old) for n, (one, m) in enumerate(zip(edges, (100, 80, 20), strict=True))
    )

    said = _reconcile(tmp_path, text)

    assert (_state(outside), _state(inside)) == (State.UNCERTAIN, State.QUEUED)
    assert "the log cannot tell: 1" in said


def test_log_that_lacks_what_the_server_certainly_took_proves_nothing_by_its_silence(tmp_path):
    lost, arrived = uncertain(), uncertain()
    sent(minutes=50)

    said = _reconcile(tmp_path, json_line(arrived))

    assert (_state(lost), _state(arrived)) == (State.UNCERTAIN, State.SENT)
    assert "1 letters that the server certainly took are not in it" in said


def test_log_whose_clock_is_hours_off_proves_nothing_by_its_silence(tmp_path):
    lost, known = uncertain(), sent()

    said = _reconcile(tmp_path, json_line(known, t=known.accepted_at.timestamp() - 9 * 3600))

    assert _state(lost) == State.UNCERTAIN
    assert "its clock differs from ours by 9:00:00" in said


@pytest.mark.parametrize("text", ["", "\n", "{}\n"])
def test_empty_log_proves_nothing_unless_someone_says_that_it_is_whole(tmp_path, text):
    lost = uncertain()

    _reconcile(tmp_path, text)
    assert _state(lost) == State.UNCERTAIN

    _reconcile(tmp_path, text, "--complete")
    assert _state(lost) == State.QUEUED


def test_letters_that_no_row_knows_are_listed(tmp_path):
    stranger = engine.letter("lost@mission.example.jp")
    line = json_line(stranger)
    Email.objects.filter(pk=stranger.pk).delete()

    said = _reconcile(tmp_path, line + line.replace("mofa.example.jp", "elsewhere.example"))

    assert "1 messages of ours are in no row" in said
    assert f"lost@mission.example.jp {stranger.message_id}" in said


def test_several_logs_are_read_together_and_one_that_is_not_there_is_said(tmp_path):
    first, second = uncertain(), uncertain()
    names = []
    for number, email in enumerate((first, second)):
        path = tmp_path / f"{number}.log"
        path.write_text(json_line(email))
        names.append(str(path))

    call_command("mail_reconcile", *names, stdout=io.StringIO())

    assert {_state(first), _state(second)} == {State.SENT}
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("mail_reconcile", str(tmp_path / "none"))


def test_the_log_is_read_twice_and_changes_things_once(tmp_path):
    arrived, lost = uncertain(), uncertain()

    _reconcile(tmp_path, json_line(arrived))
    _reconcile(tmp_path, json_line(arrived))

    assert AuditEvent.objects.filter(act__in=["email.accepted", "email.absent"]).count() == 2
    assert _state(lost) == State.QUEUED
