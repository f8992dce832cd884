"""The whole bot in a test: the sample trust, the real desk, doors and delivery, and one platform's people in front."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import demo, jobs
from bot.app import Bot
from bot.console import ConsoleDoor
from bot.delivery import Delivery
from bot.slack import SlackDoor
from bot.teams_door import TeamsDoor
from bot.tokens import Registration
from handlers.event import Place
from storage import audit, people
from storage.database import Database, Unit
from storage.files import FileStore
from storage.tables import Person, Platform, Trust
from storage.vault import Vault, new_key
from tests.chat import Chat
from tests.databases import hurried
from tests.fakes.console_chat import ConsoleChat
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_chat import SlackChat
from tests.fakes.teams import APP, PASSWORD, TENANT, FakeMicrosoft
from tests.fakes.teams_chat import TeamsChat

Result = TypeVar("Result")
ADDRESS = "https://canipost.oakfield.example"
"""Where people's browsers would reach the bot."""
STAFF = ("okafor", "patel", "reid", "lund", "costa", "amin", "grant", "webb", "hale", "singh", "doyle")


@dataclass
class Clock:
    """A clock that the test moves: a Thursday morning in term."""

    now: datetime = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class World:
    """All that stands. `chat` plays the people."""

    bot: Bot
    clock: Clock
    platform: Platform
    delivery: Delivery
    trust: int
    staff: tuple[str, ...] = STAFF
    chat: Chat = field(init=False)

    async def drain(self) -> None:
        """Deliver all that is due."""
        await self.delivery.drain()

    async def later(self, **time: float) -> None:
        """Time passes; the clock's jobs run, and what they owe is delivered."""
        self.clock.forward(**time)
        await jobs.run_out(self.bot.desk, self.clock)
        await jobs.look_after(self.bot.desk, self.clock)
        for chore in self.bot.chores:
            await chore()
        await self.drain()

    async def unit(self, work: Callable[[Unit], Result]) -> Result:
        """Look, or write, in the sample trust."""

        def within(u: Unit) -> Result:
            trust = next(t for t in people.trusts(u) if t.id == self.trust)
            u.act_for(trust, self.clock())
            return work(u)

        return await self.bot.database.run(within)

    async def person(self, who: str) -> Person:
        """Somebody on the list."""
        found = await self.unit(lambda u: people.by_email(u, demo.email(who)))
        assert found is not None
        return found


@asynccontextmanager
async def opened(
    folder: Path, url: str, platform: Platform, write: Callable[[Unit, datetime], Trust] = demo.write,
    staff: Sequence[str] = STAFF,
) -> AsyncIterator[World]:
    """A world on one platform, over an empty, migrated database. `write` makes its trust, with these people."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        database = hurried(Database(url, Vault([new_key()])))
        stack.push_async_callback(asyncio.to_thread, database.close)
        trust = await database.run(lambda u: write(u, clock()).id)
        bot = Bot(database, FileStore(folder / "files"), clock, address=ADDRESS)
        delivery = Delivery(database, bot.senders, clock)
        world = World(bot, clock, platform, delivery, trust or 0, tuple(staff))
        opening = {Platform.SLACK: _slack, Platform.TEAMS: _teams, Platform.CONSOLE: _console}[platform]
        await opening(stack, await stack.enter_async_context(aiohttp.ClientSession()), world)
        yield world


async def _listen(stack: AsyncExitStack, app: web.Application) -> str:
    server = TestServer(app)
    await server.start_server()
    stack.push_async_callback(server.close)
    return str(server.make_url("")).rstrip("/")


async def _slack(stack: AsyncExitStack, session: aiohttp.ClientSession, world: World) -> None:
    slack = await stack.enter_async_context(FakeSlack())
    for who in world.staff:
        slack.join(demo.email(who))
    slack.join("stranger@elsewhere.example")
    bot = world.bot
    door = SlackDoor(
        bot_token=slack.token, signing_secret=slack.signing_secret, app_token="", api_url=slack.url, desk=bot.desk,
        files=bot.files, database=bot.database, clock=world.clock,
    )
    bot.app.add_routes(door.routes())
    await door.start()
    stack.push_async_callback(door.stop)
    bot.senders[Platform.SLACK] = door.sender
    bot.chores.append(door.sender.take_back)
    world.chat = SlackChat(slack, session, await _listen(stack, bot.app), world.drain)


async def _teams(stack: AsyncExitStack, session: aiohttp.ClientSession, world: World) -> None:
    microsoft = FakeMicrosoft(world.clock)
    await microsoft.start()
    stack.push_async_callback(microsoft.stop)
    bot = world.bot
    registration = Registration(APP, PASSWORD, TENANT, microsoft.openid, microsoft.login)
    door = TeamsDoor(registration, bot.desk, bot.files, session, world.clock)
    door.register(bot.app)
    stack.callback(door.stop)
    bot.senders[Platform.TEAMS] = door.sender
    url = await _listen(stack, bot.app)
    emails = {"stranger": "stranger@elsewhere.example"}
    chat = TeamsChat(microsoft, session, f"{url}/api/messages", world.drain, emails)
    await world.unit(lambda u: _added(u, {demo.email(who): chat.place(who) for who in world.staff}))
    world.chat = chat


def _added(u: Unit, places: Mapping[str, Place]) -> None:
    """Everybody added the app once: as tests/dialogs/test_doors.py does it through the door, at a tenth of its cost."""
    for email, place in places.items():
        person = people.by_email(u, email)
        assert person is not None
        people.link(u, person, place.platform, place.team, place.user, place.reference)
        audit.append(u, "linked", person.id, platform=place.platform)


async def _console(stack: AsyncExitStack, session: aiohttp.ClientSession, world: World) -> None:
    bot = world.bot
    door = ConsoleDoor(bot.desk, bot.files, bot.database, world.clock)
    bot.app.add_routes(door.routes())
    bot.app.on_shutdown.append(door.hang_up)
    bot.senders[Platform.CONSOLE] = door.sender
    world.chat = ConsoleChat(session, await _listen(stack, bot.app), world.drain)
