"""代決: who decides in somebody's absence, and what the absent one sees afterwards."""

import dataclasses
import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from partnership import approvals, delegations, subjects
from partnership.models import Approval, ApprovalStep, AuditEvent, Delegation, Email, Mailing
from partnership.transitions import Refused
from tests import approval_factories as given
from tests import factories
from tests.test_mailings import in_parallel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    """Letters that bind one word, so that these tests are about people alone."""
    plain = dataclasses.replace(subjects.of_model(Mailing), content=lambda _thing: {"text": "same"}, may_submit=lambda _thing: [])
    monkeypatch.setitem(subjects._subjects, Mailing, plain)


@pytest.fixture
def deputy(db):
    return factories.user("section", language="en")


def circulate(by, route=None):
    return approvals.submit(approval=approvals.draft(thing=factories.mailing(by), by=by), by=by, route=route)


def mails(to):
    return Email.objects.filter(purpose="approval_notice", to_address=to.email).order_by("id")


# ── naming a deputy ──────────────────────────────────────────────────────────


def days(first, last):
    today = timezone.localdate()
    return {"starts_on": today + dt.timedelta(days=first), "ends_on": today + dt.timedelta(days=last)}


def test_the_absent_one_names_a_deputy_who_is_told_in_their_language(approver, deputy):
    row = delegations.create(principal=approver, deputy=deputy, **days(1, 5), reason="出張", by=approver)

    assert list(delegations.in_force()) == []
    assert list(delegations.in_force(deputy, row.starts_on)) == [row]
    assert list(delegations.in_force(approver, row.starts_on)) == []
    mail = mails(deputy).get()
    assert "Dear" in mail.text
    assert "出張" in mail.text
    assert not mails(approver).exists()
    assert AuditEvent.objects.filter(act="delegation.create").count() == 1


def test_it_ends_by_itself_after_its_last_day_and_at_once_when_somebody_ends_it(approver, deputy):
    row = delegations.create(principal=approver, deputy=deputy, **days(0, 2), by=approver)
    assert delegations.in_force(deputy, row.ends_on).exists()
    assert not delegations.in_force(deputy, row.ends_on + dt.timedelta(days=1)).exists()

    delegations.end(delegation=row, by=approver)

    assert not delegations.in_force(deputy).exists()
    assert mails(deputy).count() == 2
    with pytest.raises(Refused):
        delegations.end(delegation=row, by=approver)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"starts_on": dt.date(2020, 1, 1), "ends_on": dt.date(2020, 1, 2)}, "over"),
        ({"starts_on": dt.date(2040, 1, 2), "ends_on": dt.date(2040, 1, 1)}, "the wrong way round"),
    ],
)
def test_days_that_cannot_be_are_refused(change, why, approver, deputy):
    with pytest.raises(Refused):
        delegations.create(principal=approver, deputy=deputy, **change, by=approver)

    assert not Delegation.objects.exists(), why


def test_who_may_not_decide_is_no_deputy(approver, viewer):
    with pytest.raises(Refused):
        delegations.create(principal=approver, deputy=viewer, **days(0, 1), by=approver)


def test_nobody_is_their_own_deputy_or_has_two_on_one_day(approver, deputy):
    with pytest.raises(Refused):
        delegations.create(principal=approver, deputy=approver, **days(0, 1), by=approver)
    delegations.create(principal=approver, deputy=deputy, **days(0, 3), by=approver)
    with pytest.raises(Refused):
        delegations.create(principal=approver, deputy=factories.user("section"), **days(3, 4), by=approver)

    delegations.create(principal=approver, deputy=factories.user("section"), **days(4, 5), by=approver)


def test_nobody_else_names_a_deputy_but_who_looks_after_it_and_never_themselves(desk, approver, deputy):
    other = factories.user("approver")
    for by, who in ((desk, deputy), (desk, desk), (deputy, deputy), (other, other)):
        with pytest.raises(Refused):
            delegations.create(principal=approver, deputy=who, **days(0, 1), by=by)

    delegations.create(principal=approver, deputy=deputy, **days(0, 1), by=other)
    assert mails(approver).exists()  # somebody else said so


# ── deciding for somebody absent ─────────────────────────────────────────────


def test_a_deputy_decides_in_the_place_of_the_absent_one_who_sees_it_afterwards(desk, approver, deputy):
    given.delegation(approver, deputy)
    paper = circulate(desk)
    assert list(approvals.waiting_for(deputy)) == [paper]
    assert approver.name in mails(deputy).get().text

    approvals.agree(approval=paper, by=deputy, opinion="代わりに決裁します。")

    step = paper.steps.get()
    assert Approval.objects.get(pk=paper.pk).state == "approved"
    assert (step.decided_by, step.in_place_of, step.review_by, step.needs_review) == (deputy, approver, approver, True)
    assert list(approvals.to_review(approver)) == [step]
    assert "代わりに決裁します。" in mails(approver).last().text
    facts = AuditEvent.objects.get(act="approval.approve").facts
    assert facts["in_place_of"] == approver.pk

    approvals.review(step=step, by=approver)
    assert not approvals.to_review(approver).exists()


