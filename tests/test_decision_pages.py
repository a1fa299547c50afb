"""Papers with answers to requests: letters, approval, announcement."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities import decisions
from municipalities.models import DecisionPaper
from partnership import approvals
from partnership import desk as registry
from partnership.models import Approval, Email
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/municipalities/decisionpaper/"


def home(paper):
    return reverse("admin:municipalities_decisionpaper_home", args=[paper.pk])


def letter(decision):
    return reverse("admin:municipalities_decisionpaper_letter", args=[decision.paper_id, decision.pk])


def tour(*joined, **fields):
    """A request whose answer needs an approval, of a city with an account."""
    city = fields.pop("city", None) or factories.local_government()
    factories.official(city)
    return factories.municipal_request(city, *joined, kind="diplomats_study_tour", call=factories.call(), **fields)


@pytest.fixture
def paper(desk):
    return decisions.prepare(requests=[tour(), tour()], outcome="accepted", by=desk).paper


def approved(paper, desk, approver):
    approvals.submit(approval=approvals.draft(thing=paper, by=desk), by=desk)
    approvals.agree(approval=approvals.open_paper(paper), by=approver)


def save(client, decision, **fields):
    page = client.get(letter(decision))
    return client.post(letter(decision), {**page.context["form"].initial, **fields})


# ── the list ─────────────────────────────────────────────────────────────────


def test_the_list_says_what_was_answered_and_how_its_approval_stands(login, desk, approver, paper):
    approved(paper, desk, approver)
    client = login(desk)

    html = client.get(LIST, {"lang": "en"}).content.decode()

    assert home(paper) in html
    assert "approved" in html
    number = paper.decisions.first().request.number
    assert list(client.get(LIST, {"q": number}).context["cl"].result_list) == [paper]
    assert client.get(f"{LIST}{paper.pk}/change/")["Location"] == home(paper)
    assert client.get(f"{LIST}add/").status_code == 403


def test_the_list_costs_the_same_whatever_its_length(login, desk, assert_fixed_queries):
    client = login(desk)

    assert_fixed_queries(lambda: client.get(LIST), lambda: factories.decision_paper(by=desk, call=factories.call()))


# ── the paper ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_paper_shows_each_request_with_its_answer(login, viewer, paper, language):
    page = login(viewer).get(home(paper), {"lang": language})

    html = page.content.decode()
    assert all(decision.request.number in html for decision in paper.decisions.all())
    assert 'name="act"' not in html


def test_the_paper_costs_the_same_for_few_and_for_many(login, desk, assert_fixed_queries):
    paper, client = factories.decision_paper(by=desk), login(desk)

    def add():
        request = factories.municipal_request(call=factories.call())
        paper.decisions.create(request=request, outcome="accepted", subject="御要望について", text="承ります。")

    assert_fixed_queries(lambda: client.get(home(paper)), add)


def test_who_may_open_it(login, client, viewer, approver, protocol, door, clerk, paper):
    for url in (home(paper), letter(paper.decisions.first())):
        assert [login(one).get(url).status_code for one in (viewer, approver, protocol, door, clerk)] == [200, 200, 403, 403, 403]
        assert client.get(url).status_code == 302
    assert login(viewer).get(reverse("admin:municipalities_decisionpaper_home", args=[987654])).status_code == 404


def test_who_only_reads_changes_nothing(login, viewer, paper):
    client = login(viewer)

    for act in ("submit", "recall", "announce", "drop"):
        assert client.post(home(paper), {"act": act}).status_code == 403
    assert client.post(letter(paper.decisions.first()), {"subject": "x", "text": "y"}).status_code == 403
    assert client.get(letter(paper.decisions.first())).context["form"] is None


@pytest.mark.parametrize("fields", [{}, {"act": "x"}, {"act": "submit", "due_on": "昨日"}])
def test_a_broken_form_is_a_mistake_of_the_sender(login, desk, paper, fields):
    assert login(desk).post(home(paper), fields).status_code in {400, 422}


# ── letters ──────────────────────────────────────────────────────────────────


def test_a_letter_is_edited_and_shown_as_the_mail_will_be(login, desk, paper):
    decision = paper.decisions.first()
    client = login(desk)

    answer = save(client, decision, text="御申請 {number} を承ります。")

    assert answer.status_code == 302
    mail = client.get(letter(decision)).context["mail"]
    assert f"御申請 {decision.request.number} を承ります。" in mail.text
    assert mail.to == [user.email for user in decision.request.applicant.organisation.users.all()]


def test_one_goes_through_all_letters_one_by_one(login, desk, paper):
    first, second = paper.decisions.order_by("request__number_serial")
    client = login(desk)

    assert save(client, first, then="next")["Location"] == letter(second)
    assert save(client, second, then="next")["Location"] == home(paper)


@pytest.mark.parametrize("fields", [{"subject": ""}, {"text": ""}, {"text": "{unknown}"}, {"subject": "あ" * 201}])
def test_a_letter_that_cannot_be_printed_keeps_what_was_typed(login, desk, paper, fields):
    decision = paper.decisions.first()

    page = save(login(desk), decision, **{"text": "書いた文", **fields})

    assert page.status_code == 422
    assert fields.get("text", "書いた文") in page.content.decode()
    decision.refresh_from_db()
    assert decision.text != fields.get("text", "書いた文")


def test_the_second_of_two_writers_is_told_and_sees_both_texts(login, desk, paper):
    decision = paper.decisions.first()
    client = login(desk)
    form = client.get(letter(decision)).context["form"].initial
    decisions.edit_letter(decision=decision, subject="件名", text="同僚の文", by=desk)

    page = client.post(letter(decision), {**form, "text": "私の文"})

    assert page.status_code == 422
    html = page.content.decode()
    assert "同僚の文" in html
    assert "私の文" in html
    again = client.post(letter(decision), {"subject": "件名", "text": "私の文", "before": page.context["form"]["before"].value()})
    assert again.status_code == 302
    decision.refresh_from_db()
    assert decision.text == "私の文"


def test_a_letter_of_another_paper_is_not_found(login, desk, paper):
    other = factories.decision_paper(by=desk).decisions.get()

    assert login(desk).get(reverse("admin:municipalities_decisionpaper_letter", args=[paper.pk, other.pk])).status_code == 404


# ── from the paper to the answer ─────────────────────────────────────────────


def test_the_answers_are_approved_and_then_announced(login, desk, approver, paper):
    client = login(desk)
    assert client.get(home(paper)).context["may"]["announce"] is False

    client.post(home(paper), {"act": "submit", "note": "2件です。"})
    approval = Approval.objects.get()
    assert (approval.state, approval.note) == ("circulating", "2件です。")
    assert login(approver).get(reverse("admin:approval", args=[approval.pk])).status_code == 200
    login(approver).post(reverse("admin:approval", args=[approval.pk]), {"act": "agree", "seen": approval.digest})
    assert client.get(home(paper)).context["may"]["announce"] is True
    client.post(home(paper), {"act": "announce"})

    paper.refresh_from_db()
    assert paper.state == DecisionPaper.State.ANNOUNCED
    for decision in paper.decisions.all():
        assert decision.request.state == "accepted"
        assert Email.objects.filter(to_address=decision.request.applicant.organisation.users.get().email).exists()


def test_the_applicant_reads_the_letter_as_it_was_sent_with_its_day(login, desk, approver, paper):
    approved(paper, desk, approver)
    decisions.announce(paper=paper, by=desk)
    request = paper.decisions.first().request

    page = login(factories.official(request.applicant)).get(reverse("portal:request", args=[request.uuid])).content.decode()

    assert 'id="letter"' in page
    assert "{date}" not in page


def test_nothing_is_announced_without_the_approval(login, desk, paper):
    client = login(desk)

    client.post(home(paper), {"act": "announce"})

    paper.refresh_from_db()
    assert paper.state == "draft"
    assert not Email.objects.exists()


def test_a_changed_letter_voids_the_approval_and_the_page_shows_what_changed(login, desk, approver, paper):
    approved(paper, desk, approver)
    client = login(desk)
    assert "notice turn" in client.get(letter(paper.decisions.first())).content.decode()

    save(client, paper.decisions.first(), text="書き直した文")

    page = client.get(home(paper))
    assert page.context["standing"].void
    assert page.context["standing"].changes
    assert page.context["may"]["submit"]
    assert not page.context["may"]["announce"]


def test_a_paper_is_recalled_and_dropped(login, desk, approver, paper):
    client = login(desk)
    client.post(home(paper), {"act": "submit"})

    client.post(home(paper), {"act": "recall"})
    assert Approval.objects.get().state == "recalled"
    client.post(home(paper), {"act": "drop"})

    paper.refresh_from_db()
    assert paper.state == "dropped"
    assert not paper.decisions.filter(is_open=True).exists()
    assert client.get(home(paper)).status_code == 200


def test_one_request_is_taken_off_and_answered_elsewhere(login, desk, approver, paper):
    approved(paper, desk, approver)
    first, second = paper.decisions.order_by("pk")
    client = login(desk)

    page = client.post(home(paper), {"act": "take_off", "decision": first.pk}, follow=True)

    assert list(paper.decisions.all()) == [second]
    assert approvals.standing(paper).void, "the deciders approved another list"
    assert first.request.number in page.text
    assert decisions.prepare(requests=[first.request], outcome="declined", by=desk).paper is not None
    page = client.post(home(paper), {"act": "take_off", "decision": second.pk}, follow=True)
    assert list(paper.decisions.all()) == [second], "the last one is not taken off: the paper is dropped"


def test_the_paper_names_applicants_whom_no_mail_reaches(login, desk):
    city = factories.local_government()
    city.organisation.email = ""
    city.organisation.save()
    silent = factories.municipal_request(city, kind="diplomats_study_tour", call=factories.call())
    paper = decisions.prepare(requests=[silent, tour()], outcome="accepted", by=desk).paper

    page = login(desk).get(home(paper))

    assert page.context["silent"] == [silent]


def test_an_answer_that_needs_no_approval_is_announced_at_once(login, desk):
    request = factories.municipal_request()
    paper = decisions.prepare(requests=[request], outcome="accepted", by=desk).paper
    client = login(desk)

    may = client.get(home(paper)).context["may"]
    assert (may["announce"], may["submit"]) == (True, False)
    client.post(home(paper), {"act": "announce"})

    request.refresh_from_db()
    assert request.state == "accepted"


def test_a_request_withdrawn_meanwhile_is_left_out_and_named(login, desk, approver, paper):
    from_first = paper.decisions.first().request
    approved(paper, desk, approver)
    type(from_first).objects.filter(pk=from_first.pk).update(state="withdrawn")

    page = login(desk).post(home(paper), {"act": "announce"}, follow=True)

    assert any(from_first.number in str(message) for message in page.context["messages"])


# ── the work desk ────────────────────────────────────────────────────────────


def waiting(user):
    """What waits for a person on the desk, by address."""
    return [turn.url for queue in registry.queues() for turn in queue.turns(user) if "municipalrequest" in turn.url or "paper" in turn.url]


def test_the_desk_shows_requests_that_wait_and_answers_that_may_go_out(login, desk, approver, paper):
    approved(paper, desk, approver)
    mine, new = factories.municipal_request(assignee=desk), factories.municipal_request(state="submitted")
    late = factories.municipal_request(assignee=desk, expected_on=timezone.localdate() - dt.timedelta(days=1))
    factories.municipal_request(assignee=factories.user("desk"))
    factories.municipal_request(assignee=desk, state="waiting")
    of_paper = [decision.request for decision in paper.decisions.all()]  # in nobody's charge

    urls = [reverse("admin:municipalities_municipalrequest_home", args=[row.pk]) for row in (mine, new, late, *of_paper)]

    assert sorted(waiting(desk)) == sorted([home(paper), *urls])
    html = login(desk).get("/admin/", {"all": ""}).content.decode()
    assert all(url in html for url in [home(paper), *urls])
    for queue in registry.queues():
        assert login(desk).get(queue.url()).status_code == 200


def test_the_desk_of_others_shows_no_requests(approver, viewer, paper):
    assert not waiting(approver)
    assert not waiting(viewer)
