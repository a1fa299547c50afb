import contextlib
import dataclasses
import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from partnership import approval_decisions, approvals, mailings, subjects
from partnership.models import Approval, ApprovalStep, AuditEvent, Email, Mailing
from partnership.transitions import Refused
from tests import approval_factories as routes
from tests import factories, letters_purpose
from tests.test_mailings import in_parallel


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def mailing(db, desk):
    factories.organisation("association", name_ja="協会1", name_en="Association 1", email="a1@mission.example.jp", language="en")
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    return mailings.freeze(mailing=draft, by=desk)


@pytest.fixture
def paper(mailing, desk, approver):
    return approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)


@pytest.fixture
def two_steps(monkeypatch, db):
    """A route of two roles, one after the other."""
    routes.route("two", [["protocol"], ["approver"]])
    monkeypatch.setitem(subjects._subjects, Mailing, dataclasses.replace(subjects.of_model(Mailing), route="two"))


def state(paper):
    return Approval.objects.get(pk=paper.pk).state


def test_a_paper_is_decided_by_a_second_person(paper, mailing, approver):
    approvals.agree(approval=paper, by=approver, opinion="差し支えありません。")

    step = ApprovalStep.objects.get(approval=paper)
    assert state(paper) == "approved"
    assert (step.decision, step.decided_by, step.opinion) == ("agree", approver, "差し支えありません。")
    assert approvals.standing(mailing).holds


def test_the_author_never_decides_even_with_the_role(paper, desk, approver):
    desk.groups.add(*approver.groups.all())

    for act in (approvals.agree, approvals.send_back, approvals.reject):
        with pytest.raises(Refused):
            act(approval=paper, by=desk, opinion="x")

    assert state(paper) == "circulating"


@pytest.mark.parametrize("role", ["desk", "viewer", "protocol", "superuser"])
def test_only_the_role_of_the_step_decides(role, paper):
    someone = factories.user(role)

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=someone)

    assert state(paper) == "circulating"


def test_a_paper_needs_someone_who_can_decide_it(mailing, desk):
    draft = approvals.draft(thing=mailing, by=desk)

    with pytest.raises(Refused):
        approvals.submit(approval=draft, by=desk)

    assert state(draft) == "drafted"


def test_only_a_frozen_list_can_be_submitted(mailing, desk, approver):
    mailings.thaw(mailing=mailing, by=desk)

    with pytest.raises(Refused):
        approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)


def test_agreeing_is_refused_when_the_content_changed_since_the_submission(paper, mailing, desk, approver):
    mailings.edit(mailing=mailing, texts={"subject_en": "Another subject"}, by=desk)

    with pytest.raises(Refused, match=r"件名|Subject"):
        approvals.agree(approval=paper, by=approver)

    assert state(paper) == "circulating"


def test_a_decision_on_an_older_page_is_refused(paper, mailing, desk, approver):
    seen = paper.digest
    approvals.send_back(approval=paper, by=approver, opinion="期限を直してください。")
    mailings.edit(mailing=mailing, texts={"subject_en": "Another subject"}, by=desk)
    approvals.submit(approval=paper, by=desk)

    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=approver, seen=seen)

    assert state(paper) == "circulating"


@pytest.mark.parametrize("act", [approvals.send_back, approvals.reject])
def test_a_paper_is_not_turned_down_without_a_word(act, paper, approver):
    with pytest.raises(Refused):
        act(approval=paper, by=approver, opinion="  ")

    assert state(paper) == "circulating"


def test_a_returned_paper_circulates_again_and_shows_what_changed(paper, mailing, desk, approver):
    approvals.send_back(approval=paper, by=approver, opinion="件名を直してください。")
    mailings.edit(mailing=mailing, texts={"subject_en": "Another subject"}, by=desk)

    again = approvals.submit(approval=paper, by=desk)

    assert [change.after for change in approvals.changes_since_last(again)] == ["Another subject"]
    assert list(paper.steps.values_list("round", "decision")) == [(1, "return"), (2, None)]
    approvals.agree(approval=again, by=approver)
    assert approvals.standing(mailing).holds


def test_a_rejected_paper_stays_rejected_and_a_new_one_may_follow(paper, mailing, desk, approver):
    approvals.reject(approval=paper, by=approver, opinion="今回は行いません。")

    with pytest.raises(Refused):
        approvals.submit(approval=paper, by=desk)

    assert not approvals.standing(mailing).holds
    assert approvals.draft(thing=mailing, by=desk).state == "drafted"


def test_the_author_recalls_and_drops(paper, desk, approver):
    approvals.recall(approval=paper, by=desk)
    recalled = state(paper)
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=approver)
    approvals.drop(approval=paper, by=desk)

    assert (recalled, state(paper)) == ("recalled", "dropped")


def test_nobody_from_outside_the_division_recalls(paper, approver):
    with pytest.raises(Refused):
        approvals.recall(approval=paper, by=approver)


def test_one_paper_is_open_at_a_time(paper, mailing, desk):
    with pytest.raises(Refused):
        approvals.draft(thing=mailing, by=desk)


def test_what_holds_is_not_asked_again(paper, mailing, desk, approver):
    approvals.agree(approval=paper, by=approver)

    with pytest.raises(Refused):
        approvals.draft(thing=mailing, by=desk)


