"""Writing a request: from the first question to the number, with nothing lost and nothing sent twice."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from municipalities import requests
from municipalities.kinds import KINDS
from municipalities.models import Attraction, MunicipalRequest
from partnership import attachments, business_days
from partnership.models import Email, User
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def city(clerk: User) -> Any:
    """The clerk's city."""
    return clerk.organisation.local_government


@pytest.fixture
def draft(clerk: User, city: Any) -> MunicipalRequest:
    """A consultation that the clerk began."""
    return requests.start(kind="free_consultation", applicant=city, by=clerk)


def address(request: MunicipalRequest, page: str = "edit") -> str:
    """A page of a request."""
    return f"/portal/requests/{request.uuid}/{page}/"


def filled(request: MunicipalRequest, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a complete consultation."""
    answers = {"title": "姉妹都市の相談", **required_answers(request)}
    return {**answers, "version": request.version, "page": str(uuid4()), **changes}


def required_answers(request: MunicipalRequest) -> dict[str, Any]:
    """An answer for every question that needs one, as it is typed."""
    given: dict[str, Any] = {}
    samples = {
        "line": "広島",
        "phone": "082-000-0000",
        "email": "kokusai@lg.example.jp",
        "text": "相談したいことがあります。",
        "number": "40",
        "yen": "150万円",
        "yes": "no",
        "date": "R13.5.14",
        "months": "2031-05",
        "countries": "*",
    }
    for question in request.kind_facts.questions:
        if question.required and question.when is None:
            given[question.key] = samples.get(question.type) or question.choices[0][0]
    return given


# ── finding and starting ─────────────────────────────────────────────────────


def test_three_questions_lead_to_a_kind_and_all_kinds_are_listed(login, clerk):
    page = login(clerk).get("/portal/requests/new/?lang=en").content.decode()

    assert all(f"/portal/requests/new/{key}/" in page for key in KINDS)
    assert page.count("<legend>") == 3


@pytest.mark.parametrize("key", KINDS)
def test_each_kind_says_what_it_is_before_one_begins(login, clerk, key):
    factories.call(kinds=[key])

    page = login(clerk).get(f"/portal/requests/new/{key}/?lang=en").content.decode()

    expected = business_days.add(timezone.localdate(), KINDS[key].target_days)
    assert f"{expected.day} " in page
    assert str(expected.year) in page
    assert "Begin a draft" in page


def test_a_kind_that_needs_a_call_says_when_the_last_one_closed(login, clerk):
    closes = dt.datetime(2026, 1, 30, 17, tzinfo=timezone.get_default_timezone())
    factories.call(kinds=["cohost_reception"], opens_at=closes - dt.timedelta(days=30), closes_at=closes)

    page = login(clerk).get("/portal/requests/new/cohost_reception/").content.decode()

    assert "2026年1月30日（金）17:00" in page
    assert 'name="start_key"' not in page


def test_pressed_twice_one_draft_begins(login, clerk):
    person, key = login(clerk), str(uuid4())

    ways = {person.post("/portal/requests/new/free_consultation/", {"start_key": key})["Location"] for _again in range(2)}

    assert MunicipalRequest.objects.count() == 1
    assert ways == {address(MunicipalRequest.objects.get())}


def test_a_draft_can_begin_with_last_years_answers(login, clerk, city):
    last = factories.municipal_request(city, title="昨年の相談")

    login(clerk).post("/portal/requests/new/free_consultation/", {"start_key": str(uuid4()), "copy": str(last.uuid)})

    draft = MunicipalRequest.objects.get(state="draft")
    assert (draft.title, draft.copied_from) == ("昨年の相談", last)


def test_a_neighbours_request_is_no_pattern(login, clerk):
    foreign = factories.municipal_request()

    answer = login(clerk).post("/portal/requests/new/free_consultation/", {"start_key": str(uuid4()), "copy": str(foreign.uuid)})

    assert answer.status_code == 422
    assert not MunicipalRequest.objects.filter(state="draft").exists()


# ── the form ─────────────────────────────────────────────────────────────────


def test_saving_keeps_what_can_be_read_and_says_what_cannot(login, clerk, draft):
    person = login(clerk)

    answer = person.post(address(draft), filled(draft, act="save"))

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert draft.title == "姉妹都市の相談"
    assert requests.missing(draft) == []


def test_the_form_saves_itself_and_goes_on_with_its_own_version(login, clerk, draft):
    person = login(clerk)
    data = filled(draft)

    first = person.post(address(draft), {**data, "title": "一"}, headers=HTMX).content.decode()
    version = re.search(r'name="version" id="version" value="(\d+)"', first)
    assert version
    second = person.post(address(draft), {**data, "title": "二", "version": version[1]}, headers=HTMX).content.decode()

    draft.refresh_from_db()
    assert draft.title == "二"
    assert f'value="{draft.version}"' in second
    assert 'hx-swap-oob="true"' in second
    assert 'id="parts"' in second


def test_nothing_is_written_while_nothing_changes(login, clerk, draft):
    person = login(clerk)
    person.post(address(draft), filled(draft), headers=HTMX)
    draft.refresh_from_db()
    version = draft.version

    person.post(address(draft), filled(draft), headers=HTMX)

    draft.refresh_from_db()
    assert draft.version == version


def test_the_second_of_two_colleagues_is_told_and_loses_nothing(login, clerk, draft, city):
    colleague = factories.official(city)
    mine = filled(draft, title="私の件名")
    login(colleague).post(address(draft), filled(draft, title="同僚の件名", act="save"))

    told = login(clerk).post(address(draft), {**mine, "act": "save"})
    by_itself = login(clerk).post(address(draft), mine, headers=HTMX)

    page = told.content.decode()
    draft.refresh_from_db()
    assert told.status_code == 409
    assert draft.title == "同僚の件名"
    assert "同僚の件名" in page
    assert 'value="私の件名"' in page
    assert "同僚の件名" in by_itself.content.decode()
    assert 'name="version"' not in by_itself.content.decode()


def test_replacing_a_colleagues_words_is_a_decision(login, clerk, draft, city):
    login(factories.official(city)).post(address(draft), filled(draft, title="同僚の件名", act="save"))
    mine = filled(draft, title="私の件名", act="save")
    page = login(clerk).post(address(draft), mine).content.decode()
    theirs = re.search(r'name="theirs" value="(\d+)"', page)
    assert theirs

    login(clerk).post(address(draft), {**mine, "act": "replace", "theirs": theirs[1]})

    draft.refresh_from_db()
    assert draft.title == "私の件名"


def test_a_button_pressed_while_the_page_saves_itself_is_no_conflict(login, clerk, draft):
    data = filled(draft, title="途中")
    login(clerk).post(address(draft), data, headers=HTMX)

    same = login(clerk).post(address(draft), {**data, "title": "全部", "act": "save"})
    other = login(clerk).post(address(draft), {**data, "title": "別の窓", "page": str(uuid4()), "act": "save"})

    draft.refresh_from_db()
    assert (same.status_code, other.status_code, draft.title) == (302, 409, "全部")


def test_the_page_says_section_by_section_what_is_missing(login, clerk, draft):
    page = login(clerk).get(address(draft) + "?lang=en").content.decode()

    assert 'id="parts"' in page
    assert "1 missing" in page
    for key, _sentence in requests.missing(draft):
        assert f'id="field-{key}"' in page


def test_what_is_sent_with_the_form_but_not_asked_changes_nothing(login, clerk, draft, city):
    other = factories.local_government()
    posted = {"state": "accepted", "applicant": other.pk, "number_serial": "1", "number_year": "2026", "kind": "cohost_reception"}

    login(clerk).post(address(draft), filled(draft, act="save", **posted, created_by="1", assignee="1", rank="1", source="phone"))

    draft.refresh_from_db()
    assert (draft.state, draft.applicant, draft.number, draft.kind, draft.source) == ("draft", city, "", "free_consultation", "portal")
    assert (draft.created_by, draft.assignee, draft.rank) == (clerk, None, None)


def test_a_text_of_a_megabyte_is_refused_clearly(login, clerk, draft):
    answer = login(clerk).post(address(draft), filled(draft, act="save", title="あ" * 400_000))

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert draft.title == ""
    assert 'role="alert"' in answer.content.decode()


def test_thousands_of_fields_are_refused_clearly(login, clerk, draft):
    many = {f"more-{number}": "x" for number in range(2_100)}

    assert login(clerk).post(address(draft), filled(draft, act="save", **many)).status_code == 413
    assert login(clerk).post(address(draft), filled(draft, act="save", **dict(list(many.items())[:1000]))).status_code == 413
    assert login(clerk).post(address(draft), filled(draft, act="save", **dict(list(many.items())[:300]))).status_code == 302


@pytest.mark.parametrize("page", ["edit", "review", "print"])
def test_a_neighbour_finds_no_draft_of_others(login, clerk, neighbour, draft, page):
    stranger = login(neighbour)

    assert stranger.get(address(draft, page)).status_code == 404
    assert stranger.get(f"/portal/requests/{uuid4()}/{page}/").status_code == 404
    if page != "print":
        assert stranger.post(address(draft, page), filled(draft, act="save")).status_code == 404
    draft.refresh_from_db()
    assert draft.title == ""


def test_a_form_that_was_sent_meanwhile_keeps_what_was_typed(login, clerk, draft):
    person = login(clerk)
    person.post(address(draft), filled(draft, act="save"))
    draft.refresh_from_db()
    requests.submit(request=draft, by=clerk)

    late = person.post(address(draft), filled(draft, title="遅れた件名", act="save"))

    assert late.status_code == 409
    assert "遅れた件名" in late.content.decode()
    assert person.get(address(draft)).status_code == 302


def test_a_draft_can_be_thrown_away(login, clerk, draft):
    kept = attachments.attach(about=draft, upload=SimpleUploadedFile("案.txt", "本文".encode()), by=clerk)

    login(clerk).post(address(draft), {"act": "discard"})

    assert not MunicipalRequest.objects.exists()
    assert not type(kept).objects.exists()


# ── together with others ─────────────────────────────────────────────────────


@pytest.fixture
def tour(clerk: User, city: Any) -> MunicipalRequest:
    """A study tour that the clerk began; its city lies in a prefecture."""
    city.prefecture = factories.local_government("広島県", kind="prefecture", name_en="Hiroshima Prefecture")
    city.save()
    return requests.start(kind="diplomats_study_tour", applicant=city, by=clerk, call=factories.call())


def test_joint_applicants_are_named_by_name_or_code(login, clerk, city, tour):
    town = factories.local_government("熊野町", prefecture=city.prefecture)

    login(clerk).post(address(tour), filled(tour, act="save", join=f"広島県\n{town.code}"))

    names = [str(party.local_government.organisation.name_ja) for party in tour.parties.order_by("order")]
    assert names == ["広島県", *[str(one.organisation.name_ja) for one in sorted((city, town), key=lambda body: body.code)]]


def test_namesakes_are_named_with_their_prefectures_and_the_rest_is_saved(login, clerk, tour):
    tokyo = factories.local_government("東京都", kind="prefecture")
    for above in (tour.applicant.prefecture, tokyo):
        factories.local_government("府中市", prefecture=above)

    answer = login(clerk).post(address(tour), filled(tour, act="save", join="府中市"))

    page = answer.content.decode()
    tour.refresh_from_db()
    assert answer.status_code == 422
    assert "東京都" in page
    assert "府中市" in page
    assert tour.title == "姉妹都市の相談"
    assert tour.parties.count() == 1

    login(clerk).post(address(tour), filled(tour, act="save", join="東京都府中市"))
    assert tour.parties.filter(local_government__prefecture=tokyo).exists()


def test_a_joint_applicant_is_taken_out_by_unticking(login, clerk, tour):
    one, other = factories.local_government("呉市"), factories.local_government("竹原市")
    login(clerk).post(address(tour), filled(tour, act="save", join="呉市\n竹原市"))
    tour.refresh_from_db()

    login(clerk).post(address(tour), filled(tour, act="save", keep=[one.code]))

    joined = [party.local_government for party in tour.parties.exclude(local_government=tour.applicant)]
    assert joined == [one]
    assert other not in joined


def test_a_call_may_require_the_way_through_the_prefecture(login, clerk, city, tour):
    tour.call.relay = "must"
    tour.call.save()
    assert ("relay" in dict(requests.missing(tour))) is True

    login(clerk).post(address(tour), filled(tour, act="save", relay=city.prefecture.code))

    tour.refresh_from_db()
    assert tour.relay == city.prefecture


@pytest.mark.parametrize("code", ["000000", "1", "' or 1=1"])
def test_no_other_prefecture_can_be_named(login, clerk, tour, code):
    answer = login(clerk).post(address(tour), filled(tour, act="save", relay=code))

    tour.refresh_from_db()
    assert answer.status_code == 422
    assert tour.relay is None


# ── attractions and documents ────────────────────────────────────────────────


def test_an_attraction_is_added_from_within_the_draft(login, clerk, city, tour):
    new = {"new-sights-kind": "sight", "new-sights-name_ja": "原爆ドーム", "new-sights-name_en": "", "new-sights-origin": ""}

    answer = login(clerk).post(address(tour), filled(tour, act="add:sights", **new))

    added = Attraction.objects.get()
    assert (added.local_government, added.kind, added.name_ja) == (city, "sight", "原爆ドーム")
    assert list(tour.attractions.all()) == [added]
    assert answer["Location"].endswith("#field-sights")


def test_an_attraction_of_a_neighbour_cannot_be_chosen(login, clerk, tour):
    foreign = factories.attraction(kind="sight")

    login(clerk).post(address(tour), filled(tour, act="save", sights=[foreign.pk]))

    assert not tour.attractions.exists()


def test_documents_are_uploaded_with_the_form_and_removed_again(login, clerk, tour):
    person = login(clerk)
    key = tour.kind_facts.documents[0].key
    file = SimpleUploadedFile("行程案.txt", "行程".encode())

    person.post(address(tour), filled(tour, act="save", **{f"file-{key}": file}))
    kept = attachments.of(tour).get()
    assert (kept.name, kept.label) == ("行程案.txt", key)

    tour.refresh_from_db()
    person.post(address(tour), filled(tour, act=f"remove:{kept.key}"))
    assert not attachments.of(tour).exists()


def test_a_file_that_is_refused_does_not_cost_the_text(login, clerk, tour):
    answer = login(clerk).post(address(tour), filled(tour, act="save", **{"file-other": SimpleUploadedFile("x.exe", b"MZ")}))

    tour.refresh_from_db()
    assert answer.status_code == 422
    assert tour.title == "姉妹都市の相談"
    assert not attachments.of(tour).exists()


def test_a_file_of_another_request_cannot_be_removed(login, clerk, draft):
    foreign = attachments.attach(about=factories.municipal_request(), upload=SimpleUploadedFile("x.txt", b"x"), by=None)

    assert login(clerk).post(address(draft), filled(draft, act=f"remove:{foreign.key}")).status_code == 404
    assert attachments.of(foreign.about).exists()


# ── sending ──────────────────────────────────────────────────────────────────


def sent(person: Any, draft: MunicipalRequest) -> Any:
    """Fill the form and press the last button."""
    person.post(address(draft), filled(draft, act="review"))
    return person.post(address(draft, "review"))


def test_everything_is_shown_once_more_and_then_it_has_a_number(login, clerk, draft):
    person = login(clerk)
    person.post(address(draft), filled(draft, act="save"))
    before = person.get(address(draft, "review")).content.decode()

    person.post(address(draft, "review"))

    draft.refresh_from_db()
    after = person.get(address(draft, "review")).content.decode()
    assert "姉妹都市の相談" in before
    assert "相談したいことがあります。" in before
    assert re.fullmatch(r"R\d+-\d{4}", draft.number)
    assert draft.number in after
    assert clerk.email in after
    assert clerk.email in Email.objects.values_list("to_address", flat=True)


def test_pressed_twice_it_is_sent_once(login, clerk, draft):
    person = login(clerk)

    first, second = sent(person, draft), person.post(address(draft, "review"))

    assert first.status_code == second.status_code == 302
    assert MunicipalRequest.objects.get().messages.filter(kind="submitted").count() == 1


def test_what_is_missing_leads_to_its_field(login, clerk, draft):
    person = login(clerk)

    page = person.get(address(draft, "review")).content.decode()
    refused = person.post(address(draft, "review"))

    for key, _sentence in requests.missing(draft):
        assert f"{address(draft)}#field-{key}" in page
    draft.refresh_from_db()
    assert refused.status_code == 409
    assert draft.state == "draft"


def test_after_the_closing_hour_the_draft_is_kept_and_the_page_says_why(login, clerk, tour):
    person = login(clerk)
    person.post(address(tour), filled(tour, act="save"))
    call = tour.call
    call.opens_at, call.closes_at = timezone.now() - dt.timedelta(days=2), timezone.now() - dt.timedelta(seconds=1)
    call.save()

    answer = person.post(address(tour, "review"))

    tour.refresh_from_db()
    assert answer.status_code == 409
    assert tour.state == "draft"
    assert 'role="alert"' in answer.content.decode()


def test_somebody_whose_access_is_not_confirmed_writes_but_does_not_send(login, db):
    asked = factories.access_request(factories.local_government("呉市"))
    factories.attraction(asked.local_government, name_ja="呉の名産")
    person = login(asked.user)
    person.post("/portal/requests/new/free_consultation/", {"start_key": str(uuid4())})
    draft = MunicipalRequest.objects.get()
    person.post(address(draft), filled(draft, act="save"))

    page = person.get(address(draft, "review") + "?lang=en").content.decode()
    refused = person.post(address(draft, "review"))

    draft.refresh_from_db()
    assert "Your access is not confirmed yet" in page
    assert "Submit this request" not in page
    assert refused.status_code == 409
    assert draft.state == "draft"
    assert draft.title == "姉妹都市の相談"
    assert "呉の名産" not in person.get(address(draft)).content.decode()


def test_a_form_that_came_back_is_corrected_and_sent_again(login, clerk, draft, desk):
    person = login(clerk)
    sent(person, draft)
    draft.refresh_from_db()
    number = draft.number
    factories.request_message(draft, kind="returned", text="時期を書いてください。", author_label="担当 佐藤")
    MunicipalRequest.objects.filter(pk=draft.pk).update(state="waiting", is_returned=True, waiting_since=timezone.now())
    draft.refresh_from_db()

    page = person.get(address(draft)).content.decode()
    person.post(address(draft), filled(draft, title="直した件名", act="review"))
    person.post(address(draft, "review"))

    draft.refresh_from_db()
    assert "時期を書いてください。" in page
    assert 'class="notice turn"' in page
    assert (draft.state, draft.title, draft.number) == ("in_review", "直した件名", number)


# ── on paper ─────────────────────────────────────────────────────────────────


def test_the_paper_shows_every_question_also_without_an_answer(login, clerk, tour):
    page = login(clerk).get(address(tour, "print")).content.decode()

    for question in tour.kind_facts.questions:
        if question.when is None:
            assert str(question.label) in page
    assert 'class="stamps"' in page


def test_a_joint_applicant_prints_what_was_sent(login, clerk, neighbour, city):
    one = factories.municipal_request(city, neighbour.organisation.local_government)

    assert login(neighbour).get(address(one, "print")).status_code == 200
