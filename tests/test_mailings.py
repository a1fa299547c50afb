import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from partnership import approvals, ledger, mailings, marks
from partnership.models import AuditEvent, Email, Mailing
from partnership.transitions import Refused
from tests import factories, letters_purpose


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def guests(db):
    return [
        factories.organisation(
            "association", name_ja=f"協会{n}", name_en=f"Association {n}", email=f"a{n}@mission.example.jp", language=lang
        )
        for n, lang in ((1, "ja"), (2, "en"), (3, "en"))
    ]


@pytest.fixture
def draft(guests, desk):
    return mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)


@pytest.fixture
def ready(draft, desk):
    return mailings.freeze(mailing=draft, by=desk)


@pytest.fixture
def approved(ready, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)
    approvals.agree(approval=paper, by=approver)
    return ready


def letters_of(mailing):
    return Email.objects.filter(mailing=mailing).order_by("id")


def test_a_letter_that_is_not_fit_is_not_stored(guests, desk):
    texts = {**letters_purpose.TEXTS, "body_en": "Dear {gest},\n{link}"}

    with pytest.raises(Refused, match="gest"):
        mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=texts, by=desk)

    assert not Mailing.objects.exists()


def test_an_edit_that_is_not_fit_changes_nothing(draft, desk):
    with pytest.raises(Refused):
        mailings.edit(mailing=draft, texts={"body_ja": "リンクのない文面"}, by=desk)

    draft.refresh_from_db()
    assert draft.body_ja == letters_purpose.TEXTS["body_ja"]


def test_freezing_keeps_the_list_and_its_words(ready, guests):
    letters_purpose.state["guests"][guests[0].pk] = "別の名前"
    guests[1].delete()

    rows = list(ready.recipients.all())

    assert [row.label_en for row in rows] == ["Association 1", "Association 2", "Association 3"]
    assert rows[0].values["ja"] == {"guest": "協会1"}
    assert ready.state == "ready"


def test_a_list_is_not_frozen_while_something_is_missing(draft, desk):
    letters_purpose.state["missing"] = ["2つの大使館を招かないわけが未記入です。"]

    with pytest.raises(Refused, match="わけ"):
        mailings.freeze(mailing=draft, by=desk)

    assert "わけ" in mailings.obstacles(draft)[0]


def test_an_empty_list_is_not_frozen(draft, guests, desk):
    for guest in guests:
        guest.delete()

    with pytest.raises(Refused):
        mailings.freeze(mailing=draft, by=desk)


def test_a_letter_that_cannot_be_printed_or_addressed_stops_the_freeze(draft, guests, desk):
    guests[0].email = ""
    guests[0].save()

    with pytest.raises(Refused, match="協会1"):
        mailings.freeze(mailing=draft, by=desk)

    assert draft.recipients.count() == 0


def test_without_approval_nothing_is_sent(ready, desk):
    with pytest.raises(Refused):
        mailings.send(mailing=ready, by=desk)

    assert not letters_of(ready).exists()


def test_while_the_approval_circulates_nothing_is_sent(ready, desk, approver):
    approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)

    with pytest.raises(Refused):
        mailings.send(mailing=ready, by=desk)

    assert not letters_of(ready).exists()


def test_an_approved_mailing_writes_one_mail_each_in_the_language_of_its_reader(approved, desk):
    mailings.send(mailing=approved, by=desk)

    rows = list(letters_of(approved))
    assert [(row.to_address, row.language) for row in rows] == [
        ("a1@mission.example.jp", "ja"),
        ("a2@mission.example.jp", "en"),
        ("a3@mission.example.jp", "en"),
    ]
    assert rows[0].subject == "懇談会の御案内"
    assert "Dear Association 2,\n\nGathering takes place on 14 January." in rows[1].text
    assert rows[1].text.endswith(f"{marks.mark('link')}\n")
    assert rows[1].about == rows[1].about.__class__.objects.get(pk=rows[1].object_id)
    assert {row.state for row in rows} == {"queued"}
    assert Mailing.objects.get(pk=approved.pk).state == "sending"


def test_sending_twice_sends_once(approved, desk):
    mailings.send(mailing=approved, by=desk)

    with pytest.raises(Refused):
        mailings.send(mailing=approved, by=desk)

    assert letters_of(approved).count() == 3


def test_an_edit_after_the_approval_blocks_the_sending_and_says_what_changed(approved, desk):
    body = letters_purpose.TEXTS["body_en"].replace("takes place", "will take place")
    mailings.edit(mailing=approved, texts={"body_en": body}, by=desk)

    with pytest.raises(Refused, match=r"英語|English"):
        mailings.send(mailing=approved, by=desk)

    now = approvals.standing(approved)
    assert (now.holds, now.void) == (False, True)
    assert [(change.kind, change.before, change.after) for change in now.changes] == [("text", letters_purpose.TEXTS["body_en"], body)]
    assert not letters_of(approved).exists()
    assert AuditEvent.objects.filter(act="approval.void").count() == 1


