"""What no form of ours can send: a clear page below 500 on every address, and nothing changed."""

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory, override_settings
from django.urls import path
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from partnership import errors, guard
from partnership.middleware import GuardMiddleware
from partnership.models import User
from partnership.urls import urlpatterns as product
from tests import factories

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/account/",
    "/admin/",
    "/admin/login/",
    "/admin/partnership/user/",
    "/admin/partnership/organisation/add/",
    "/admin/partnership/organisation/1/change/",
    "/rsvp/nonsense/",
    "/nowhere/",
    "/livez",
]
QUERIES = {
    "NUL": "q=a%00b",
    "NUL in a name": "q%00=1",
    "broken UTF-8": "q=%ff%fe",
    "half a character": "q=%e3%81",
    "a lone surrogate": "q=%ed%a0%80",
    "an overlong slash": "q=%c0%af",
    "Shift JIS": "q=%8d%4c%93%87",
    "raw bytes": "q=\xff",
}
FORM = "application/x-www-form-urlencoded"
BODIES = {
    "NUL": (b"name=a%00b", FORM),
    "NUL, not encoded": (b"name=a\0b", FORM),
    "NUL in a name": (b"na%00me=1", FORM),
    "broken UTF-8": (b"name=%ff", FORM),
    "a lone surrogate": (b"name=%ed%b0%80", FORM),
    "another charset": (b"name=a", f"{FORM}; charset=utf-16"),
    "a charset that is none": (b"name=a", f"{FORM}; charset=hex"),
    "an unknown charset": (b"name=a", f"{FORM}; charset=klingon"),
    "a charset of odd letters": (b"name=a", f"{FORM}; charset=\xe9 \xff"),
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "an odd boundary": (b"--x\r\n", "multipart/form-data; boundary=\xff"),
    "a boundary that never comes": (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=y"),
    "a part cut off": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\0', "multipart/form-data; boundary=x"),
    "bytes in a part": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n', "multipart/form-data; boundary=x"),
    "bad base64": (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
}


@pytest.fixture
def strict(client, superuser):
    """A signed-in browser that sends its token and reports a 500 as an answer, not as an exception."""
    client.force_login(superuser)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_query_that_is_no_text_is_refused_everywhere(strict, address, query):
    response = strict.get(address, QUERY_STRING=query)

    assert response.status_code == 400
    assert "UTF-8" in response.content.decode()


@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_form_that_is_no_text_is_refused_everywhere_and_changes_nothing(strict, address, body, kind):
    users = list(User.objects.values())

    response = strict.generic("POST", address, body, content_type=kind)

    assert 400 <= response.status_code < 500
    assert list(User.objects.values()) == users


@pytest.mark.parametrize(
    "address", ["/%00", "/admin/%00/", "/rsvp/a%00b/", "/admin/partnership/user/%00/change/", "/a%0d%0aSet-Cookie:%20x=y"]
)
def test_control_characters_in_an_address_are_refused(strict, address):
    response = strict.get(address)

    assert response.status_code == 400
    assert "x" not in response.cookies


@pytest.mark.parametrize("address", ["/%ff/", "/admin/%ff%fe/", "/rsvp/%ed%a0%80/", "/admin/partnership/user/%ff/change/"])
def test_broken_utf8_in_an_address_is_no_page(strict, address):
    assert strict.get(address, follow=True).status_code in {400, 404}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_too_long_says_so(strict, address):
    response = strict.get(address, {"q": "あ" * 3000})

    assert response.status_code == 414
    assert "アドレス" in response.content.decode() or "address" in response.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "A", "日本"])
def test_methods_nothing_answers_to_are_refused_with_those_that_are(strict, address, method):
    response = strict.generic(method, address)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_body_announced_too_large_is_refused_before_it_is_read(strict, address):
    class Unread:
        def read(self, *_args):
            pytest.fail("the body was read")

        readline = read

    response = strict.generic("POST", address, b"", content_type=FORM, CONTENT_LENGTH=str(10**9), **{"wsgi.input": Unread()})

    assert response.status_code == 413


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", "９", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(strict, length):
    assert strict.generic("POST", "/accounts/login/", b"", content_type=FORM, CONTENT_LENGTH=length).status_code in {400, 413}


def test_too_many_fields_are_too_much(strict):
    assert strict.generic("POST", "/accounts/login/", b"a=1&" * 3000, content_type=FORM).status_code == 413


def test_too_many_conditions_are_a_too_long_address(strict):
    assert strict.get("/admin/", QUERY_STRING="a&" * 2500).status_code == 414


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000, MAX_BODY=20_000)
def test_a_form_with_a_file_may_be_larger_than_one_without(strict):
    upload = SimpleUploadedFile("list.csv", b"x" * 5000)

    with_file = strict.post("/nowhere/", {"file": upload})
    without = strict.generic("POST", "/nowhere/", b"a=" + b"x" * 5000, content_type=FORM)

    assert (with_file.status_code, without.status_code) == (404, 413)


def test_a_file_name_that_is_no_text_is_refused(strict):
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a\xff.csv"\r\n\r\n1\r\n--x--\r\n'

    assert strict.generic("POST", "/nowhere/", body, content_type="multipart/form-data; boundary=x").status_code == 400


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000"', 'sessionid="a\\000b"', 'csrftoken="\\000"', 'django_language="\\000"', "=;;;", "sessionid=\xff"]
)
def test_a_broken_cookie_is_forgotten_not_fatal(client, cookie):
    client.raise_request_exception = False

    response = client.get("/admin/", HTTP_COOKIE=cookie)

    assert response.status_code == 302