def test_a_new_paper_shows_the_difference_to_the_approved_one(paper, mailing, desk, approver):
    approvals.agree(approval=paper, by=approver)
    letters_purpose.state["when"] = ("1月15日", "15 January")

    second = approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)

    assert second.supersedes == paper
    assert [(one.label, one.before, one.after) for one in approvals.changes_since_last(second)] == [("日時", "1月14日", "1月15日")]


def test_an_approval_binds_the_content_and_not_the_order_of_its_keys():
    assert approvals.digest_of({"a": 1, "b": [2, "本"]}) == approvals.digest_of({"b": [2, "本"], "a": 1})
    assert approvals.digest_of({"a": 1}) != approvals.digest_of({"a": 2})


def test_a_stored_content_still_has_the_digest_that_was_bound(paper):
    assert approvals.digest_of(Approval.objects.get(pk=paper.pk).content) == paper.digest


def test_deciders_are_told_that_a_paper_waits_and_the_author_what_became_of_it(mailing, desk, approver):
    other = factories.user("approver", language="en")
    factories.user("approver", is_active=False)

    paper = approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)
    waits = list(Email.objects.filter(purpose="approval_notice").values_list("to_address", "language"))
    approvals.send_back(approval=paper, by=approver, opinion="件名を直してください。")

    assert sorted(waits) == sorted([(approver.email, "ja"), (other.email, "en")])
    last = Email.objects.filter(purpose="approval_notice").latest("id")
    assert last.to_address == desk.email
    assert "件名を直してください。" in last.text
    assert f"/admin/approvals/{paper.pk}/" in last.text


def test_a_decider_whose_address_is_not_fit_holds_nothing_up(mailing, desk, approver):
    factories.user("approver", email="nobody@nowhere")

    paper = approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)

    assert state(paper) == "circulating"
    assert Email.objects.filter(purpose="approval_notice").count() == 1


def test_each_act_is_on_record(paper, approver):
    approvals.agree(approval=paper, by=approver)

    acts = list(AuditEvent.objects.filter(act__startswith="approval.").order_by("id").values_list("act", "actor"))
    assert acts == [("approval.draft", paper.drafted_by_id), ("approval.submit", paper.drafted_by_id), ("approval.approve", approver.pk)]


def test_two_steps_are_decided_in_order_and_not_by_one_person(two_steps, mailing, desk, approver, protocol):
    approver.groups.add(*protocol.groups.all())
    paper = approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)
    other = factories.user("approver")

    assert not approvals.may_decide(paper, other)
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=other)
    approvals.agree(approval=paper, by=approver)
    with pytest.raises(Refused):
        approvals.agree(approval=paper, by=approver)

    assert state(paper) == "circulating"
    assert not approvals.standing(mailing).holds
    assert approvals.may_decide(paper, other)
    assert not approvals.may_decide(paper, approver)
    approvals.agree(approval=paper, by=other)
    assert state(paper) == "approved"


def test_what_waits_for_someone_is_found_by_query(paper, desk, approver, viewer):
    assert list(approvals.waiting_for(approver)) == [paper]
    assert not approvals.waiting_for(viewer).exists()
    assert not approvals.waiting_for(desk).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time, so nothing can race")
@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture
    def together(self, monkeypatch):
        """Both deciders find the step open before either of them decides, where nothing keeps them apart."""
        barrier = threading.Barrier(2)
        real = approval_decisions._decide

        def wait_then_decide(*args):
            with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits for the lock
                barrier.wait(1)
            real(*args)

        monkeypatch.setattr(approval_decisions, "_decide", wait_then_decide)

    @pytest.fixture
    def circulating(self, two_steps, mailing, desk, approver, protocol):
        return approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)

    def agree_together(self, paper, protocol):
        other = factories.user("protocol")
        return in_parallel(*[lambda by=by: approvals.agree(approval=paper, by=by) for by in (protocol, other)])

    def test_one_decision_a_step_however_many_click_at_once(self, circulating, protocol, together):
        refused = self.agree_together(circulating, protocol)

        assert len(refused) == 1
        assert AuditEvent.objects.filter(act="approval.agree").count() == 1
        assert circulating.steps.filter(decision="agree").count() == 1

    def test_without_the_lock_two_would_decide_one_step(self, circulating, protocol, together, monkeypatch):
        def unlocked(approval):
            fresh = Approval.objects.select_related("drafted_by", "content_type").get(pk=approval.pk)
            return fresh, fresh.subject

        monkeypatch.setattr(approval_decisions, "locked", unlocked)

        refused = self.agree_together(circulating, protocol)

        assert refused == []
        assert AuditEvent.objects.filter(act="approval.agree").count() == 2

    def test_agreeing_and_editing_in_the_same_moment_leaves_nothing_approved_that_was_not_read(self, paper, mailing, desk, approver):
        in_parallel(
            lambda: approvals.agree(approval=paper, by=approver),
            lambda: mailings.edit(mailing=mailing, texts={"subject_en": "Another subject"}, by=desk),
        )

        with transaction.atomic():
            assert not approvals.standing(mailing).holds
