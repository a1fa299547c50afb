"""A request from its sending to the file: sending, the division's acts, the end."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import override

from municipalities import parties, requests, rights
from municipalities.kinds import KINDS
from municipalities.models import MunicipalRequest, RequestMessage
from municipalities.questions import Document
from partnership import attachments
from partnership.models import Email
from partnership.transitions import Refused
from tests import factories
from tests.request_acts import State, acts
from tests.town_hall import draft, sent, write

pytestmark = pytest.mark.django_db


def words_of(refused):
    return str(refused.value)


# ── sending ──────────────────────────────────────────────────────────────────


def test_what_is_missing_is_said_question_by_question(city, official):
    request = draft(city, official)

    assert [key for key, _sentence in requests.missing(request)] == ["title", "purpose"]
    with pytest.raises(Refused):
        requests.submit(request=request, by=official)
    assert requests.missing(write(request, official)) == []


def test_what_could_not_be_read_must_be_corrected_first(city, official):
    request = write(draft(city, official), official, answers={"purpose": "相談", "_raw": {"answer_wished": "来月あたり"}})

    assert [key for key, _sentence in requests.missing(request)] == ["answer_wished"]


def test_a_document_that_the_kind_needs_is_asked_for(city, official, monkeypatch):
    plan = Document("plan", format_lazy("行程案"), required=True)
    monkeypatch.setitem(KINDS, "free_consultation", replace(KINDS["free_consultation"], documents=(plan,)))
    request = draft(city, official)

    assert "行程案" in dict(requests.missing(request))["plan"]
    attachments.attach(about=request, upload=SimpleUploadedFile("行程案.txt", b"1"), by=official, label="plan")
    assert "plan" not in dict(requests.missing(request))


def test_sending_gives_a_number_a_day_and_a_step(city, official, prefecture):
    request = sent(city, official)

    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    assert request.number == f"R{request.number_year - 2018}-0001"
    assert request.expected_on > timezone.localdate()
    assert request.confirm_by is None
    assert request.parties.get().confirmed_at is not None
    assert [(step.kind, step.body) for step in request.messages.all()] == [("submitted", city)]
    assert sent(city, official).number_serial == 2


def test_sent_twice_it_is_sent_once(city, official):
    request = sent(city, official)

    again = requests.submit(request=request, by=official)

    assert again.number == request.number
    assert request.messages.count() == 1
    assert Email.objects.count() == 1


def test_joint_applicants_and_the_prefecture_have_five_open_days(city, official, prefecture):
    assert sent(city, official, prefecture).confirm_by is not None
    assert sent(city, official, relay=prefecture).confirm_by is not None


def call_for_consultations(**fields):
    return factories.call(kinds=["free_consultation"], **fields)


def test_a_call_that_closed_a_second_ago_takes_nothing_and_says_when_it_closed(city, official, settings):
    settings.CONTACT_PHONE = "03-1234-5678"
    closes = timezone.now() - dt.timedelta(seconds=1)
    request = write(draft(city, official, call=call_for_consultations(closes_at=closes)), official)

    with pytest.raises(Refused) as refused:
        requests.submit(request=request, by=official)

    assert f"{timezone.localtime(closes):%H:%M}" in words_of(refused)
    assert "03-1234-5678" in words_of(refused)
    request.refresh_from_db()
    assert (request.state, request.number) == (State.DRAFT, "")


@pytest.mark.parametrize("fields", [{"is_published": False}, {"opens_at": timezone.now() + dt.timedelta(days=1)}])
def test_a_call_that_is_not_open_yet_takes_nothing(city, official, fields):
    request = write(draft(city, official, call=call_for_consultations(**fields)), official)

    with pytest.raises(Refused):
        requests.submit(request=request, by=official)


def test_staff_enter_after_the_closing_what_came_by_mail_in_time(city, desk):
    call = call_for_consultations(closes_at=timezone.now() - dt.timedelta(hours=15))
    request = write(draft(city, desk, call=call), desk)

    with pytest.raises(Refused):
        requests.submit(request=request, by=desk)  # the portal is closed for them, too
    requests.submit(request=request, by=desk, source="mail")

    step = request.messages.get()
    assert step.facts == {"source": "mail", "after_closing": True, "on_behalf": True}


def test_a_call_can_demand_the_way_through_the_prefecture(city, official, prefecture):
    request = write(draft(city, official, call=call_for_consultations(relay="must")), official)

    assert "relay" in dict(requests.missing(request))
    assert "relay" not in dict(requests.missing(write(request, official, relay=prefecture)))


def test_a_call_promises_the_day_of_the_answer(city, official):
    promised = timezone.localdate() + dt.timedelta(days=90)
    request = write(draft(city, official, call=call_for_consultations(answer_by=promised)), official)

    assert requests.submit(request=request, by=official).expected_on == promised


# ── the division's acts ──────────────────────────────────────────────────────


def test_taking_it_is_the_first_reaction(city, official, desk):
    request = sent(city, official)

    requests.take(request=request, by=desk)

    request.refresh_from_db()
    assert (request.state, request.assignee) == (State.IN_REVIEW, desk)
    assert request.reacted_at is not None
    with pytest.raises(Refused):
        requests.take(request=request, by=desk)


def test_only_members_of_the_division_are_put_in_charge(city, official, desk, viewer):
    request = sent(city, official)

    requests.assign(request=request, to=desk, by=desk)
    for nobody in (viewer, official):
        with pytest.raises(Refused):
            requests.assign(request=request, to=nobody, by=desk)
    requests.assign(request=request, to=None, by=desk)
    request.refresh_from_db()
    assert request.assignee is None


def test_tags_relations_and_the_opinion_of_the_mission_are_kept(city, official, desk):
    request, other = sent(city, official), sent(city, official)

    requests.tag(request=request, tags=[factories.request_tag("復興")], by=desk)
    requests.relate(request=request, others=[other, request], by=desk)
    requests.record_opinion(request=request, by=desk, text="公邸を使える。")

    request.refresh_from_db()
    assert [str(tag) for tag in request.tags.all()] == ["復興"]
    assert list(other.related.all()) == [request]
    assert request.mission_opinion == "公邸を使える。"


# ── the end, and after it ────────────────────────────────────────────────────


def test_the_applicant_withdraws_a_joint_applicant_does_not(city, official, prefecture, prefectural, desk):
    request = sent(city, official, prefecture)

    with pytest.raises(Refused):
        requests.withdraw(request=request, by=prefectural, reason="")
    requests.withdraw(request=request, by=official, reason="市長の日程が合わなくなりました。")

    request.refresh_from_db()
    assert request.state == State.WITHDRAWN
    assert request.ended_at is not None
    assert request.messages.last().text == "市長の日程が合わなくなりました。"


def test_staff_withdraw_for_the_body_that_telephoned(city, official, desk):
    request = sent(city, official)

    requests.withdraw(request=request, by=desk, reason="電話で申出", body=city)

    step = request.messages.last()
    assert (step.body, step.facts) == (city, {"on_behalf": True})


def ended(city, official, days, state="declined"):
    request = sent(city, official)
    then = timezone.now() - dt.timedelta(days=days)
    MunicipalRequest.objects.filter(pk=request.pk).update(state=state, ended_at=then, decided_at=then)
    request.refresh_from_db()
    return request


def test_within_thirty_days_it_is_taken_up_again(city, official, desk, neighbour):
    request = ended(city, official, 29)

    assert not rights.may(request, "reopen", neighbour)
    requests.reopen(request=request, by=official, reason="予算が認められました。")

    request.refresh_from_db()
    assert (request.state, request.ended_at, request.decided_at) == (State.IN_REVIEW, None, None)
    late = ended(city, official, 31)
    for person in (official, desk):
        with pytest.raises(Refused):
            requests.reopen(request=late, by=person, reason="やはりお願いします。")


def test_an_accepted_request_is_taken_up_again_by_the_division_alone(city, official, desk):
    request = ended(city, official, 1, state="accepted")

    assert not rights.may(request, "reopen", official)
    assert rights.may(request, "reopen", desk)


def test_the_night_files_what_ended_thirty_days_ago_and_nothing_twice(city, official):
    old, young = ended(city, official, 31), ended(city, official, 29)

    assert requests.nightly() == 1
    assert requests.nightly() == 0

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (State.CLOSED, State.DECLINED)
    assert [step.kind for step in old.messages.all()][-1] == "closed"


def test_the_night_goes_on_without_those_who_did_not_confirm_and_says_so_once(city, official, prefecture):
    request = sent(city, official, prefecture)
    MunicipalRequest.objects.update(confirm_by=timezone.localdate() - dt.timedelta(days=1))
    mails = Email.objects.count()

    assert requests.nightly() == 1
    assert requests.nightly() == 0

    assert RequestMessage.objects.filter(facts__days_over=True).get().facts["bodies"] == [prefecture.code]
    assert Email.objects.count() > mails
    request.refresh_from_db()
    assert parties.is_ready(request)


def test_a_verb_that_is_refused_leaves_nothing_behind(city, official):
    request = write(draft(city, official), official)
    before = acts(request)

    with transaction.atomic(), pytest.raises(Refused):
        requests.submit(request=request, by=factories.official())

    assert acts(request) == before


def test_a_draft_that_came_as_a_form_says_so_when_it_is_sent(city, official):
    request = write(draft(city, official, source="excel"), official)

    assert requests.submit(request=request, by=official).source == "excel"
    assert request.messages.get().facts == {"source": "excel"}


def test_the_wish_to_send_after_the_closing_is_answered_before_anything_is_asked_for(city, official):
    request = draft(city, official, call=call_for_consultations(closes_at=timezone.now()))

    with override("en"), pytest.raises(Refused, match=r"^This call closed at"):
        requests.submit(request=request, by=official)
