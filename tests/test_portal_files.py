"""Files of the portal: a download for those who see what it is about; for everyone else there is no such file."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnership import attachments
from partnership.models import Attachment
from tests import factories

pytestmark = pytest.mark.django_db


def file_about(thing, name="行程案.txt", text="三日目は酒蔵"):
    """A text file about a row."""
    return attachments.attach(about=thing, upload=SimpleUploadedFile(name, text.encode(), "text/plain"), by=None)


def address(file):
    return reverse("portal:file", args=[file.key])


def read(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def prefecture(db):
    """広島県."""
    return factories.local_government("広島県", kind="prefecture")


@pytest.fixture
def sent(clerk, prefecture):
    """A request of the clerk's city that goes through the prefecture, and that another city joined."""
    joined = factories.local_government("呉市")
    return factories.municipal_request(clerk.organisation.local_government, joined, relay=prefecture)


def test_everyone_whom_the_request_concerns_downloads_its_files(clerk, sent, prefecture, login):
    files = [file_about(sent), file_about(factories.request_message(sent))]
    joined = sent.parties.get(order=2).local_government

    for user in (clerk, factories.official(sent.applicant), factories.official(joined), factories.official(prefecture)):
        for file in files:
            response = login(user).get(address(file))
            assert response.status_code == 200
            assert read(response) == "三日目は酒蔵".encode()


def test_a_file_comes_as_a_download_under_its_own_name_and_is_never_run(clerk, sent, login):
    response = login(clerk).get(address(file_about(sent)))

    assert response["Content-Disposition"].startswith("attachment")
    assert "filename*=utf-8''" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_draft_and_its_files_belong_to_its_applicant_alone(clerk, neighbour, login):
    draft = factories.municipal_request(
        clerk.organisation.local_government, neighbour.organisation.local_government, state="draft", created_by=clerk
    )
    file = file_about(draft)

    assert login(clerk).get(address(file)).status_code == 200
    assert login(neighbour).get(address(file)).status_code == 404


def test_attractions_show_their_pictures_to_their_body_and_to_whom_a_request_shows_them(clerk, neighbour, sent, login):
    own = factories.attraction(clerk.organisation.local_government)
    joint = factories.attraction(sent.parties.get(order=2).local_government)
    unseen = factories.attraction(sent.parties.get(order=2).local_government)
    sent.attractions.add(joint)

    client = login(clerk)
    assert client.get(address(file_about(own))).status_code == 200
    assert client.get(address(file_about(joint))).status_code == 200
    assert client.get(address(file_about(unseen))).status_code == 404
    assert login(neighbour).get(address(file_about(own))).status_code == 404


def test_the_file_of_a_published_call_is_there_and_of_another_is_not(clerk, login):
    assert login(clerk).get(address(file_about(factories.call()))).status_code == 200
    assert login(clerk).get(address(file_about(factories.call(is_published=False)))).status_code == 404


def test_files_of_internal_notes_do_not_exist_for_officials(clerk, sent, login):
    note = factories.request_message(sent, kind="note", is_internal=True)

    assert login(clerk).get(address(file_about(note))).status_code == 404


def test_files_of_internal_notes_take_no_room_from_the_applicants(clerk, sent, desk, login):
    note = factories.request_message(sent, kind="note", is_internal=True)
    file = file_about(note)
    Attachment.objects.filter(pk=file.pk).update(size=attachments.MOST_TOGETHER)
    upload = SimpleUploadedFile("会場図.txt", b"x", "text/plain")

    response = login(clerk).post(reverse("portal:request", args=[sent.uuid]), {"act": "message", "message": "送ります。", "file": upload})

    assert response.status_code == 302
    assert sent.messages.filter(text="送ります。").exists()


def test_files_of_what_the_portal_does_not_know_do_not_exist(clerk, login):
    assert login(clerk).get(address(file_about(factories.enquiry()))).status_code == 404


@pytest.mark.parametrize(("state", "status"), [("pending", 409), ("infected", 409), ("removed", 404), ("clean", 200)])
def test_only_a_file_that_was_checked_is_handed_out(clerk, sent, login, state, status):
    file = file_about(sent)
    Attachment.objects.filter(pk=file.pk).update(state=state)

    response = login(clerk).get(f"{address(file)}?lang=en")

    assert response.status_code == status
    if state == "pending":
        assert "waiting for its virus check" in response.content.decode()


def test_the_page_of_the_request_says_which_files_wait_to_be_checked_and_links_the_others(clerk, sent, login):
    clean, waiting = file_about(sent), file_about(sent, "会場図.txt", "x")
    Attachment.objects.filter(pk=waiting.pk).update(state="pending")

    html = login(clerk).get(reverse("portal:request", args=[sent.uuid])).content.decode()

    assert address(clean) in html
    assert "会場図.txt" in html
    assert address(waiting) not in html


def test_a_neighbour_gets_the_page_of_a_file_that_does_not_exist_at_the_same_price(sent, neighbour, login):
    there = address(file_about(sent))
    nowhere = reverse("portal:file", args=[uuid.uuid4()])
    client = login(neighbour)
    client.get(nowhere)

    with CaptureQueriesContext(connection) as theirs:
        one = client.get(there)
    with CaptureQueriesContext(connection) as none:
        other = client.get(nowhere)

    assert one.status_code == other.status_code == 404
    assert one.content.replace(there.encode(), b"") == other.content.replace(nowhere.encode(), b"")
    assert len(theirs) == len(none)


def test_strangers_are_sent_to_sign_in_and_staff_have_their_own_door(client, sent, viewer, login):
    there = address(file_about(sent))

    assert "/login" in client.get(there)["Location"]
    assert login(viewer).get(there).status_code == 403
