"""What becomes of a mail of which nobody knows whether it arrived."""

import pytest
from django.utils import timezone

from events import answers
from events.models import Answer
from partnership import emails, evidence, ledger, mailer, reasons
from partnership.models import AuditEvent, Email, Mailing
from partnership.purposes import Purpose
from partnership.purposes import register as register_purpose
from partnership.transitions import Refused
from tests import engine, factories
from tests.evidence_factories import uncertain

pytestmark = pytest.mark.django_db
State = Email.State

REMINDER = register_purpose(
    Purpose(key="evidence_reminder", label=engine._label("reminder"), priority=20, uncertain="sent", needs_approval=False)
)
NOTICE = register_purpose(
    Purpose(key="evidence_notice", label=engine._label("notice"), priority=10, uncertain="resend", needs_approval=False)
)


def _event(email, act):
    return AuditEvent.objects.filter(act=act, object_id=email.pk).order_by("-id").first()


# ── evidence ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("source", ["log", "answer", "report", "staff"])
def test_evidence_makes_an_uncertain_mail_sent_and_says_where_it_is_from(desk, source):
    email = uncertain()

    evidence.accepted(email=email, source=source, by=desk, note="by telephone")

    assert (email.state, email.evidence, email.reason) == (State.SENT, source, evidence.SOURCES[source])
    assert email.accepted_at == email.data_started_at
    event = _event(email, "email.accepted")
    assert (event.actor, event.facts["source"]) == (desk, source)
    assert event.detail.personal == {"note": "by telephone"}


@pytest.mark.parametrize("state", [State.QUEUED, State.SENT, State.FAILED, State.CANCELLED])
def test_what_is_settled_is_not_settled_again(state):
    email = engine.letter()
    Email.objects.filter(pk=email.pk).update(state=state, accepted_at=timezone.now())

    for act in (evidence.accepted, evidence.absent):
        with pytest.raises(Refused):
            act(email=email, source="log")

    assert Email.objects.get(pk=email.pk).state == state


def test_absent_mail_waits_again_in_the_same_row_and_leaves():
    mailing = engine.sending()
    email = uncertain(mailing=mailing)

    assert evidence.absent(email=email, source="log") == State.QUEUED

    assert (email.reason, email.evidence, email.data_started_at) == (reasons.NOT_IN_LOG, "log", None)
    assert [row.pk for row in ledger.claim("me", 10)] == [email.pk]
    assert _event(email, "email.absent").facts == {"source": "log", "from": "uncertain", "to": "queued"}


def test_absent_mail_of_a_cancelled_mailing_or_with_a_wiped_text_does_not_leave():
    cancelled = uncertain(mailing=engine.sending())
    Mailing.objects.update(state=Mailing.State.CANCELLED)
    wiped = uncertain()
    Email.objects.filter(pk=wiped.pk).update(text="")

    assert evidence.absent(email=cancelled, source="log") == State.CANCELLED
    assert evidence.absent(email=wiped, source="log") == State.FAILED
    assert ledger.claim("me", 10) == []


def test_absent_mail_that_a_person_sent_again_is_given_up_and_not_doubled(desk):
    email = uncertain()
    new = emails.resend(email=email, by=desk)

    assert evidence.absent(email=email, source="log") == State.FAILED
    assert [row.pk for row in ledger.claim("me", 10)] == [new.pk]


@pytest.mark.parametrize("state", [State.QUEUED, State.UNCERTAIN, State.FAILED])
def test_slow_worker_that_knows_no_better_changes_nothing_of_what_was_settled(state):
    email = uncertain()
    evidence.accepted(email=email, source="log")

    assert not ledger.conclude(email, ledger.Outcome("reply", state), worker="slow", started_at=timezone.now())

    assert Email.objects.get(pk=email.pk).state == State.SENT


