"""`python -m bench [NAME …]`: each pair, measured in turn round by round, on SQLite and on PostgreSQL."""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from bench import growth, outbox, policy, replicas, silence, slack, startup, teams, words
from bench.ground import ENGINES
from bot import logs

PAIRS = {"slack": (slack.measure, 5), "teams": (teams.measure, 5), "outbox": (outbox.measure, 3),
         "startup": (startup.measure, 5), "growth": (growth.measure, 10), "replicas": (replicas.measure, 3),
         "silence": (silence.measure, 1)}
"""What can be measured, and how many rounds it takes."""
LONG = {"silence"}
"""Ten minutes an engine: measured where it is named."""

FOUND, WORDS = "policy", "words"
"""What needs no engine: how well questions find their clause; how long long words take."""


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("name", nargs="*", help=f"{', '.join(PAIRS)}: all but {', '.join(LONG)}, where none is named")
    asked.add_argument("--engine", choices=ENGINES, action="append", help="only on this engine")
    asked.add_argument("--quick", action="store_true", help="few rounds of few requests: does it work at all?")
    asked.add_argument("--policies", type=Path, metavar="FOLDER", help="policy: the documents, named by their packs")
    asked.add_argument("--questions", type=Path, metavar="FILE", help="policy: the questions to ask of them")
    given = asked.parse_args()
    unknown = set(given.name) - set(PAIRS) - {FOUND, WORDS}
    if unknown:
        asked.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PAIRS)}, {FOUND}, {WORDS}")
    logs.set_up()
    began = time.perf_counter()
    if FOUND in given.name or not given.name:
        policy.measure(given.policies, given.questions)
    if WORDS in given.name or not given.name:
        words.measure(1 if given.quick else 5)
    for name in [each for each in given.name if each in PAIRS] or ([] if given.name else sorted(PAIRS.keys() - LONG)):
        measure, rounds = PAIRS[name]
        for engine in given.engine or ENGINES:
            asyncio.run(measure(engine, 2 if given.quick else rounds, 0.1 if given.quick else 1.0))
    print(f"{time.perf_counter() - began:.0f} seconds in all", file=sys.stderr)


if __name__ == "__main__":
    main()