@pytest.mark.parametrize(("first", "last"), [(-3, -1), (1, 3)])
def test_before_and_after_those_days_the_deputy_decides_nothing(first, last, desk, approver, deputy):
    given.delegation(approver, deputy, first, last)
    paper = circulate(desk)

    assert not approvals.waiting_for(deputy).exists()
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)


def test_the_absent_one_who_is_back_early_decides_in_person(desk, approver, deputy):
    given.delegation(approver, deputy)
    paper = circulate(desk)

    approvals.agree(approval=paper, by=approver)

    assert paper.steps.get().in_place_of is None
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)


def test_who_stands_there_in_their_own_right_decides_in_their_own_right(desk, approver):
    other = factories.user("approver")
    given.delegation(approver, other)
    paper = circulate(desk)

    approvals.agree(approval=paper, by=other)

    step = paper.steps.get()
    assert (step.in_place_of, step.needs_review) == (None, False)


def test_the_author_decides_nothing_as_a_deputy_either(desk, approver):
    given.delegation(approver, desk)
    paper = circulate(desk)

    assert not approvals.waiting_for(desk).exists()
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=desk)


def test_nobody_decides_in_the_place_of_the_author(desk, approver, deputy):
    desk.groups.add(Group.objects.get(name="approver"))
    given.delegation(desk, deputy)
    paper = circulate(desk)

    assert not approvals.waiting_for(deputy).exists()
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)


def test_a_deputy_of_two_is_heard_once_in_a_round(desk, approver, deputy):
    minister = factories.user("minister_office")
    given.delegation(approver, deputy)
    given.delegation(minister, deputy)
    paper = circulate(desk, given.route("two", [["approver"], ["minister_office"]]))
    approvals.agree(approval=paper, by=deputy)

    assert not approvals.waiting_for(deputy).exists()
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)
    approvals.agree(approval=paper, by=minister)
    assert Approval.objects.get(pk=paper.pk).state == "approved"


def test_who_decided_in_person_is_not_heard_again_as_a_deputy(desk, approver, deputy):
    given.delegation(approver, deputy)
    paper = circulate(desk, given.route("two", [["section"], ["approver"]]))
    approvals.agree(approval=paper, by=deputy)

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)


def test_for_whom_a_deputy_decided_is_heard_already(desk, approver, deputy):
    approver.groups.add(Group.objects.get(name="protocol"))
    given.delegation(approver, deputy)
    factories.user("approver")
    paper = circulate(desk, given.route("two", [["protocol"], ["approver"]]))
    approvals.agree(approval=paper, by=deputy)
    assert paper.steps.get(order=1).in_place_of == approver

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=approver)


def test_a_deputy_of_a_deputy_decides_nothing(desk, approver, deputy):
    third = factories.user("section")
    given.delegation(approver, deputy)
    given.delegation(deputy, third)
    paper = circulate(desk)

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=third)


def test_a_deputy_who_lost_the_right_or_whose_principal_did_decides_nothing(desk, approver, deputy):
    other = factories.user("approver")
    given.delegation(approver, deputy)
    paper = circulate(desk)
    approver.groups.clear()
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)

    approver.groups.add(Group.objects.get(name="approver"))
    deputy.groups.clear()
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=deputy)
    approvals.agree(approval=paper, by=other)


def test_a_paper_can_be_submitted_while_the_only_decider_is_absent(desk, deputy):
    author = factories.user("approver")
    absent = factories.user("approver")
    given.delegation(absent, deputy)

    paper = circulate(author)

    approvals.agree(approval=paper, by=deputy)
    assert paper.steps.get().in_place_of == absent


def test_what_a_deputy_sends_back_the_absent_one_sees_too(desk, approver, deputy):
    given.delegation(approver, deputy)
    paper = circulate(desk)

    approvals.send_back(approval=paper, by=deputy, opinion="期限を直してください。")

    assert [step.pk for step in approvals.to_review(approver)] == [paper.steps.get().pk]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time, so nothing can race")
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_the_absent_one_and_the_deputy_decide_once(self, desk, approver, deputy):
        given.delegation(approver, deputy)
        paper = circulate(desk)

        refused = in_parallel(*[lambda by=by: approvals.agree(approval=paper, by=by) for by in (approver, deputy)])

        assert len(refused) == 1
        assert ApprovalStep.objects.filter(decision="agree").count() == 1

    def test_two_deputies_named_at_once_for_one_day_are_one(self, approver, deputy):
        other = factories.user("section")

        refused = in_parallel(
            *[lambda who=who: delegations.create(principal=approver, deputy=who, **days(0, 1), by=approver) for who in (deputy, other)]
        )

        assert len(refused) == 1
        assert Delegation.objects.count() == 1
