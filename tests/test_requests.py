"""A request from its first draft to the file: writing, sending, the division's acts, the end."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from municipalities import drafts, parties, requests
from municipalities.kinds import kind_of
from municipalities.models import MunicipalRequest
from municipalities.requests import Stale
from partnership import attachments
from partnership.models import Attachment, AuditEvent
from partnership.transitions import Refused
from tests import factories
from tests.request_acts import State, acts
from tests.town_hall import draft, sent, write

pytestmark = pytest.mark.django_db

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
