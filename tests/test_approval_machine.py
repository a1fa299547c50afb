"""Every act of approvals in every state: what the table does not allow is refused and leaves no trace."""

import dataclasses

import pytest
from django.utils import timezone

from partnership import approvals, subjects
from partnership.approval_decisions import TABLE
from partnership.models import Approval, ApprovalStep, AuditEvent, Mailing, User
from partnership.transitions import Refused
from tests import approval_factories as given
from tests import factories

pytestmark = pytest.mark.django_db

STATES = [str(state) for state in Approval.State]
ALLOWED = {
    "drafted": {"submit", "drop"},
    "circulating": {"agree", "return", "reject", "record", "recall", "drop"},
    "returned": {"submit", "drop"},
    "recalled": {"submit", "drop"},
    "approved": set(),
    "rejected": set(),
    "dropped": set(),
}
LEADS_TO = {
    "submit": "circulating",
    "agree": "approved",
    "return": "returned",
    "reject": "rejected",
    "record": "approved",
    "recall": "recalled",
    "drop": "dropped",
}


@pytest.fixture
def papers(desk, approver, monkeypatch):
    """``papers(state)``: a paper that came to this state by the acts of people."""
    plain = dataclasses.replace(subjects.of_model(Mailing), content=lambda _thing: {"text": "same"}, may_submit=lambda _thing: [])
    monkeypatch.setitem(subjects._subjects, Mailing, plain)

    def make(state: str) -> Approval:
        paper = approvals.draft(thing=factories.mailing(desk), by=desk)
        if state not in {"drafted", "dropped"}:
            approvals.submit(approval=paper, by=desk)
        lead = {"returned": "return", "recalled": "recall", "approved": "agree", "rejected": "reject", "dropped": "drop"}.get(state)
        if lead:
            act(lead, paper, desk, approver)
        return Approval.objects.get(pk=paper.pk)

    return make


def act(name: str, paper: Approval, desk: User, approver: User) -> None:
    step = approvals.current_step(paper) or ApprovalStep(pk=0)
    {
        "submit": lambda: approvals.submit(approval=paper, by=desk),
        "agree": lambda: approvals.agree(approval=paper, by=approver),
        "return": lambda: approvals.send_back(approval=paper, by=approver, opinion="期限を直してください。"),
        "reject": lambda: approvals.reject(approval=paper, by=approver, opinion="今回は行いません。"),
        "recall": lambda: approvals.recall(approval=paper, by=desk),
        "drop": lambda: approvals.drop(approval=paper, by=desk),
        "record": lambda: approvals.record(
            approval=paper,
            step=step,
            decision="agree",
            decided_by=approver,
            decided_on=timezone.localdate(),
            medium="phone",
            by=factories.user("desk"),
        ),
    }[name]()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", LEADS_TO)
def test_each_act_in_each_state(name, state, papers, desk, approver):
    paper = papers(state)
    before = Approval.objects.filter(pk=paper.pk).values().get(), AuditEvent.objects.count()

    if name in ALLOWED[state]:
        act(name, paper, desk, approver)
        assert Approval.objects.get(pk=paper.pk).state == LEADS_TO[name]
        return
    with pytest.raises(Refused):
        act(name, paper, desk, approver)
    assert (Approval.objects.filter(pk=paper.pk).values().get(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize("state", STATES)
def test_what_is_decided_stays_decided(state, papers):
    paper = papers(state)

    assert (paper.decided_at is not None) == (state in {"approved", "rejected"})
    assert any(state in line.sources for line in TABLE.values()) == (state in Approval.OPEN)


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_circulating_waits_for_somebody(state, papers, approver):
    paper = papers(state)

    assert approvals.may_decide(paper, approver) == (state == "circulating")
    assert bool(approvals.current_steps(paper)) == (state == "circulating")


def test_a_paper_that_came_back_is_submitted_again_as_another_act(papers, desk):
    approvals.submit(approval=papers("returned"), by=desk)

    assert list(
        AuditEvent.objects.filter(act__in=["approval.submit", "approval.resubmit"]).order_by("id").values_list("act", flat=True)
    ) == [
        "approval.submit",
        "approval.resubmit",
    ]


def test_opinions_of_all_rounds_are_kept(papers, desk, approver):
    paper = papers("returned")
    approvals.submit(approval=paper, by=desk)
    approvals.agree(approval=paper, by=approver, opinion="結構です。")

    said = list(paper.steps.values_list("round", "decision", "opinion"))
    assert said == [(1, "return", "期限を直してください。"), (2, "agree", "結構です。")]


def test_the_day_of_the_draft_of_the_decision_and_of_the_deed_are_kept_apart(papers, desk):
    paper = papers("approved")
    assert paper.carried_out_at is None

    approvals.carried_out(thing=paper.subject, by=desk)
    first = Approval.objects.get(pk=paper.pk)
    approvals.carried_out(thing=paper.subject, by=desk)

    assert first.drafted_at <= first.decided_at <= first.carried_out_at
    assert Approval.objects.get(pk=paper.pk).carried_out_at == first.carried_out_at
    assert AuditEvent.objects.filter(act="approval.carry_out").count() == 1


@pytest.mark.parametrize("state", sorted(set(STATES) - {"approved"}))
def test_nothing_is_carried_out_that_is_not_approved(state, papers, desk):
    paper = papers(state)

    approvals.carried_out(thing=paper.subject, by=desk)

    assert Approval.objects.get(pk=paper.pk).carried_out_at is None


def test_the_route_of_the_round_before_is_taken_again_unless_another_is_chosen(papers, desk):
    other = given.route("other", [["desk"]])
    factories.user("desk")
    paper = approvals.draft(thing=factories.mailing(desk), by=desk)
    approvals.submit(approval=paper, by=desk, route=other)
    approvals.recall(approval=paper, by=desk)

    assert approvals.submit(approval=paper, by=desk).route == other
