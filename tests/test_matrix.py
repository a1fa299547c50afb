"""Every route × every role × every method, asked for real."""

import re
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from partnership import routes
from partnership.mailbox.store import MailboxTransport
from tests import factories, matrix
from tests.conftest import PolicingClient

REDIRECTS = {301, 302, 303, 307, 308}
METHODS = ("get", "head", "post", "put", "delete")
FACTORIES = {
    "partnership.organisation": lambda: factories.embassy("NO", head="Ingrid Example"),
    "partnership.user": lambda: factories.user("municipal_member", organisation=factories.local_government().organisation),
    "partnership.mailing": lambda: factories.event_mailing().mailing,
    "partnership.approval": lambda: factories.approval(factories.event_mailing().mailing),
    "partnership.country_group": factories.country_group,
    "municipalities.localgovernment": factories.local_government,
}
OLD_ADDRESS = "<path:object_id>/"  # Django sends these on to the page that changes the row


def routes_by_key() -> dict[str, routes.Route]:
    """Routes by name; those without one by their pattern."""
    return {route.name or route.pattern: route for route in routes.every() if route.name or not route.pattern.endswith(OLD_ADDRESS)}


def things() -> dict[str, Any]:
    """One row of each model that has pages."""
    made: dict[str, Any] = {}
    for model in [*admin.site._registry]:
        label = model._meta.label_lower
        factory = FACTORIES.get(label) or getattr(factories, re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower(), None)
        made[label] = factory() if factory else model.objects.first()
    for label in ("partnership.mailing", "partnership.approval"):
        made.setdefault(label, FACTORIES[label]())
    made["mailbox"] = letter_in_the_mailbox()
    return made


def letter_in_the_mailbox() -> int:
    """The number of a letter with text and HTML."""
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = "Test", "somebody@example.jp", "reception@example.jp"
    message.set_content("Text")
    message.add_alternative("<p>HTML</p>", subtype="html")
    transport = MailboxTransport()
    transport.open()
    transport.envelope("reception@example.jp", "somebody@example.jp", 100)
    return int(transport.body(message.as_bytes()).text.split()[-1])


def address(key: str, route: routes.Route, made: dict[str, Any]) -> str:
    """The address of a route, with the arguments of its row, or the row of the admin page's model."""
    row = matrix.TABLE.get(key)
    if row and row.of:
        return reverse(key, args=row.of(made))
    if re.search("object_id|<int:pk>", route.pattern) and (words := key.removeprefix("admin:").split("_")) and len(words) > 1:
        return reverse(key, args=[made[f"{words[0]}.{words[1]}"].pk])
    if not route.name:
        return "/" + re.sub(r"\(\?P<\w+>.*", "no-such-page/", route.pattern)
    for arguments in ([], ["1"], ["1", "1"], ["partnership"], ["1-abc"]):
        try:
            return reverse(key, args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{key} needs arguments: give its row an `of`")


def ask(client: PolicingClient, method: str, url: str, *, is_part: bool = False) -> Any:
    """One request whose effects are undone."""
    with transaction.atomic():
        fresh = PolicingClient(raise_request_exception=False)
        fresh.cookies = client.cookies.copy()
        headers = {"HX-Request": "true"} if is_part else {}
        response = getattr(fresh, method)(url, headers=headers)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def is_let_in(response: Any) -> bool:
    """Whether the door opened: a page, a form with errors, a step further; not a refusal and not the way to the login page."""
    if response.status_code in REDIRECTS:
        return "/login" not in response["Location"]
    return response.status_code in {200, 204, 400, 409, 422}


def client_of(role: str) -> PolicingClient:
    """Someone who has this role."""
    client = PolicingClient()
    if role != "anonymous":
        bodies = {"municipal_member": lambda: factories.local_government().organisation, "mission_officer": factories.mission}
        body = bodies[role]() if role in bodies else None
        client.force_login(factories.user(role, organisation=body))
    return client


def test_every_route_has_a_row_and_every_row_a_route(db):
    missing = [key for key in routes_by_key() if key not in matrix.TABLE]
    gone = [key for key in matrix.TABLE if key not in routes_by_key()]

    assert not gone, f"tests/matrix.py has rows for routes that do not exist: {gone}"
    if missing:
        made, clients = things(), {role: client_of(role) for role in matrix.ROLES}
        rows = [suggestion(key, made, clients) for key in missing]
        pytest.fail("Routes without a row in tests/matrix.py. Decide who may, then add:\n" + "\n".join(rows))


def suggestion(key: str, made: dict[str, Any], clients: dict[str, PolicingClient]) -> str:
    """The row that fits what the route does today; whether that is right is for a person to say."""
    try:
        url = address(key, routes_by_key()[key], made)
    except (AssertionError, NoReverseMatch, KeyError, AttributeError) as error:
        return f"    # {key}: {error}"
    is_part = "progress" in url
    let_in = {
        method: [role for role in matrix.ROLES if is_let_in(ask(clients[role], method, url, is_part=is_part))] for method in ("get", "post")
    }
    names = {
        getattr(matrix, name): name
        for name in ("NOBODY", "ANYONE", "ACCOUNTS", "STAFF", "READERS", "DIVISION", "DECIDERS", "TRAIL", "DESK", "ROOT")
    }
    words = [names.get(" ".join(roles), repr(" ".join(roles)).replace("'", '"')) for roles in let_in.values()]
    return f'    "{key}": Row({words[0]}, {words[1]}{", is_part=True" if is_part else ""}),'


@pytest.mark.parametrize("role", matrix.ROLES)
def test_each_role_is_let_in_where_its_row_says_and_nowhere_else(db, role):
    made, client = things(), client_of(role)

    wrong = []
    for key, route in routes_by_key().items():
        if key in matrix.TABLE:
            wrong += verdicts(key, address(key, route, made), role, client)

    assert not wrong, "\n" + "\n".join(wrong)


def verdicts(key: str, url: str, role: str, client: PolicingClient) -> list[str]:
    """What one role meets on one route, where it is not what the table says."""
    row = matrix.TABLE[key]
    allowed = {"get": row.get.split(), "head": row.get.split(), "post": row.post.split(), "put": [], "delete": []}
    found = []
    for method in METHODS:
        try:
            response = ask(client, method, url, is_part=row.is_part)
        except AssertionError as fault:  # the police found something on the page
            found.append(f"{key} {method.upper()} as {role}: {fault}")
            continue
        expected = role in allowed[method]
        refused_well = response.status_code in {401, 403, 404, 405} or (
            response.status_code in REDIRECTS and "/login" in response["Location"]
        )
        if response.status_code >= 500 or is_let_in(response) != expected or (not expected and not refused_well):
            found.append(
                f"{key} {method.upper()} as {role}: {response.status_code}, {'let in' if expected else 'refused'} expected ({url})"
            )
        elif role in row.get.split() and method in {"put", "delete"} and response.status_code != 405:
            found.append(f"{key} {method.upper()} as {role}: {response.status_code}, 405 expected ({url})")
    return found
