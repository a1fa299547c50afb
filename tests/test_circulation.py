"""Papers on their way: found changed while they circulate, and their deciders reminded."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone

from partnership import approvals, circulation, mailer, mailings
from partnership.models import Approval, AuditEvent, Email
from tests import approval_factories as given
from tests import factories, letters_purpose

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2027, 1, 18, 0, 0, tzinfo=dt.UTC)  # 9 o'clock in Tokyo


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    with time_machine.travel(MONDAY, tick=False):
        yield
    letters_purpose.reset()


@pytest.fixture
def mailing(desk):
    factories.organisation("association", name_ja="協会1", name_en="Association 1", email="a1@mission.example.jp", language="en")
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    return mailings.freeze(mailing=draft, by=desk)


def circulate(mailing, desk, **more):
    return approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk, **more)


def mails(*people):
    return Email.objects.filter(purpose="approval_notice", to_address__in=[user.email for user in people]).order_by("id")


# ── changed while it circulates ──────────────────────────────────────────────


def test_the_author_and_the_deciders_are_told_once_that_what_they_read_has_changed(mailing, desk, approver):
    english = factories.user("approver", language="en")
    paper = circulate(mailing, desk)
    Email.objects.all().delete()
    letters_purpose.state["when"] = ("1月15日", "15 January")

    for _time in range(3):
        mailer.sweep()

    told = {mail.to_address: mail for mail in mails(desk, approver, english)}
    assert len(told) == mails(desk, approver, english).count() == 3
    assert "・日時" in told[approver.email].text
    assert "・Date" in told[english.email].text
    assert AuditEvent.objects.filter(act="approval.outdated").count() == 1
    assert Approval.objects.get(pk=paper.pk).state == "circulating"


def test_nobody_is_told_of_a_paper_that_is_as_it_was(mailing, desk, approver):
    circulate(mailing, desk)
    before = Email.objects.count()

    circulation.settle()

    assert Email.objects.count() == before


def test_of_a_paper_that_is_decided_or_was_taken_back_nobody_is_told(mailing, desk, approver):
    paper = circulate(mailing, desk)
    approvals.recall(approval=paper, by=desk)
    letters_purpose.state["when"] = ("1月15日", "15 January")
    before = Email.objects.count()

    circulation.settle()

    assert Email.objects.count() == before


def test_in_the_next_round_they_are_told_anew(mailing, desk, approver):
    paper = circulate(mailing, desk)
    for day in (15, 16):
        letters_purpose.state["when"] = (f"1月{day}日", f"{day} January")
        circulation.settle()
        approvals.recall(approval=paper, by=desk)
        approvals.submit(approval=paper, by=desk)

    assert AuditEvent.objects.filter(act="approval.outdated").count() == 2


def test_only_those_who_have_it_before_them_are_told(mailing, desk, approver):
    section = factories.user("section")
    circulate(mailing, desk, route=given.route("two", [["section"], ["approver"]]))
    letters_purpose.state["when"] = ("1月15日", "15 January")

    circulation.settle()

    assert mails(section).count() == 2
    assert not mails(approver).exists()


def test_looking_at_papers_has_a_price_that_does_not_grow_with_the_decided_ones(mailing, desk, approver, django_assert_num_queries):
    approvals.agree(approval=circulate(mailing, desk), by=approver)

    with django_assert_num_queries(1):
        circulation.settle()


# ── reminders ────────────────────────────────────────────────────────────────


def due(days):
    return MONDAY + dt.timedelta(days=days)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_deciders_are_reminded_of_what_is_due_by_the_next_open_day_or_over(days, mailing, desk, approver):
    circulate(mailing, desk, due_at=due(days))

    assert circulation.remind() == 1

    assert mails(approver).count() == 2
    assert not mails(desk).exists()


def test_what_is_due_later_or_never_reminds_nobody(mailing, desk, approver):
    circulate(mailing, desk, due_at=due(3))
    assert circulation.remind() == 0

    Approval.objects.update(due_at=None)
    assert circulation.remind() == 0


def test_a_paper_reminds_once_a_day_however_often_the_clock_strikes(mailing, desk, approver):
    circulate(mailing, desk, due_at=due(0))

    assert [circulation.remind(), circulation.remind()] == [1, 0]
    with time_machine.travel(MONDAY + dt.timedelta(days=1), tick=False):
        assert circulation.remind() == 1


def test_on_days_off_nobody_is_reminded_and_friday_reminds_of_monday(mailing, desk, approver):
    circulate(mailing, desk, due_at=due(7))

    assert circulation.remind(dt.date(2027, 1, 23)) == 0  # a Saturday
    assert circulation.remind(dt.date(2027, 1, 22)) == 1


def test_a_deputy_is_reminded_too_and_a_paper_that_changed_reminds_nobody(mailing, desk, approver):
    deputy = factories.user("section", language="en")
    given.delegation(approver, deputy)
    circulate(mailing, desk, due_at=due(0))
    circulation.remind()
    assert approver.name in mails(deputy).last().text

    Approval.objects.update(outdated_at=timezone.now(), reminded_on=None)
    assert circulation.remind() == 0


def test_a_decided_paper_reminds_nobody(mailing, desk, approver):
    approvals.agree(approval=circulate(mailing, desk, due_at=due(0)), by=approver)

    assert circulation.remind() == 0
