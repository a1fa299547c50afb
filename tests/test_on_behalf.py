"""Requests that came by telephone, mail or paper, entered by staff in the name of the body."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from municipalities import requests, sheets, threads
from municipalities.kinds import KINDS
from municipalities.models import Attraction, MunicipalRequest
from partnership import attachments
from partnership.models import Email
from tests import factories

pytestmark = pytest.mark.django_db

BEGIN = "/admin/municipalities/municipalrequest/add/"
CONSULTATION = KINDS["free_consultation"]


def form_of(row):
    return reverse("admin:municipalities_municipalrequest_form", args=[row.pk])


def begun(client, of, **fields):
    """A draft begun for a body; what the form of the first page posts."""
    values = {"body": of.code, "kind": "free_consultation", "source": "phone", "key": uuid4(), **fields}
    return client.post(BEGIN, values)


def send(client, row, act="save", **fields):
    """Post the form as the page just shown does."""
    version = client.get(form_of(row)).context["version"]
    return client.post(form_of(row), {"version": version, "act": act, "title": "酒蔵のこと", "purpose": "相談したい。", **fields})


@pytest.fixture
def city(db):
    return factories.local_government("広島市", first_five="34100", name_en="Hiroshima City")


@pytest.fixture
def draft(city, desk):
    return requests.start(kind="free_consultation", applicant=city, by=desk, source="phone")


def test_a_telephone_call_becomes_a_request_in_the_bodys_name(login, desk, city):
    clerk = factories.official(city)
    client = login(desk)

    answer = begun(client, city)
    row = MunicipalRequest.objects.get()
    assert answer["Location"] == form_of(row)
    assert not Email.objects.exists()
    sent = send(client, row, "submit")

    row.refresh_from_db()
    assert sent["Location"] == reverse("admin:municipalities_municipalrequest_home", args=[row.pk])
    assert (row.state, row.source, row.applicant, row.submitted_by) == ("submitted", "phone", city, desk)
    assert row.number in Email.objects.get(to_address=clerk.email).text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_its_pages_open_in_both_languages(login, desk, draft, language):
    assert login(desk).get(BEGIN, {"lang": language}).status_code == 200
    assert login(desk).get(form_of(draft), {"lang": language}).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_entered(login, desk, city, kind):
    call = factories.call(kinds=[kind])

    answer = begun(login(desk), city, kind=kind, call=call.pk)

    row = MunicipalRequest.objects.get()
    assert answer["Location"] == form_of(row)
    assert login(desk).get(form_of(row)).status_code == 200


def test_a_body_is_named_in_any_width_and_namesakes_are_told_apart(login, desk, city):
    client = login(desk)
    factories.local_government("府中市", first_five="13206")
    factories.local_government("府中市", first_five="34208")

    assert begun(client, city, body="３４１００２").status_code == 302
    assert begun(client, city, body="広島市").status_code == 302
    for name in ("府中市", "存在しない市", ""):
        page = begun(client, city, body=name)
        assert page.status_code == 422
        assert name in page.content.decode()


def test_pressed_twice_it_begins_once(login, desk, city):
    client, key = login(desk), uuid4()

    assert begun(client, city, key=key)["Location"] == begun(client, city, key=key)["Location"]
    assert MunicipalRequest.objects.count() == 1


def test_a_call_takes_its_kinds_only_and_what_came_in_time_after_it_closed(login, desk, city):
    closed = factories.call(kinds=["free_consultation"], closes_at=timezone.now() - dt.timedelta(hours=1))
    client = login(desk)

    assert begun(client, city, kind="diplomats_study_tour", call=closed.pk).status_code == 422
    begun(client, city, call=closed.pk, source="paper")
    row = MunicipalRequest.objects.get()
    send(client, row, "submit")

    row.refresh_from_db()
    assert (row.state, row.call) == ("submitted", closed)


def test_the_call_is_chosen_in_the_form_where_it_was_forgotten(login, desk, city):
    row = requests.start(kind="diplomats_study_tour", applicant=city, by=desk, source="mail")
    call, other = factories.call(), factories.call(kinds=["free_consultation"])
    client = login(desk)

    assert list(client.get(form_of(row)).context["page"].call.fields["call"].queryset) == [call]
    send(client, row, call=call.pk)
    row.refresh_from_db()
    assert row.call == call
    assert send(client, row, call=other.pk).status_code == 422
    send(client, row)  # a form without the question changes nothing
    row.refresh_from_db()
    assert row.call == call


def test_what_is_missing_is_said_and_nothing_is_sent(login, desk, draft):
    page = send(login(desk), draft, "submit", purpose="")

    assert page.status_code == 422
    draft.refresh_from_db()
    assert (draft.state, draft.title) == ("draft", "酒蔵のこと")
    assert page.context["missing"]


def test_joint_applicants_a_relay_and_files_are_entered(login, desk, city):
    prefecture = factories.local_government("広島県", kind="prefecture", first_five="34000")
    type(city).objects.filter(pk=city.pk).update(prefecture=prefecture)
    other = factories.local_government("松戸市", first_five="12207")
    row = requests.start(kind="diplomats_study_tour", applicant=city, by=desk, call=factories.call(), source="mail")

    answer = send(
        login(desk), row, join="松戸市", relay=prefecture.code, **{"file-other": SimpleUploadedFile("地図.txt", b"map", "text/plain")}
    )

    row.refresh_from_db()
    assert answer.status_code == 302
    assert {party.local_government for party in row.parties.all()} == {city, other}
    assert row.relay == prefecture
    file = attachments.of(row).get()
    login(desk).post(form_of(row), {"act": f"remove:{file.key}", "version": row.version, "title": row.title})
    assert not attachments.of(row).exists()


def test_a_new_attraction_is_added_to_the_body_and_chosen(login, desk, city):
    row = requests.start(kind="diplomats_study_tour", applicant=city, by=desk, call=factories.call(), source="mail")
    question = next(question for question in row.kind_facts.questions if question.type == "attractions")
    kind = (question.attractions or tuple(Attraction.Kind.values))[0]

    send(login(desk), row, f"add:{question.key}", **{f"new-{question.key}-kind": kind, f"new-{question.key}-name_ja": "牡蠣"})

    assert row.attractions.get().name_ja == "牡蠣"
    assert row.attractions.get().local_government == city


def test_the_second_of_two_savers_is_told_and_keeps_their_words(login, desk, draft):
    client = login(desk)
    old = client.get(form_of(draft)).context["version"]
    send(client, draft, title="先に")

    page = client.post(form_of(draft), {"version": old, "act": "save", "title": "後から", "purpose": "後の文"})

    assert page.status_code == 409
    html = page.content.decode()
    assert "先に" in html
    assert "後から" in html
    again = client.post(form_of(draft), {"version": page.context["version"], "act": "save", "title": "後から", "purpose": "後の文"})
    assert again.status_code == 302


def test_a_draft_is_thrown_away(login, desk, draft):
    login(desk).post(form_of(draft), {"act": "discard"})

    assert not MunicipalRequest.objects.exists()


def test_a_form_that_was_returned_is_corrected_on_their_behalf(login, desk):
    row = factories.municipal_request()
    threads.send_back(request=row, by=desk, text="人数を直してください。", reply_by=timezone.now() + dt.timedelta(days=5))
    client = login(desk)
    assert form_of(row) in client.get(reverse("admin:municipalities_municipalrequest_home", args=[row.pk])).content.decode()

    send(client, row, "submit", title="直した題")

    row.refresh_from_db()
    assert (row.state, row.title) == ("in_review", "直した題")


# ── from an enquiry ──────────────────────────────────────────────────────────


def test_an_enquiry_becomes_a_request_without_typing_it_again(login, desk, city):
    enquiry = factories.enquiry(organisation=city.organisation, channel="phone", topic="酒蔵を案内したい", text="五月に行いたい。")
    client = login(desk)

    page = client.get(BEGIN, {"enquiry": enquiry.pk, "kind": "free_consultation"})
    first = page.context["begin"].initial
    assert (first["body"], first["source"]) == (city.code, "phone")
    begun(client, city, enquiry=enquiry.pk)
    row = MunicipalRequest.objects.get()
    assert (row.title, row.answers) == ("酒蔵を案内したい", {"purpose": "五月に行いたい。"})
    send(client, row, "submit", enquiry=enquiry.pk)

    enquiry.refresh_from_db()
    assert enquiry.request == row
    assert str(enquiry) in client.get(reverse("admin:municipalities_municipalrequest_home", args=[row.pk])).content.decode()


# ── the Excel form ───────────────────────────────────────────────────────────


def test_an_excel_form_that_came_by_mail_becomes_a_draft_and_stays_with_it(login, desk, city):
    title = "酒蔵のこと"
    row = requests.start(kind="free_consultation", applicant=city, by=desk)
    row = requests.save(request=row, by=desk, version=None, title=title, answers={"purpose": "相談"}, attractions=(), joined=())
    file = SimpleUploadedFile("様式.xlsx", sheets.build(CONSULTATION, request=row))
    client = login(desk)

    answer = client.post(BEGIN, {"act": "sheet", "sheet-file": file, "sheet-key": uuid4(), "sheet-body": ""})

    new = MunicipalRequest.objects.exclude(pk=row.pk).get()
    assert answer["Location"] == form_of(new)
    assert (new.applicant, new.title, new.source, new.answers["purpose"]) == (city, title, "excel", "相談")
    assert [one.name for one in attachments.of(new)] == ["様式.xlsx"]
    send(client, new, "submit")
    new.refresh_from_db()
    assert (new.state, new.source) == ("submitted", "excel")


def test_products_that_the_form_names_first_are_confirmed_by_a_person(login, desk, city):
    call = factories.call()
    row = requests.start(kind="diplomats_study_tour", applicant=city, by=desk, call=call)
    oysters = factories.attraction(city, kind="food", name_ja="牡蠣")
    row = requests.save(request=row, by=desk, version=None, title="視察", answers={}, attractions=[oysters], joined=())
    content = sheets.build(row.kind_facts, request=row)
    row.attractions.clear()
    oysters.delete()
    client = login(desk)

    client.post(BEGIN, {"act": "sheet", "sheet-file": SimpleUploadedFile("様式.xlsx", content), "sheet-key": uuid4()})
    new = MunicipalRequest.objects.exclude(pk=row.pk).get()
    page = client.get(form_of(new))
    assert "牡蠣" in str(page.context["proposals"])
    assert not new.attractions.exists()
    client.post(form_of(new), {"act": "propose", "chosen": ["0"]})

    assert [(one.name_ja, one.local_government) for one in new.attractions.all()] == [("牡蠣", city)]
    assert client.get(form_of(new)).context["proposals"] is None


def test_a_form_without_its_body_asks_for_it_and_another_body_is_refused(login, desk, city):
    client = login(desk)
    row = requests.start(kind="free_consultation", applicant=city, by=desk)
    empty, named = sheets.build(CONSULTATION), sheets.build(CONSULTATION, request=row)
    other = factories.local_government("松戸市", first_five="12207")
    row.delete()

    def post(content, body):
        return client.post(
            BEGIN, {"act": "sheet", "sheet-file": SimpleUploadedFile("様式.xlsx", content), "sheet-key": uuid4(), "sheet-body": body}
        )

    assert post(empty, "").status_code == 422
    assert post(named, other.code).status_code == 422
    assert not MunicipalRequest.objects.exists()
    assert post(empty, city.code).status_code == 302


@pytest.mark.parametrize("content", [b"", b"no excel", b"PK\x03\x04broken"])
def test_a_file_that_is_no_form_is_refused_in_words(login, desk, city, content):
    fields = {"sheet-file": SimpleUploadedFile("表.xlsx", content), "sheet-key": uuid4(), "sheet-body": city.code}
    page = login(desk).post(BEGIN, {"act": "sheet", **fields})

    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()


# ── who may ──────────────────────────────────────────────────────────────────


def test_only_the_desk_enters_requests(login, client, viewer, approver, protocol, clerk, draft):
    for url in (BEGIN, form_of(draft)):
        assert [login(one).get(url).status_code for one in (viewer, approver, protocol, clerk)] == [403] * 4
        assert login(viewer).post(url, {}).status_code == 403
        assert client.get(url).status_code == 302


def test_nobody_reaches_a_draft_of_a_town_hall_or_of_a_colleague(login, desk, draft):
    of_clerk = factories.municipal_request(state="draft")

    assert login(desk).get(form_of(of_clerk)).status_code == 404
    assert login(factories.user("desk")).get(form_of(draft)).status_code == 404
    assert login(desk).post(form_of(of_clerk), {"act": "submit"}).status_code == 404


def test_the_form_of_a_sent_request_leads_to_its_home(login, desk):
    row = factories.municipal_request()

    home = reverse("admin:municipalities_municipalrequest_home", args=[row.pk])
    assert login(desk).get(form_of(row))["Location"] == home
    assert login(desk).post(form_of(row), {"act": "save", "title": "x"})["Location"] == home


@pytest.mark.parametrize(
    "fields", [{}, {"act": "x"}, {"act": "save", "version": "x"}, {"act": "add:nothing"}, {"act": "remove:x"}, {"act": "propose"}]
)
def test_a_broken_form_is_a_mistake_of_the_sender(login, desk, draft, fields):
    assert login(desk).post(form_of(draft), {"title": "x", "purpose": "y", **fields}).status_code in {302, 400, 404, 409, 422}


@pytest.mark.parametrize("fields", [{}, {"key": "x"}, {"enquiry": "9" * 30}, {"call": "x"}, {"kind": "x"}])
def test_a_broken_beginning_is_a_mistake_of_the_sender(login, desk, city, fields):
    values = {"body": city.code, "kind": "free_consultation", "source": "phone", "key": uuid4(), **fields}
    assert login(desk).post(BEGIN, values if fields else {}).status_code == 422
    assert login(desk).get(BEGIN, fields).status_code == 200
