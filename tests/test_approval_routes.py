"""Routes as data: in order, side by side, by role or by person; and the urgent way."""

import contextlib
import dataclasses
import threading

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from partnership import accounts, approval_decisions, approval_routes, approvals, roles, subjects
from partnership.models import Approval, ApprovalRoute, ApprovalStep, AuditEvent, Email, Mailing
from partnership.transitions import Refused
from tests import approval_factories as given
from tests import factories
from tests.test_mailings import in_parallel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    """Letters that bind one word, so that these tests are about routes alone."""
    plain = dataclasses.replace(subjects.of_model(Mailing), content=lambda _thing: {"text": "same"}, may_submit=lambda _thing: [])
    monkeypatch.setitem(subjects._subjects, Mailing, plain)


def circulate(desk, route=None, **more):
    return approvals.submit(approval=approvals.draft(thing=factories.mailing(desk), by=desk), by=desk, route=route, **more)


def state(paper):
    return Approval.objects.get(pk=paper.pk).state


def told():
    return sorted(Email.objects.filter(purpose="approval_notice").values_list("to_address", flat=True))


# ── the usual ways ───────────────────────────────────────────────────────────


def test_the_usual_ways_are_there_after_a_migration_and_the_director_alone_is_the_first():
    assert [route.key for route in approval_routes.offered()] == ["director", "division", "minister", "protocol"]
    assert approval_routes.default().key == "director"
    stops = {route.key: list(route.stops.values_list("order", "group__name")) for route in ApprovalRoute.objects.all()}
    assert stops["director"] == [(3, "approver")]
    assert stops["minister"] == [(1, "desk"), (2, "section"), (3, "approver"), (5, "minister_office")]
    assert stops["protocol"] == [(2, "section"), (2, "protocol"), (3, "approver"), (5, "minister_office")]


def test_what_the_division_made_of_a_usual_way_is_left_alone():
    ApprovalRoute.objects.filter(key="division").update(name_en="Our way", is_active=False)
    ApprovalRoute.objects.get(key="division").stops.all().delete()

    approval_routes.sync()

    assert ApprovalRoute.objects.get(key="division").name_en == "Our way"
    assert not ApprovalRoute.objects.get(key="division").stops.exists()


def test_a_way_without_stops_or_one_that_is_switched_off_is_not_offered(desk, approver):
    empty = ApprovalRoute.objects.create(key="empty", name_ja="空", name_en="Empty")
    ApprovalRoute.objects.filter(key="minister").update(is_active=False)

    assert not approval_routes.offered().filter(key__in=["empty", "minister"]).exists()
    with pytest.raises(Refused):
        circulate(desk, empty)


def test_another_way_becomes_the_usual_one_when_the_first_is_switched_off():
    ApprovalRoute.objects.filter(key="director").update(is_active=False)

    assert approval_routes.default().key == "division"
    ApprovalRoute.objects.update(is_active=False)
    with pytest.raises(Refused):
        approval_routes.default()


def test_a_paper_keeps_the_stops_that_it_was_submitted_to(desk, approver):
    way = given.route("changing", [["approver"]])
    paper = circulate(desk, way)

    way.stops.all().delete()

    approvals.agree(approval=paper, by=approver)
    assert state(paper) == "approved"


# ── in order ─────────────────────────────────────────────────────────────────


def test_desk_section_director_ministers_office_one_after_the_other(desk):
    people = [factories.user(role) for role in ("desk", "section", "approver", "minister_office")]
    paper = circulate(desk, ApprovalRoute.objects.get(key="minister"))

    for number, person in enumerate(people):
        assert list(approvals.waiting_for(person)) == [paper]
        assert not any(approvals.waiting_for(other).exists() for other in people[:number] + people[number + 1 :])
        for later in people[number + 1 :]:
            with pytest.raises(Refused):
                approvals.agree(approval=paper, by=later)
        approvals.agree(approval=paper, by=person)

    assert state(paper) == "approved"
    assert [step.decided_by for step in paper.steps.all()] == people
    assert told() == sorted([*(person.email for person in people), desk.email])


def test_one_person_is_heard_once_in_a_round_and_anew_in_the_next(desk, approver):
    approver.groups.add(Group.objects.get(name="section"))
    other = factories.user("approver")
    paper = circulate(desk, given.route("two", [["section"], ["approver"]]))
    approvals.agree(approval=paper, by=approver)

    with pytest.raises(Refused, match=r"already|既に"):
        approvals.agree(approval=paper, by=approver)

    approvals.send_back(approval=paper, by=other, opinion="直してください。")
    approvals.submit(approval=paper, by=desk)
    approvals.agree(approval=paper, by=approver)
    assert approvals.current_step(paper).group.name == "approver"


