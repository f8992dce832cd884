"""Units that wait together share one write to SQLite's disk, and nothing else: each stands or falls by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from storage import inbox
from storage.database import Database, Unit
from storage.inbox import INBOX

NOW = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


class Refused(Exception):
    """A flow that goes wrong after it has written."""


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await asyncio.to_thread(opened.close)


def writing(number: int) -> Callable[[Unit], int]:
    """Write a key; every seventh fails after that, every fifth takes it back."""

    def work(u: Unit) -> int:
        assert inbox.take(u, f"key {number}", NOW)
        if number % 7 == 0:
            raise Refused(number)
        if number % 5 == 0:
            u.cancel()
        return number

    return work


def keys(u: Unit) -> set[str]:
    return {row.key for row in u.across(select(INBOX.c.key))}


async def test_each_unit_stands_or_falls_by_itself(database: Database) -> None:
    answers = await asyncio.gather(*(database.run(writing(n)) for n in range(1, 41)), return_exceptions=True)
    for number, answer in enumerate(answers, 1):
        assert isinstance(answer, Refused) if number % 7 == 0 else answer == number
    kept = {f"key {n}" for n in range(1, 41) if n % 7 and n % 5}
    assert await database.run(keys) == kept


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_waiting_units_share_a_commit(database: Database) -> None:
    await database.run(keys)
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(database.engine, "commit", count)
    await asyncio.gather(*(database.run(writing(n)) for n in (1, 2, 3, 4, 6, 8, 9, 11, 12, 13)))
    assert 1 <= commits < 10


async def test_an_answer_comes_only_after_its_commit(database: Database) -> None:
    seen: list[bool] = []

    async def write_and_look(number: int) -> None:
        await database.run(writing(number))
        other = Database(database.engine.url.render_as_string(hide_password=False))
        seen.append(f"key {number}" in await asyncio.to_thread(other.run_now, keys))
        await asyncio.to_thread(other.close)

    await asyncio.gather(*(write_and_look(n) for n in (1, 2, 3, 4)))
    assert seen == [True] * 4


async def test_nobody_is_forgotten_however_many_ask_and_whoever_goes(database: Database) -> None:
    wanted = [number for number in range(1, 200) if number % 7 and number % 5]
    asked = [asyncio.ensure_future(database.run(writing(number))) for number in wanted]
    await asyncio.sleep(0)
    gone = asked[100:110]
    for each in gone:
        each.cancel()
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [answer for answer in answers if not isinstance(answer, asyncio.CancelledError)] == [
        *wanted[:100], *wanted[110:]]
    async with asyncio.timeout(20):
        assert {f"key {number}" for number in (*wanted[:100], *wanted[110:])} <= await database.run(keys)


async def test_what_waits_is_finished_before_the_database_is_closed(database: Database) -> None:
    asked = [asyncio.ensure_future(database.run(writing(number))) for number in range(1, 100)]
    await asyncio.sleep(0)
    await asyncio.to_thread(database.close)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [number for number in range(1, 100) if number % 7] == [a for a in answers if not isinstance(a, Refused)]
