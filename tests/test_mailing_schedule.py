"""Letters that leave by themselves, and letters that are approved in one paper."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone

from events import event_mailings
from partnership import approvals, mailing_packages, mailing_schedule, mailings
from partnership import desk as work_desk
from partnership.admin import mailing_desk
from partnership.models import AuditEvent, Email, Mailing
from partnership.transitions import Refused
from tests import letters_purpose, mailing_factories


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def guests(db):
    return mailing_factories.guests(2)


def let_go(mailing, by, **ago):
    """Scheduled, and its moment has come."""
    mailings.schedule(mailing=mailing, by=by, at=timezone.now() + dt.timedelta(hours=1))
    Mailing.objects.filter(pk=mailing.pk).update(starts_at=timezone.now() - dt.timedelta(**ago or {"minutes": 1}))
    return Mailing.objects.get(pk=mailing.pk)


def state(mailing):
    return Mailing.objects.get(pk=mailing.pk).state


def test_an_approved_letter_leaves_at_its_moment_in_the_name_of_who_let_it_go(guests, desk, approver):
    mailing = let_go(mailing_factories.approved(desk, approver), desk)

    begun = mailings.start_due()

    mailing.refresh_from_db()
    assert (begun, mailing.state, mailing.started_by) == (1, "sending", desk)
    assert mailings.start_due() == 0
    assert Email.objects.filter(mailing=mailing).count() == 2


def test_nothing_leaves_before_its_moment_or_when_it_was_stopped(guests, desk, approver):
    mailing = mailing_factories.approved(desk, approver)
    mailings.schedule(mailing=mailing, by=desk, at=timezone.now() + dt.timedelta(hours=1))
    early = mailings.start_due()
    let_go(mailing, desk)
    mailings.unschedule(mailing=mailing, by=desk)

    assert (early, mailings.start_due(), state(mailing)) == (0, 0, "ready")
    with pytest.raises(Refused):
        mailings.unschedule(mailing=mailing, by=desk)


def test_one_that_may_not_leave_stays_and_the_desk_is_told_once(guests, desk, login):
    mailing = let_go(mailing_factories.ready(desk), desk)

    for _sweep in range(3):
        mailings.start_due()

    login(desk).get(reverse("admin:index"))  # the page holds to the rules of tests/pages.py
    (turn,) = mailing_desk.stayed(desk)
    queues = {queue.key for queue in work_desk.queues()}
    assert state(mailing) == "ready"
    assert AuditEvent.objects.filter(act="mailing.held_back").count() == 1
    assert Email.objects.filter(purpose="mailing_notice").get().to_address == desk.email
    assert turn.url == reverse("admin:partnership_mailing_home", args=[mailing.pk])
    assert turn.remark.startswith(str(mailings.obstacles(mailing)[0]))
    assert "stayed" in queues
    assert not Email.objects.filter(mailing=mailing).exists()


def test_a_late_approval_does_not_let_it_leave_by_itself_hours_after(guests, desk, approver):
    mailing = let_go(mailing_factories.ready(desk), desk)
    mailings.start_due()
    mailing_factories.decided(approvals.draft(thing=mailing, by=desk), desk, approver)

    assert (mailings.start_due(), state(mailing)) == (0, "ready")
    assert [row for row, _moment in mailing_schedule.overdue()] == [mailing]
    mailings.send(mailing=mailing, by=desk)
    assert mailing_schedule.overdue() == []


def test_a_moment_that_moved_is_tried_anew(guests, desk, approver):
    mailing = let_go(mailing_factories.ready(desk), desk, hours=2)
    mailings.start_due()
    mailing_factories.decided(approvals.draft(thing=mailing, by=desk), desk, approver)
    Mailing.objects.filter(pk=mailing.pk).update(starts_at=timezone.now() - dt.timedelta(minutes=1))

    assert (mailings.start_due(), state(mailing)) == (1, "sending")


def test_who_may_not_send_any_more_lets_nothing_leave(guests, desk, approver):
    mailing = let_go(mailing_factories.approved(desk, approver), desk)
    desk.is_active = False
    desk.save()

    assert (mailings.start_due(), state(mailing)) == (0, "ready")
    assert AuditEvent.objects.filter(act="mailing.held_back").count() == 1


def test_a_moment_that_is_over_or_missing_is_refused(guests, desk):
    mailing = mailing_factories.ready(desk)

    for at in (None, mailing_factories.yesterday()):
        with pytest.raises(Refused):
            mailings.schedule(mailing=mailing, by=desk, at=at)
    with pytest.raises(Refused):
        mailings.schedule(mailing=mailing_factories.draft(desk), by=desk, at=timezone.now() + dt.timedelta(days=1))

    assert mailings.leaves_at(Mailing.objects.get(pk=mailing.pk)) is None


def test_scheduling_and_stopping_on_the_page_loses_nothing_that_was_typed(guests, desk, approver, login):
    mailing = mailing_factories.approved(desk, approver)
    staff, address = login(desk), reverse("admin:partnership_mailing_home", args=[mailing.pk])

    wrong = staff.post(address, {"act": "schedule", "at_0": "いつか", "at_1": "10:00"})
    staff.post(address, {"act": "schedule", "at_0": (timezone.localdate() + dt.timedelta(days=3)).isoformat(), "at_1": "10:00"})
    planned = Mailing.objects.get(pk=mailing.pk)
    shown = staff.get(address).content.decode()
    staff.post(address, {"act": "unschedule"})

    assert wrong.status_code == 422
    assert "いつか" in wrong.content.decode()
    assert (planned.scheduled_by, timezone.localtime(planned.starts_at).hour) == (desk, 10)
    assert 'value="unschedule"' in shown
    assert Mailing.objects.get(pk=mailing.pk).scheduled_by is None


# ── packages ─────────────────────────────────────────────────────────────────


def test_letters_about_different_things_are_not_bundled(guests, desk):
    one, other = mailing_factories.draft(desk), mailing_factories.draft(desk)

    for lead, companion in ((one, other), (one, one)):
        with pytest.raises(Refused):
            mailings.bundle(lead=lead, companion=companion, by=desk)
    with pytest.raises(Refused):
        mailings.unbundle(companion=one, by=desk)


def test_two_letters_of_one_event_are_approved_in_one_paper(desk, approver, event, invitation):
    lead, companion = (event_mailings.write(event=event, purpose="invitation", by=desk).mailing for _number in range(2))

    assert companion in mailing_packages.candidates(lead)
    mailings.bundle(lead=lead, companion=companion, by=desk)

    companion.refresh_from_db()
    assert companion.package == lead
    with pytest.raises(Refused):
        mailings.bundle(lead=companion, companion=lead, by=desk)
    mailings.unbundle(companion=companion, by=desk)
    companion.refresh_from_db()
    assert companion.package is None
