"""The form as an Excel file: downloaded, filled, uploaded; it becomes a draft whatever is wrong with it, and nothing read is lost."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from municipalities import requests, sheets
from municipalities.kinds import KINDS
from municipalities.models import Attraction, MunicipalRequest
from municipalities.portal.workbooks import MIMETYPE
from partnership.models import User
from tests import factories

UPLOAD = "/portal/requests/excel/"
TOUR = KINDS["diplomats_study_tour"]


@pytest.fixture
def city(clerk: User) -> Any:
    """The clerk's city."""
    return clerk.organisation.local_government


def form_with(city: Any, change: Callable[[Any], None] | None = None) -> SimpleUploadedFile:
    """A study tour's form that the city filled; ``change`` does to its sheet what people do."""
    answers = {"purpose": "食文化を伝える", "guests": 40}
    request = factories.municipal_request(city, state="draft", kind=TOUR.key, title="酒蔵めぐり", answers=answers)
    book = openpyxl.load_workbook(io.BytesIO(sheets.build(TOUR, request=request)))
    request.delete()
    if change:
        change(book.worksheets[0])
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("様式.xlsx", kept.getvalue(), content_type=MIMETYPE)


def answer_cell(sheet: Any, label: str) -> Any:
    """The cell right of a label: the first empty or filled one in the column of answers."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value and str(cell.value).startswith(label):
                return next(one for one in row if one.column > cell.column and not isinstance(one, openpyxl.cell.cell.MergedCell))
    raise AssertionError(label)


def upload(person: Any, file: SimpleUploadedFile, **fields: Any) -> Any:
    """Send the file with the page's form."""
    return person.post(UPLOAD, {"file": file, "start_key": str(uuid4()), **fields})


@pytest.mark.parametrize("address", ["new/free_consultation/form.xlsx", "{uuid}/form.xlsx"])
def test_the_form_is_downloaded_empty_or_with_the_answers(login, clerk, city, address):
    draft = factories.municipal_request(city, state="draft", created_by=clerk, title="件名あり")

    answer = login(clerk).get(f"/portal/requests/{address.format(uuid=draft.uuid)}")

    cells = [str(cell.value) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows() for cell in row]
    assert answer["Content-Type"] == MIMETYPE
    assert answer["Content-Disposition"].startswith("attachment")
    assert ("件名あり" in cells) == ("uuid" in address)


def test_a_neighbours_form_cannot_be_downloaded(login, clerk, city, neighbour):
    draft = factories.municipal_request(city, state="draft", created_by=clerk)

    assert login(neighbour).get(f"/portal/requests/{draft.uuid}/form.xlsx").status_code == 404


def test_an_uploaded_form_becomes_a_draft_of_the_open_call(login, clerk, city):
    call = factories.call()
    person = login(clerk)

    answer = upload(person, form_with(city))

    draft = MunicipalRequest.objects.get()
    page = person.get(answer["Location"]).content.decode()
    assert (draft.title, draft.answers["purpose"], draft.answers["guests"]) == ("酒蔵めぐり", "食文化を伝える", 40)
    assert (draft.applicant, draft.call, draft.source, draft.state) == (city, call, "excel", "draft")
    assert "食文化を伝える" in page
    assert 'role="alert"' not in page


def test_cells_that_cannot_be_read_are_named_and_the_rest_is_kept(login, clerk, city):
    places: list[str] = []

    def spoil(sheet: Any) -> None:
        cell = answer_cell(sheet, "受入れ可能な人数")
        cell.value = "たくさん"
        places.append(cell.coordinate)

    person = login(clerk)
    answer = upload(person, form_with(city, spoil))

    page = person.get(answer["Location"]).content.decode()
    draft = MunicipalRequest.objects.get()
    assert draft.answers["purpose"] == "食文化を伝える"
    assert places[0] in page
    assert "たくさん" in person.get(f"/portal/requests/{draft.uuid}/edit/").content.decode()
    assert "guests" in dict(requests.missing(draft))


def test_uploaded_twice_from_one_page_it_is_one_draft(login, clerk, city):
    person, key = login(clerk), str(uuid4())

    for _again in range(2):
        upload(person, form_with(city), start_key=key)

    assert MunicipalRequest.objects.count() == 1


def test_a_form_goes_into_a_draft_and_what_it_leaves_empty_stays(login, clerk, city):
    draft = requests.start(kind=TOUR.key, applicant=city, by=clerk)
    requests.save(request=draft, by=clerk, version=None, title="古い件名", answers={"transport": "貸切バス"}, attractions=[], joined=[])

    upload(login(clerk), form_with(city), into=str(draft.uuid))

    draft.refresh_from_db()
    assert MunicipalRequest.objects.count() == 1
    assert (draft.title, draft.answers["transport"], draft.answers["purpose"]) == ("酒蔵めぐり", "貸切バス", "食文化を伝える")