def test_a_changed_fact_blocks_the_sending_and_undoing_it_frees_it_again(approved, desk):
    letters_purpose.state["when"] = ("1月15日", "15 January")

    with pytest.raises(Refused):
        mailings.send(mailing=approved, by=desk)
    change = approvals.standing(approved).changes
    letters_purpose.state["when"] = ("1月14日", "14 January")

    assert [(one.before, one.after) for one in change] == [("1月14日", "1月15日")]
    assert approvals.standing(approved).holds


def test_a_printed_value_that_no_fact_tells_of_is_bound_too(approved):
    letters_purpose.state["title"] = ("懇談会", "Party")

    now = approvals.standing(approved)

    assert now.void
    assert [(one.before, one.after) for one in now.changes] == [("Gathering", "Party")]


def test_a_changed_list_blocks_the_sending_and_names_who(approved, guests, desk):
    mailings.thaw(mailing=approved, by=desk)
    guests[0].delete()
    factories.organisation("association", name_ja="協会4", email="a4@mission.example.jp")
    mailings.freeze(mailing=approved, by=desk)

    with pytest.raises(Refused):
        mailings.send(mailing=approved, by=desk)

    (change,) = approvals.standing(approved).changes
    assert (change.before, change.after, change.added, change.removed) == ("3", "3", ["協会4"], ["協会1"])


def test_a_recipient_slipped_into_the_frozen_list_voids_the_approval(approved, desk):
    factories.recipient(approved, values={"ja": {"guest": "X"}, "en": {"guest": "X"}})

    with pytest.raises(Refused):
        mailings.send(mailing=approved, by=desk)

    assert not letters_of(approved).exists()


def test_the_same_list_frozen_again_is_still_approved(approved, desk):
    mailings.thaw(mailing=approved, by=desk)
    mailings.freeze(mailing=approved, by=desk)

    assert approvals.standing(approved).holds


def test_a_value_injects_neither_placeholder_nor_link(guests, desk, approver):
    letters_purpose.state["guests"][guests[1].pk] = f"{{when}} {letters_purpose.LINK} {{link}}"
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    mailing = mailings.freeze(mailing=draft, by=desk)
    approvals.agree(approval=approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk), by=approver)

    mailings.send(mailing=mailing, by=desk)

    text = letters_of(mailing)[1].text
    assert text.startswith("Dear {when} link {link},")
    assert text.count(letters_purpose.LINK) == 1


def test_what_was_sent_stays_as_it_was_whatever_changes_later(approved, guests, desk):
    mailings.send(mailing=approved, by=desk)
    before = list(letters_of(approved).values_list("subject", "text", "html"))

    letters_purpose.state["when"] = ("2月1日", "1 February")
    with pytest.raises(Refused):
        mailings.edit(mailing=approved, texts={"subject_en": "Something else"}, by=desk)

    assert list(letters_of(approved).values_list("subject", "text", "html")) == before


def test_pausing_and_resuming_keeps_the_rows(approved, desk):
    mailings.send(mailing=approved, by=desk)

    mailings.pause(mailing=approved, by=desk)
    paused = Mailing.objects.get(pk=approved.pk).state
    mailings.resume(mailing=approved, by=desk)

    assert paused == "paused"
    assert Mailing.objects.get(pk=approved.pk).state == "sending"
    assert letters_of(approved).filter(state="queued").count() == 3


def test_a_paused_mailing_is_not_resumed_after_a_material_change(approved, desk):
    mailings.send(mailing=approved, by=desk)
    mailings.pause(mailing=approved, by=desk)
    letters_purpose.state["when"] = ("1月15日", "15 January")

    with pytest.raises(Refused):
        mailings.resume(mailing=approved, by=desk)

    assert Mailing.objects.get(pk=approved.pk).state == "paused"


def test_a_running_mailing_pauses_itself_when_what_was_approved_changes(approved, desk):
    mailings.send(mailing=approved, by=desk)
    mailings.settle()
    before = Mailing.objects.get(pk=approved.pk).state
    letters_purpose.state["when"] = ("1月15日", "15 January")

    mailings.settle()

    assert (before, Mailing.objects.get(pk=approved.pk).state) == ("sending", "paused")
    assert AuditEvent.objects.get(act="mailing.pause").facts["reason"] == "approval_void"


def test_cancelling_takes_back_what_has_not_left(approved, desk):
    mailings.send(mailing=approved, by=desk)
    first, second, third = letters_of(approved)
    Email.objects.filter(pk=first.pk).update(state="sent", accepted_at=first.created_at)
    Email.objects.filter(pk=second.pk).update(state="transmitting")

    mailings.cancel(mailing=approved, by=desk)

    assert list(letters_of(approved).values_list("state", flat=True)) == ["sent", "transmitting", "cancelled"]
    assert Mailing.objects.get(pk=approved.pk).state == "cancelled"
    assert Email.objects.get(pk=third.pk).reason == "mailing_cancelled"


def test_cancelling_drops_the_paper_that_is_still_open(ready, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)

    mailings.cancel(mailing=ready, by=desk)

    paper.refresh_from_db()
    assert (paper.state, Mailing.objects.get(pk=ready.pk).state) == ("dropped", "cancelled")


