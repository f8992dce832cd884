"""Silence: random worlds with a report, each beside the same world without it; how often its subject can tell."""

import time

from bench.figures import tell
from bench.ground import database_url
from tests import silence, stories
from tests.emptied import opened

WORLDS = {"sqlite": 2000, "postgresql": 100}
FIRST = 1_000_000
"""The first story; the tests tell others."""


async def measure(engine: str, _rounds: int, scale: float) -> None:
    """Every world, from its number; a difference is told in full, and ends it."""
    number = int(WORLDS[engine] * scale)
    taken = looks = 0
    began = time.perf_counter()
    with database_url(engine) as url, opened(url, silence.VAULT) as database:
        for story in range(FIRST, FIRST + number):
            here, there = await silence.both(database, stories.story(story))
            if found := silence.difference(here, there):
                tell(f"silence of a report, {engine}", 1, "differences", number, story=story)
                raise SystemExit(f"story {story}: {found}")
            taken += here.taken
            looks += sum(map(len, here.screens.values()))
    seconds = time.perf_counter() - began
    tell(f"silence of a report, {engine}", 0, "differences", number, sent=taken, compared=looks, seconds=round(seconds))
