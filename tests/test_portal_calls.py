"""Public calls: what everybody may read before, while and after requests are taken, and what nobody sees before it is published."""

import datetime as dt
import io
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partnership import attachments
from tests import factories

NOW = timezone.now


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


def test_anyone_reads_which_calls_are_open_coming_and_closed(client, db):
    factories.call(title_ja="受付中の募集")
    factories.call(title_ja="近く始まる募集", opens_at=NOW() + hours(48), closes_at=NOW() + hours(99))
    factories.call(title_ja="終わった募集", opens_at=NOW() - hours(99), closes_at=NOW() - hours(1))
    factories.call(title_ja="ずっと前の募集", opens_at=NOW() - dt.timedelta(days=600), closes_at=NOW() - dt.timedelta(days=500))
    factories.call(title_ja="まだ秘密の募集", is_published=False)

    page = client.get("/portal/calls/").content.decode()

    parts = [page.index(word) for word in ("受付中の募集", 'id="upcoming"', "近く始まる募集", 'id="closed"', "終わった募集")]
    assert parts == sorted(parts)
    assert "ずっと前の募集" not in page
    assert "まだ秘密の募集" not in page


def test_a_call_says_until_which_hour_requests_must_have_arrived(client, db):
    one = factories.call(
        closes_at=dt.datetime(2031, 1, 31, 17, tzinfo=timezone.get_default_timezone()),
        answer_by=dt.date(2031, 3, 14),
        places=3,
        relay="must",
    )

    japanese = client.get(f"/portal/calls/{one.pk}/").content.decode()
    english = client.get(f"/portal/calls/{one.pk}/?lang=en").content.decode()

    assert "2031年1月31日（金）17:00" in japanese
    assert "2031年3月14日（金）" in japanese
    assert "Friday, 31 January 2031, 17:00 JST" in english
    assert "through the prefecture" in english


@pytest.mark.parametrize(("ahead", "words"), [(0.5, "Closes today"), (24, "Closes tomorrow"), (24 * 10, "10 days left")])
def test_a_call_counts_the_days_that_are_left(client, db, ahead, words):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    closes = timezone.localtime().replace(hour=23, minute=59, second=59) if ahead < 1 else noon + hours(ahead)
    one = factories.call(closes_at=closes)

    assert words in client.get(f"/portal/calls/{one.pk}/?lang=en").content.decode()


def test_guidelines_are_shown_as_text(client, db):
    one = factories.call(guidelines_ja="第一段落。\n\n<script>alert(1)</script>第二段落。")

    page = client.get(f"/portal/calls/{one.pk}/").content.decode()

    assert "<p>第一段落。</p>" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_an_open_call_leads_to_the_request_and_to_its_form(client, db):
    one = factories.call()

    page = client.get(f"/portal/calls/{one.pk}/").content.decode()
    way = client.get(f"/portal/requests/new/diplomats_study_tour/?call={one.pk}")
    sheet = client.get(f"/portal/calls/{one.pk}/diplomats_study_tour.xlsx")

    assert f"/portal/requests/new/diplomats_study_tour/?call={one.pk}" in page
    assert way.status_code == 302
    assert "/accounts/login/" in way["Location"]
    assert "attachment" in sheet["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(sheet.content)).sheetnames


def test_a_closed_call_can_be_read_but_offers_no_button(client, db):
    one = factories.call(opens_at=NOW() - hours(99), closes_at=NOW() - hours(1))

    page = client.get(f"/portal/calls/{one.pk}/?lang=en").content.decode()

    assert "This call is closed." in page
    assert "?call=" not in page


@pytest.mark.parametrize("user", ["clerk", "desk", None])
def test_a_call_that_is_not_published_does_not_exist(client, login, request, user, db):
    one = factories.call(is_published=False)
    kept = attachments.attach(about=one, upload=SimpleUploadedFile("要領.txt", "本文".encode()), by=None)
    reader = login(request.getfixturevalue(user)) if user else client

    for address in ("", "diplomats_study_tour.xlsx", f"files/{kept.key}/"):
        assert reader.get(f"/portal/calls/{one.pk}/{address}").status_code == 404


def test_files_of_a_published_call_are_public_and_no_others(client, db):
    one = factories.call()
    public = attachments.attach(about=one, upload=SimpleUploadedFile("要領.txt", "本文".encode()), by=None)
    other = attachments.attach(about=factories.municipal_request(), upload=SimpleUploadedFile("内部.txt", "本文".encode()), by=None)

    answer = client.get(f"/portal/calls/{one.pk}/files/{public.key}/")

    assert b"".join(answer.streaming_content) == "本文".encode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    for key in (other.key, uuid4()):
        assert client.get(f"/portal/calls/{one.pk}/files/{key}/").status_code == 404


def test_a_form_exists_only_for_the_kinds_of_the_call(client, db):
    one = factories.call()

    for kind in ("free_consultation", "no_such_kind"):
        assert client.get(f"/portal/calls/{one.pk}/{kind}.xlsx").status_code == 404


def test_the_list_has_a_fixed_price(client, db, assert_fixed_queries):
    assert_fixed_queries(lambda: client.get("/portal/calls/"), factories.call)


def test_an_official_keeps_the_menu_and_a_stranger_sees_none(client, login, clerk):
    one = factories.call()

    assert 'class="menu"' in login(clerk).get(f"/portal/calls/{one.pk}/").content.decode()
    assert 'class="menu"' not in client.get(f"/portal/calls/{one.pk}/").content.decode()
    assert "/portal/access/" in client.get(f"/portal/calls/{one.pk}/").content.decode()
