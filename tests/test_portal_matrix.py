"""Every address of the portal × whoever may come × every method, asked for real; and a neighbour's things, which do not exist."""

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from PIL import Image

from municipalities.models import RequestParty
from partnership import attachments, business_days, routes, tokens
from tests import factories, portal_matrix
from tests.conftest import PolicingClient
from tests.test_matrix import ask, is_let_in

pytestmark = pytest.mark.django_db

METHODS = ("get", "head", "post", "put", "delete")
STRANGERS = ("neighbour", "unconfirmed")
SECRET = "ひみつの視察ζ"  # in the title of everything that is not a stranger's


def portal_routes() -> dict[str, routes.Route]:
    """The addresses below /portal/."""
    return {route.name: route for route in routes.every() if route.pattern.startswith("portal/")}


@pytest.fixture
def people(db):
    """Everyone of the table, signed in as they would be."""
    prefecture = factories.local_government("広島県", kind="prefecture")
    city, joined = (factories.local_government(name, prefecture=prefecture) for name in ("広島市", "呉市"))
    accounts = {
        "own": factories.official(city, "municipal_manager"),
        "colleague": factories.official(city),
        "joint": factories.official(joined),
        "relay": factories.official(prefecture),
        "neighbour": factories.official(None, "municipal_manager"),
        "unconfirmed": factories.user("municipal_applicant"),
        "staff": factories.user("protocol"),
    }
    clients = {name: PolicingClient(raise_request_exception=False) for name in portal_matrix.PEOPLE}
    for name, account in accounts.items():
        clients[name].force_login(account)
    token = tokens.make("rsvp", factories.invitation().pk, 1)
    assert clients["embassy"].get(reverse("rsvp:invitation", args=[token])).status_code == 200
    return SimpleNamespace(accounts=accounts, clients=clients, city=city, joined=joined, prefecture=prefecture)


@pytest.fixture
def things(people):
    """One of everything that an address of the portal can be of; all of it belongs to the city of “own”."""
    city, own = people.city, people.accounts["own"]
    parties, week = (people.joined,), business_days.add(timezone.localdate(), 5)
    sent = factories.municipal_request(city, *parties, relay=people.prefecture, title=SECRET)
    asked = factories.municipal_request(city, *parties, relay=people.prefecture, title=SECRET, confirm_by=week)
    RequestParty.objects.filter(request=asked, local_government=people.joined).update(confirmed_at=None)
    attraction = factories.attraction(city, name_ja=SECRET)
    call = factories.call()
    event = factories.event()
    factories.host(event, city.organisation)
    return {
        "sent": sent,
        "asked": asked,
        "ended": factories.municipal_request(city, *parties, relay=people.prefecture, title=SECRET, state="declined"),
        "draft": factories.municipal_request(city, state="draft", created_by=own, title=SECRET),
        "file": attach(sent, "行程案.txt", b"text", "text/plain"),
        "attraction": attraction,
        "picture": attach(attraction, "a.png", picture(), "image/png"),
        "call": call,
        "call_file": attach(call, "要領.txt", b"text", "text/plain"),
        "account": factories.official(city),
        "body": city,
        "access": factories.access_request(city),
        "event": event,
    }


def attach(about: Any, name: str, content: bytes, kind: str) -> Any:
    """A file about a thing."""
    return attachments.attach(about=about, upload=SimpleUploadedFile(name, content, kind), by=None)


def picture() -> bytes:
    """A small picture."""
    kept = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(kept, "PNG")
    return kept.getvalue()


def address(name: str, things: dict[str, Any], *, absent: bool = False) -> str:
    """The address of a route with the thing of its row, or with one that never was."""
    row = portal_matrix.TABLE[name]
    arguments = row.of(things) if row.of else ()
    return reverse(name, args=portal_matrix.nowhere(arguments) if absent else arguments)


def test_every_address_of_the_portal_has_a_row_and_every_row_an_address(people, things):
    there = portal_routes()
    missing = [name for name in there if name not in portal_matrix.TABLE]
    gone = [name for name in portal_matrix.TABLE if name not in there]

    assert not gone, f"tests/portal_matrix.py has rows for addresses that do not exist: {gone}"
    if missing:
        rows = [suggestion(name, people, things) for name in missing]
        pytest.fail("Addresses without a row in tests/portal_matrix.py. Decide who may, then add:\n" + "\n".join(rows))


