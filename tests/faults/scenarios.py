"""What befalls those who send. Each scenario is one function: it fills the outbox, sets senders to work, and does its worst to them.

The same function is played with the product's mailer and, as its negative control, with a sender that others write; the harm that
comes to that one shows that the fault bites.
"""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.faults.invariants import WORDS
from tests.faults.laboratory import CELERY, DATABASES, LEASE, Laboratory, Worker
from tests.faults.sizes import Size

HOUR_OFF = 600.0  # seconds: ten minutes ahead, ten behind
SECONDS_AFTER_LEASE = 1.5
RATE, BURST = 300, 25  # mails a minute, and five seconds' worth of them at once
NAIVE_QUEUE = ("-Q", "naive")


@dataclass(frozen=True)
class Scenario:
    """One kind of harm."""

    name: str
    what: str
    play: Callable[[Laboratory, Size], None]
    control: str  # the sender that comes to harm
    databases: tuple[str, ...] = DATABASES
    broker: bool = False
    temper: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)  # settings of every sender


SCENARIOS: dict[str, Scenario] = {}


def _scenario(what: str, *, control: str, **others: object) -> Callable:
    def keep(play: Callable[[Laboratory, Size], None]) -> Callable[[Laboratory, Size], None]:
        SCENARIOS[play.__name__] = Scenario(play.__name__, what, play, control, **others)
        return play

    return keep