def test_a_form_does_not_go_into_a_draft_about_something_else(login, clerk, city):
    draft = requests.start(kind="free_consultation", applicant=city, by=clerk)

    answer = upload(login(clerk), form_with(city), into=str(draft.uuid))

    assert answer.status_code == 422
    assert MunicipalRequest.objects.count() == 1


def test_a_neighbours_draft_cannot_be_chosen(login, clerk, city, neighbour):
    foreign = factories.municipal_request(neighbour.organisation.local_government, state="draft", kind=TOUR.key)
    requests.start(kind=TOUR.key, applicant=city, by=clerk)

    assert upload(login(clerk), form_with(city), into=str(foreign.uuid)).status_code == 422
    foreign.refresh_from_db()
    assert foreign.title != "酒蔵めぐり"


def test_the_draft_is_that_of_the_account_whatever_the_form_says(login, clerk, city):
    other = factories.local_government("竹原市")
    person = login(clerk)

    answer = upload(person, form_with(other))

    page = person.get(answer["Location"]).content.decode()
    assert MunicipalRequest.objects.get().applicant == city
    assert "竹原市" in page
    assert 'role="alert"' in page


def test_products_that_are_new_become_attractions_once_somebody_says_so(login, clerk, city):
    proposal = Attraction(local_government=city, kind="food", name_ja="もみじ饅頭")
    proposal.save()
    request = factories.municipal_request(city, state="draft", created_by=clerk, kind=TOUR.key, title="酒蔵めぐり", answers={})
    request.attractions.add(proposal)
    content = sheets.build(TOUR, request=request)
    request.delete()
    proposal.delete()
    person = login(clerk)
    answer = upload(person, SimpleUploadedFile("様式.xlsx", content, content_type=MIMETYPE))
    assert "もみじ饅頭" in person.get(answer["Location"]).content.decode()
    assert not Attraction.objects.exists()

    person.post(answer["Location"], {"chosen": ["0"]})

    added = Attraction.objects.get()
    assert (added.local_government, added.kind, added.name_ja) == (city, "food", "もみじ饅頭")
    assert list(MunicipalRequest.objects.get().attractions.all()) == [added]


@pytest.mark.parametrize(
    ("name", "content"),
    [("様式.xlsx", b"PK\x03\x04broken"), ("様式.xlsm", b"x"), ("様式.pdf", b"%PDF-1.4"), ("様式.xlsx", b""), ("様式.xlsx", b"x" * 2**20)],
)
def test_what_is_no_form_is_refused_in_words(login, clerk, name, content):
    answer = upload(login(clerk), SimpleUploadedFile(name, content))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not MunicipalRequest.objects.exists()


def test_a_workbook_that_is_not_ours_is_refused_in_words(login, clerk):
    kept = io.BytesIO()
    openpyxl.Workbook().save(kept)

    assert upload(login(clerk), SimpleUploadedFile("予算.xlsx", kept.getvalue(), content_type=MIMETYPE)).status_code == 422


def test_somebody_whose_access_is_not_confirmed_uploads_but_adds_no_attraction(login, db):
    asked = factories.access_request(factories.local_government("呉市"))
    person = login(asked.user)

    answer = upload(person, form_with(asked.local_government))
    person.post(answer["Location"], {"chosen": ["0"]})

    assert MunicipalRequest.objects.get().title == "酒蔵めぐり"
    assert not Attraction.objects.exists()


def test_staff_and_missions_do_not_upload_here(login, desk, officer):
    for user in (desk, officer):
        assert login(user).get(UPLOAD).status_code == 403


def test_a_form_without_an_answer_says_so(login, clerk):
    person = login(clerk)
    answer = upload(person, SimpleUploadedFile("様式.xlsx", sheets.build(TOUR), content_type=MIMETYPE))

    assert 'role="alert"' in person.get(answer["Location"]).content.decode()


def test_who_is_not_confirmed_yet_learns_nothing_of_the_bodys_attractions(login, clerk, city):
    known = factories.attraction(city, name_ja="もみじ饅頭", allergens="卵")
    request = factories.municipal_request(city, state="draft", kind=TOUR.key, title="酒蔵めぐり")
    request.attractions.add(known)
    book = sheets.build(TOUR, request=request)
    request.delete()
    files = [SimpleUploadedFile("様式.xlsx", book, content_type=MIMETYPE) for _ in range(2)]

    page = upload(login(factories.access_request(city).user), files[0])
    upload(login(clerk), files[1])  # their own official chooses it by its name

    stranger, own = MunicipalRequest.objects.order_by("pk")
    assert page.status_code == 302
    assert not stranger.attractions.exists()
    assert list(own.attractions.all()) == [known]
