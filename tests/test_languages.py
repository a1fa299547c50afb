"""Two languages: what was chosen, whose page it is, and that choosing changes no row."""

import re

import pytest
from django.test import RequestFactory
from django.utils import translation

from partnership import languages
from partnership.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def language(response):
    return re.search(r'<html lang="(\w+)"', response.content.decode()).group(1)


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/accounts/password/reset/", "/rsvp/nonsense/", "/nowhere/"])
@pytest.mark.parametrize("code", ["ja", "en"])
def test_lang_chooses_the_language_of_any_page_and_of_the_next(client, address, code):
    chosen = client.get(address, {"lang": code})
    after = client.get(address)

    assert language(chosen) == language(after) == code
    assert chosen["Content-Language"] == code


def test_the_choice_is_kept_in_a_cookie_that_scripts_cannot_read(client):
    cookie = client.get("/", {"lang": "en"}).cookies["django_language"]

    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")


@pytest.mark.parametrize("value", ["", "fr", "JA", "en-gb", "zh", "../../etc", "%00", "a" * 500, "ja%0d%0aX: y"])
def test_an_unknown_language_is_ignored(client, value):
    response = client.get("/?lang=" + value)

    assert "django_language" not in response.cookies
    assert response.status_code == 400 or language(response) == "ja"


def test_the_last_of_several_languages_counts(client):
    assert language(client.get("/?lang=ja&lang=en")) == "en"


@pytest.mark.parametrize("address", ["/", "/accounts/login/"])
def test_staff_and_officials_doors_open_in_japanese_whatever_the_browser_says(client, address):
    assert language(client.get(address, HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.9")) == "ja"


@pytest.mark.parametrize(
    ("header", "code"), [("en-GB,en", "en"), ("fr,en;q=0.5", "en"), ("fr", "ja"), ("ja", "ja"), ("", "ja"), (";;,,=", "ja")]
)
def test_a_page_for_nobody_in_particular_asks_the_browser(client, header, code):
    assert language(client.get("/nowhere/", HTTP_ACCEPT_LANGUAGE=header)) == code


def test_an_account_reads_in_its_own_language_unless_it_chose_another(login):
    client = login(factories.user("desk", language="en"))

    own = language(client.get("/account/"))
    client.get("/account/", {"lang": "ja"})

    assert own == "en"
    assert language(client.get("/account/")) == "ja"


def test_choosing_a_language_writes_no_row(login, desk, django_assert_num_queries):
    client = login(desk)
    before = list(User.objects.values())

    client.get("/account/", {"lang": "en"})

    assert list(User.objects.values()) == before


def test_a_personal_link_speaks_the_language_of_its_letter_until_another_is_chosen():
    quiet = RequestFactory().get("/rsvp/x/", headers={"accept-language": "ja"})
    asking = RequestFactory().get("/rsvp/x/?lang=ja")

    with translation.override("ja"):
        spoken = languages.use(quiet, "en")
        active = translation.get_language()
        chosen = languages.use(asking, "en")

    assert (spoken, active, chosen) == ("en", "en", "ja")


def test_the_switch_keeps_the_address_and_its_conditions(client):
    page = client.get("/?q=%E5%BA%83%E5%B3%B6&lang=ja&p=2").content.decode()

    assert 'href="?q=%E5%BA%83%E5%B3%B6&amp;p=2&amp;lang=en"' in page


def test_the_switch_cannot_be_made_to_carry_markup(client):
    page = client.get('/?"><script>alert(1)</script>=1').content.decode()

    assert "<script>alert" not in page


def test_a_language_does_not_leak_into_the_next_request(client, login):
    login(factories.user("desk", language="en")).get("/account/")

    assert language(client.get("/accounts/login/")) == "ja"


def test_caches_know_that_pages_differ_by_reader(client):
    assert {"Cookie", "Accept-Language"} <= {part.strip() for part in client.get("/")["Vary"].split(",")}
