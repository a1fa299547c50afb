import datetime as dt
import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from partnership import attachments, scanner, tasks
from partnership.attachments import Refused
from partnership.middleware import HeadersMiddleware
from partnership.models import Attachment, AuditEvent
from tests import factories
from tests import file_samples as files
from tests.clamd import clamd

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(db):
    return factories.call()


@pytest.fixture
def scanning(settings):
    """A virus scanner that works."""
    with clamd() as running:
        settings.CLAMD = running.url
        yield running


def attach(about, name="要望書.txt", content=b"text", by=None, **options):
    return attachments.attach(about=about, upload=files.sent(name, content), by=by, **options)


def lies(attachment):
    return storages["attachments"].exists(attachments.path(attachment.key))


def stored():
    root = storages["attachments"].base_location
    return {name for _folder, _folders, names in os.walk(root) for name in names}


# ── keeping ──────────────────────────────────────────────────────────────────


def test_a_file_is_kept_under_a_key_that_says_nothing_of_it(call, desk):
    kept = attach(call, "../秘密の要望.txt", by=desk, label="plan")

    assert (kept.name, kept.size, kept.state, kept.label) == ("秘密の要望.txt", 4, Attachment.State.CLEAN, "plan")
    assert kept.scanned_at is None
    assert lies(kept)
    assert attachments.path(kept.key) == f"{kept.key.hex[:2]}/{kept.key}"
    event = AuditEvent.objects.get(act="attachment.add")
    assert event.actor == desk
    assert "秘密" not in event.object_label + str(event.facts)


def test_the_storage_has_no_address_and_only_we_may_read_it(call):
    kept = attach(call)
    place = Path(storages["attachments"].path(attachments.path(kept.key)))

    with pytest.raises(ValueError, match="not served"):
        storages["attachments"].url(attachments.path(kept.key))
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0


def test_several_files_are_kept_or_none(call):
    before = stored()

    with pytest.raises(Refused):
        attachments.attach_all(about=call, uploads=[files.sent("a.txt", b"a"), files.sent("b.exe", b"MZ")], by=None)

    assert attachments.of(call).count() == 0
    assert stored() == before


def test_several_files_count_together(call):
    half = b"a" * attachments.MOST

    with pytest.raises(Refused):
        attachments.attach_all(about=call, uploads=[files.sent(f"{n}.txt", half) for n in range(4)], by=None, already=1)
    assert len(attachments.attach_all(about=call, uploads=[files.sent(f"{n}.txt", half) for n in range(4)], by=None)) == 4


@pytest.mark.django_db(transaction=True)
def test_what_a_rollback_left_is_swept_and_what_has_a_row_is_not(call):
    with transaction.atomic():
        lost = attach(call)
        transaction.set_rollback(True)
    kept = attach(call)
    assert lies(lost)
    assert attachments.sweep() == 0  # it might belong to a transaction that is still open

    old = time.time() - attachments.ORPHAN_AGE.total_seconds() - 60
    for one in (lost, kept):
        os.utime(storages["attachments"].path(attachments.path(one.key)), (old, old))
    tasks.sweep_attachments()

    assert not lies(lost)
    assert lies(kept)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_leaves_no_bytes(call):
    before = stored()
    call.pk = None

    with pytest.raises(Exception):  # noqa: B017, PT011  the databases differ in what they raise
        attach(call)

    assert stored() == before


# ── taking away ──────────────────────────────────────────────────────────────


def test_a_removed_file_is_gone_with_the_commit(call, desk, django_capture_on_commit_callbacks):
    kept = attach(call)

    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(attachment=kept, by=desk)
        attachments.remove(attachment=kept, by=desk)
        assert lies(kept)

    assert not lies(kept)
    assert list(attachments.of(call)) == []
    assert AuditEvent.objects.filter(act="attachment.remove", actor=desk).count() == 1
    with pytest.raises(Refused):
        attachments.download(kept)


@pytest.mark.django_db(transaction=True)
def test_a_removal_that_is_rolled_back_removes_nothing(call):
    kept = attach(call)

    with transaction.atomic():
        attachments.remove(attachment=kept, by=None)
        transaction.set_rollback(True)

    assert lies(kept)
    assert list(attachments.of(call)) == [kept]


def test_files_go_with_what_they_are_about(call, django_capture_on_commit_callbacks):
    kept, other = attach(call), attach(factories.call())

    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.forget(things=[call]) == 1

    assert not lies(kept)
    assert list(Attachment.objects.all()) == [other]


# ── finding ──────────────────────────────────────────────────────────────────


def test_files_are_found_by_what_they_are_about(call, desk):
    other = factories.call()
    mine, theirs = attach(call), attach(other)
    factories.attraction(pk=call.pk)  # the same number of another noun

    assert list(attachments.of(call)) == [mine]
    assert attachments.of_many([call, other]) == {call.pk: [mine], other.pk: [theirs]}
    assert attachments.of_many([factories.call()])[0] == []
    assert attachments.of_many([]) == {}
    assert attachments.size_of(call) == 4
    assert attachments.size_of(call, [other], []) == 8


def test_the_files_of_many_cost_one_query(django_assert_num_queries):
    calls = [factories.call() for _ in range(5)]
    for one in calls:
        attach(one)
    attachments.of_many(calls)

    with django_assert_num_queries(1):
        assert len(attachments.of_many(calls)) == 5


# ── handing out ──────────────────────────────────────────────────────────────


def test_a_download_runs_nowhere_and_stays_in_no_cache(call):
    answer = attachments.download(attach(call, '髙橋の"要望".txt', b"bytes"))

    assert b"".join(answer.streaming_content) == b"bytes"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E9%AB%99")
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "private, no-store"