def test_the_database_keeps_one_decision_a_person_in_a_round(desk, approver):
    factories.user("approver")
    paper = circulate(desk, given.route("two", [["approver"], ["approver"]]))
    first, second = paper.steps.all()
    approvals.agree(approval=paper, by=approver)

    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalStep.objects.filter(pk=second.pk).update(decision="agree", decided_by=approver, decided_at=first.approval.submitted_at)


def test_a_stop_of_a_person_is_decided_by_that_person_alone(desk, approver):
    someone = factories.user("section")
    paper = circulate(desk, given.route("person", [[someone], ["approver"]]))

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=factories.user("section"))
    approvals.agree(approval=paper, by=someone)
    approvals.agree(approval=paper, by=approver)

    assert state(paper) == "approved"


def test_who_stands_at_a_stop_without_the_right_to_decide_does_not_decide(desk):
    door = factories.user("door")

    with pytest.raises(Refused):
        circulate(desk, given.route("door", [["door"]]))
    with pytest.raises(Refused):
        circulate(desk, given.route("person", [[door]]))


@pytest.mark.parametrize("key", ["division", "minister", "protocol"])
def test_a_way_at_which_a_paper_would_lie_for_ever_is_refused(key, desk, approver):
    with pytest.raises(Refused):
        circulate(desk, ApprovalRoute.objects.get(key=key))

    assert not ApprovalStep.objects.exists()


def test_one_person_for_two_stops_is_one_too_few(desk, approver):
    approver.groups.add(Group.objects.get(name="section"))
    way = given.route("two", [["section"], ["approver"]])

    with pytest.raises(Refused):
        circulate(desk, way)
    factories.user("approver")

    assert circulate(desk, way).state == "circulating"


def test_people_are_matched_with_stops_whatever_the_order():
    assert approval_routes.unfilled([{1, 2}, {1}]) is None
    assert approval_routes.unfilled([{1}, {1}]) == 1
    assert approval_routes.unfilled([{1, 2}, {1, 3}, {1}]) is None
    assert approval_routes.unfilled([set()]) == 0


# ── side by side ─────────────────────────────────────────────────────────────


@pytest.fixture
def beside(desk, protocol):
    """Section and Protocol Office side by side, then the director."""
    return given.route("beside", [["section", "protocol"], ["approver"]])


def test_stops_of_one_order_are_asked_at_the_same_time_and_all_must_agree(beside, desk, approver, protocol):
    section = factories.user("section")
    paper = circulate(desk, beside)

    assert {step.group.name for step in approvals.current_steps(paper)} == {"section", "protocol"}
    assert told() == sorted([section.email, protocol.email])
    approvals.agree(approval=paper, by=protocol)
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=approver)
    assert told() == sorted([section.email, protocol.email])  # the director is not told yet

    approvals.agree(approval=paper, by=section)
    assert told() == sorted([section.email, protocol.email, approver.email])
    approvals.agree(approval=paper, by=approver)
    assert state(paper) == "approved"


def test_one_of_them_sends_it_back_for_all(beside, desk, approver, protocol):
    section = factories.user("section")
    paper = circulate(desk, beside)

    approvals.send_back(approval=paper, by=protocol, opinion="席次を確認してください。")

    assert state(paper) == "returned"
    assert not approvals.waiting_for(section).exists()
    assert approvals.turned_down(Approval.objects.get(pk=paper.pk)).decided_by == protocol


def test_who_could_decide_at_both_decides_at_the_step_that_they_name(desk, approver, protocol):
    protocol.groups.add(Group.objects.get(name="section"))
    factories.user("section")
    paper = circulate(desk, given.route("beside", [["section", "protocol"]]))
    second = paper.steps.get(group__name="protocol")

    assert len(approvals.steps_for(paper, protocol)) == 2
    approvals.agree(approval=paper, by=protocol, step=second)

    assert ApprovalStep.objects.get(pk=second.pk).decided_by == protocol
    assert approvals.steps_for(paper, protocol) == []


# ── urgent ───────────────────────────────────────────────────────────────────


def test_an_urgent_paper_is_decided_at_the_end_of_its_way_and_seen_by_the_others_afterwards(desk, approver):
    colleague, section = factories.user("desk"), factories.user("section")
    paper = circulate(desk, ApprovalRoute.objects.get(key="division"), is_urgent=True)
    assert [step.group.name for step in approvals.current_steps(paper)] == ["approver"]
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=section)

    approvals.agree(approval=paper, by=approver)

    assert state(paper) == "approved"
    assert approvals.standing(paper.subject).holds
    assert {step.group.name for step in paper.steps.filter(needs_review=True)} == {"desk", "section"}
    assert [step.group.name for step in approvals.to_review(section)] == ["section"]
    assert not approvals.to_review(approver).exists()
    assert not approvals.to_review(desk).exists()  # its author
    assert {section.email, colleague.email} <= set(told())


