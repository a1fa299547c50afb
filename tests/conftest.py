"""Fixtures that every test may use: who acts, what they act on, and a client that polices every page it receives."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.models import Event, Invitation
from partnership.models import Organisation, User
from tests import factories, pages
from tests.browser import browser_page, chromium, live, stack  # noqa: F401  fixtures
from tests.engine import server  # noqa: F401  a fixture
from tests.services import postgres, redis
from tests.town_hall import city, official, prefectural, prefecture  # noqa: F401  fixtures

# Fixtures that cost half a minute: a whole server, the registers, the demonstration. Their tests share one process.
COSTLY = {"live": "live", "stack": "stack", "loaded": "demo", "registers": "registers"}
# What differs on SQLite, and so is run there as well: locks and claims, constraints, bad input, versions, searching, registers.
ON_SQLITE = {"admin_base", "admin_lists", "approvals", "audit", "bad_input", "emails", "factories", "invitations", "mailer", "mailings"}
ON_SQLITE |= {"invitation_answers", "registers", "restores", "rsvp", "versions"}


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues, as ``make`` does, so that pages speak Japanese in every way of starting the tests."""
    if hasattr(config, "workerinput"):
        return
    for path in Path("locale").glob("*/LC_MESSAGES/*.po"):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            polib.pofile(str(path)).save_as_mofile(str(compiled))


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a costly fixture; mark what runs on SQLite too."""
    for item in items:
        if item.path.stem.removeprefix("test_") in ON_SQLITE:
            item.add_marker(pytest.mark.sqlite)
        if group := next((COSTLY[name] for name in COSTLY if name in getattr(item, "fixturenames", ())), ""):
            item.add_marker(pytest.mark.xdist_group(group))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call a file by its argument's name: an archive holds the second it was packed in, and each process must name its tests alike."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop where xdist would scatter the tests of one server: it hangs their group onto their ids, which not every pytest lets it do."""
    grouped = [item.nodeid for item in session.items if item.get_closest_marker("xdist_group")]
    if getattr(session.config.option, "loadgroup", False) and not all("@" in nodeid for nodeid in grouped):
        raise pytest.UsageError("xdist does not know the groups of this pytest; see tests/requirements.txt")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, also where the tests themselves run on SQLite."""
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server."""
    with redis() as url:
        yield url


class PolicingClient(Client):
    """Django's client. Runs what waits for the commit, and fails on any page that breaks the rules of tests/pages.py."""

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Send a form; one without fields as a browser does, and not as a multipart body without parts."""
        if not data and not args and "content_type" not in kwargs:
            return super().post(path, "", "application/x-www-form-urlencoded", **kwargs)
        return super().post(path, data, *args, **kwargs)

    def request(self, **request: Any) -> Any:
        """Make one request and look at the answer."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = super().request(**request)
        police(response, fragment="HTTP_HX_REQUEST" in request)
        return response


def police(response: HttpResponse, *, fragment: bool = False) -> None:
    """Fail when an HTML answer breaks a rule that holds for every page."""
    html = response.get("Content-Type", "").startswith("text/html")
    if not html or response.streaming or not response.content:
        return
    policy = response.get("Content-Security-Policy", "")
    assert policy, f"no Content-Security-Policy on {response.request['PATH_INFO']}"
    if "sandbox" in policy:  # the body of an HTML mail, shown in a frame that may do nothing
        return
    found = pages.faults(response.content.decode(), whole=not fragment)
    assert not found, f"{response.request['PATH_INFO']}: " + "; ".join(found)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each test starts in Japanese, with no rate limits used up, and with no mark of another test's database."""
    translation.activate(settings.LANGUAGE_CODE)
    cache.clear()
    for name in (settings.MAIL_MARK, f"{settings.MAIL_MARK}.journal"):
        Path(name).unlink(missing_ok=True)
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def client() -> PolicingClient:
    """Someone who has not signed in."""
    return PolicingClient()


@pytest.fixture
def login() -> Callable[..., PolicingClient]:
    """``login(user)``: a client signed in as that user."""

    def sign_in(user: User) -> PolicingClient:
        client = PolicingClient()
        client.force_login(user)
        return client

    return sign_in


# ── who acts ─────────────────────────────────────────────────────────────────


@pytest.fixture
def desk(db: None) -> User:
    """A member of the division who drafts and sends."""
    return factories.user("desk")


@pytest.fixture
def approver(db: None) -> User:
    """The director, who decides."""
    return factories.user("approver")


@pytest.fixture
def viewer(db: None) -> User:
    """Another bureau: sees, changes nothing."""
    return factories.user("viewer")


@pytest.fixture
def protocol(db: None) -> User:
    """The Protocol Office."""
    return factories.user("protocol")


@pytest.fixture
def door(db: None) -> User:
    """Reception staff on the evening."""
    return factories.user("door")


@pytest.fixture
def superuser(db: None) -> User:
    """The account of the first start."""
    return factories.user("superuser")


@pytest.fixture
def clerk(db: None) -> User:
    """An official of a municipality."""
    return factories.user("municipal_member", organisation=factories.local_government("広島市", name_en="Hiroshima City").organisation)


@pytest.fixture
def neighbour(db: None) -> User:
    """An official of another municipality, who must not see the clerk's things."""
    return factories.user("municipal_member", organisation=factories.local_government("松戸市", name_en="Matsudo City").organisation)


@pytest.fixture
def officer(db: None) -> User:
    """The partnership officer of a mission abroad."""
    return factories.user("mission_officer", organisation=factories.mission("CA"))


# ── what they act on ─────────────────────────────────────────────────────────


@pytest.fixture
def embassy(db: None) -> Organisation:
    """The embassy of Norway with an ambassador, an address and a secretariat."""
    return factories.embassy("NO", head="Ingrid Example", secretariat_email="secretariat@no.example.jp")


@pytest.fixture
def event(db: None) -> Event:
    """The next reception, planned."""
    return factories.event()


@pytest.fixture
def invitation(event: Event, embassy: Organisation) -> Invitation:
    """The embassy's invitation to the reception, not yet answered."""
    return factories.invitation(event, factories.head(embassy))


# ── lists have a fixed price ─────────────────────────────────────────────────


@pytest.fixture
def assert_fixed_queries(db: None) -> Callable[..., int]:
    """``assert_fixed_queries(get, add)``: ``get()`` costs as many queries with one row as with thirty made by ``add()``."""

    def check(get: Callable[[], Any], add: Callable[[], Any], rows: int = 30) -> int:
        add()
        get()  # fills content types, sites and other caches of the process
        with CaptureQueriesContext(connection) as one:
            get()
        for _ in range(rows - 1):
            add()
        with CaptureQueriesContext(connection) as many:
            get()
        if len(one) != len(many):
            extra = [query["sql"][:300] for query in many.captured_queries]
            pytest.fail(f"{len(one)} queries with one row, {len(many)} with {rows}:\n" + "\n".join(extra[:60]))
        return len(many)

    return check


# ── the real registers ───────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def registers(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The real registers and the record of 2015, loaded once for a module and taken away after it."""
    with django_db_blocker.unblock():
        call_command("load_registers", verbosity=0, stdout=StringIO())
        call_command("load_programme_2015", verbosity=0, stdout=StringIO())
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