@_scenario("SIGKILL at random", control="naive")
def kills(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    for _kill in _moments(place, size):
        _kill_one(place)


@_scenario("SIGSTOP for longer than the lease", control="blind")
def stops(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    asleep: list[tuple[float, Worker]] = []
    for _stop in _moments(place, size):
        while len(asleep) >= size.senders - 1:
            _wake(asleep, wait=True)
        _put_to_sleep(place, asleep)
        _wake(asleep)
    while asleep:
        _wake(asleep, wait=True)


@_scenario("PostgreSQL dies and recovers", control="naive", databases=("postgresql",))
def crashes(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    for _crash in _moments(place, size):
        place.crash_postgres()
        place.replace_dead()


@_scenario("Redis is killed, without persistence, again and again, and then for good", control="celery_tasks", broker=True)
def redis(place: Laboratory, size: Size) -> None:
    control = place.kind != "mailer"
    _celery_workers(place, size, *(NAIVE_QUEUE if control else ()), FAULTS_WAKE_UPS_ONLY="1" if control else "")
    if control:
        place.deed("hand_to_celery")
    for number, _kill in enumerate(_moments(place, size), 1):
        place.redis.kill()
        if number < size.faults:
            time.sleep(place.rng.uniform(0.1, 1))
            place.redis.start()
            if place.rng.random() < 0.5:
                place.deed("code", f"{number + 100}")
                place.seen.intended.add(f"code{number + 100}@city.example.jp")


@_scenario("the mail server is killed and comes back", control="naive")
def sinks(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    for _kill in _moments(place, size):
        place.kill_sink()


@_scenario(
    "5 % 451, 2 % 550 at RCPT, 1 % accepted and cut, 1 % cut before the dot, 0.5 % cut after it and not accepted",
    control="naive",
    temper={"later": 0.05, "unknown": 0.02, "cut_after": 0.01, "cut_before": 0.01, "lost_after": 0.005},
)
def replies(place: Laboratory, size: Size) -> None:
    if place.kind != "mailer":
        place.sink.behave(cut_after=0.1)  # so that few letters show it
    _begin(place, size)
    for _moment in _moments(place, size):
        pass


@_scenario("beat dies, with a worker, and nobody rings any more", control="wake_ups_only", broker=True)
def no_beat(place: Laboratory, size: Size) -> None:
    trusting = "1" if place.kind != "mailer" else ""
    beat = place.celery("beat", "-s", place.environment["DATA_DIR"] + "/beat1", FAULTS_WAKE_UPS_ONLY=trusting)
    workers = _celery_workers(place, size, FAULTS_WAKE_UPS_ONLY=trusting)
    for _moment in _moments(place, size):
        place.end_group(beat)
        place.end_group(workers[0])
        place.seen.faults["killed"] += size.senders
        place.deed("lose_the_wake_up")


@_scenario("two beats ring at the same time", control="rounds", broker=True)
def two_beats(place: Laboratory, size: Size) -> None:
    rounds = "1" if place.kind != "mailer" else ""
    _celery_workers(place, size, *(NAIVE_QUEUE if rounds else ()), FAULTS_ROUNDS=rounds, FAULTS_WAKE_UPS_ONLY=rounds)
    for number in (1, 2):
        place.celery("beat", "-s", f"{place.environment['DATA_DIR']}/beat{number}", FAULTS_ROUNDS=rounds)
    for _moment in _moments(place, size):
        pass


@_scenario("releases are deployed in mid-run: new senders beside the old, then SIGTERM for the old", control="naive")
def deploy(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    for _release in _moments(place, size):
        old, place.workers = place.workers, []
        place.staff(size.senders)
        place.seen.slots = 2 * size.senders
        time.sleep(place.rng.uniform(0, 0.3))
        for worker in old:
            worker.signal(signal.SIGTERM)


@_scenario("some clocks are ten minutes ahead, others behind, and senders are killed", control="own_clock")
def clocks(place: Laboratory, size: Size) -> None:
    _begin(place, size, clocks=(HOUR_OFF, -HOUR_OFF, 0))
    for _kill in _moments(place, size):
        _kill_one(place)


@_scenario("fewer mails may leave than could, and senders are killed with what they drew", control="naive", told={"MAIL_RATE": str(RATE)})
def rates(place: Laboratory, size: Size) -> None:
    place.seen.rate = RATE, BURST
    _begin(place, size)
    for _kill in _moments(place, size):
        _kill_one(place)


@_scenario("rows that kill whoever builds their message, and rows of which none can be built", control="naive")
def poison(place: Laboratory, size: Size) -> None:
    bad = [f"{kind}{number}" for kind in ("exit", "crash", "unbuildable") for number in range(2)]
    half = size.mails // 2
    names = _guests(size)
    place.seen.poison = {f"{one}@mission.example.jp" for one in bad}
    place.fill(*names[:half], *bad, *names[half:])
    place.staff(size.senders)
    place.seen.words = WORDS


@_scenario("a storm of pauses", control="naive")
def pauses(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    for _pause in _moments(place, size):
        _pause_for_a_while(place)


@_scenario("pauses, and then it is given up in mid-run", control="naive")
def cancel(place: Laboratory, size: Size) -> None:
    _begin(place, size)
    for number, _moment in enumerate(_moments(place, size, part=0.6), 1):
        if number < size.faults:
            _pause_for_a_while(place)
    place.deed("cancel")
    place.seen.cancelled = True
    place.seen.stills.append((time.time(), float("inf")))


@_scenario(
    "all of it at once",
    control="naive",
    broker=True,
    temper={"later": 0.05, "unknown": 0.02, "cut_after": 0.01, "cut_before": 0.01, "lost_after": 0.005},
)
def everything(place: Laboratory, size: Size) -> None:
    """Also M19's opposite: none of it may look like a database that went back in time."""
    bad = ["exit1", "crash1", "unbuildable1"]
    place.seen.poison = {f"{one}@mission.example.jp" for one in bad}
    place.fill(*bad)
    _begin(place, size, clocks=(HOUR_OFF, -HOUR_OFF, 0))
    if place.kind == "mailer":
        _celery(place, "worker", "--concurrency", "1")
        place.seen.slots += 1
    asleep: list[tuple[float, Worker]] = []
    harm = [_kill_one, _kill_one, _kill_one, lambda place: _put_to_sleep(place, asleep), Laboratory.kill_sink, _pause_for_a_while]
    harm += [Laboratory.crash_postgres] if place.postgres else []
    for number, _moment in enumerate(_moments(place, size)):
        harm[number % len(harm)](place)
        place.replace_dead()
        _wake(asleep, wait=len(asleep) >= size.senders - 1)
        if number == size.faults // 2:
            place.redis.kill()
    while asleep:
        _wake(asleep, wait=True)


# ── the parts ────────────────────────────────────────────────────────────────


def _guests(size: Size, first: int = 0) -> list[str]:
    return [f"guest{number}" for number in range(first, first + size.mails)]


def _begin(place: Laboratory, size: Size, clocks: tuple[float, ...] = (0,)) -> None:
    place.fill(*_guests(size))
    place.staff(size.senders, clocks=clocks)


def _celery(place: Laboratory, *command: str, **environment: str) -> object:
    return place.celery(*command, *CELERY, **environment) if command[0] == "worker" else place.celery(*command, **environment)


def _celery_workers(place: Laboratory, size: Size, *options: str, **environment: str) -> list:
    place.seen.slots = size.senders
    started = [_celery(place, "worker", "--concurrency", "1", "-n", f"w{number}@%h", *options, **environment) for number in range(2)]
    place.fill(*_guests(size))
    place.seen.slots = 4  # in each a task and its own look
    return started


def _moments(place: Laboratory, size: Size, part: float = 0.9) -> Iterator[int]:
    """As many moments as there are faults, at random while mails leave. In the middle life goes on as it does in an office."""
    half = max(1, size.faults) // 2
    for number in range(max(1, size.faults)):
        wanted = int(size.mails * part * (number + 0.5) / max(1, size.faults))
        if number == half:
            _wait_softly(place, min(wanted, size.mails // 2))
            _life_goes_on(place, size)
        _wait_softly(place, wanted)
        time.sleep(place.rng.uniform(0, max(size.delay, 0.02)))
        if size.faults:
            yield number


def _wait_softly(place: Laboratory, accepts: int, patience: float = 8) -> None:
    """Until so many were accepted, or for a while: a fault may have stopped everyone."""
    end = time.monotonic() + patience
    while place.accepts() < accepts and time.monotonic() < end:
        time.sleep(0.002)


def _life_goes_on(place: Laboratory, size: Size) -> None:
    """A login code is asked for, late recipients join, an act is rolled back, a process dies after its commit, the words are edited."""
    place.seen.codes["code1@city.example.jp"] = time.time()
    place.deed("code", "1")
    place.fill(*_guests(size), *[f"guest{size.mails + number}" for number in range(5)])
    place.deed("take_back", "2")
    place.seen.never.add("code2@city.example.jp")
    place.deed("die_after_commit", "3")
    place.seen.intended |= {"code1@city.example.jp", "code3@city.example.jp"}
    place.deed("change_the_words")
    place.seen.words = WORDS


def _kill_one(place: Laboratory) -> None:
    worker = place.rng.choice(place.workers)
    place.kill(worker)
    place.fork(worker.slot, clock=worker.clock)


def _put_to_sleep(place: Laboratory, asleep: list[tuple[float, Worker]]) -> None:
    sleeping = {id(worker) for _until, worker in asleep}
    worker = place.rng.choice([one for one in place.workers if id(one) not in sleeping])
    if worker.signal(signal.SIGSTOP):
        place.seen.faults["stopped"] += 1
        asleep.append((time.monotonic() + LEASE + SECONDS_AFTER_LEASE, worker))


def _wake(asleep: list[tuple[float, Worker]], *, wait: bool = False) -> None:
    """Wake those whose time has come; with ``wait`` at least the first."""
    if wait and asleep:
        time.sleep(max(0.0, asleep[0][0] - time.monotonic()))
    while asleep and asleep[0][0] <= time.monotonic():
        asleep.pop(0)[1].signal(signal.SIGCONT)


def _pause_for_a_while(place: Laboratory) -> None:
    place.deed("pause")
    since = time.time()
    time.sleep(place.rng.uniform(1.2, 2.2))
    place.seen.stills.append((since, time.time()))
    place.deed("resume")
