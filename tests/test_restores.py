"""A restored database sends nothing until a person lets it (M19)."""

import datetime as dt
import io
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from partnership import emails, journal, ledger, mailer, reasons, restores
from partnership.models import AuditEvent, Email, MailMark
from partnership.transitions import Refused
from tests import engine, factories
from tests.faults.sink import sink

State = Email.State


@pytest.fixture
def server(settings, tmp_path):
    """A mail server, and the product set to use it."""
    engine.hooks.clear()
    with sink(tmp_path / "accepted.jsonl") as running:
        settings.EMAIL_URL = running.url
        yield running


@pytest.fixture
def backup(tmp_path):
    """``backup()`` makes a copy of the whole database as an administrator does, and returns what puts it back."""

    def make():
        connection.close()
        copy = tmp_path / "copy"
        if connection.vendor == "sqlite":
            _copy_sqlite(connection.settings_dict["NAME"], copy)
            return lambda: (connection.close(), _copy_sqlite(copy, connection.settings_dict["NAME"]))
        _pg("pg_dump", "-Fc", "-f", str(copy))
        return lambda: (connection.close(), _pg("pg_restore", "--clean", "--if-exists", "--single-transaction", str(copy)))

    return make


def _copy_sqlite(source, target):
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _pg(program, *arguments):
    facts = connection.settings_dict
    where = ["-h", facts["HOST"], "-p", str(facts["PORT"]), "-U", facts["USER"], "-d", facts["NAME"]]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine")
    environment = {**os.environ, "PGPASSWORD": facts["PASSWORD"]}
    subprocess.run([program, *where, *arguments], check=True, capture_output=True, env=environment)


def _mark_file(settings):
    return Path(settings.MAIL_MARK)


def _run(times=3):
    for _ in range(times):
        mailer.run()


def _restore_claims(count):
    """What a restore does to the row that the mark is compared with."""
    MailMark.objects.update(claims=count)


# ── M19, with real copies ────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_restored_database_sends_nothing_until_it_is_reconciled_and_released(server, backup, tmp_path):
    root = factories.user("superuser")
    engine.sending(30)
    for one in ledger.claim("me", 10):
        ledger.release(one)
    put_back = backup()
    mailer.run()
    assert len(server.accepted) == 30

    put_back()
    _run()

    assert len(server.accepted) == 30
    assert restores.held().count() == 30
    with pytest.raises(Refused):
        restores.refuse_while_held()
    call_command("mail_reconcile", str(server.log), stdout=io.StringIO())
    _run()
    assert (len(server.accepted), restores.held().count()) == (30, 0)
    assert Email.objects.filter(state=State.SENT, evidence="log").count() == 30
    restores.release(by=root)
    _run()
    ids = [line["message_id"] for line in server.accepted]
    assert len(ids) == len(set(ids)) == 30


@pytest.mark.django_db(transaction=True)
def test_the_danger_is_real_without_the_mark_the_letters_leave_twice(server, backup, settings, monkeypatch):
    """The negative control: the same restore, with the check switched off."""
    monkeypatch.setattr(restores, "_went_back", lambda _mark, _seen: False)
    monkeypatch.setattr(restores, "look_at", lambda _rows: None)
    engine.sending(5)
    put_back = backup()
    mailer.run()

    put_back()
    _run()

    assert len(server.accepted) == 10


@pytest.mark.django_db(transaction=True)
def test_copy_made_in_the_middle_of_the_very_last_claim_is_found_by_the_journal(server, backup):
    """The count is the same in the copy and in the file; only the journal knows that the texts left."""
    engine.sending(3)
    rows = ledger.claim("me", 10)
    put_back = backup()
    for one in rows:
        assert ledger.intend(one)
        ledger.conclude(one, ledger.Outcome("reply", State.SENT), worker="me", started_at=timezone.now())

    put_back()
    Email.objects.update(lease_until=timezone.now() - dt.timedelta(minutes=5))
    _run()

    assert server.accepted == []
    assert set(Email.objects.values_list("state", "held", "reason")) == {(State.UNCERTAIN, True, reasons.RESTORED_LEFT)}


