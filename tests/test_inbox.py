"""Reading the mailbox: looked at, taken in, and marked only then; whatever breaks, nothing is lost and nothing counts twice."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from partnership import checks, inbox, incoming_retention, intake, tasks
from partnership.models import IncomingMail
from partnership.retention import every
from tests import imap_server, incoming_factories
from tests import mail_samples as samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def maildir(settings, tmp_path):
    settings.INBOX_URL = f"maildir:{tmp_path / 'inbox'}"
    (tmp_path / "inbox" / "new").mkdir(parents=True)
    return tmp_path / "inbox"


def lay(maildir, *mails):
    for number, data in enumerate(mails):
        (maildir / "new" / f"{number}.mail").write_bytes(data)


def names(maildir, folder):
    return sorted(path.name for path in (maildir / folder).iterdir())


def test_what_is_new_is_taken_in_and_moved_as_seen(maildir):
    incoming_factories.letter()
    lay(maildir, samples.report(), samples.reply("We accept."))

    assert inbox.read() == inbox.Tally(new=2)

    assert set(IncomingMail.objects.values_list("kind", "matched_by")) == {("bounce", "message_id"), ("reply", "thread")}
    assert (names(maildir, "new"), names(maildir, "cur")) == ([], ["0.mail:2,S", "1.mail:2,S"])
    assert inbox.read() == inbox.Tally()


def test_a_mail_that_was_taken_in_but_not_moved_counts_once(maildir):
    lay(maildir, samples.reply("We accept."))
    intake.take_in(data=samples.reply("We accept."))  # and then the reader was killed

    assert inbox.read() == inbox.Tally(known=1)

    assert IncomingMail.objects.count() == 1
    assert names(maildir, "new") == []


def test_one_that_cannot_be_kept_stays_and_the_rest_goes_on(maildir, monkeypatch):
    lay(maildir, samples.reply("first"), samples.reply("second"), samples.reply("third"))
    whole = intake.take_in

    def breaks(*, data):
        if b"second" in data:
            raise DatabaseError
        return whole(data=data)

    monkeypatch.setattr(intake, "take_in", breaks)
    assert inbox.read() == inbox.Tally(new=2, broken=1)
    assert names(maildir, "new") == ["1.mail"]

    monkeypatch.undo()
    assert inbox.read() == inbox.Tally(new=1)


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"From: \xff\n\n", b"\n" * 1000])
def test_bytes_that_are_no_mail_are_kept_for_a_person(maildir, data):
    lay(maildir, data)

    assert inbox.read() == inbox.Tally(new=1)

    assert IncomingMail.objects.get().kind == IncomingMail.Kind.OTHER


def test_of_a_huge_mail_the_beginning_is_read(maildir, monkeypatch):
    monkeypatch.setattr(inbox, "LARGEST", 2_000)
    lay(maildir, samples.reply("We accept." + "x" * 100_000))

    inbox.read()

    assert len(IncomingMail.objects.get().text) < 2_000


def test_one_look_takes_so_many_and_the_next_the_rest(maildir):
    lay(maildir, *(samples.reply(f"number {number}") for number in range(5)))

    assert inbox.read(limit=3) == inbox.Tally(new=3)
    assert inbox.read(limit=3) == inbox.Tally(new=2)


def test_an_account_on_a_server_is_read_without_marking_before_it_is_kept(settings):
    box = imap_server.Mailbox(samples.report(), samples.reply("We accept."))
    with imap_server.serving(box) as settings.INBOX_URL:
        assert inbox.read() == inbox.Tally(new=2)
        assert box.seen == {1, 2}
        assert inbox.read() == inbox.Tally()


def test_a_connection_that_breaks_loses_nothing(settings, caplog):
    box = imap_server.Mailbox(samples.reply("first"), samples.reply("second"))
    box.cut_after = 1
    with imap_server.serving(box) as settings.INBOX_URL:
        inbox.read()
        assert (box.seen, IncomingMail.objects.count()) == ({1}, 1)

        box.cut_after = None
        assert inbox.read() == inbox.Tally(new=1)


def test_a_mailbox_out_of_reach_is_logged_without_its_password(settings, caplog):
    with imap_server.serving(imap_server.Mailbox()) as address:
        settings.INBOX_URL = address.replace("right", "s3cret-w0rd")
        assert inbox.read() == inbox.Tally()
    settings.INBOX_URL = "imap://reception:s3cret-w0rd@127.0.0.1:1/INBOX"
    assert inbox.read() == inbox.Tally()

    assert caplog.text.count("cannot be read") == 2
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("address", ["pop3://a:b@host", "maildir:relative", "imaps://host/INBOX", "nonsense"])
def test_an_address_that_is_no_mailbox_stops_the_start(settings, address):
    settings.INBOX_URL = address

    assert [error.id for error in checks.what_comes_back_can_be_read()] == ["partnership.E003"]
    assert inbox.read() == inbox.Tally()


def test_without_a_mailbox_nothing_is_read(settings):
    settings.INBOX_URL = ""

    assert inbox.read() == inbox.Tally()
    assert checks.what_comes_back_can_be_read() == []


def test_the_command_and_the_task_look_once(maildir):
    lay(maildir, samples.reply("We accept."))
    out = StringIO()

    call_command("read_inbox", stdout=out)
    tasks.read_inbox()

    assert out.getvalue() == "new 1, known 0, not taken in 0\n"


def test_the_words_of_people_go_after_a_year_and_those_of_machines_after_a_month(time_machine):
    replied, forged = intake.take_in(data=samples.reply("We accept.")), intake.take_in(data=samples.report())
    assert forged.kind == IncomingMail.Kind.FORGED

    time_machine.move_to(forged.received_at + incoming_retention.dt.timedelta(days=31))
    assert incoming_retention.purge() == 1
    forged.refresh_from_db()
    replied.refresh_from_db()
    assert (forged.text, forged.from_address, forged.diagnostic) == ("", "", "")
    assert replied.text

    time_machine.move_to(forged.received_at + incoming_retention.dt.timedelta(days=366))
    assert incoming_retention.purge() == 1
    assert incoming_retention.purge() == 0
    assert intake.take_in(data=samples.reply("We accept.")) is None  # still known by its bytes
    assert incoming_retention.REPLIES in every()
