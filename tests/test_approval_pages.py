"""The pages of 決裁: lists, one paper, its acts, its scans, its print."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from partnership import approvals, mailings
from partnership import desk as registry
from partnership.models import Approval, ApprovalRoute, ApprovalStep
from tests import approval_factories, factories, letters_purpose

pytestmark = pytest.mark.django_db

LIST = "/admin/approvals/"


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def mailing(desk):
    factories.organisation("association", name_ja="協会1", name_en="Association 1", email="a1@mission.example.jp", language="en")
    draft = mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)
    return mailings.freeze(mailing=draft, by=desk)


@pytest.fixture
def paper(mailing, desk, approver):
    return approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk)


@pytest.fixture
def long_way(mailing, desk, approver, protocol):
    """A paper that goes to the section and the Protocol Office at the same time, then to the director."""
    factories.user("section")
    way = approval_factories.route("long", [["section", "protocol"], ["approver"]])
    return approvals.submit(approval=approvals.draft(thing=mailing, by=desk), by=desk, route=way)


def page(paper):
    return reverse("admin:approval", args=[paper.pk])


def words(response):
    return response.content.decode()


def state(paper):
    return Approval.objects.get(pk=paper.pk).state


# ── lists ────────────────────────────────────────────────────────────────────


def test_what_waits_for_me_stands_first_with_who_and_since_when(paper, login, approver, desk):
    mine = login(approver).get(LIST)
    authors = login(desk).get(LIST)

    assert [line.paper for line in mine.context["waiting"]] == [paper]
    assert mine.context["waiting"][0].since == paper.submitted_at
    assert [line.paper for line in authors.context["mine"]] == [paper]
    assert authors.context["mine"][0].lies_with
    assert not authors.context["waiting"]


def test_a_deputy_sees_what_waits_and_for_whom(paper, login, approver):
    deputy = factories.user("section")
    approval_factories.delegation(approver, deputy)

    shown = login(deputy).get(LIST)

    assert [(line.paper, line.in_place_of) for line in shown.context["waiting"]] == [(paper, str(approver))]
    assert str(approver) in words(login(deputy).get(page(paper)))


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("state=approved", 1), ("state=rejected", 1), ("q=nothing+like+it", 0), ("q=招待", 2), ("state=x", 2), ("year=1999", 2)],
)
def test_decided_papers_are_found_by_state_year_and_words(login, viewer, desk, query, count):
    for end in ("approved", "rejected"):
        factories.approval(factories.event_mailing().mailing, by=desk, state=end, decided_at=timezone.now())

    shown = login(viewer).get(f"{LIST}?{query}")

    assert shown.status_code == 200
    assert len(shown.context["decided"]) == count


def test_the_year_is_the_fiscal_one_in_which_it_was_drafted(login, viewer, desk):
    old = factories.approval(factories.event_mailing().mailing, by=desk, state="approved")
    Approval.objects.filter(pk=old.pk).update(drafted_at=dt.datetime(2020, 3, 31, 3, tzinfo=dt.UTC))

    assert len(login(viewer).get(f"{LIST}?year=2019").context["decided"]) == 1
    assert not login(viewer).get(f"{LIST}?year=2020").context["decided"]


def test_the_list_costs_the_same_whatever_its_length(login, approver, assert_fixed_queries):
    client = login(approver)
    way = approval_factories.route("one", [["approver"]])

    def add():
        for end in ("circulating", "approved"):
            paper = factories.approval(factories.event_mailing().mailing, state=end, submitted_at=timezone.now(), route=way)
            ApprovalStep.objects.create(approval=paper, order=1, group=Group.objects.get(name="approver"))

    assert_fixed_queries(lambda: client.get(LIST), add, rows=8)


# ── the page ─────────────────────────────────────────────────────────────────


def test_the_way_shows_stops_side_by_side_and_whose_turn_it_is(long_way, login, protocol, approver):
    theirs = login(protocol).get(page(long_way))
    waiting = login(approver).get(page(long_way))

    assert [len(place.stops) for place in theirs.context["way"]] == [1, 2, 1, 1]
    assert [stop.mark for stop in theirs.context["way"][1].stops] == ["rest", "now"]
    assert "now" not in [stop.mark for place in waiting.context["way"] for stop in place.stops]
    assert 'value="agree"' in words(theirs)
    assert 'value="agree"' not in words(waiting)


def test_whoever_has_no_page_of_letters_decides_all_the_same_and_meets_no_dead_link(long_way, login, protocol, mailing):
    client = login(protocol)

    shown = words(client.get(page(long_way)))
    client.post(page(long_way), {"act": "agree", "seen": long_way.digest, "opinion": "席次に問題ありません。"})

    assert reverse("admin:partnership_mailing_home", args=[mailing.pk]) not in shown
    assert long_way.steps.get(group__name="protocol").opinion == "席次に問題ありません。"


def test_a_refused_decision_keeps_the_opinion_and_shows_the_paper_as_it_is_now(paper, mailing, login, desk, approver):
    approvals.recall(approval=paper, by=desk)
    mailings.edit(mailing=mailing, texts={"subject_en": "Another subject"}, by=desk)
    newer = approvals.submit(approval=paper, by=desk)

    refused = login(approver).post(page(paper), {"act": "agree", "seen": paper.digest, "opinion": "異議ありません。"})

    assert refused.status_code == 422
    assert "異議ありません。" in words(refused)
    assert state(paper) == "circulating"
    assert refused.context["decision"]["seen"].value() == newer.digest  # read once more, then the same button decides
    login(approver).post(page(paper), {"act": "agree", "seen": newer.digest, "opinion": "異議ありません。"})
    assert state(paper) == "approved"


@pytest.mark.parametrize("act", ["return", "reject"])
def test_turning_down_without_a_word_is_told_at_the_field(act, paper, login, approver):
    shown = login(approver).post(page(paper), {"act": act, "seen": paper.digest})

    assert shown.status_code == 422
    assert shown.context["decision"].errors["opinion"]
    assert state(paper) == "circulating"


@pytest.mark.parametrize("fields", [{"step": "x"}, {"step": "9" * 30}, {"opinion": "あ" * 5001}])
def test_a_broken_form_decides_nothing(fields, paper, login, approver):
    assert login(approver).post(page(paper), {"act": "agree", "seen": paper.digest, **fields}).status_code == 422
    assert state(paper) == "circulating"


def test_who_may_not_decide_is_refused_in_words(paper, login, viewer):
    refused = login(viewer).post(page(paper), {"act": "agree", "seen": paper.digest})

    assert refused.status_code == 422
    assert state(paper) == "circulating"


def test_opinions_of_all_rounds_stay_in_sight(paper, login, desk, approver):
    approvals.send_back(approval=paper, by=approver, opinion="件名を直してください。")
    again = approvals.submit(approval=paper, by=desk)
    approvals.agree(approval=again, by=approver, opinion="これで結構です。")

    shown = login(desk).get(page(paper))

    assert [one.step.opinion for one in shown.context["opinions"]] == ["これで結構です。", "件名を直してください。"]
    assert shown.context["rounds"] == 2


def test_a_paper_costs_the_same_for_few_and_for_many_opinions(paper, login, desk, approver, assert_fixed_queries):
    client = login(desk)

    def add():
        number = paper.steps.count() + 1
        who = {"decided_by": factories.user("section"), "decided_at": timezone.now(), "decision": "agree", "opinion": "可"}
        ApprovalStep.objects.create(approval=paper, round=number, order=1, group=Group.objects.get(name="approver"), **who)

    assert_fixed_queries(lambda: client.get(page(paper)), add, rows=6)


# ── submitting ───────────────────────────────────────────────────────────────


def test_a_letter_takes_the_chosen_way_and_can_be_urgent(mailing, login, desk, approver, protocol):
    way = approval_factories.route("protocol-first", [["protocol"], ["approver"]])
    home = reverse("admin:partnership_mailing_home", args=[mailing.pk])

    login(desk).post(home, {"act": "submit", "route": way.pk, "is_urgent": "on", "note": "至急お願いします。"})
    paper = Approval.objects.get()
    login(approver).post(page(paper), {"act": "agree", "seen": paper.digest})

    assert (paper.route, paper.is_urgent, paper.note) == (way, True, "至急お願いします。")
    assert state(paper) == "approved"
    assert [one.context["afterwards"][0][0].approval for one in [login(protocol).get(LIST)]] == [paper]


@pytest.mark.parametrize("fields", [{"route": "0"}, {"route": "x"}, {"due_on": "2019-01-01"}, {"due_on": "3019-01-01"}])
def test_a_submission_that_cannot_be_read_keeps_the_note(fields, mailing, login, desk, approver):
    home = reverse("admin:partnership_mailing_home", args=[mailing.pk])

    shown = login(desk).post(home, {"act": "submit", "note": "書いた説明", **fields})

    assert shown.status_code == 422
    assert "書いた説明" in words(shown)
    assert not Approval.objects.filter(state="circulating").exists()


def test_a_way_on_which_nobody_stands_is_refused_and_the_note_kept(mailing, login, desk, approver):
    way = approval_factories.route("empty", [["minister_office"], ["approver"]])
    home = reverse("admin:partnership_mailing_home", args=[mailing.pk])

    shown = login(desk).post(home, {"act": "submit", "note": "書いた説明", "route": way.pk})

    assert shown.status_code == 422
    assert "書いた説明" in words(shown)
    assert not Approval.objects.exists()


def test_what_came_back_is_submitted_again_from_its_own_page(paper, login, desk, approver):
    approvals.send_back(approval=paper, by=approver, opinion="件名を直してください。")
    client = login(desk)

    assert 'value="submit"' in words(client.get(page(paper)))
    client.post(page(paper), {"act": "submit", "note": "直しました。"})

    assert (state(paper), Approval.objects.get().note) == ("circulating", "直しました。")


def test_a_way_that_is_changed_leaves_papers_on_their_way_alone(long_way, login, superuser):
    way = ApprovalRoute.objects.get(key="long")
    before = list(long_way.steps.values_list("order", "group__name"))

    way.stops.filter(order=1).delete()

    assert list(long_way.steps.values_list("order", "group__name")) == before
    assert login(superuser).get(page(long_way)).status_code == 200


# ── decided in somebody's place, and seen afterwards ─────────────────────────


def test_what_a_deputy_decided_is_seen_afterwards(paper, login, approver, desk):
    deputy = factories.user("section")
    approval_factories.delegation(approver, deputy)
    login(deputy).post(page(paper), {"act": "agree", "seen": paper.digest})
    director = login(approver)

    assert state(paper) == "approved"
    assert [turn.url for queue in registry.queues() if queue.key == "afterwards" for turn in queue.turns(approver)] == [page(paper)]
    step = director.get(page(paper)).context["to_review"][0][0]
    director.post(page(paper), {"act": "review", "step": step.pk, "opinion": "承知しました。"})

    step.refresh_from_db()
    assert (step.needs_review, step.review_opinion, step.in_place_of) == (False, "承知しました。", approver)
    assert "承知しました。" in words(login(desk).get(page(paper)))
    assert not login(approver).get(LIST).context["afterwards"]


@pytest.mark.parametrize(("step", "status"), [("", 400), ("x", 400), ("9" * 30, 400), ("987654", 404)])
def test_seeing_something_that_is_not_there(step, status, paper, login, approver):
    assert login(approver).post(page(paper), {"act": "review", "step": step}).status_code == status


# ── the print ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_print_holds_all_that_a_file_needs(long_way, login, viewer, protocol, language):
    approvals.agree(approval=long_way, by=protocol, opinion="席次に問題ありません。")

    html = words(login(viewer).get(reverse("admin:approval_print", args=[long_way.pk]), {"lang": language}))

    for part in ("協会1" if language == "ja" else "Association 1", "席次に問題ありません。", long_way.digest, str(protocol)):
        assert part in html
    assert "<form" not in html.split("<main")[1]


def test_a_draft_can_be_printed_before_it_circulates(mailing, login, desk):
    draft = approvals.draft(thing=mailing, by=desk)

    assert login(desk).get(reverse("admin:approval_print", args=[draft.pk])).status_code == 200