# ── what counts as a step back ───────────────────────────────────────────────


@pytest.mark.django_db
def test_work_goes_on_as_long_as_the_file_and_the_database_agree(server, settings):
    engine.sending(25)

    mailer.run()

    assert len(server.accepted) == 25
    kept = json.loads(_mark_file(settings).read_text())
    assert kept == {"identity": str(MailMark.objects.get().identity), "claims": MailMark.objects.get().claims}
    assert not restores.is_held()


@pytest.mark.django_db
def test_crash_between_the_claim_and_the_file_is_harmless(server, settings, monkeypatch):
    engine.sending(2)
    ledger.claim("me", 1)
    before = _mark_file(settings).read_text()
    ledger.claim("me", 1)
    _mark_file(settings).write_text(before)  # as if the process had died before it raised it
    Email.objects.update(lease_until=timezone.now() - dt.timedelta(minutes=5))

    _run()

    assert len(server.accepted) == 2
    assert not restores.is_held()


@pytest.mark.django_db
def test_lost_file_is_a_step_back_once_something_was_claimed(server, settings):
    engine.sending(2)
    ledger.claim("me", 1)
    _mark_file(settings).unlink()

    _run()

    assert (server.accepted, restores.held().count()) == ([], 2)


@pytest.mark.django_db
def test_first_start_with_an_old_file_lying_there_is_none(server, settings):
    _mark_file(settings).write_text('{"identity": "of another database", "claims": 99}')
    engine.sending(2)

    _run()

    assert len(server.accepted) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("text", ['{"identity": "of another database", "claims": 0}', "", "{", "[]", '{"identity": 1}', "\x00" * 50])
def test_file_of_another_database_or_of_nobody_is_a_step_back(server, settings, text):
    engine.sending(2)
    ledger.claim("me", 1)
    _mark_file(settings).write_text(text)

    _run()

    assert (server.accepted, restores.held().count()) == ([], 2)


@pytest.mark.django_db
def test_hold_is_written_once_however_many_look(settings):
    engine.sending(3)
    for _ in range(3):
        ledger.claim("me", 1)
    _restore_claims(1)

    for _ in range(4):
        ledger.claim("other", 10)

    assert AuditEvent.objects.filter(act="mailmark.hold").count() == 1


@pytest.mark.django_db
def test_second_restore_is_found_as_well(settings, superuser):
    engine.sending(3)
    for _ in range(3):
        ledger.claim("me", 1)
    _restore_claims(1)
    assert not restores.check()
    restores.release(by=superuser)
    assert ledger.claim("me", 1)
    _restore_claims(2)

    assert not restores.check()

    assert restores.is_held()


# ── what is held, and how it goes on ─────────────────────────────────────────


def _restored(settings):
    """A database that was just found restored."""
    engine.sending()
    ledger.claim("me", 1)
    _restore_claims(0)
    _mark_file(settings).write_text(json.dumps({"identity": str(MailMark.objects.get().identity), "claims": 7}))
    return restores.check()


@pytest.mark.django_db
def test_everything_unfinished_is_held_and_nothing_else(settings):
    mailing = engine.sending()
    states = {state: engine.letter(mailing=mailing, recipient_key=state) for state in State.values}
    for state, email in states.items():
        Email.objects.filter(pk=email.pk).update(state=state, accepted_at=timezone.now(), fence=1)

    assert not _restored(settings)

    found = {key: Email.objects.get(pk=email.pk) for key, email in states.items()}
    assert {key for key, email in found.items() if email.held} == {"queued", "claimed", "transmitting", "uncertain"}
    assert (found["claimed"].state, found["transmitting"].state) == (State.QUEUED, State.UNCERTAIN)
    assert found["queued"].reason == reasons.RESTORED


@pytest.mark.django_db
def test_sign_in_code_written_afterwards_leaves(server, settings):
    _restored(settings)
    code = engine.letter("official@city.example.jp", purpose=engine.SECRET.key, text="1234", html="")

    _run()

    assert [line["to"] for line in server.accepted] == [[code.to_address]]


