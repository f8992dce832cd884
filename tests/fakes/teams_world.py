"""A Teams door that stands alone: a fake Microsoft before it, and behind it a desk that says what the test wants."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.teams_door import TeamsDoor
from bot.tokens import Registration
from handlers.answer import Answer, Silence
from handlers.dispatch import Desk
from handlers.event import Event, Place
from handlers.report_evidence import As, Gate
from storage.files import FileStore
from tests.fakes.teams import APP, PASSWORD, TENANT, FakeMicrosoft
from tests.fakes.teams_chat import TeamsChat


@dataclass
class Moments:
    """A clock that the test moves."""

    now: datetime = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Scripted(Desk):
    """A desk that answers what the test says, and keeps what it was asked."""

    answer: Answer | Exception = field(default_factory=Silence)
    events: list[Event] = field(default_factory=list)
    strangers: bool = False

    async def dispatch(self, event: Event) -> Answer:
        self.events.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def gate(self, event: Event) -> Gate:
        return Gate(event, As.PICTURE)

    async def knows(self, place: Place) -> bool:
        return not self.strangers


@dataclass
class World:
    """All that stands."""

    microsoft: FakeMicrosoft
    desk: Scripted
    files: FileStore
    door: TeamsDoor
    session: aiohttp.ClientSession
    url: str
    chat: TeamsChat
    clock: Moments

    async def post(self, body: object, token: str | None = None, **headers: str) -> tuple[int, Any]:
        told = {"Authorization": f"Bearer {self.microsoft.signed() if token is None else token}", **headers}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(
            self.url, data=data, headers={**told, "Content-Type": "application/json"}
        ) as response:
            return response.status, await response.json() if response.content_type == "application/json" else None

    def message(self, **more: object) -> dict[str, Any]:
        return self.chat.activity(self.chat.person("okafor"), {"type": "message", "text": "hello", **more})

    def invoke(self, data: object, **more: object) -> dict[str, Any]:
        action = {"type": "Action.Execute", "verb": "canipost", "data": data}
        return self.message(type="invoke", name="adaptiveCard/action", replyToId="1", value={"action": action}, **more)


async def _nothing() -> None:
    return None


@asynccontextmanager
async def opened(folder: Path, loopback: bool = False, **change: str) -> AsyncIterator[World]:
    """A world as long as it is needed; `change` alters the bot's registration."""
    clock, desk, files = Moments(), Scripted(), FileStore(folder / "files")
    microsoft = FakeMicrosoft(clock)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await microsoft.start()
        stack.push_async_callback(microsoft.stop)
        bot = replace(Registration(APP, PASSWORD, TENANT, microsoft.openid, microsoft.login), **change)
        door = TeamsDoor(bot, desk, files, session, clock, loopback, timeout=0.8)
        app = web.Application()
        door.register(app)
        stack.callback(door.stop)
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)
        url = str(server.make_url("/api/messages"))
        chat = TeamsChat(microsoft, session, url, _nothing)
        chat.person("okafor")
        yield World(microsoft, desk, files, door, session, url, chat, clock)
