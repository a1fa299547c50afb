"""Workers die in the middle of a mailing, sleep longer than their lease, lose their broker; and letters are neither lost nor doubled.

Each rule is asked of the mail server's own log and of ``mail_audit``, from outside. The negative control shows that the fault bites.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.laboratory import LEASE, Laboratory, broken_rules, laboratory, migrated, postgres_template
from tests.services import free_port

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated file of SQLite."""
    home = tmp_path_factory.mktemp("template")
    migrated(home, f"sqlite:///{home / 'template.sqlite3'}")
    return str(home / "template.sqlite3")


@pytest.fixture(scope="session")
def postgres_copy(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[tuple[str, str]]:
    """A migrated database and its server."""
    with postgres_template(tmp_path_factory.mktemp("postgres"), postgres_url) as name:
        yield name, postgres_url


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Laboratory]]:
    """``lab("postgresql", delay=0.1)``: a laboratory on that database."""
    with ExitStack() as parts:

        def make(database: str = "sqlite", **behaviour: float) -> Laboratory:
            on_server = request.getfixturevalue("postgres_copy") if database == "postgresql" else None
            template, server = on_server or (request.getfixturevalue("sqlite_template"), "")
            return parts.enter_context(laboratory(tmp_path, template, server, **behaviour))

        yield make


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_workers_that_are_killed_lose_and_double_nothing(lab, database):
    place = lab(database, delay=0.1)
    place.fill(40)
    killed = 0

    for accepted in (5, 14, 23):
        place.start()
        place.start()
        place.wait_for_accepts(accepted)
        killed += place.kill_all()
    place.start()
    rows = place.wait_for_states()

    assert killed == 6
    assert broken_rules(rows, place.sink.accepted) == []
    uncertain = [row for row in rows if row["state"] == "uncertain"]
    assert 1 <= len(uncertain) <= killed, "the kills did not fall into the one window that cannot be closed"
    assert len(rows) == 40


def test_naive_sender_doubles_letters_under_the_same_kills(lab):
    """Negative control: the kills above do harm a sender that sends first and saves afterwards."""
    place = lab(delay=0.1)
    place.fill(20)

    for accepted in (3, 6):
        place.start("-m", "tests.faults.deeds", "naive")
        place.wait_for_accepts(accepted)
        place.kill_all()
    place.start("-m", "tests.faults.deeds", "naive").wait(120)

    times = Counter(line["message_id"] for line in place.sink.accepted)
    assert max(times.values()) > 1
    assert any("times" in rule for rule in broken_rules(place.audit(), place.sink.accepted))


def test_worker_that_slept_longer_than_its_lease_still_says_what_it_knows(lab):
    place = lab(delay=0.4)
    place.fill(3)
    worker = place.start()
    place.wait_for_accepts(1)

    os.killpg(worker.pid, signal.SIGSTOP)
    time.sleep(LEASE + 1)
    place.run("manage.py", "mailer", "--once")  # another one sweeps, and sends the rest
    assert "uncertain" in {row["state"] for row in place.audit()}
    os.killpg(worker.pid, signal.SIGCONT)
    rows = place.wait_for_states({"sent"}, patience=60)

    assert broken_rules(rows, place.sink.accepted) == []


def test_worker_that_is_asked_to_stop_finishes_the_mail_at_hand(lab):
    place = lab(delay=0.4)
    place.fill(8)
    worker = place.start()
    place.wait_for_accepts(2)

    worker.terminate()

    assert worker.wait(60) == 0
    states = Counter(row["state"] for row in place.audit())
    assert set(states) == {"sent", "queued"}
    assert states["sent"] == len(place.sink.accepted)


def test_celery_worker_sends_though_its_broker_never_comes(lab):
    place = lab()
    place.environment["BROKER_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    place.fill(3)  # and whoever wrote them saw no error

    place.start("-m", "celery", "-A", "partnership", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle")
    rows = place.wait_for_states(patience=90)

    assert {row["state"] for row in rows} == {"sent"}
    assert broken_rules(rows, place.sink.accepted) == []


def test_server_that_dies_between_dot_and_answer_leaves_uncertain_mails_only(lab):
    place = lab(delay=0.2)
    place.fill(4)
    place.sink.cut_next = 2

    place.run("manage.py", "mailer", "--once")
    rows = place.wait_for_states()

    assert Counter(row["state"] for row in rows) == {"uncertain": 2, "sent": 2}
    assert broken_rules(rows, place.sink.accepted) == []
