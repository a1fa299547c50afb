"""Answers to requests: prepared, approved, announced; what voids an approval, and what is left out."""

import datetime as dt

import pytest
from django.utils import timezone

from municipalities import decision_content, decision_letters, decisions, messages, parties, requests, threads
from municipalities.kinds import KINDS
from municipalities.models import MunicipalRequest, RequestDecision
from partnership import approvals, audit
from partnership.models import Email
from partnership.transitions import Refused
from tests import factories
from tests.town_hall import sent

pytestmark = pytest.mark.django_db
State = MunicipalRequest.State
TOUR = "diplomats_study_tour"  # goes through an approval


def tour(city, *joined, **fields):
    return factories.municipal_request(city, *joined, kind=TOUR, title="視察ツアーの共催", **fields)


def prepare(desk, *rows, outcome="accepted"):
    return decisions.prepare(requests=rows, outcome=outcome, by=desk).paper


def approved(paper, desk, approver):
    approval = approvals.draft(thing=paper, by=desk)
    approvals.submit(approval=approval, by=desk)
    return approvals.agree(approval=approval, by=approver)


# ── preparing ────────────────────────────────────────────────────────────────


def test_the_letter_is_that_of_the_kind_filled_for_all_applicants(city, prefecture, desk):
    request = tour(prefecture, city, number_serial=147)
    paper = prepare(desk, request)

    letter = paper.decisions.get()

    assert "R8-0147" in letter.subject
    assert letter.text.startswith("{date}\n\n広島県")  # the day stands at the head once the answer goes out
    assert "広島市" in letter.text
    assert "{" not in letter.text.replace("{date}", "")
    assert audit.about(paper).get().act == "decisionpaper.prepare"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("outcome", ["accepted", "declined"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_kind_has_letters_that_can_be_filled(kind, outcome, language, city):
    city.organisation.language = language
    city.organisation.save()
    subject, text = decision_letters.text_of(factories.municipal_request(city, kind=kind), outcome)

    assert subject
    assert "{" not in subject + text.replace("{date}", "")


def test_braces_that_an_applicant_typed_fill_nothing(city, desk):
    paper = prepare(desk, tour(city))
    MunicipalRequest.objects.update(title="{contact}")
    decisions.edit_letter(decision=paper.decisions.get(), subject="件名", text="{title}", by=desk)

    assert decision_letters.printed(paper.decisions.get())[1] == "(contact)"


def test_requests_that_cannot_be_answered_now_are_named_with_the_reason(city, official, prefecture, desk):
    ready, ended, prepared = tour(city), tour(city, state="withdrawn"), tour(city)
    waiting = tour(city, state="waiting", waiting_since=timezone.now(), reply_by=timezone.now() + dt.timedelta(days=1))
    unconfirmed = sent(city, official, prefecture)
    prepare(desk, prepared)

    found = decisions.prepare(requests=[ready, ended, prepared, waiting, unconfirmed], outcome="declined", by=desk)

    assert [decision.request for decision in found.paper.decisions.all()] == [ready]
    assert [row for row, why in found.skipped if why] == [ended, prepared, waiting, unconfirmed]


def test_one_who_never_replied_can_be_answered(city, desk):
    late = tour(city, state="waiting", waiting_since=timezone.now() - dt.timedelta(days=9), reply_by=timezone.now() - dt.timedelta(days=1))

    assert prepare(desk, late, outcome="declined") is not None


def test_without_a_request_there_is_no_paper(city, desk):
    assert decisions.prepare(requests=[tour(city, state="declined")], outcome="declined", by=desk).paper is None


def test_nobody_without_the_right_answers(city, desk, viewer, official):
    paper = prepare(desk, tour(city))
    for nobody in (viewer, official):
        with pytest.raises(Refused):
            decisions.prepare(requests=[tour(city)], outcome="accepted", by=nobody)
        with pytest.raises(Refused):
            decisions.announce(paper=paper, by=nobody)
        with pytest.raises(Refused):
            decisions.drop(paper=paper, by=nobody)


@pytest.mark.parametrize(
    ("subject", "text"), [("", "本文"), ("件名", ""), ("件名", "{nobody}"), ("件名", "{ 波かっこ"), ("あ" * 201, "本文")]
)
def test_a_letter_that_cannot_be_sent_is_not_kept(city, desk, subject, text):
    letter = prepare(desk, tour(city)).decisions.get()

    with pytest.raises(Refused):
        decisions.edit_letter(decision=letter, subject=subject, text=text, by=desk)
    assert RequestDecision.objects.get().text == letter.text


# ── approving ────────────────────────────────────────────────────────────────


def test_nothing_goes_out_without_the_approval_that_the_kind_wants(city, desk, approver):
    paper = prepare(desk, tour(city))

    assert decisions.needs_approval(paper)
    assert not decisions.may_announce(paper).holds
    with pytest.raises(Refused):
        decisions.announce(paper=paper, by=desk)
    approved(paper, desk, approver)
    assert decisions.may_announce(paper).holds


def test_its_author_never_approves_it(city, desk, approver):
    approver.is_staff = True
    desk.groups.set(approver.groups.all() | desk.groups.all())
    paper = prepare(desk, tour(city))
    approval = approvals.draft(thing=paper, by=desk)
    approvals.submit(approval=approval, by=desk)

    with pytest.raises(Refused):
        approvals.agree(approval=approval, by=desk)


@pytest.mark.parametrize("change", ["letter", "subject of the request", "applicant"])
def test_what_the_deciders_saw_is_bound(city, prefecture, desk, approver, change):
    request = tour(prefecture, city)
    paper = prepare(desk, request)
    approved(paper, desk, approver)

    if change == "letter":
        decisions.edit_letter(decision=paper.decisions.get(), subject="別の件名", text="別の文", by=desk)
    elif change == "applicant":
        request.parties.filter(local_government=city).update(confirmed_at=None, refused_at=timezone.now())
    else:
        MunicipalRequest.objects.update(title="別の要望")

    may = decisions.may_announce(paper)
    assert not may.holds
    assert may.standing.void
    assert may.standing.changes
    with pytest.raises(Refused):
        decisions.announce(paper=paper, by=desk)


def test_what_the_deciders_did_not_see_is_not_bound(city, desk, approver):
    request = tour(city)
    paper = prepare(desk, request)
    approved(paper, desk, approver)

    requests.tag(request=request, tags=[factories.request_tag()], by=desk)
    threads.note(request=request, by=desk, text="内部")

    assert decisions.may_announce(paper).holds


def test_the_day_of_the_answer_is_filled_when_it_goes_out(city, desk, approver):
    paper = prepare(desk, tour(city))
    decisions.edit_letter(decision=paper.decisions.get(), subject="件名", text="{date}\n承ります。", by=desk)
    approval = approved(paper, desk, approver)

    assert approval.content["decisions"][0]["text"] == "{date}\n承ります。"
    decisions.announce(paper=paper, by=desk)
    assert messages.for_officials(MunicipalRequest.objects.get()).last().text.splitlines()[0] != "{date}"


def test_the_page_of_the_approval_shows_each_answer_with_its_letter(city, prefecture, desk, approver, login):
    rows = [tour(city), tour(prefecture)]
    paper = prepare(desk, *rows)
    approval = approvals.draft(thing=paper, by=desk)
    approvals.submit(approval=approval, by=desk)

    page = login(approver).get(f"/admin/approvals/{approval.pk}/").content.decode()

    for row, decision in zip(rows, paper.decisions.order_by("id"), strict=True):
        assert row.number in page
        assert decision.text.splitlines()[2] in page
    assert "{date}" not in page  # in words: nobody knows the day yet


# ── announcing ───────────────────────────────────────────────────────────────


def test_the_answer_ends_the_request_and_everyone_reads_it(city, official, prefecture, prefectural, desk, approver):
    submitted = timezone.now() - dt.timedelta(days=14)
    request = tour(city, state="in_review", submitted_at=submitted, waited_days=2, relay=prefecture)
    paper = prepare(desk, request)
    approved(paper, desk, approver)

    told = decisions.announce(paper=paper, by=desk)

    request.refresh_from_db()
    assert [row.pk for row in told.answered] == [request.pk]
    assert (request.state, request.waiting_since) == (State.ACCEPTED, None)
    assert request.decided_at == request.ended_at
    assert request.processing_days is not None
    assert request.reacted_at is not None
    step = request.messages.last()
    assert (step.kind, step.text) == ("accepted", decision_letters.printed(paper.decisions.get())[1])
    sent_to = {mail.to_address: mail for mail in Email.objects.filter(purpose="request")}
    assert set(sent_to) == {official.email, prefectural.email}
    mail = sent_to[official.email]
    assert mail.subject == paper.decisions.get().subject
    assert mail.text.splitlines()[2] == "広島市 御中"
    assert f"/portal/requests/{request.uuid}/" in mail.text
    with pytest.raises(Refused):
        decisions.announce(paper=paper, by=desk)


def test_who_refused_to_join_gets_no_answer(city, official, prefecture, prefectural, desk):
    request = factories.municipal_request(city, prefecture)
    request.parties.filter(local_government=prefecture).update(confirmed_at=None, refused_at=timezone.now())

    decisions.announce(paper=prepare(desk, request, outcome="declined"), by=desk)

    assert [mail.to_address for mail in Email.objects.filter(purpose="request")] == [official.email]


def test_the_preview_is_what_is_sent(city, official, desk):
    paper = prepare(desk, factories.municipal_request(city), outcome="declined")
    preview = decisions.mail_of(paper.decisions.get())

    decisions.announce(paper=paper, by=desk)

    mail = Email.objects.get(purpose="request")
    assert (preview.subject, preview.text, preview.to) == (mail.subject, mail.text, [mail.to_address])


def test_a_request_that_was_withdrawn_meanwhile_is_left_out(city, desk, approver):
    stays, goes = tour(city), tour(city)
    paper = prepare(desk, stays, goes)
    approved(paper, desk, approver)
    requests.withdraw(request=goes, by=desk, reason="")

    told = decisions.announce(paper=paper, by=desk)

    assert [row.pk for row in told.answered] == [stays.pk]
    assert [row.pk for row, _why in told.skipped] == [goes.pk]
    assert not RequestDecision.objects.filter(is_open=True).exists()


def test_a_paper_without_a_request_left_is_dropped_not_announced(city, desk):
    request = factories.municipal_request(city)
    paper = prepare(desk, request, outcome="declined")
    requests.withdraw(request=request, by=desk, reason="")

    with pytest.raises(Refused):
        decisions.announce(paper=paper, by=desk)
    decisions.drop(paper=paper, by=desk)
    paper.refresh_from_db()
    assert paper.state == "dropped"


def test_dropping_a_paper_drops_its_approval_and_frees_its_requests(city, desk, approver):
    request = tour(city)
    paper = prepare(desk, request)
    approval = approvals.draft(thing=paper, by=desk)
    approvals.submit(approval=approval, by=desk)

    decisions.drop(paper=paper, by=desk)

    approval.refresh_from_db()
    assert approval.state == "dropped"
    assert prepare(desk, request) is not None


def test_answering_while_we_wait_ends_the_waiting(city, desk):
    since = timezone.now() - dt.timedelta(days=14)
    request = factories.municipal_request(
        city, state="waiting", waiting_since=since, submitted_at=since, reply_by=timezone.now() - dt.timedelta(days=1)
    )

    decisions.announce(paper=prepare(desk, request, outcome="declined"), by=desk)

    request.refresh_from_db()
    assert (request.waiting_since, request.reply_by, request.processing_days) == (None, None, 0)
    assert parties.named(request) == ["広島市"]


def test_a_paper_is_called_by_what_it_asks_for(city, desk):
    call = factories.call(title_ja="令和9年度の募集", title_en="Call 2027")
    one = prepare(desk, tour(city, number_serial=7))
    many = decisions.prepare(requests=[tour(city), tour(city)], outcome="declined", by=desk, call=call).paper

    assert decision_content.titles(one) == (
        "要望R8-0007「視察ツアーの共催」を採択すること",
        "To accept the request R8-0007 “視察ツアーの共催”",
    )
    assert decision_content.titles(many) == (
        "「令和9年度の募集」への要望2件に回答すること（不採択2件）",
        "To answer 2 requests of “Call 2027” (2 declined)",
    )
