"""The outbox with one, two and three replicas on PostgreSQL, each a process of its own, beside one fake Slack.

All of it shares the machine: where that has two cores, the server, PostgreSQL and one replica fill them already, and
more replicas can only show that they do not stand in each other's way.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median

from bench.figures import tell
from bench.ground import Ground, database_url, ground
from bench.process import START, environment, server
from handlers.owed import CARD
from storage import outbox
from storage.database import Unit
from storage.tables import Platform, Request

MOST = 3
PEOPLE, EACH = 600, 5
TEAM = "T0BENCH001"


async def measure(engine: str, rounds: int, scale: float) -> None:
    """So many replicas in turn, round by round. SQLite has one process, and nothing to share."""
    if engine == "sqlite":
        return
    number, rates = int(PEOPLE * scale), {n: list[float]() for n in range(1, MOST + 1)}
    fewest: dict[int, list[float]] = {n: [] for n in rates}
    with database_url(engine) as url, ground(url, Platform.SLACK, TEAM) as made:
        made.staff(number)
        posts = made.submit(made.users)
        made.forget()
        async with server("slack_api") as port, AsyncExitStack() as stack:
            pumps = [await _started(stack, url, f"http://127.0.0.1:{port}/api/") for _ in range(MOST)]
            for each in range(rounds + 1):  # the first warms everything
                for n, found in rates.items():
                    made.forget()
                    made.database.run_now(lambda u: _owe(made, u, posts))
                    began = time.perf_counter()
                    handled = await asyncio.gather(*(_delivers(pump) for pump in pumps[:n]))
                    assert sum(handled) == number * EACH, handled
                    if each:
                        found.append(number * EACH / (time.perf_counter() - began))
                        fewest[n].append(min(handled) / (number * EACH))
    one = median(rates[1])
    for n, found in rates.items():
        tell(f"outbox of {number * EACH} notices, {n} replicas, {engine}", median(found), "notices/s", rounds,
             beside_one=round(median(found) / one, 2), least_share=round(median(fewest[n]), 2))


def _owe(made: Ground, u: Unit, posts: Sequence[Request]) -> None:
    made.act(u)
    for _ in range(EACH):
        for post in posts:
            outbox.send(u, post.asker_id, CARD, post.id)


async def _started(stack: AsyncExitStack, url: str, api: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.pump", url, api, env=environment(), stdin=PIPE, stdout=PIPE)
    stack.push_async_callback(_end, process)
    assert process.stdout is not None
    async with asyncio.timeout(START):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def _delivers(process: Process) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    return int(await process.stdout.readline())