def test_the_headers_survive_our_middleware(call, login, desk):
    """Served by a real page of the administration or of the public."""
    kept = attach(call)
    request = RequestFactory().get("/x")

    answer = HeadersMiddleware(lambda _request: attachments.download(kept))(request)

    assert answer["Cache-Control"] == "private, no-store"


def test_only_pictures_are_shown_in_place(call):
    shown = attachments.inline(attach(call, "a.png", files.picture("PNG")))
    other = attachments.inline(attach(call, "a.pdf", files.pdf()))

    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Content-Type"] == "image/png"
    assert other["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("state", ["pending", "infected", "removed"])
def test_what_is_not_clean_is_handed_out_by_no_way(call, state):
    kept = attach(call)
    Attachment.objects.update(state=state)
    kept.refresh_from_db()

    for way in (attachments.download, attachments.inline, attachments.content_of):
        with pytest.raises(Refused):
            way(kept)


def test_bytes_that_are_missing_are_said_in_words(call):
    kept = attach(call)
    storages["attachments"].delete(attachments.path(kept.key))

    with pytest.raises(Refused):
        attachments.download(kept)


# ── the virus scanner ────────────────────────────────────────────────────────


def test_with_a_scanner_a_file_waits_and_is_then_clean(call, scanning):
    kept = attach(call, content=b"harmless " * 20_000)
    assert kept.state == Attachment.State.PENDING

    tasks.scan_attachments()

    kept.refresh_from_db()
    assert kept.state == Attachment.State.CLEAN
    assert kept.scanned_at is not None
    assert scanning.asked == [b"harmless " * 20_000]
    assert attachments.content_of(kept)


def test_an_infected_file_loses_its_bytes_and_is_never_handed_out(call, scanning, django_capture_on_commit_callbacks):
    kept, fine = attach(call, content=b"EICAR"), attach(call)

    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.scan_pending() == 2

    kept.refresh_from_db()
    assert kept.state == Attachment.State.INFECTED
    assert not lies(kept)
    assert lies(fine)
    assert AuditEvent.objects.get(act="attachment.infected").facts == {"found": "Eicar-Test-Signature"}
    with pytest.raises(Refused):
        attachments.download(kept)
    assert attachments.size_of(call) == fine.size


@pytest.mark.parametrize("mood", ["silent", "stream: INSTREAM size limit exceeded. ERROR", "nonsense", "OK FOUND OKAY", "stream: not OK"])
def test_without_a_clear_yes_a_file_waits(call, scanning, mood):
    scanning.mood = mood
    kept = attach(call)

    assert attachments.scan_pending() == 0

    kept.refresh_from_db()
    assert kept.state == Attachment.State.PENDING
    scanning.mood = ""
    assert attachments.scan_pending() == 1  # the negative control: the same file, once the scanner is well


@pytest.mark.parametrize("place", ["tcp://127.0.0.1:9", "unix:/nowhere/clamd.ctl"])
def test_a_scanner_that_is_down_lets_nothing_pass(call, settings, place):
    settings.CLAMD = place
    kept = attach(call)

    assert attachments.scan_pending() == 0

    kept.refresh_from_db()
    assert kept.state == Attachment.State.PENDING
    with pytest.raises(Refused):
        attachments.download(kept)


def test_one_file_that_cannot_be_scanned_does_not_hold_up_the_others(call, scanning, monkeypatch):
    first, second = attach(call, content=b"odd"), attach(call, content=b"fine")
    usual = scanner.scan

    def scan(file):
        if (content := file.read()) == b"odd":
            raise scanner.NotScanned("size limit")
        file.seek(0)
        return usual(file) if content else ""

    monkeypatch.setattr(scanner, "scan", scan)
    attachments.scan_pending()

    states = dict(Attachment.objects.values_list("pk", "state"))
    assert states == {first.pk: "pending", second.pk: "clean"}


def test_a_file_removed_while_it_was_scanned_stays_removed(call, scanning):
    kept = attach(call)
    seen = Attachment.objects.get(pk=kept.pk)
    attachments.remove(attachment=kept, by=None)

    assert attachments._decide(seen, "") is False

    kept.refresh_from_db()
    assert kept.state == Attachment.State.REMOVED


def test_two_scans_of_one_file_decide_once(call, scanning, django_capture_on_commit_callbacks):
    kept = attach(call, content=b"EICAR")
    seen = [Attachment.objects.get(pk=kept.pk) for _ in range(2)]

    assert [attachments._decide(one, "Eicar") for one in seen] == [True, False]
    assert AuditEvent.objects.filter(act="attachment.infected").count() == 1


def test_without_a_scanner_nothing_is_asked(call, settings):
    settings.CLAMD = ""

    assert attach(call).state == Attachment.State.CLEAN
    assert attachments.scan_pending() == 0


# ── how long traces stay ─────────────────────────────────────────────────────


def test_the_name_of_a_removed_file_goes_after_a_year(call):
    gone, young, there = attach(call), attach(call), attach(call)
    for one in (gone, young):
        attachments.remove(attachment=one, by=None)
    Attachment.objects.filter(pk__in=[gone.pk, there.pk]).update(uploaded_at=timezone.now() - dt.timedelta(days=366))

    assert (attachments.purge_traces(), attachments.purge_traces()) == (1, 0)

    assert set(Attachment.objects.all()) == {young, there}
    assert AuditEvent.objects.get(act="attachment.purge").facts == {"count": 1, "days": 365}
