"""Plays a scenario, asks what must be true, lets the mail server's log decide about the rest, and asks again."""

import time
from dataclasses import asdict, dataclass, field

from tests.faults import invariants
from tests.faults.laboratory import LEASE, TIMEOUT, Bench, Laboratory
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.sink import Temper
from tests.faults.sizes import Size

CONTROL_PATIENCE = LEASE + 4  # seconds without any news from a control, which may wait for ever
CONTROL_END = 40  # seconds for one that goes on for ever


@dataclass
class Result:
    """What came of one run."""

    scenario: str
    database: str
    seed: int
    sender: str
    mails: int = 0
    faults: int = 0
    accepted: int = 0
    uncertain: int = 0
    lost: int = 0
    doubled: int = 0
    after: dict[str, int] = field(default_factory=dict)  # the same once the log of the mail server has decided
    seconds: float = 0
    broken: list[str] = field(default_factory=list)

    def as_json(self) -> dict:
        """Plain."""
        return asdict(self)


def run(bench: Bench, name: str, database: str, size: Size, *, seed: int = 1) -> Result:
    """The product's mailer: every rule holds after the faults, and nothing is left open after the reconciliation."""
    scenario, began = SCENARIOS[name], time.monotonic()
    with _place(bench, scenario, database, size, seed, "mailer") as place:
        scenario.play(place, size)
        place.wait_for_end()
        result = _counted(Result(name, database, seed, "mailer"), place, size)
        result.broken = invariants.broken(place.seen)
        _settle(place)
        seen = place.seen
        result.after = {"uncertain": seen.uncertain, "lost": seen.lost, "doubled": seen.doubled}
        result.broken += [f"after mail_reconcile: {one}" for one in (*invariants.broken(seen), *invariants.unsettled(seen))]
    result.seconds = round(time.monotonic() - began, 1)
    return result


def run_control(bench: Bench, name: str, database: str, size: Size, *, seed: int = 1) -> Result:
    """The same for a sender that others write; it is expected to come to harm."""
    scenario, began = SCENARIOS[name], time.monotonic()
    with _place(bench, scenario, database, size, seed, scenario.control) as place:
        scenario.play(place, size)
        _wait_until_quiet(place)
        result = _counted(Result(name, database, seed, scenario.control), place, size)
        result.broken = invariants.broken(place.seen)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def is_harmed(result: Result) -> bool:
    """Whether letters were lost or doubled, or left after somebody had stopped them, or faster than they may."""
    stopped = ("pause_and_cancel_hold", "the_rate_is_kept")
    return bool(result.lost or result.doubled) or any(one.startswith(stopped) for one in result.broken)


def _place(bench: Bench, scenario: Scenario, database: str, size: Size, seed: int, kind: str):
    temper = Temper(delay=size.delay, seed=seed, **scenario.temper)
    return bench.laboratory(database, seed=seed, kind=kind, temper=temper, broker=scenario.broker, told=scenario.told)


def _counted(result: Result, place: Laboratory, size: Size) -> Result:
    seen = place.look()
    result.mails, result.faults, result.accepted = len(seen.rows), size.faults, len(seen.accepted)
    result.uncertain, result.lost, result.doubled = seen.uncertain, seen.lost, seen.doubled
    return result


def _settle(place: Laboratory) -> None:
    """Reconcile, let the mail server be kind, and run on until nothing is open; no log proves absence while a server may be slow."""
    place.sink.behave(later=0, cut_after=0, cut_before=0, lost_after=0)
    place.seen.stills.clear()
    end = time.monotonic() + 3 * (LEASE + TIMEOUT)
    while time.monotonic() < end:
        place.reconcile()
        place.wait_for_end()
        if not place.look().uncertain:
            return
        time.sleep(1)


def _wait_until_quiet(place: Laboratory) -> None:
    """A control says nothing true about its end; so until all is marked, or nothing has happened for a while."""
    last, since = -1, time.monotonic()
    end = since + CONTROL_END
    while time.monotonic() < min(end, since + CONTROL_PATIENCE):
        place.replace_dead()
        states = place.states()
        if states and not any(states[name] for name in ("queued", "claimed", "transmitting")):
            break
        if (now := place.accepts()) != last:
            last, since = now, time.monotonic()
        time.sleep(0.2)
