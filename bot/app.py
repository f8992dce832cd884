"""The composition root: builds everything once, starts and stops it in pairs. Only configured doors are loaded."""

import asyncio
import gc
import webbrowser
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot import about, jobs
from bot.delivery import Delivery
from bot.loopback import loopback_only
from bot.one_time import OneTimePage
from bot.sender import MAIL, Sender
from bot.settings import Settings
from bot.stopping import heed
from handlers.dispatch import Desk
from storage import doors, outbox, people, schema
from storage.database import Database, Unit
from storage.files import FileStore
from storage.tables import Platform
from storage.vault import Vault, new_key

Clock = Callable[[], datetime]
BARE: dict[str, Any] = {"auto_decompress": False}
"""No platform sends its requests folded, and what strangers fold is a megabyte in a thousand bytes."""
LITTLE = 10_000
"""New objects before the collector looks at them; a batch of cards is thousands (Python's own 700: a tenth slower)."""


def now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


@dataclass
class Bot:
    """All that runs: the parts that every door shares, and who speaks on which platform.

    `address`: where people's browsers reach its own pages; None where they reach none. `chores`: what doors do now
    and then.
    """

    database: Database
    files: FileStore
    clock: Clock = now
    senders: dict[str, Sender] = field(default_factory=dict)
    address: str | None = None
    chores: list[jobs.Chore] = field(default_factory=list)
    app: web.Application = field(default_factory=web.Application)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, self.files, self.address)
        if self.address is not None:
            self.app.add_routes(OneTimePage(self.desk, self.files, self.clock).routes())
        self.app.router.add_get("/healthz", _healthy)
        self.app.router.add_get("/readyz", self._ready)

    async def _ready(self, _request: web.Request) -> web.Response:
        """Whether the database answers and is of this version's shape; and which doors are shut, which it outlives."""
        try:
            shut = await self.database.run(lambda u: doors.shut(u) if schema.fits(u.connection) else None)
        except SQLAlchemyError:
            return web.json_response({"ready": False, "why": "the database does not answer"}, status=503)
        if shut is None:
            return web.json_response({"ready": False}, status=503)
        told = {"shut": {name: f"{each.problem}, since {each.since:%Y-%m-%dT%H:%MZ}" for name, each in shut.items()}}
        return web.json_response({"ready": True, **(told if shut else {})})

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Delivery and the clock, for as long as the application runs."""
        delivery = Delivery(self.database, self.senders, self.clock)
        pump = asyncio.create_task(delivery.run())
        clock = jobs.scheduler(self.desk, self.clock, self.chores)
        clock.start()
        yield
        clock.shutdown(wait=False)
        await delivery.stop()
        pump.cancel()
        await asyncio.gather(pump, return_exceptions=True)


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


def add_slack(bot: Bot, settings: Settings) -> None:
    """The Slack door; over a socket where only an app token is given."""
    from bot.slack import SlackDoor

    door = SlackDoor(
        bot_token=_secret(settings.slack_bot_token), signing_secret=_secret(settings.slack_signing_secret),
        app_token=_secret(settings.slack_app_token), api_url=settings.slack_api_url, desk=bot.desk, files=bot.files,
        database=bot.database, clock=bot.clock,
    )
    bot.app.add_routes(door.routes())
    bot.senders[Platform.SLACK] = door.sender
    bot.chores.append(door.sender.take_back)

    async def open_(_app: web.Application) -> AsyncIterator[None]:
        await door.start()
        yield
        await door.stop()

    bot.app.cleanup_ctx.append(open_)


def add_teams(bot: Bot, settings: Settings) -> None:
    """The Teams door. Called in the loop: its session belongs to it."""
    from bot.teams_door import TeamsDoor
    from bot.tokens import Registration

    app_id = "" if settings.emulated else settings.teams_app_id or ""
    registration = Registration(app_id, _secret(settings.teams_app_password), settings.teams_tenant_id or "")

    session = aiohttp.ClientSession()
    door = TeamsDoor(registration, bot.desk, bot.files, session, bot.clock, loopback=settings.emulated)
    door.register(bot.app)
    bot.senders[Platform.TEAMS] = door.sender

    async def open_(_app: web.Application) -> AsyncIterator[None]:
        yield
        door.stop()
        await session.close()

    bot.app.cleanup_ctx.append(open_)


def add_mail(bot: Bot, settings: Settings) -> None:
    """E-mail, as the last resort."""
    from bot.mail import MailSender

    assert settings.mail is not None
    bot.senders[MAIL] = MailSender(settings.mail, settings.mail_from or "", bot.clock)


async def build(settings: Settings, clock: Clock = now, database: Database | None = None) -> Bot:
    """The bot of these settings, with the doors that they configure; and its database, where that is open already."""
    database = database or Database(settings.database_url, settings.vault)
    bot = Bot(database, FileStore(settings.files_folder), clock, address=settings.public_url)
    bot.app.add_routes(about.routes())
    if settings.slack:
        add_slack(bot, settings)
    if settings.teams:
        add_teams(bot, settings)
    if settings.mail:
        add_mail(bot, settings)
    bot.app.cleanup_ctx.append(bot.running)
    return bot


def serve(settings: Settings, database: Database) -> None:
    """Serve until told to stop; what has begun is finished. The database is closed by whoever opened it."""
    web.run_app(
        _served(settings, database), host=settings.host, port=settings.port, print=None, handle_signals=False, **BARE)


async def _served(settings: Settings, database: Database) -> web.Application:
    bot = await build(settings, database=database)
    heed(bot.app)
    steady()
    return bot.app


def steady() -> None:
    """What is loaded stays loaded: from here on the collector looks only at what comes after, and less often."""
    gc.freeze()
    gc.set_threshold(LITTLE)
    gc.enable()


def demo(port: int, open_browser: bool, database: Path, say: Callable[[str], None]) -> None:
    """The console on loopback, with the sample trust in a database file of its own."""
    bot = build_demo(database)
    host = loopback_only("127.0.0.1")
    address = f"http://{host}:{port}/"

    async def announce(_app: web.Application) -> None:
        say(f"Can I Post is ready: open {address} (stop with Ctrl+C)")
        if open_browser:
            await asyncio.to_thread(webbrowser.open, address)

    heed(bot.app)
    bot.app.on_startup.append(announce)
    steady()
    try:
        web.run_app(bot.app, host=host, port=port, print=None, handle_signals=False, **BARE)
    finally:
        bot.database.close()


def build_demo(path: Path, clock: Clock = now) -> Bot:
    """The bot with the console as its only door, over the sample trust."""
    from bot import demo as sample
    from bot import demo_policy
    from bot.console import ConsoleDoor

    vault = Vault([_demo_key(path.with_suffix(".key"))])
    bot = Bot(Database(f"sqlite:///{path}", vault), FileStore(path.parent / f"{path.stem}-files"), clock, address="")
    schema.upgrade(bot.database.engine)

    def furnish(u: Unit) -> None:
        sample.write(u, clock(), sample.DUE)
        demo_policy.write(u)

    bot.database.run_now(furnish)
    bot.database.run_now(lambda u: _show_again(u, clock()))
    door = ConsoleDoor(bot.desk, bot.files, bot.database, clock)
    bot.app.add_routes(door.routes())
    bot.app.on_shutdown.append(door.hang_up)
    bot.senders[Platform.CONSOLE] = door.sender
    bot.app.cleanup_ctx.append(bot.running)
    return bot


def _demo_key(path: Path) -> str:
    """The key beside the sample database, which holds nothing but what one tried out."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_key())
    return path.read_text()


def _show_again(u: Unit, at: datetime) -> None:
    """The page keeps its cards in memory: after a restart each is drawn anew."""
    for trust in people.trusts(u):
        u.act_for(trust, at)
        outbox.refresh(u, Platform.CONSOLE)


def _secret(value: object) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal()) if reveal else ""