def test_slow_worker_to_whom_the_server_said_yes_is_believed_as_long_as_nobody_took_the_row_anew():
    email, taken = uncertain(), uncertain()
    evidence.absent(email=email, source="log")
    said_yes = ledger.Outcome("reply", State.SENT)

    assert ledger.conclude(email, said_yes, worker="slow", started_at=timezone.now())
    evidence.absent(email=taken, source="log")
    assert [row.pk for row in ledger.claim("other", 10)] == [taken.pk]
    assert not ledger.conclude(taken, said_yes, worker="slow", started_at=timezone.now())


# ── an answer through the link ───────────────────────────────────────────────


def _letter_of(invitation, **changes):
    values = {"state": State.UNCERTAIN, "reason": "no_answer", "data_started_at": timezone.now(), **changes}
    return factories.email(purpose="invitation", about=invitation, **values)


def test_answer_through_the_link_proves_that_the_only_letter_arrived(invitation):
    email = _letter_of(invitation)

    answers.answer(invitation=invitation, reply="accept", source=Answer.Source.LINK, by=None)

    email.refresh_from_db()
    assert (email.state, email.evidence, email.reason) == (State.SENT, "answer", reasons.BY_ANSWER)


def test_answer_proves_nothing_where_another_letter_may_have_brought_the_link(invitation):
    email = _letter_of(invitation)
    _letter_of(invitation, state=State.SENT, accepted_at=timezone.now(), to_address="secretariat@mission.example.jp")

    answers.answer(invitation=invitation, reply="accept", source=Answer.Source.LINK, by=None)

    email.refresh_from_db()
    assert email.state == State.UNCERTAIN


def test_answer_that_staff_enter_proves_nothing(invitation, desk):
    email = _letter_of(invitation)

    answers.answer(invitation=invitation, reply="accept", source=Answer.Source.PHONE, by=desk)

    email.refresh_from_db()
    assert email.state == State.UNCERTAIN


# ── without evidence: the rule of its kind, after a while ────────────────────


def test_invitation_stays_with_a_person():
    email = uncertain()

    mailer.sweep()

    email.refresh_from_db()
    assert (email.state, email.reason) == (State.UNCERTAIN, "no_answer")


def test_reminder_is_taken_as_sent_with_a_word_and_a_line_in_the_trail():
    email = uncertain(purpose=REMINDER.key)

    mailer.sweep()

    email.refresh_from_db()
    assert (email.state, email.reason, email.evidence) == (State.SENT, reasons.TAKEN_AS_SENT, "")
    assert _event(email, "email.assume").actor is None


def test_notice_is_written_once_more_by_itself_and_only_once():
    email = uncertain(purpose=NOTICE.key)

    mailer.sweep()
    mailer.sweep()

    new = Email.objects.get(resend_of=email)
    assert (new.seq, new.state, new.created_by) == (1, State.QUEUED, None)
    assert new.message_id != email.message_id
    Email.objects.filter(pk=new.pk).update(state=State.UNCERTAIN, data_started_at=email.data_started_at)
    mailer.sweep()
    assert not Email.objects.filter(resend_of=new).exists()
    assert list(emails.undecided()) == [new]


def test_notice_of_a_mailing_waits_for_a_person_because_an_approval_binds_it():
    email = uncertain(purpose=NOTICE.key, mailing=engine.sending())

    mailer.sweep()

    assert not Email.objects.filter(resend_of=email).exists()
    assert list(emails.undecided()) == [email]


def test_secret_lapses_because_its_reader_asks_for_a_new_one():
    email = uncertain(purpose=engine.SECRET.key)
    Email.objects.filter(pk=email.pk).update(text="", html="")

    mailer.sweep()

    email.refresh_from_db()
    assert (email.state, email.reason) == (State.UNCERTAIN, reasons.LAPSED)
    assert list(emails.undecided()) == []
    assert _event(email, "email.lapse")


def test_default_waits_for_evidence(settings):
    settings.MAIL_EVIDENCE_WAIT = 1800
    email = uncertain(purpose=REMINDER.key, minutes=29)

    mailer.sweep()

    email.refresh_from_db()
    assert email.state == State.UNCERTAIN


def test_every_purpose_has_a_rule_that_exists():
    assert {evidence.rule(purpose.key) for purpose in evidence.purposes.every()} <= {"hold", "resend", "sent", "lapse"}
