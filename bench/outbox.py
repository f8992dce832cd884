"""The outbox: five thousand notices built, sent and settled, beside the same bodies posted in a plain loop."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bench.figures import Beside
from bench.ground import Ground, database_url, ground
from bench.process import server
from bot.app import steady
from bot.delivery import Delivery
from bot.hands import AT_ONCE
from bot.slack_api import SlackApi
from bot.slack_sender import QUIETLY, Pictures, SlackSender
from cards.slack import say
from handlers.owed import CARD
from handlers.view import card_for
from storage import outbox, people, request
from storage.database import Unit
from storage.files import FileStore
from storage.tables import Platform, Request

PEOPLE = 1000
EACH = 5
TEAM = "T0BENCH001"


async def measure(engine: str, rounds: int, scale: float) -> None:
    """Both, in turn, into the same server."""
    ours: list[float] = []
    plain: list[float] = []
    number = int(PEOPLE * scale)
    with database_url(engine) as url, ground(url, Platform.SLACK, TEAM) as made:
        made.staff(number)
        posts = made.submit(made.users)
        body = made.database.run_now(lambda u: _body(made, u, posts[0]))
        steady()  # as `serve` does; the peer has it too
        async with server("slack_api") as port:
            api = SlackApi("xoxb-bench", f"http://127.0.0.1:{port}/api/")
            await api.start()
            sender = SlackSender(api, Pictures(api, FileStore(Path("no pictures")), made.database))
            for _ in range(rounds):
                made.forget()
                made.database.run_now(lambda u: _owe(made, u, posts))
                ours.append(number * EACH / await _drained(made, sender, number * EACH))
                plain.append(number * EACH / await _posted(port, body, number * EACH))
            await api.stop()
    Beside(ours, plain).tell(f"outbox of {number * EACH} notices, {engine}", "notices/s")


def _owe(made: Ground, u: Unit, posts: list[Request]) -> None:
    """Each asker's card, several times over; no batch holds two of one person."""
    made.act(u)
    for _ in range(EACH):
        for each in posts:
            outbox.send(u, each.asker_id, CARD, each.id)


def _body(made: Ground, u: Unit, post: Request) -> dict[str, object]:
    """What one of the messages consists of."""
    made.act(u)
    viewer = people.viewer(u, post.asker_id)
    assert viewer is not None
    return {"channel": "D000000001", **QUIETLY, **say(card_for(u, request.case(u, post), viewer), {})}


async def _drained(made: Ground, sender: SlackSender, number: int) -> float:
    """Seconds until nothing is owed."""
    delivery = Delivery(made.database, {Platform.SLACK: sender}, lambda: datetime.now(UTC))
    began = time.perf_counter()
    handled = await delivery.drain()
    taken = time.perf_counter() - began
    assert handled == number, handled
    return taken


async def _posted(port: int, body: dict[str, object], number: int) -> float:
    """Seconds for as many plain posts."""
    url, token = f"http://127.0.0.1:{port}/api/chat.postMessage", {"Authorization": "Bearer xoxb-bench"}
    waiting: Iterator[int] = iter(range(number))

    async def posts(session: aiohttp.ClientSession) -> None:
        for _ in waiting:
            async with session.post(url, json=body, headers=token) as response:
                assert (await response.json())["ok"]

    async with aiohttp.ClientSession() as session:
        began = time.perf_counter()
        await asyncio.gather(*(posts(session) for _ in range(AT_ONCE)))
        return time.perf_counter() - began
