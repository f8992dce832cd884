"""The runs: what is done to the bot while people use it."""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.crash.judge import Verdict, judge, owed
from bench.crash.story import Telling
from bench.crash.town import Town, town
from bench.ground import database_url

AT_ONCE = 40
"""Requests under way at once."""
CALM = 240.0
"""Seconds in which everything that is owed has to arrive."""


async def kill(engine: str, kills: int, seed: int, replicas: int = 1) -> Verdict:
    """SIGKILL at random moments; whoever was killed is started again at once."""
    with database_url(engine) as url:
        async with town(url, replicas) as standing:
            await asyncio.gather(*(each.start() for each in standing.fleet.replicas))
            telling, chance, began = Telling(standing, seed), random.Random(seed), time.perf_counter()
            people = asyncio.create_task(telling.keep_telling(AT_ONCE))
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(0.05, 1.5))
                victim = chance.choice(standing.fleet.replicas)
                await victim.kill()
                # Now and then it is killed again before it has begun to listen.
                await victim.start(ready=chance.random() > 0.1)
            return await calmed(standing, telling, people, began, kills=kills)


@asynccontextmanager
async def told_in_calm(engine: str, seed: int, number: int, replicas: int = 1) -> AsyncIterator[tuple[Town, Telling]]:
    """So many stories, and nothing goes wrong."""
    with database_url(engine) as url:
        async with town(url, replicas) as standing:
            await asyncio.gather(*(each.start() for each in standing.fleet.replicas))
            telling = Telling(standing, seed)
            telling.pictures = 0.3
            await telling.tell_some(number, AT_ONCE)
            while await asyncio.to_thread(standing.looked, owed):
                await asyncio.sleep(0.2)
            yield standing, telling


async def calm(seed: int, number: int, replicas: int = 3) -> Verdict:
    """Nothing goes wrong: the replicas share the work, and nothing is sent twice."""
    began = time.perf_counter()
    async with told_in_calm("postgresql", seed, number, replicas) as (standing, telling):
        verdict = await calmed(standing, telling, asyncio.create_task(telling.keep_telling(0)), began, kills=0)
        verdict.figures["twice in calm"] = verdict.figures["delivered twice"]
        return verdict


async def rolling(engine: str, rounds: int, seed: int, replicas: int = 3) -> Verdict:
    """Each replica in turn is told to stop, and is started again; the others serve meanwhile."""
    with database_url(engine) as url:
        async with town(url, replicas) as standing:
            await asyncio.gather(*(each.start() for each in standing.fleet.replicas))
            telling, began = Telling(standing, seed), time.perf_counter()
            people, stops = asyncio.create_task(telling.keep_telling(AT_ONCE)), list[float]()
            for each in standing.fleet.replicas * rounds:
                await asyncio.sleep(1)
                stops.append(await each.stop())
                await each.start()
            ends = [code for each in standing.fleet.replicas for code in each.ended]
            return await calmed(
                standing, telling, people, began, kills=0, restarts=len(stops), slowest_stop=round(max(stops), 1),
                ended_badly=sum(code != 0 for code in ends))


async def frozen(seed: int, scale: float, replicas: int = 3) -> Verdict:
    """A replica does nothing for a while, as on a machine that sleeps, and goes on: once for longer than its leases."""
    with database_url("postgresql") as url:
        async with town(url, replicas) as standing:
            await asyncio.gather(*(each.start() for each in standing.fleet.replicas))
            telling, chance, began = Telling(standing, seed), random.Random(seed), time.perf_counter()
            people, spells = asyncio.create_task(telling.keep_telling(AT_ONCE)), (2.0, 5.0, 34.0 * scale)
            for spell in spells:
                await asyncio.sleep(2)
                with chance.choice(standing.fleet.replicas).asleep():
                    await asyncio.sleep(spell)
            return await calmed(standing, telling, people, began, kills=0, frozen=len(spells))


async def calmed(
    standing: Town, telling: Telling, people: asyncio.Task[None], began: float, **more: object
) -> Verdict:
    """Nothing happens any more: what is under way is finished, what is owed arrives, and the judge looks."""
    seconds, telling.closing = time.perf_counter() - began, True
    await asyncio.gather(*(each.start() for each in standing.fleet.replicas if not each.up))
    await people
    since = time.perf_counter()
    while (left := await asyncio.to_thread(standing.looked, owed)) and time.perf_counter() - since < CALM:
        await asyncio.sleep(0.3)
    verdict = await asyncio.to_thread(judge, standing, telling.journal)
    verdict.figures |= {
        **more, "left owed": left, "seconds": round(seconds), "calm after": round(time.perf_counter() - since, 1),
        "answered": standing.fleet.answered, "unanswered": dict(standing.fleet.failed),
        "complaints": sum(complaints(standing).values()),
    }
    for what, times in complaints(standing).most_common(8):
        print(f"  {times} x {what}", file=sys.stderr)
    return verdict


def complaints(standing: Town) -> Counter[str]:
    """What the processes said that is no news, by how often."""
    lines = (line for each in standing.fleet.replicas for line in each.log.read_text(errors="replace").splitlines())
    return Counter(_complaint(line) for line in lines if '"level": "error"' in line or "Error" in line)


def _complaint(line: str) -> str:
    """What a line of the log says, without what is another each time."""
    try:
        said = json.loads(line)
    except ValueError:
        return line[:200]
    why = [f"{each['exc_type']}: {each['exc_value'][:160]}" for each in said.get("exception") or ()]
    return " ".join([str(said.get("event")), *why])
