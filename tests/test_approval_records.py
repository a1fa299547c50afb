"""Decisions made on paper or by telephone: entered with their evidence, by somebody, and seen afterwards by whoever decided."""

import dataclasses
import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partnership import approvals, attachments, subjects
from partnership.models import Approval, Attachment, AuditEvent, Email, Mailing
from partnership.transitions import Refused
from tests import approval_factories as given
from tests import factories, file_samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    """Letters that bind one word, so that these tests are about the record alone."""
    plain = dataclasses.replace(subjects.of_model(Mailing), content=lambda thing: {"text": thing.subject_en}, may_submit=lambda _thing: [])
    monkeypatch.setitem(subjects._subjects, Mailing, plain)


@pytest.fixture
def paper(desk, approver):
    return approvals.submit(approval=approvals.draft(thing=factories.mailing(desk), by=desk), by=desk)


@pytest.fixture
def colleague(db):
    return factories.user("desk")


def scan():
    return SimpleUploadedFile("scan.pdf", file_samples.pdf(), "application/pdf")


def record(paper, decided_by, by, **changes):
    values = {"decision": "agree", "decided_on": timezone.localdate(), "medium": "paper", "evidence": [scan()], **changes}
    return approvals.record(approval=paper, step=approvals.current_step(paper), decided_by=decided_by, by=by, **values)


def test_a_decision_on_paper_counts_and_says_who_decided_and_who_entered_it(paper, approver, colleague):
    record(paper, approver, colleague, opinion="了承")

    step = paper.steps.get()
    assert Approval.objects.get(pk=paper.pk).state == "approved"
    assert (step.decided_by, step.recorded_by, step.medium, step.opinion) == (approver, colleague, "paper", "了承")
    assert [one.name for one in attachments.of(step)] == ["scan.pdf"]
    event = AuditEvent.objects.get(act="approval.approve")
    assert event.actor == colleague
    assert (event.facts["decided_by"], event.facts["medium"]) == (approver.pk, "paper")


def test_whoever_decided_is_told_and_sees_it_afterwards(paper, approver, colleague):
    record(paper, approver, colleague)

    assert [step.pk for step in approvals.to_review(approver)] == [paper.steps.get().pk]
    mail = Email.objects.filter(purpose="approval_notice", to_address=approver.email).latest("id")
    assert colleague.name in mail.text


def test_a_decision_on_paper_needs_a_scan_and_one_by_telephone_does_not(paper, approver, colleague):
    with pytest.raises(Refused):
        record(paper, approver, colleague, evidence=[])

    record(paper, approver, colleague, medium="phone", evidence=[])
    assert Approval.objects.get(pk=paper.pk).state == "approved"


def test_what_was_said_by_telephone_is_not_entered_by_the_author(paper, approver, desk):
    with pytest.raises(Refused):
        record(paper, approver, desk, medium="phone", evidence=[])

    record(paper, approver, desk)  # the paper itself speaks


def test_the_author_is_never_the_decider(paper, desk, approver, colleague):
    desk.groups.add(*approver.groups.all())

    with pytest.raises(Refused):
        record(paper, desk, colleague)


@pytest.mark.parametrize("who", ["desk", "viewer", "section", "superuser"])
def test_only_a_decision_of_those_who_stand_there_is_entered(who, paper, colleague):
    with pytest.raises(Refused):
        record(paper, factories.user(who), colleague)

    assert Approval.objects.get(pk=paper.pk).state == "circulating"


@pytest.mark.parametrize("who", ["viewer", "section", "approver", "protocol", "door"])
def test_only_a_colleague_of_the_division_enters_one(who, paper, approver):
    with pytest.raises(Refused):
        record(paper, approver, factories.user(who))


def test_nobody_enters_their_own_decision_this_way(paper, approver, desk):
    approver.groups.add(*desk.groups.all())

    with pytest.raises(Refused):
        record(paper, approver, approver)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_lies_between_the_submission_and_today(days, paper, approver, colleague):
    with pytest.raises(Refused):
        record(paper, approver, colleague, decided_on=timezone.localdate() + dt.timedelta(days=days))


def test_the_day_of_the_decision_is_the_day_it_was_made(paper, approver, colleague):
    made = timezone.localdate()
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        record(paper, approver, colleague, decided_on=made)

    assert timezone.localdate(Approval.objects.get(pk=paper.pk).decided_at) == made
    assert Approval.objects.get(pk=paper.pk).decided_at >= paper.submitted_at


def test_a_deputy_of_that_day_counts_though_the_absent_one_is_back(paper, approver, colleague):
    deputy = factories.user("section")
    given.delegation(approver, deputy)
    made = timezone.localdate()

    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        record(paper, deputy, colleague, decided_on=made)

    step = paper.steps.get()
    assert (step.decided_by, step.in_place_of, step.review_by) == (deputy, approver, approver)


@pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("reject", "rejected")])
def test_what_was_turned_down_elsewhere_is_entered_with_the_word_that_was_said(decision, state, paper, approver, colleague):
    with pytest.raises(Refused):
        record(paper, approver, colleague, decision=decision)

    record(paper, approver, colleague, decision=decision, opinion="延期する。")
    assert Approval.objects.get(pk=paper.pk).state == state


@pytest.mark.parametrize("changes", [{"decision": "maybe"}, {"medium": "screen"}, {"medium": "fax"}])
def test_words_that_nobody_knows_are_refused(changes, paper, approver, colleague):
    with pytest.raises(Refused):
        record(paper, approver, colleague, **changes)


def test_a_content_that_changed_since_is_not_approved_on_paper_either(paper, approver, colleague):
    Mailing.objects.update(subject_en="Another subject")

    with pytest.raises(Refused):
        record(paper, approver, colleague)

    assert not Attachment.objects.exists()


def test_a_file_that_cannot_be_kept_enters_nothing(paper, approver, colleague):
    with pytest.raises(Refused):
        record(paper, approver, colleague, evidence=[SimpleUploadedFile("scan.exe", b"MZ", "application/pdf")])

    assert Approval.objects.get(pk=paper.pk).state == "circulating"
    assert not Attachment.objects.exists()