def suggestion(name: str, people: Any, things: dict[str, Any]) -> str:
    """The row that fits what the address does today; whether that is right is for a person to say."""
    url, told = fitting(name, things)
    if not url:
        return f"    # {name}: say what it is of"
    let_in = {
        method: " ".join(who for who in portal_matrix.PEOPLE if is_let_in(ask(people.clients[who], method, url)))
        for method in ("get", "post")
    }
    names = {value: key for key, value in vars(portal_matrix).items() if isinstance(value, str) and key.isupper()}
    words = [names.get(let_in[method], f'"{let_in[method]}"') for method in ("get", "post")]
    return f'    "{name}": Row({words[0]}, {words[1]}{told}),'


def fitting(name: str, things: dict[str, Any]) -> tuple[str, str]:
    """An address of the route and how its row would say so."""
    tries: list[tuple[tuple[Any, ...], str]] = [((), ""), (("free_consultation",), ', of=lambda _things: ("free_consultation",)')]
    words = [word for word in re.split(r"[:_]", name)[1:] if word.rstrip("s") in things]
    tries += [((things[word.rstrip("s")].pk,), f', of=of("{word.rstrip("s")}")') for word in words]
    tries += [((getattr(things[key], field),), f', of=of("{key}", "{field}")') for key, field in (("sent", "uuid"), ("file", "key"))]
    for arguments, told in tries:
        try:
            return reverse(name, args=arguments), told
        except NoReverseMatch:
            continue
    return "", ""


@pytest.mark.parametrize("who", portal_matrix.PEOPLE)
def test_addresses_let_in_whom_the_table_names(who, people, things):
    wrong = []
    for name, route in portal_routes().items():
        row = portal_matrix.TABLE.get(name)
        if row is None:
            continue  # the test above says so
        url = address(name, things)
        for method in METHODS:
            named = {"get": row.get, "head": row.get, "post": row.post}.get(method, "")
            response = ask(people.clients[who], method, url)
            if is_let_in(response) != (who in named.split()):
                wrong.append(f"{method.upper()} {url} ({route.name}) as {who}: {response.status_code} {response.get('Location', '')}")
            if response.status_code >= 500:
                wrong.append(f"{method.upper()} {url} ({route.name}) as {who} failed: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_table_is_what_the_tests_mean(people, things):
    """The negative control: a row that says the opposite is found out."""
    clients = people.clients

    assert is_let_in(ask(clients["own"], "get", address("portal:request", things)))
    assert not is_let_in(ask(clients["neighbour"], "get", address("portal:request", things)))
    assert not is_let_in(ask(clients["embassy"], "get", address("portal:requests", things)))


# ── what is a neighbour's does not exist ─────────────────────────────────────

OWNED = [name for name, row in portal_matrix.TABLE.items() if row.of and not row.is_shared]


def without_address(response: Any, url: str) -> str:
    """What the answer says apart from the address that was asked, and from the token of its forms."""
    text = response.content.decode() if not response.streaming else ""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", text.replace(url, "…"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", OWNED)
def test_to_a_stranger_it_is_the_page_of_what_never_was_at_the_same_price(name, who, method, people, things):
    client = people.clients[who]
    there, absent = address(name, things), address(name, things, absent=True)
    ask(client, method, absent)  # fills what the process keeps

    with CaptureQueriesContext(connection) as theirs:
        one = ask(client, method, there)
    with CaptureQueriesContext(connection) as none:
        other = ask(client, method, absent)

    assert one.status_code == other.status_code
    assert one.status_code in {403, 404, 405}
    assert without_address(one, there) == without_address(other, absent)
    assert len(theirs) == len(none), "\n".join(query["sql"][:200] for query in theirs.captured_queries)


@pytest.mark.parametrize("who", STRANGERS)
def test_no_list_no_search_and_no_export_of_a_stranger_holds_it(who, people, things):
    addresses = [address(name, things) for name, row in portal_matrix.TABLE.items() if not row.of]
    addresses += [f"{reverse(name)}?q={SECRET}" for name in ("portal:requests", "portal:requests_csv")]

    for url in addresses:
        response = ask(people.clients[who], "get", url)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        text = content.decode(errors="replace").replace(f'value="{SECRET}"', "")
        assert SECRET not in text, url
        assert things["sent"].number not in text, url
    own = ask(people.clients["own"], "get", f"{reverse('portal:requests')}?q={SECRET}")
    assert SECRET in own.content.decode().replace(f'value="{SECRET}"', "")  # the negative control
