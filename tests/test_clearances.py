"""Nothing is sent without its approval: every way in which a letter could get into the outbox, and past it."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from partnership import approvals, clearances, emails, ledger, mailings, reasons
from partnership.models import Approval, ApprovalStep, AuditEvent, Email, Mailing, Recipient
from partnership.transitions import Refused
from tests import factories, letters_purpose
from tests.test_mailings import in_parallel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def ready(desk):
    for n in (1, 2):
        factories.organisation(
            "association", name_ja=f"協会{n}", name_en=f"Association {n}", email=f"a{n}@mission.example.jp", language="en"
        )
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    return mailings.freeze(mailing=draft, by=desk)


@pytest.fixture
def approved(ready, desk, approver):
    paper = approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)
    approvals.agree(approval=paper, by=approver)
    return ready


@pytest.fixture
def sending(approved, desk):
    return mailings.send(mailing=approved, by=desk)


def row(mailing, **changes):
    """A mail as a caller drafts it, for the first of the list."""
    key = mailing.recipients.order_by("id").first().key if mailing else ""
    values = {"purpose": letters_purpose.KEY, "to_address": "a1@mission.example.jp", "language": "en", "subject": "Notice", "text": "Text"}
    return {**values, "mailing": mailing, "recipient_key": key, **changes}


def written(mailing, **changes):
    """A row that came past every verb, as a slip in a script would write it."""
    values = row(mailing, message_id=f"<{uuid.uuid4()}@example.jp>", state="queued", **changes)
    return Email.objects.create(**values)


def leaves():
    """The letters that the engine would take now."""
    return list(ledger.due().filter(purpose=letters_purpose.KEY))


# ── what people and programs may try ─────────────────────────────────────────


def test_a_letter_of_a_mailing_names_the_paper_that_lets_it_leave(sending):
    assert {email.approval for email in sending.emails.all()} == {approvals.standing(sending).approval}
    assert len(leaves()) == 2


@pytest.mark.parametrize("how", ["queue", "queue_many"])
@pytest.mark.parametrize("state", ["ready", "sending", "paused", "finished"])
def test_a_letter_without_approval_is_not_queued_whatever_the_state_of_its_mailing(how, state, ready):
    Mailing.objects.filter(pk=ready.pk).update(state=state)
    ready.refresh_from_db()

    with pytest.raises(Refused):
        emails.queue(**row(ready)) if how == "queue" else emails.queue_many([emails.draft(**row(ready))])

    assert not Email.objects.filter(purpose=letters_purpose.KEY).exists()


@pytest.mark.parametrize("state", ["drafted", "circulating", "returned", "recalled", "rejected", "dropped"])
def test_a_paper_in_any_other_state_than_approved_lets_nothing_leave(state, approved):
    Approval.objects.update(state=state)
    Mailing.objects.update(state="sending")
    approved.refresh_from_db()

    with pytest.raises(Refused):
        emails.queue(**row(approved))
    written(approved, approval=Approval.objects.get())
    assert leaves() == []


def test_a_letter_that_needs_an_approval_does_not_leave_by_itself():
    with pytest.raises(Refused):
        emails.queue(**row(None))

    written(None)
    assert leaves() == []


def test_another_purpose_is_no_way_into_a_mailing(sending):
    with pytest.raises(Refused):
        emails.queue(**row(sending, purpose=emails.SYSTEM.key, recipient_key="organisation:0"))

    Email.objects.all().delete()
    written(sending, purpose=emails.SYSTEM.key, approval=approvals.standing(sending).approval)
    assert not ledger.due().filter(mailing=sending).exists()


def test_who_does_not_stand_on_the_paper_gets_no_letter(sending):
    with pytest.raises(Refused):
        emails.queue(**row(sending, recipient_key="organisation:0"))


def test_one_letter_that_is_not_approved_keeps_all_of_its_batch_back(approved):
    batch = [emails.draft(**row(approved)), emails.draft(**row(approved, recipient_key="organisation:0"))]

    with pytest.raises(Refused):
        emails.queue_many(batch)

    assert not Email.objects.filter(purpose=letters_purpose.KEY).exists()


def test_the_paper_of_another_mailing_lets_nothing_leave(sending, desk):
    other = factories.mailing(desk, purpose=letters_purpose.KEY, state="sending")
    factories.recipient(other)
    before = len(leaves())

    written(other, approval=approvals.standing(sending).approval)

    assert len(leaves()) == before


def test_nothing_is_sent_again_when_what_was_approved_has_changed(sending, desk):
    email = sending.emails.first()
    Email.objects.filter(pk=email.pk).update(state="failed")
    letters_purpose.state["when"] = ("1月15日", "15 January")

    with pytest.raises(Refused):
        emails.resend(email=email, by=desk)
    with pytest.raises(Refused):
        mailings.retry(mailing=sending, by=desk)

    assert sending.emails.count() == 2


def test_what_is_sent_again_names_its_paper_too(sending, desk):
    email = sending.emails.first()
    Email.objects.filter(pk=email.pk).update(state="failed")

    new = emails.resend(email=email, by=desk, to_address="corrected@mission.example.jp")

    assert new.approval == email.approval
    assert new in leaves()
    assert AuditEvent.objects.filter(act="email.resend").count() == 1


def test_a_late_name_needs_the_supplementary_paper(sending, desk, approver):
    late = factories.recipient(sending, addition=1, values={"ja": {"guest": "協会9"}, "en": {"guest": "Association 9"}})
    with pytest.raises(Refused):
        emails.queue(**row(sending, recipient_key=late.key))
    paper = approvals.submit(approval=approvals.draft_supplement(thing=sending, by=desk), by=desk)
    with pytest.raises(Refused):
        emails.queue(**row(sending, recipient_key=late.key))

    approvals.agree(approval=paper, by=approver)

    assert emails.queue(**row(sending, recipient_key=late.key)).approval == paper
    Recipient.objects.filter(pk=late.pk).update(values={"ja": {"guest": "別"}, "en": {"guest": "Other"}})
    with pytest.raises(Refused):
        emails.queue(**row(sending, recipient_key=late.key, language="ja"))


def test_the_state_of_a_mailing_alone_sends_nothing(ready):
    Mailing.objects.filter(pk=ready.pk).update(state="sending", started_at=timezone.now())
    mailings.settle()

    assert not Email.objects.filter(purpose=letters_purpose.KEY).exists()
    assert Mailing.objects.get(pk=ready.pk).state == "paused"


@pytest.mark.parametrize("who", ["desk", "superuser"])
def test_no_button_sends_what_is_not_approved(who, ready, request, login):
    client = login(request.getfixturevalue(who))

    client.post(reverse("admin:partnership_mailing_home", args=[ready.pk]), {"act": "send"})
    client.post(reverse("admin:partnership_mailing_changelist"), {"action": "send", "_selected_action": [ready.pk]})

    assert Mailing.objects.get(pk=ready.pk).state == "ready"
    assert not Email.objects.filter(purpose=letters_purpose.KEY).exists()


@pytest.mark.parametrize("who", ["desk", "superuser"])
def test_no_button_lets_its_author_approve(who, ready, desk, approver, request, login):
    user = request.getfixturevalue(who)
    paper = approvals.submit(approval=approvals.draft(thing=ready, by=user), by=user)

    login(user).post(reverse("admin:approval", args=[paper.pk]), {"act": "agree", "seen": paper.digest})

    assert Approval.objects.get(pk=paper.pk).state == "circulating"


def test_no_page_of_the_administration_edits_papers_or_mails():
    for model in (Approval, ApprovalStep, Email, Recipient):
        shown = admin.site._registry.get(model)
        if shown is not None:
            superuser = factories.user("superuser")
            request = type("Request", (), {"user": superuser})()
            assert not shown.has_add_permission(request)
            assert not shown.has_change_permission(request)
            assert not shown.has_delete_permission(request)


# ── what came past the verbs ─────────────────────────────────────────────────


def test_the_engine_does_not_let_go_of_a_claimed_letter_whose_paper_is_no_longer_approved(sending):
    email = sending.emails.first()
    lease = timezone.now() + dt.timedelta(minutes=5)
    Email.objects.filter(pk=email.pk).update(state="claimed", fence=1, lease_until=lease)
    email.refresh_from_db()
    Approval.objects.update(state="returned")

    assert not ledger.intend(email)
    Approval.objects.update(state="approved")
    assert ledger.intend(email)


def test_a_row_that_nobody_cleared_is_given_up_with_the_reason(sending):
    sending.emails.all().delete()
    stray = written(sending, text="Something that nobody approved.")
    alone = written(None)
    assert leaves() == []

    clearances.settle()

    for one in (stray, alone):
        one.refresh_from_db()
        assert (one.state, one.reason) == ("cancelled", reasons.NOT_APPROVED)
        assert one.finished_at is not None
    assert AuditEvent.objects.filter(act="email.not_approved").count() == 2


def test_a_row_that_says_what_was_approved_gets_its_paper(sending):
    """As an older version of the application writes it, while the new one is brought out."""
    sending.emails.update(approval=None)
    assert leaves() == []

    clearances.settle()

    assert len(leaves()) == 2
    assert not AuditEvent.objects.filter(act="email.not_approved").exists()


def test_what_is_paused_is_left_to_the_person_who_paused_it(sending, desk):
    sending.emails.update(approval=None)
    mailings.pause(mailing=sending, by=desk)

    clearances.settle()

    assert set(sending.emails.values_list("state", flat=True)) == {"queued"}


def test_mails_that_need_no_approval_pass():
    emails.queue(purpose=emails.SYSTEM.key, to_address="a@mission.example.jp", language="en", subject="Notice", text="Text")

    clearances.settle()

    assert ledger.due().count() == 1


# ── each line of defence, and what would happen without it ────────────────────


def test_a_caller_that_asks_nothing_is_stopped_by_the_outbox(ready, desk, monkeypatch):
    monkeypatch.setattr(mailings, "obstacles", lambda _mailing: [])

    with pytest.raises(Refused):
        mailings.send(mailing=ready, by=desk)

    assert not Email.objects.filter(mailing=ready).exists()


def test_without_the_outbox_asking_that_caller_would_write_letters_and_the_engine_keeps_them(ready, desk, monkeypatch):
    monkeypatch.setattr(mailings, "obstacles", lambda _mailing: [])
    monkeypatch.setattr(clearances, "stamp", lambda _emails: None)

    mailings.send(mailing=ready, by=desk)

    assert Email.objects.filter(mailing=ready).count() == 2
    assert leaves() == []


def test_without_the_engine_asking_they_would_leave(ready, desk, monkeypatch):
    monkeypatch.setattr(mailings, "obstacles", lambda _mailing: [])
    monkeypatch.setattr(clearances, "stamp", lambda _emails: None)
    monkeypatch.setattr(clearances, "needing", list)

    mailings.send(mailing=ready, by=desk)

    assert len(leaves()) == 2


# ── races ────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time, so nothing can race")
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def paper(self, ready, desk):
        return approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)

    @pytest.mark.parametrize("act", ["recall", "drop"])
    def test_what_is_taken_back_while_it_is_agreed_to_and_sent_is_sent_only_if_it_was_approved(self, act, ready, desk, approver):
        paper = self.paper(ready, desk)

        in_parallel(
            lambda: approvals.agree(approval=paper, by=approver),
            lambda: getattr(approvals, act)(approval=paper, by=desk),
            lambda: mailings.send(mailing=ready, by=desk),
            lambda: mailings.send(mailing=ready, by=desk),
        )

        state = Approval.objects.get(pk=paper.pk).state
        letters = Email.objects.filter(mailing=ready).count()
        assert state in {"approved", "recalled", "dropped"}
        assert letters in ({0, 2} if state == "approved" else {0})

    def test_sending_and_changing_the_text_at_once_is_one_of_both(self, approved, desk):
        refused = in_parallel(
            lambda: mailings.edit(mailing=approved, texts={"subject_en": "Another subject"}, by=desk),
            lambda: mailings.send(mailing=approved, by=desk),
        )

        assert len(refused) == 1
        with transaction.atomic():
            assert not Email.objects.filter(mailing=approved, subject="Another subject").exists()
