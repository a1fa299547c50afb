"""``make faults``: the long runs of the laboratory, each with its negative control, a table of what came of them, and a file.

make faults                                     every scenario, three seeds, both databases (hours)
make faults SCENARIO=kills SEED=2 DATABASE=sqlite
make faults SIZE=small                          what ``make test`` plays
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.faults import runs, sizes
from tests.faults.laboratory import DATABASES, Bench
from tests.faults.scenarios import SCENARIOS
from tests.faults.servers import Postgres, postgres

_SIZES = {"long": sizes.LONG, "small": sizes.SMALL}
_HEAD = ("scenario", "database", "seed", "sender", "mails", "faults", "accepted", "uncertain", "lost", "doubled", "then", "s", "")
_FORM = "{:<11} {:<10} {:>4} {:<13} {:>5} {:>6} {:>8} {:>9} {:>4} {:>7} {:>6} {:>5}  {}"


def main() -> int:
    """Run what was asked for; 1 when a rule was broken or a control came to no harm."""
    asked = _parser().parse_args()
    results, bad = [], 0
    with ExitStack() as parts:
        bench = Bench(Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="laboratory-"))), _lazily(parts))
        _say(_FORM.format(*_HEAD))
        for result, well in _results(bench, asked):
            bad += not well
            results.append({**result.as_json(), "as_expected": well})
            _say(_line(result, well=well))
            asked.out.parent.mkdir(parents=True, exist_ok=True)
            asked.out.write_text(json.dumps(results, indent=1, ensure_ascii=False))
    _say(f"{len(results)} runs, {bad} not as expected; written to {asked.out}")
    return 1 if bad else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", choices=[*SCENARIOS, ""], default="")
    parser.add_argument("--database", choices=[*DATABASES, ""], default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", choices=_SIZES, default="long")
    parser.add_argument("--out", type=Path, default=Path("var/faults.json"))
    return parser


def _lazily(parts: ExitStack) -> "callable":
    found: list[Postgres] = []

    def give() -> Postgres:
        if not found:
            found.append(parts.enter_context(postgres()))
        return found[0]

    return give


def _results(bench: Bench, asked: argparse.Namespace) -> Iterator[tuple[runs.Result, bool]]:
    for name, scenario in SCENARIOS.items():
        if asked.scenario not in {"", name}:
            continue
        for database in scenario.databases:
            if asked.database not in {"", database}:
                continue
            for seed in [asked.seed] if asked.seed else sizes.SEEDS:
                result = runs.run(bench, name, database, _SIZES[asked.size][name], seed=seed)
                yield result, not result.broken
        database = asked.database or scenario.databases[-1]
        if database in scenario.databases:
            control = runs.run_control(bench, name, database, sizes.CONTROL[name], seed=asked.seed or 1)
            yield control, runs.is_harmed(control)


def _line(result: runs.Result, *, well: bool) -> str:
    then = "/".join(str(count) for count in result.after.values())
    verdict = (
        ("ok" if result.sender == "mailer" else "harmed") if well else "WRONG: " + "; ".join(result.broken[:3] or ["no harm came to it"])
    )
    return _FORM.format(
        result.scenario,
        result.database,
        result.seed,
        result.sender,
        result.mails,
        result.faults,
        result.accepted,
        result.uncertain,
        result.lost,
        result.doubled,
        then,
        f"{result.seconds:.0f}",
        verdict,
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