@pytest.mark.django_db
def test_released_letters_leave_and_the_trail_names_who_released_them(server, settings, superuser):
    letter = engine.letter()
    _restored(settings)

    assert restores.release(by=superuser, note="compared by hand") == 1
    _run()

    letter.refresh_from_db()
    assert (letter.state, letter.held) == (State.SENT, False)
    assert AuditEvent.objects.get(act="mailmark.release").actor == superuser
    assert MailMark.objects.get().released_by == superuser
    with pytest.raises(Refused):
        restores.release(by=superuser)


@pytest.mark.django_db
def test_letter_of_which_the_journal_knows_is_left_to_a_person(server, settings, superuser):
    left, waits = engine.letter(), engine.letter()
    left.fence = 4
    journal.left(left)
    _restored(settings)

    assert restores.release(by=superuser) == 1
    _run()

    assert [line["message_id"] for line in server.accepted] == [waits.message_id]
    assert list(emails.undecided()) == [left]
    left.refresh_from_db()
    assert left.reason == reasons.RESTORED_LEFT


@pytest.mark.django_db
def test_held_letter_that_the_log_shows_is_sent_and_the_others_say_that_they_are_safe(server, settings, tmp_path):
    left, waits = engine.letter(), engine.letter()
    _restored(settings)
    log = tmp_path / "log"
    log.write_text(json.dumps({"t": timezone.now().timestamp(), "message_id": left.message_id}) + "\n")

    call_command("mail_reconcile", str(log), stdout=io.StringIO())
    _run()

    assert server.accepted == []
    assert set(Email.objects.values_list("state", "held", "reason")) == {
        (State.SENT, False, reasons.BY_LOG),
        (State.QUEUED, True, reasons.RESTORED_ABSENT),
    }
    assert waits.pk in restores.held().values_list("pk", flat=True)


@pytest.mark.django_db
def test_no_mailing_starts_while_the_hold_lasts(settings, desk):
    restores.refuse_while_held()
    _restored(settings)

    with pytest.raises(Refused):
        restores.refuse_while_held()


@pytest.mark.django_db
def test_restore_is_found_by_whoever_starts_a_mailing_before_the_mailer_looked(settings):
    engine.sending(1)
    ledger.claim("me", 1)
    _restore_claims(0)

    with pytest.raises(Refused):
        restores.refuse_while_held()

    assert restores.is_held()


# ── a folder that cannot be written ──────────────────────────────────────────


@pytest.mark.django_db
def test_nothing_leaves_while_the_mark_cannot_be_kept(server, settings, tmp_path, caplog):
    settings.MAIL_MARK = str(tmp_path / "gone" / "mail_mark")  # a folder that is not there; root may write everywhere else
    letter = engine.letter()

    _run()

    letter.refresh_from_db()
    assert server.accepted == []
    assert (letter.state, letter.crashes, letter.attempts) == (State.QUEUED, 0, 0)
    assert "cannot be written, so no mail leaves" in caplog.text
    assert "gone" in restores.problem()
    (tmp_path / "gone").mkdir()
    _run()
    assert len(server.accepted) == 1
    assert restores.problem() == ""


@pytest.mark.django_db
def test_journal_that_cannot_be_written_stops_nothing(server, settings, tmp_path):
    engine.letter()
    Path(f"{settings.MAIL_MARK}.journal").mkdir()

    try:
        _run()
    finally:
        Path(f"{settings.MAIL_MARK}.journal").rmdir()

    assert len(server.accepted) == 1


@pytest.mark.django_db
def test_journal_is_put_aside_when_it_has_grown_and_still_read(settings, monkeypatch):
    monkeypatch.setattr(journal, "LARGEST", 100)
    letters = [engine.letter() for _ in range(5)]
    for letter in letters[:4]:
        letter.fence = 2
        journal.left(letter)

    assert Path(f"{settings.MAIL_MARK}.journal.1").exists()
    found = journal.left_since(Email.objects.all())
    Path(f"{settings.MAIL_MARK}.journal.1").unlink()
    assert letters[3].pk in found
    assert letters[4].pk not in found