@pytest.mark.parametrize(
    "header", ["HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_USER_AGENT"]
)
@pytest.mark.parametrize("value", ["\xff", "a b", "\x00", "9" * 3000, "'; drop table--", "::::", ""])
def test_odd_headers_are_never_fatal(client, header, value):
    client.raise_request_exception = False

    assert client.get("/accounts/login/", **{header: value}).status_code < 500
    assert client.post("/accounts/login/", {"login": "a@example.jp", "password": "x"}, **{header: value}).status_code < 500


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.binary(max_size=60),
    body=st.binary(max_size=60),
    kind=st.sampled_from([FORM, "multipart/form-data; boundary=x", "text/plain", "", ";"]),
)
def test_any_bytes_are_answered(strict, query, body, kind):
    for address in ("/", "/accounts/login/", "/admin/partnership/user/", "/rsvp/x/"):
        assert strict.generic("GET", address, QUERY_STRING=query.decode("latin-1")).status_code < 500
        assert strict.generic("POST", address, body, content_type=kind).status_code < 500


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30))
def test_any_path_is_answered(strict, text):
    assert strict.generic("GET", "/" + text.encode("utf-8", "ignore").decode("latin-1")).status_code < 500


@hypothesis_settings(max_examples=80, deadline=None)
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80))
def test_whatever_a_person_can_type_passes_the_guard(text):
    request = RequestFactory().post("/admin/", {"name": text, text or "x": "1"})

    assert guard.fault(request) is None or "\ufffd" in text


# ── the pages ────────────────────────────────────────────────────────────────


def _raise(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    *product,
    path("boom/", _raise(RuntimeError("boom"))),
    path("away/", _raise(OperationalError("server closed the connection"))),
    path("gone/", _raise(InterfaceError("connection already closed"))),
    path("huge/", _raise(DataError("integer out of range"))),
    path("deny/", lambda _request: HttpResponse(status=403)),
    path("only-post/", lambda _request: HttpResponseNotAllowed(["POST"])),
]
handler400, handler403, handler404 = errors.bad_request, errors.forbidden, errors.not_found
handler500 = errors.server_error


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("address", "status"),
    [("/boom/", 500), ("/away/", 503), ("/gone/", 503), ("/huge/", 400), ("/deny/", 403), ("/only-post/", 405), ("/no/", 404)],
)
@override_settings(ROOT_URLCONF="tests.test_bad_input")
def test_every_fault_has_its_page_in_both_languages(strict, address, status, language):
    response = strict.get(address, {"lang": language})

    assert response.status_code == status
    assert f'<html lang="{language}">' in response.content.decode()
    assert response["Content-Language"] == language
    assert response.has_header("Retry-After") == (status == 503)


@override_settings(ROOT_URLCONF="tests.test_bad_input")
def test_words_keep_the_headers_of_the_refusal(strict):
    assert strict.get("/only-post/")["Allow"] == "POST"


@override_settings(ROOT_URLCONF="tests.test_bad_input")
def test_the_page_about_an_outage_asks_the_database_nothing(strict, django_assert_num_queries):
    request = RequestFactory().get("/away/")

    with django_assert_num_queries(0):
        pages = [errors.page(request, status) for status in errors.WORDS]

    assert all(page.content.count(b"<h1>") == 1 for page in pages)


def test_a_database_that_is_away_when_the_session_is_read_is_an_outage_too(client, superuser, monkeypatch):
    client.force_login(superuser)
    client.raise_request_exception = False

    def away(*_args, **_kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(Session.objects, "get", away)
    response = client.get("/admin/")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"


def test_without_the_guard_nul_would_be_a_server_error(rf):
    """The negative control: what the guard is for."""
    request = rf.get("/", QUERY_STRING="q=a%00b")
    passed = []

    refused = GuardMiddleware(lambda request: passed.append(request) or HttpResponse("x"))(request)

    assert refused.status_code == 400
    assert not passed
    assert "\0" in request.GET["q"]


# ── a form that is too old ───────────────────────────────────────────────────


@pytest.fixture
def checking(db):
    """A browser whose forms are checked for their token."""
    from tests.conftest import PolicingClient

    client = PolicingClient(enforce_csrf_checks=True)
    client.force_login(factories.user("desk"))
    return client


def test_a_form_with_an_old_token_offers_what_was_typed_again(checking):
    response = checking.post("/account/", {"note": "三行の\n長い文", "act": "save"}, HTTP_SEC_FETCH_SITE="same-origin")

    page = response.content.decode()
    assert response.status_code == 403
    assert 'name="note" value="三行の\n長い文"' in page
    assert "action=" not in page  # the same address again; a personal one is not written into the page


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_forged_form_is_never_offered_again(checking, site):
    response = checking.post("/account/", {"note": "三行"}, HTTP_SEC_FETCH_SITE=site)

    assert response.status_code == 403
    assert "三行" not in response.content.decode()


def test_a_password_is_never_written_into_a_page(checking):
    response = checking.post("/accounts/login/", {"login": "a@example.jp", "password": "tr0ub4dor"}, HTTP_SEC_FETCH_SITE="same-origin")

    assert response.status_code == 403
    assert "tr0ub4dor" not in response.content.decode()
