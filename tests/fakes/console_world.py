"""A console that stands alone: the sample trust, and behind the door a desk that says what the test wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.console import ConsoleDoor
from bot.demo import write
from handlers.answer import Answer, Silence
from handlers.dispatch import Desk
from handlers.event import Event
from handlers.report_evidence import As, Gate
from storage.database import Database
from storage.files import FileStore
from tests.databases import hurried
from tests.fakes.console_chat import ConsoleChat

NOW = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


@dataclass
class Told(Desk):
    """A desk that answers what the test says, and keeps what it was asked."""

    answer: Answer | Exception = field(default_factory=Silence)
    events: list[Event] = field(default_factory=list)

    async def gate(self, event: Event) -> Gate:
        return Gate(event, As.PICTURE)

    async def dispatch(self, event: Event) -> Answer:
        self.events.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class ConsoleWorld:
    """All that stands."""

    desk: Told
    door: ConsoleDoor
    files: FileStore
    chat: ConsoleChat
    url: str


@asynccontextmanager
async def console_world(folder: Path, blank: bytes) -> AsyncIterator[ConsoleWorld]:
    """The console on loopback, over a new database; `blank` is an empty, migrated one."""
    path = folder / "demo.db"
    path.write_bytes(blank)
    database = hurried(Database(f"sqlite:///{path}"))
    await database.run(lambda u: write(u, NOW))
    files, desk = FileStore(folder / "files"), Told()
    door = ConsoleDoor(desk, files, database, lambda: NOW)
    app = web.Application()
    app.add_routes(door.routes())
    app.on_shutdown.append(door.hang_up)
    server = TestServer(app)
    await server.start_server()
    url = str(server.make_url("")).rstrip("/")
    try:
        async with aiohttp.ClientSession() as session:
            yield ConsoleWorld(desk, door, files, ConsoleChat(session, url, _nothing_owed), url)
    finally:
        await server.close()
        await asyncio.to_thread(database.close)


async def _nothing_owed() -> None:
    pass
