"""Faults beside the bot: its database stopped or locked, its disk full. It goes on by itself when they are over."""

import asyncio
import os
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.crash.judge import Verdict
from bench.crash.runs import AT_ONCE, calmed
from bench.crash.story import Telling
from bench.crash.town import Town, town
from bench.ground import database_url
from storage import schema
from storage.database import Database
from tests.postgres import FAST, Server, fresh_database, postgres_server

Spell = Callable[[], Awaitable[None]]
"""A fault, from its beginning to its end."""
SAFE = tuple(each for each in FAST if not each.startswith(("synchronous_commit", "full_page_writes")))
"""PostgreSQL that keeps what it has committed, also where it is itself killed; the machine stays up, so no fsync."""
DISK, LOCKED = 48, 25.0
"""Megabytes of a disk that fills; seconds of a lock that is held longer than SQLite waits for one."""


async def under(standing: Town, seed: int, spells: list[Spell], **more: object) -> Verdict:
    """People go on while one fault after the other comes and goes; the bot's process is never touched."""
    await asyncio.gather(*(each.start() for each in standing.fleet.replicas))
    telling, began = Telling(standing, seed), time.perf_counter()
    telling.pictures = 0.3
    people = asyncio.create_task(telling.keep_telling(AT_ONCE))
    for spell in spells:
        await asyncio.sleep(3)
        await spell()
    await asyncio.sleep(2)
    ended = sum(not each.up for each in standing.fleet.replicas)
    return await calmed(standing, telling, people, began, kills=0, faults=len(spells), ended_by_itself=ended, **more)


async def stopped(seed: int, scale: float) -> Verdict:
    """PostgreSQL is stopped, and then killed, for a while each time."""
    with postgres_server(SAFE, ours=True) as server:
        async with town(fresh_database(server), replicas=2) as standing:
            longest = _off(server, "fast", 8 * scale)
            return await under(standing, seed, [longest, _off(server, "immediate", 2), _off(server, "fast", 1)])


def _off(server: Server, mode: str, seconds: float) -> Spell:
    async def spell() -> None:
        assert server.power is not None
        await asyncio.to_thread(server.power.off, mode)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.power.on)

    return spell


async def locked(seed: int, scale: float) -> Verdict:
    """Somebody else holds SQLite's lock: for a moment, and for longer than anybody waits."""
    with database_url("sqlite") as url:
        async with town(url) as standing:
            path = url.removeprefix("sqlite:///")
            return await under(standing, seed, [_held(path, 3), _held(path, LOCKED * max(scale, 0.3))])


def _held(path: str, seconds: float) -> Spell:
    def hold() -> None:
        link = sqlite3.connect(path, isolation_level=None, timeout=30)
        link.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        link.rollback()
        link.close()

    async def spell() -> None:
        await asyncio.to_thread(hold)

    return spell


async def full(seed: int, scale: float) -> Verdict:
    """The disk that SQLite lies on is full, then the one with the pictures; the bot is also killed meanwhile."""
    with TemporaryDirectory(prefix="canipost-disk-") as folder:
        async with _disk(Path(folder) / "rows", DISK) as rows, _disk(Path(folder) / "files", DISK) as files:
            url = f"sqlite:///{rows / 'crash.db'}"
            database = Database(url)
            schema.upgrade(database.engine)
            database.close()
            async with town(url, files=files / "kept") as standing:
                spells = [_filled(rows, 6 * scale), _filled(files, 6 * scale), _filled(rows, 4, standing)]
                return await under(standing, seed, spells)


@asynccontextmanager
async def _disk(folder: Path, megabytes: int) -> AsyncIterator[Path]:
    """A file system of its own, in memory. Only root can have one."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def can_mount() -> bool:
    """Whether a disk can be had that fills."""
    with TemporaryDirectory(prefix="canipost-disk-") as folder:
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, capture_output=True,
        ).returncode == 0
        if mounted:
            subprocess.run(["umount", folder], check=True)
        return mounted


def _filled(disk: Path, seconds: float, kill: Town | None = None) -> Spell:
    async def spell() -> None:
        with _no_room(disk):
            if kill is not None:
                await kill.fleet.replicas[0].kill()
                await kill.fleet.replicas[0].start(ready=False)
            await asyncio.sleep(seconds)
        if kill is not None and not kill.fleet.replicas[0].up:
            await kill.fleet.replicas[0].start()

    return spell


@contextmanager
def _no_room(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
    try:
        yield
    finally:
        filler.unlink()
