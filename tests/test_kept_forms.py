import html
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from partnership import kept_forms
from partnership.models import User
from tests import factories
from tests.conftest import PolicingClient

pytestmark = pytest.mark.django_db
OURS = {"HTTP_SEC_FETCH_SITE": "same-origin"}
TEXT = "姉妹都市の高校生が来日します。\r\n知事の表敬をお願いしたく、よろしくお願いします。"


@pytest.fixture
def account(desk):
    return factories.user("viewer", name="三宅", post="地域局")


@pytest.fixture
def page(account):
    return reverse("admin:partnership_user_hand_over", args=[account.pk])


def filled(**values):
    return {"name": "小川 明", "post": TEXT[:20], "email": "ogawa@mofa.example.jp", **values}


def sign_in(client, user):
    return client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD, "next": "/accounts/kept/"})


def hidden(page):
    """The fields of the form that sends again."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if kept_forms.KEY in form)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return html.unescape(re.search(r'action="([^"]+)"', form)[1]), {name: html.unescape(value) for name, value in fields}


def test_a_form_whose_session_ended_is_sent_again_after_signing_in(client, desk, account, page):
    lost = client.post(page, filled(), **OURS)
    assert (lost.status_code, lost["Location"]) == (302, "/accounts/login/?next=/accounts/kept/")
    assert "お待ち" not in client.get(lost["Location"]).content.decode()

    back = sign_in(client, desk)
    assert back["Location"] == "/accounts/kept/"
    shown = client.get("/accounts/kept/").content.decode()
    action, fields = hidden(shown)
    assert action == page
    assert fields["name"] == "小川 明"

    assert client.post(action, fields, **OURS).status_code == 302

    assert User.objects.get(pk=account.pk).name == "小川 明"
    assert kept_forms.KEY not in client.session


def test_the_login_page_says_that_the_text_is_kept(client, page):
    lost = client.post(page, filled(), **OURS)

    assert "messages" in client.get(lost["Location"]).content.decode()


def test_lines_and_quotes_survive(client, desk, page):
    typed = filled(post=f'"{TEXT}" <b>&amp;')
    client.post(page, typed, **OURS)
    sign_in(client, desk)

    _action, fields = hidden(client.get("/accounts/kept/").content.decode())

    assert fields["post"].replace("\n", "\r\n").replace("\r\r", "\r") == typed["post"]


def test_a_form_that_is_shown_again_for_correction_is_not_kept_twice(client, desk, page):
    client.post(page, filled(name=""), **OURS)
    sign_in(client, desk)
    action, fields = hidden(client.get("/accounts/kept/").content.decode())

    assert client.post(action, fields, **OURS).status_code == 422

    assert kept_forms.KEY not in client.session


def test_a_form_that_was_refused_stays(client, viewer, page):
    """Somebody else has signed in, who may not do this: the text is still there for its owner."""
    client.post(page, filled(), **OURS)
    sign_in(client, viewer)
    action, fields = hidden(client.get("/accounts/kept/").content.decode())

    assert client.post(action, fields, **OURS).status_code == 403

    assert kept_forms.KEY in client.session


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_ORIGIN": "http://127.0.0.1:8000"}, True),
        ({"HTTP_ORIGIN": "http://testserver"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
        ({"HTTP_ORIGIN": "https://evil.example"}, False),
        ({"HTTP_ORIGIN": "https://evil.example", "HTTP_SEC_FETCH_SITE": "same-origin"}, False),
        ({"HTTP_ORIGIN": "null"}, False),
        ({}, False),
    ],
)
def test_only_a_form_of_ours_is_kept(client, page, headers, kept):
    answer = client.post(page, filled(), **headers)

    assert answer.status_code == 302
    assert (kept_forms.KEY in client.session) is kept


def test_passwords_and_tokens_are_not_kept(client):
    client.post("/accounts/password/change/", {"oldpassword": "old", "password1": "new", "password2": "new"}, **OURS)
    assert kept_forms.KEY not in client.session

    client.post("/landing/", {"text": TEXT, "csrfmiddlewaretoken": "secret-token"}, **OURS)
    assert "secret-token" not in str(dict(client.session))
    assert TEXT in str(client.session[kept_forms.KEY]["fields"]).replace("\\r\\n", "\r\n")


def test_files_are_not_kept_and_the_page_says_so(client, desk, page):
    client.post(page, {**filled(), "file": SimpleUploadedFile("a.txt", b"secret bytes")}, **OURS)
    sign_in(client, desk)

    shown = client.get("/accounts/kept/").content.decode()

    assert "secret bytes" not in shown
    assert client.session[kept_forms.KEY]["had_files"]


def test_a_form_above_a_million_characters_is_not_kept(client, page):
    client.post(page, filled(post="あ" * (kept_forms.MOST // 3 + 1), name="b" * (kept_forms.MOST - 200_000)), **OURS)

    assert kept_forms.KEY not in client.session


def test_it_is_kept_for_an_hour(client, desk, page):
    with time_machine.travel("2026-12-03 10:00+09:00", tick=False) as clock:
        client.post(page, filled(), **OURS)
        clock.shift(kept_forms.LIFE + 1)
        sign_in(client, desk)

        shown = client.get("/accounts/kept/").content.decode()

    assert "小川" not in shown
    assert kept_forms.KEY not in client.session


def test_it_can_be_thrown_away(client, desk, page):
    client.post(page, filled(), **OURS)
    sign_in(client, desk)

    assert client.post("/accounts/kept/").status_code == 302

    assert kept_forms.KEY not in client.session


def test_signing_out_ends_it(client, desk, page):
    client.post(page, filled(), **OURS)
    sign_in(client, desk)
    client.post("/accounts/logout/")

    assert kept_forms.KEY not in client.session


def test_whoever_signs_in_by_another_way_is_led_to_it(client, desk, page):
    client.post(page, filled(), **OURS)
    client.force_login(desk)

    assert client.get("/landing/")["Location"] == "/accounts/kept/"


def test_nobody_fills_our_store_without_signing_in(page):
    for number in range(kept_forms.MOST_FROM_ONE_PLACE + 1):
        client = PolicingClient()
        client.post(page, filled(), **OURS)
        assert (kept_forms.KEY in client.session) is (number < kept_forms.MOST_FROM_ONE_PLACE)


def test_another_form_does_not_throw_it_away(client, desk, page):
    client.post(page, filled(), **OURS)
    sign_in(client, desk)

    client.post(page, filled(name="", **{kept_forms.KEY: "guessed"}), **OURS)

    assert kept_forms.KEY in client.session


def test_a_page_of_the_portal_is_kept_as_well(client, clerk):
    lost = client.post("/portal/", {"text": TEXT}, **OURS)

    assert lost["Location"] == "/accounts/login/?next=/accounts/kept/"
    assert client.session[kept_forms.KEY]["path"] == "/portal/"


# ── htmx ─────────────────────────────────────────────────────────────────────


def test_a_part_of_a_page_is_never_answered_with_the_login_page(client):
    answer = client.get("/portal/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="https://testserver/portal/?q=1")

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=/portal/%3Fq%3D1"
    assert b"<form" not in answer.content


def test_an_autosave_without_a_session_leaves_the_page_and_its_text_alone(client, page):
    answer = client.post(page, filled(), HTTP_HX_REQUEST="true", **OURS)

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer
    assert kept_forms.KEY not in client.session


def test_only_the_line_about_saving_says_that_an_autosave_came_without_a_session(client, page):
    line = client.post(page, filled(), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="saved", **OURS)
    other = client.post(page, filled(), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="id_text", **OURS)

    assert (line["HX-Reswap"], other["HX-Reswap"]) == ("innerHTML", "none")
    assert line.content != other.content


@pytest.mark.parametrize("where", ["javascript:alert(1)", "https://evil.example//evil.example", "//evil.example/x", ""])
def test_a_part_of_a_page_leads_nowhere_else(client, where):
    answer = client.get("/admin/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=where)

    assert "evil" not in answer["HX-Redirect"]
    assert "javascript" not in answer["HX-Redirect"]


@override_settings(SITE_URL="https://partnership.example.jp")
def test_the_address_of_the_site_counts_as_ours(client, page):
    client.post(page, filled(), HTTP_ORIGIN="https://partnership.example.jp")

    assert kept_forms.KEY in client.session
