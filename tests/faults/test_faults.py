"""Workers die, sleep, are paused and deployed over, servers break down; and letters are neither lost nor doubled.

Each scenario (tests/faults/scenarios.py) is asked by every rule of tests/faults/invariants.py, then settled by the mail server's log, then
asked again. Its negative control, the same faults against a sender that others write, shows that they bite. The long runs: ``make faults``.
"""

import pytest

from tests.faults import runs, sizes
from tests.faults.laboratory import CELERY, Bench
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.fault

# The one of which everything hangs is played on both databases; the others take turns. `make faults` plays all on both.
ON_SQLITE = {"kills", "poison", "deploy", "pauses", "replies", "clocks", "rates"}
PLAYED = [
    (name, database)
    for name in SCENARIOS
    for database in ("sqlite", "postgresql")
    if name == "kills" or (database == "sqlite") == (name in ON_SQLITE)
]


def _together(database: str) -> pytest.MarkDecorator:
    return pytest.mark.xdist_group(f"faults_{database}")  # those who share a server that is crashed


@pytest.mark.parametrize(("name", "database"), [pytest.param(*one, marks=_together(one[1])) for one in PLAYED])
def test_letters_survive(bench: Bench, name: str, database: str):
    result = runs.run(bench, name, database, sizes.SMALL[name])

    assert result.broken == []
    assert result.after == {"uncertain": 0, "lost": 0, "doubled": 0}


@pytest.mark.parametrize(
    ("name", "database"), [pytest.param(*one, marks=_together(one[1])) for one in PLAYED if one != ("kills", "postgresql")]
)
def test_the_same_faults_harm_a_sender_that_others_write(bench: Bench, name: str, database: str):
    """Negative control."""
    assert runs.is_harmed(runs.run_control(bench, name, database, sizes.CONTROL[name]))


@pytest.mark.xdist_group("faults_sqlite")
def test_worker_that_is_asked_to_stop_finishes_the_mail_at_hand(bench: Bench):
    with bench.laboratory("sqlite") as place:
        place.sink.behave(delay=0.4)
        place.fill(*(f"guest{number}" for number in range(8)))
        place.staff(1)
        place.wait_for_accepts(2)
        [worker] = place.workers

        worker.signal(15)
        ended: dict[str, int] = {}
        place.wait(lambda: ended.update(place.nursery.ask(reap=True)["ended"]) or bool(ended), "its end", 60, pause=0.05)

        assert ended == {str(worker.pid): 0}
        states = place.states()
        assert set(states) == {"sent", "queued"}
        assert states["sent"] == place.accepts()


@pytest.mark.xdist_group("faults_sqlite")
def test_celery_worker_sends_though_its_broker_never_comes(bench: Bench):
    with bench.laboratory("sqlite", broker=True) as place:
        place.redis.kill()
        place.fill("guest1", "guest2", "guest3")  # and whoever wrote them saw no error

        place.celery("worker", "--concurrency", "1", *CELERY)
        place.wait_for_end()

        assert place.states() == {"sent": 3}
