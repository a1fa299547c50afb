"""A request from its first draft to the file: writing, sending, the division's acts, the end."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import override

from municipalities import drafts, parties, requests, rights
from municipalities.kinds import KINDS, kind_of
from municipalities.models import MunicipalRequest, RequestMessage
from municipalities.questions import Document
from municipalities.requests import Stale
from partnership import attachments, audit
from partnership.models import Attachment, AuditEvent, Email
from partnership.transitions import Refused
from tests import factories
from tests.town_hall import draft, sent, write

pytestmark = pytest.mark.django_db
State = MunicipalRequest.State


def words_of(refused):
    return str(refused.value)


def acts(request):
    return list(audit.about(request).order_by("id").values_list("act", flat=True))


# ── beginning ────────────────────────────────────────────────────────────────


def test_a_draft_belongs_to_its_body_and_has_one_applicant(city, official):
    request = draft(city, official)

    assert (request.state, request.number, request.created_by) == (State.DRAFT, "", official)
    assert [(party.local_government, party.order) for party in request.parties.all()] == [(city, 1)]
    assert acts(request) == ["municipalrequest.start"]


def test_the_same_key_twice_is_the_same_draft(city, official):
    key = uuid.uuid4()

    assert draft(city, official, start_key=key) == draft(city, official, start_key=key)
    assert MunicipalRequest.objects.count() == 1


def test_somebody_elses_key_opens_nothing(city, official, neighbour):
    key = uuid.uuid4()
    draft(city, official, start_key=key)

    with pytest.raises(Refused):
        draft(neighbour.organisation.local_government, neighbour, start_key=key)


def test_nobody_begins_a_request_for_a_neighbour(city, neighbour, viewer):
    for stranger in (neighbour, viewer, factories.user("mission_officer")):
        with pytest.raises(Refused):
            draft(city, stranger)


def test_a_body_that_was_merged_away_applies_no_more(city, official):
    city.organisation.valid_to = dt.date(2020, 3, 31)
    city.organisation.save()

    with pytest.raises(Refused):
        draft(city, official)


def test_a_call_takes_its_own_kinds(city, official):
    with pytest.raises(Refused):
        draft(city, official, call=factories.call(kinds=["diplomats_study_tour"]))


def test_an_account_that_waits_for_access_begins_a_draft_of_the_body_it_asked_for(city, neighbour):
    asked = factories.access_request(city)
    request = draft(city, asked.user)

    assert list(MunicipalRequest.objects.visible_to(asked.user)) == [request]
    write(request, asked.user)
    with pytest.raises(Refused, match=r"not confirmed|確認"):
        requests.submit(request=request, by=asked.user)
    with pytest.raises(Refused):
        draft(neighbour.organisation.local_government, asked.user)


def test_with_the_access_the_draft_becomes_the_bodys(city, official, prefecture):
    asked = factories.access_request(prefecture)
    request = write(draft(prefecture, asked.user), asked.user)
    asked.user.organisation = city.organisation  # the division found that they belong to the city
    asked.user.save()

    assert drafts.adopt(user=asked.user, body=city) == 1
    assert list(MunicipalRequest.objects.visible_to(official)) == [request]
    assert parties.named(MunicipalRequest.objects.get()) == ["広島市"]


# ── writing ──────────────────────────────────────────────────────────────────


def test_prefectures_come_before_municipalities_then_the_code_decides(city, official, prefecture):
    other = factories.local_government("青森市", first_five="02201")

    request = write(draft(city, official), official, joined=[other, prefecture])

    assert parties.named(request) == ["広島県", "青森市", "広島市"]
    write(request, official, joined=[prefecture])
    assert [party.order for party in request.parties.order_by("order")] == [1, 2]


def test_only_own_products_can_be_chosen(city, official, prefecture):
    mine, theirs, foreign = factories.attraction(city), factories.attraction(prefecture), factories.attraction()
    request = draft(city, official)

    with pytest.raises(Refused):
        write(request, official, attractions=[mine, foreign])
    with pytest.raises(Refused):
        write(request, official, attractions=[theirs])  # the prefecture has not joined
    saved = write(request, official, attractions=[mine, theirs], joined=[prefecture])
    assert set(saved.attractions.all()) == {mine, theirs}


@pytest.mark.parametrize("wrong", ["itself", "gone", "too many"])
def test_who_cannot_join_is_refused(city, official, wrong):
    gone = factories.local_government("旧町")
    gone.organisation.valid_to = dt.date(2020, 1, 1)
    gone.organisation.save()
    joined = {"itself": [city], "gone": [gone], "too many": [factories.local_government() for _n in range(parties.MOST + 1)]}[wrong]

    with pytest.raises(Refused):
        write(draft(city, official), official, joined=joined)


def test_a_request_goes_through_the_applicants_own_prefecture_only(city, official, prefecture):
    stranger = factories.local_government("青森県", kind="prefecture")
    request = draft(city, official)

    with pytest.raises(Refused):
        write(request, official, relay=stranger)
    assert write(request, official, relay=prefecture).relay == prefecture


def test_a_mission_is_one_of_japans_missions(city, official):
    with pytest.raises(Refused):
        write(draft(city, official), official, mission=factories.embassy("NO"))


def test_answers_to_questions_that_nobody_asked_are_left_out(city, official):
    request = write(
        draft(city, official), official, answers={"purpose": "相談", "state": "accepted", "_raw": {"answer_wished": "来月", "x": "y"}}
    )

    assert request.answers == {"purpose": "相談", "_raw": {"answer_wished": "来月"}}
    assert request.state == State.DRAFT


@pytest.mark.parametrize("answer", [{"purpose": 5}, {"purpose": "あ" * 100_000}, {"answer_wished": "soon"}, {"way": ["pigeon"]}])
def test_an_answer_that_does_not_fit_its_question_is_refused(city, official, answer):
    with pytest.raises(Refused):
        write(draft(city, official), official, answers=answer)


def test_an_autosave_that_changes_nothing_writes_nothing(city, official):
    request = write(draft(city, official), official)
    before = (request.version, request.history.count())

    again = write(request, official)

    assert (again.version, again.history.count()) == before


def test_the_second_of_two_savers_is_told_what_the_first_one_changed(city, official, prefecture):
    colleague, product = factories.official(city), factories.attraction(city, name_ja="牡蠣")
    request = write(draft(city, official), official)
    seen = request.version
    write(
        request,
        colleague,
        title="別の件名",
        answers={"purpose": "新しい目的"},
        attractions=[product],
        joined=[prefecture],
        relay=prefecture,
    )

    with override("en"), pytest.raises(Stale) as stale:
        write(request, official, version=seen, title="私の件名")

    told = {one.label: (one.before, one.after) for one in stale.value.differences}
    assert told["Subject"] == ("視察ツアーの共催について", "別の件名")
    assert told["What it is about"] == ("平和記念公園と酒蔵を紹介したい。", "新しい目的")
    assert told["Products and performers"] == ("(empty)", "Speciality")
    assert told["Joint applicants"][0] == "(empty)"
    assert told["Through"] == ("(empty)", "Hiroshima Prefecture")
    request.refresh_from_db()
    assert (stale.value.version, request.title) == (request.version, "別の件名")
    assert write(request, official, version=stale.value.version, title="私の件名").title == "私の件名"


def test_what_the_division_does_with_a_returned_form_is_no_conflict(city, official, desk):
    request = sent(city, official)
    requests.take(request=request, by=desk)
    MunicipalRequest.objects.filter(pk=request.pk).update(state=State.WAITING, is_returned=True)
    request.refresh_from_db()
    seen = request.version
    requests.assign(request=request, to=factories.user("desk"), by=desk)

    assert write(request, official, version=seen, title="直した件名").title == "直した件名"


def test_a_colleague_writes_on_a_neighbour_does_not(city, official, neighbour, desk):
    request = draft(city, official)

    write(request, factories.official(city))
    for stranger in (neighbour, desk):  # what an official writes is not the division's before it is sent
        with pytest.raises(Refused):
            write(request, stranger)


# ── last year's ──────────────────────────────────────────────────────────────


def test_a_copy_takes_over_what_is_still_true(city, official, prefecture):
    today = timezone.localdate()
    product, gone = factories.attraction(city), factories.attraction(city, is_active=False)
    months = {"wished_months": [f"{today.year - 1}-05", f"{today.year + 1}-05"]}
    old = factories.municipal_request(
        city, prefecture, kind="diplomats_study_tour", title="去年の件名", answers={**months, "no_longer_asked": "x"}, relay=prefecture
    )
    old.attractions.set([product, gone])
    question = next(key for key in (q.key for q in kind_of("diplomats_study_tour").questions if q.type == "months"))
    old.answers = {question: months["wished_months"], "no_longer_asked": "x"}
    old.save()

    new = requests.start(kind=old.kind, applicant=city, by=official, copy_of=old)

    assert (new.title, new.relay, new.copied_from) == ("去年の件名", prefecture, old)
    assert (new.answers[question], "no_longer_asked" in new.answers) == ([f"{today.year + 1}-05"], False)
    assert list(new.attractions.all()) == [product]
    assert parties.named(new) == ["広島県", "広島市"]
    assert (new.state, new.number, new.submitted_at, new.expected_on) == (State.DRAFT, "", None, None)
    assert all(party.confirmed_at is None for party in new.parties.all())


def test_who_begins_a_request_is_its_contact_also_in_a_copy_of_a_predecessors(city, official):
    old = factories.municipal_request(
        city,
        kind="diplomats_study_tour",
        answers={"contact_name": "前任", "contact_phone": "082-000-0000", "contact_email": "old@lg.example.jp"},
    )
    new = requests.start(kind=old.kind, applicant=city, by=official, copy_of=old)
    assert [new.answers[key] for key in ("contact_name", "contact_post", "contact_email")] == [official.name, official.post, official.email]
    assert new.answers["contact_phone"] == "082-000-0000"


def test_nobody_copies_a_neighbours_request(city, official):
    with pytest.raises(Refused):
        draft(city, official, copy_of=factories.municipal_request())


def test_a_draft_can_be_thrown_away_with_its_files(city, official, neighbour):
    request = draft(city, official)
    attachments.attach(about=request, upload=SimpleUploadedFile("行程案.txt", b"1"), by=official)

    with pytest.raises(Refused):
        drafts.discard(request=request, by=neighbour)
    drafts.discard(request=request, by=official)

    assert not MunicipalRequest.objects.exists()
    assert not Attachment.objects.exists()
    assert AuditEvent.objects.filter(act="municipalrequest.discard").exists()


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