def test_what_was_passed_over_is_seen_once_by_those_who_stand_there(desk, approver):
    factories.user("desk")
    section, other = factories.user("section"), factories.user("section")
    paper = circulate(desk, ApprovalRoute.objects.get(key="division"), is_urgent=True)
    approvals.agree(approval=paper, by=approver)
    step = paper.steps.get(group__name="section")

    for stranger in (desk, approver, factories.user("viewer")):
        with pytest.raises(Refused):
            approvals.review(step=step, by=stranger)
    approvals.review(step=step, by=section, opinion="承知しました。")
    with pytest.raises(Refused):
        approvals.review(step=step, by=other)

    step.refresh_from_db()
    assert (step.decision, step.review_by, step.review_opinion, step.needs_review) == (None, section, "承知しました。", False)
    assert AuditEvent.objects.filter(act="approval.review").count() == 1


def test_an_urgent_paper_can_be_sent_back_and_then_nobody_has_to_see_anything(desk, approver):
    section = factories.user("section")
    paper = circulate(desk, ApprovalRoute.objects.get(key="division"), is_urgent=True)

    approvals.send_back(approval=paper, by=approver, opinion="急ぐ理由がありません。")

    assert state(paper) == "returned"
    assert not approvals.to_review(section).exists()


# ── a seat at a stop is given by nobody who does not sit there ───────────────


@pytest.mark.parametrize("role", sorted(roles.SEATS))
def test_the_desk_gives_nobody_a_seat_at_a_stop(role, desk):
    with pytest.raises(Refused):
        accounts.create(email="second@mofa.example.jp", name="二人目", roles=[role], by=desk)


@pytest.mark.parametrize("role", sorted(roles.SEATS))
def test_the_desk_does_not_take_over_the_account_of_somebody_who_decides(role, desk):
    seat = factories.user(role)

    with pytest.raises(Refused):
        accounts.change_address(user=seat, email="mine@mofa.example.jp", by=desk)


# ── races ────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time, so nothing can race")
@pytest.mark.django_db(transaction=True)
class TestRaces:
    patience = 1

    @pytest.fixture
    def together(self, monkeypatch):
        """Both have decided before either looks who is left, and have looked before either commits, where nothing keeps them apart."""
        barrier = threading.Barrier(2)

        def then_wait(real):
            def act(*args, **kwargs):
                real(*args, **kwargs)
                with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits for the lock
                    barrier.wait(self.patience)

            return act

        for name in ("_decide", "tell_next"):
            monkeypatch.setattr(approval_decisions, name, then_wait(getattr(approval_decisions, name)))

    @pytest.fixture
    def agreed_at_once(self, desk, approver, protocol, together):
        section = factories.user("section")
        paper = circulate(desk, given.route("beside", [["section", "protocol"], ["approver"]]))

        def run():
            return in_parallel(*[lambda by=by: approvals.agree(approval=paper, by=by) for by in (section, protocol)])

        return paper, run

    def test_side_by_side_the_last_of_those_who_agree_at_once_opens_the_next_stop_once(self, agreed_at_once, approver):
        paper, run = agreed_at_once

        assert run() == []
        assert [step.group.name for step in approvals.current_steps(paper)] == ["approver"]
        assert told().count(approver.email) == 1

    def test_without_the_lock_each_believes_that_the_other_is_still_asked(self, agreed_at_once, approver, monkeypatch):
        self.patience = 20  # nobody waits for a lock here
        _paper, run = agreed_at_once

        def unlocked(approval):
            fresh = Approval.objects.select_related("drafted_by", "content_type").get(pk=approval.pk)
            return fresh, fresh.subject

        monkeypatch.setattr(approval_decisions, "locked", unlocked)

        assert run() == []
        assert told().count(approver.email) == 0

    def test_many_who_click_at_once_decide_a_step_once(self, desk):
        people = [factories.user("approver") for _number in range(5)]
        paper = circulate(desk)

        refused = in_parallel(*[lambda by=by: approvals.agree(approval=paper, by=by) for by in people])

        assert len(refused) == 4
        assert state(paper) == "approved"
        assert AuditEvent.objects.filter(act="approval.approve").count() == 1

    def test_recalled_or_approved_in_the_same_moment_is_one_of_both(self, desk, approver):
        paper = circulate(desk)

        refused = in_parallel(
            lambda: approvals.agree(approval=paper, by=approver),
            lambda: approvals.recall(approval=paper, by=desk),
        )

        assert len(refused) == 1
        decided = paper.steps.filter(decision="agree").exists()
        assert state(paper) == ("approved" if decided else "recalled")
