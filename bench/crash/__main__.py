"""`python -m bench.crash [RUN …]`: one JSON object a line; exit code 1 where something was lost, wrong or stuck."""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

from bench.crash import doubt, faults, runs
from bench.crash.due import due
from bench.crash.judge import Verdict
from bot import logs

Run = Callable[[int, float], Coroutine[Any, Any, Verdict]]
RUNS: dict[str, Run] = {
    "judge": lambda seed, _scale: doubt.doubt(seed),
    "kills-sqlite": lambda seed, scale: runs.kill("sqlite", int(35 * scale), seed),
    "kills-postgresql": lambda seed, scale: runs.kill("postgresql", int(35 * scale), seed),
    "kills-replicas": lambda seed, scale: runs.kill("postgresql", int(35 * scale), seed, replicas=3),
    "calm-replicas": lambda seed, scale: runs.calm(seed, int(150 * scale)),
    "rolling-replicas": lambda seed, scale: runs.rolling("postgresql", max(1, int(3 * scale)), seed),
    "frozen-replicas": runs.frozen,
    "due-replicas": lambda seed, scale: due(seed, int(100 * scale)),
    "stopped-postgresql": faults.stopped,
    "locked-sqlite": faults.locked,
    "full-sqlite": faults.full,
}
"""What there is to run: the seed of its random moments, and how much of it."""
MUST_BE_NOTHING = (
    "lost", "done twice", "decided twice", "not delivered", "copies wrong", "stuck", "left owed", "buried",
    "handled twice", "ended_badly", "pictures lost", "unseen", "twice in calm",
)


def main() -> None:
    """Run what was asked for, or all."""
    asked = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    asked.add_argument("run", nargs="*", help=f"{', '.join(RUNS)}: all, where none is named")
    asked.add_argument("--quick", action="store_true", help="a tenth of each: does it work at all?")
    asked.add_argument("--seed", type=int, default=random.randrange(10**6), help="the random moments of another run")
    given = asked.parse_args()
    logs.set_up()
    began, fine = time.perf_counter(), True
    for name in given.run or RUNS:
        if name == "full-sqlite" and not faults.can_mount():
            print("full-sqlite is left out: only root can have a disk that fills", file=sys.stderr)
            continue
        fine &= tell(name, given.seed, asyncio.run(RUNS[name](given.seed, 0.1 if given.quick else 1.0)))
    print(f"{time.perf_counter() - began:.0f} seconds in all, seed {given.seed}", file=sys.stderr)
    sys.exit(0 if fine else 1)


def tell(name: str, seed: int, verdict: Verdict) -> bool:
    """One line; whether all is well."""
    bad = sum(verdict.figures.get(each, 0) for each in MUST_BE_NOTHING) + (not verdict.figures.get("audit whole", True))
    told = {"name": name, "value": bad, "unit": "faults", "n": verdict.figures["requests"], "seed": seed}
    print(json.dumps({**told, **verdict.figures}), flush=True)
    for each in verdict.findings[:20]:
        print(f"  {each}", file=sys.stderr)
    return not bad


if __name__ == "__main__":
    main()