def test_signs_that_no_mail_can_hold_are_printed_as_blanks(guests, desk, approver):
    letters_purpose.state["guests"][guests[0].pk] = "A\x00B\x85C\u2028D\ud800E\r\nF"
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    mailing = mailings.freeze(mailing=draft, by=desk)
    approvals.agree(approval=approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk), by=approver)

    mailings.send(mailing=mailing, by=desk)

    assert letters_of(mailing)[0].text.startswith("A B C D E\nF　様")


def test_a_list_on_which_a_subject_becomes_too_long_is_not_frozen(draft, guests, desk):
    mailings.edit(mailing=draft, texts={"subject_en": "{guest}"}, by=desk)
    letters_purpose.state["guests"][guests[1].pk] = "x" * 301

    with pytest.raises(Refused, match="協会2"):
        mailings.freeze(mailing=draft, by=desk)


def test_retrying_writes_new_mails_to_those_who_failed_only(approved, desk):
    mailings.send(mailing=approved, by=desk)
    first, second, third = letters_of(approved)
    Email.objects.filter(pk__in=[first.pk, second.pk]).update(state="sent", accepted_at=first.created_at)
    Email.objects.filter(pk=third.pk).update(state="failed", reason="unknown_address")
    ledger.finish_mailings()

    count = mailings.retry(mailing=approved, by=desk)

    newest = letters_of(approved).last()
    assert (count, newest.to_address, newest.seq, newest.state) == (1, third.to_address, 1, "queued")
    assert newest.message_id != third.message_id
    assert Mailing.objects.get(pk=approved.pk).state == "sending"
    assert mailings.progress(approved).total == 3


def test_progress_counts_rows_and_a_mailing_finishes_only_when_all_are_final(approved, desk):
    mailings.send(mailing=approved, by=desk)
    first, second, third = letters_of(approved)
    Email.objects.filter(pk=first.pk).update(state="sent", accepted_at=first.created_at)
    Email.objects.filter(pk=second.pk).update(state="uncertain")
    Email.objects.filter(pk=third.pk).update(state="failed")

    ledger.finish_mailings()
    counted = mailings.progress(approved)
    state_before = Mailing.objects.get(pk=approved.pk).state
    Email.objects.filter(pk=second.pk).update(state="sent", accepted_at=first.created_at)
    ledger.finish_mailings()

    assert (counted.total, counted.sent, counted.uncertain, counted.failed, counted.through) == (3, 1, 1, 1, False)
    assert state_before == "sending"
    assert Mailing.objects.get(pk=approved.pk).state == "finished"


def test_a_preview_is_the_letter_that_will_be_sent_with_words_for_the_link(approved, desk):
    shown = mailings.preview(mailing=approved, number=2, language="en")
    mailings.send(mailing=approved, by=desk)

    sent = letters_of(approved)[1]
    assert (shown.subject, shown.number, shown.total, shown.is_theirs) == (sent.subject, 2, 3, True)
    assert shown.text == marks.shown(sent.text, "[personal link]")
    assert "href" not in shown.html


def test_a_test_mail_goes_to_oneself_in_both_languages_and_carries_nobodys_link(draft, desk):
    mails = mailings.test(mailing=draft, by=desk)

    assert [(mail.to_address, mail.language, mail.mailing_id) for mail in mails] == [(desk.email, "ja", None), (desk.email, "en", None)]
    assert all(mail.subject.startswith("[TEST] ") for mail in mails)
    assert all(marks.without_marks(mail.text + mail.html) == mail.text + mail.html for mail in mails)


@pytest.mark.parametrize("state", ["sending", "paused", "finished", "cancelled"])
def test_a_started_mailing_is_neither_frozen_nor_thawed_nor_sent(state, approved, desk):
    Mailing.objects.filter(pk=approved.pk).update(state=state)

    for act in (mailings.freeze, mailings.thaw, mailings.send):
        with pytest.raises(Refused):
            act(mailing=approved, by=desk)


def in_parallel(*works):
    """Run each in a thread of its own; the sentences of those that were refused."""
    refused = []

    def run(work):
        try:
            work()
        except Refused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time, so nothing can race")
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_clicks_on_send_write_one_set_of_mails(self, approved, desk):
        refused = in_parallel(*[lambda: mailings.send(mailing=approved, by=desk)] * 4)

        assert len(refused) == 3
        assert letters_of(approved).count() == 3
        assert AuditEvent.objects.filter(act="mailing.send").count() == 1

    def test_an_edit_in_the_same_moment_is_either_before_the_sending_or_refused(self, approved, desk):
        body = letters_purpose.TEXTS["body_en"].replace("takes place", "will take place")

        refused = in_parallel(
            lambda: mailings.edit(mailing=approved, texts={"body_en": body}, by=desk), lambda: mailings.send(mailing=approved, by=desk)
        )

        assert len(refused) == 1
        assert not letters_of(approved).filter(text__contains="will take place").exists()
