"""The lists of the administration: what they find, who sees them, what leaves them as a file."""

import csv
import io

import pytest
from django.contrib import admin
from django.contrib.admin import helpers

from municipalities.models import LocalGovernment
from partnership import spreadsheets
from partnership.models import AuditEvent, Email, Organisation, Person, Position
from tests import factories
from tests.admin_rows import ROWS, changelist, name

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=name)


# ── lists ────────────────────────────────────────────────────────────────────


def test_a_local_government_is_found_by_name_reading_and_code(login, viewer):
    prefecture = factories.local_government(
        "広島県", kind="prefecture", first_five="34000", kana="ひろしまけん", name_en="Hiroshima Prefecture"
    )
    factories.local_government("広島市", prefecture=prefecture, first_five="34100", kana="ひろしまし", name_en="Hiroshima City")
    factories.local_government("松戸市", first_five="12207", kana="まつどし", name_en="Matsudo City")
    client = login(viewer)

    def found(**query):
        return [row.code for row in client.get(changelist(LocalGovernment), query).context["cl"].result_list]

    assert found(q="ﾋﾛｼﾏ") == ["340006", "341002"]
    assert found(q="ＭＡＴＳＵＤＯ") == ["122076"]
    assert found(q="３４１００２") == ["341002"]
    assert found(prefecture=prefecture.pk) == ["340006", "341002"]
    assert found(kind__exact="prefecture") == ["340006"]


def test_the_language_switch_keeps_a_filtered_list(login, viewer):
    response = login(viewer).get(changelist(Organisation), {"kind__exact": "embassy", "lang": "en"})

    assert response.status_code == 200


def test_the_outbox_is_for_superusers_and_shows_no_secret(login, desk, superuser):
    code = factories.email(purpose="login", text="123456")
    letter = factories.email(purpose="account", text="Click \ue000password_link\ue001 now")

    assert login(desk).get(changelist(Email)).status_code == 403
    assert login(desk).get(f"/admin/partnership/email/{code.pk}/change/").status_code == 403
    client = login(superuser)
    assert "123456" not in client.get(f"/admin/partnership/email/{code.pk}/change/").content.decode()
    page = client.get(f"/admin/partnership/email/{letter.pk}/change/?lang=en").content.decode()
    assert "[personal link]" in page
    assert "\ue000" not in page
    assert client.post(f"/admin/partnership/email/{letter.pk}/change/", {"text": "x"}).status_code == 400, "it has acts, and no form"
    letter.refresh_from_db()
    assert letter.text.startswith("Click")


# ── the download ─────────────────────────────────────────────────────────────


def test_the_download_opens_in_a_spreadsheet_and_starts_no_formula(login, desk):
    factories.person(name_en='=HYPERLINK("http://evil.example","x")', name_ja="髙﨑𠮷邉")
    factories.person(name_en="\t+1")
    data = {"action": "export_csv", "index": "0", "select_across": "1", helpers.ACTION_CHECKBOX_NAME: ["1"]}

    response = login(desk).post(changelist(Person), data)

    content = response.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    assert "髙﨑𠮷邉" in {cell for row in rows for cell in row}
    assert AuditEvent.objects.get(act="person.export").facts == {"count": 2}


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__ in ROWS], ids=name)
def test_every_list_can_be_downloaded(login, superuser, model):
    row = ROWS[model.__name__]()

    response = login(superuser).post(changelist(model), {"action": "export_csv", "index": "0", helpers.ACTION_CHECKBOX_NAME: [row.pk]})

    assert response.status_code == 200
    assert len(list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))) >= 2


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r\n=1", "\x00=1"])
def test_a_cell_never_starts_a_formula(value):
    assert spreadsheets.cell(value).startswith("'")


def test_numbers_stay_numbers_in_a_cell():
    assert [spreadsheets.cell(value) for value in (-1, 2.5, None, "−")] == ["-1", "2.5", "", "−"]


def test_every_row_of_a_position_is_named(login, viewer):
    position = factories.position()

    assert str(Position.objects.get(pk=position.pk).organisation) in login(viewer).get(changelist(Position)).content.decode()
