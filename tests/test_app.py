"""Everything starts, says how it is, and stops again leaving nothing open."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot import app, demo, jobs
from bot.app import Bot, build, build_demo
from bot.settings import Settings
from cards.action import Verb
from handlers.event import Event, Place
from storage import doors, inbox, outbox
from storage.database import Database
from storage.tables import Platform, State
from tests.fakes.slack import FakeSlack
from tests.world import Clock, World, opened

START = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[1]
SECRET = "8f3c1d27b90e4a6588abcd99e17c85a5"
TEAMS = {
    "teams_app_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "teams_app_password": "kZ8~q1rTn-Wv.3uYb6Lx",
    "teams_tenant_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
}


@asynccontextmanager
async def served(bot: Bot) -> AsyncIterator[TestClient[Any, Any]]:
    """The whole application on loopback, and gone again, with its database."""
    async with asyncio.timeout(20), TestClient(TestServer(bot.app)) as client:
        yield client
    await asyncio.to_thread(bot.database.close)


@pytest.fixture
def lite(tmp_path: Path, blank: bytes) -> str:
    """An empty, migrated SQLite file."""
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    return f"sqlite:///{path}"


async def answered(client: TestClient[Any, Any], path: str, method: str = "GET") -> int:
    async with client.request(method, path, data=b"{}" if method == "POST" else None) as response:
        await response.read()
        return response.status


async def test_without_doors_it_is_alive_and_ready(url: str) -> None:
    async with served(await build(Settings(database_url=url))) as client:
        assert await (await client.get("/healthz")).json() == {"alive": True}
        assert await (await client.get("/readyz")).json() == {"ready": True}
        for path in ("/slack/events", "/api/messages", "/console/events"):
            assert await answered(client, path) == 404


async def test_a_shut_door_is_told_and_takes_nothing_from_being_ready(url: str) -> None:
    bot = await build(Settings(database_url=url))
    bot.database.run_now(lambda u: doors.shut_one(u, "slack", "token_revoked", START, START))
    async with served(bot) as client:
        response = await client.get("/readyz")
        told = {"ready": True, "shut": {"slack": "token_revoked, since 2026-11-05T09:00Z"}}
        assert (response.status, await response.json()) == (200, told)


async def test_before_the_tables_are_there_it_is_alive_but_not_ready(tmp_path: Path) -> None:
    async with served(await build(Settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))) as client:
        assert await answered(client, "/healthz") == 200
        response = await client.get("/readyz")
        assert (response.status, await response.json()) == (503, {"ready": False})


async def test_without_its_database_it_is_alive_but_not_ready() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        bot = await build(Settings(database_url=f"postgresql://x@127.0.0.1:{nobody.getsockname()[1]}/none"), Clock())
        async with served(bot) as client:
            assert await answered(client, "/healthz") == 200
            assert await answered(client, "/readyz") == 503


async def test_with_both_doors_it_starts_and_stops(lite: str) -> None:
    async with FakeSlack() as slack:
        settings = Settings(
            database_url=lite,
            slack_bot_token=slack.token,
            slack_signing_secret=SECRET,
            slack_api_url=slack.url,
            **TEAMS,
        )
        before = asyncio.all_tasks()
        async with served(await build(settings)) as client:
            assert await answered(client, "/healthz") == 200
            assert await answered(client, "/readyz") == 200
            assert await answered(client, "/slack/events", "POST") == 401
            assert await answered(client, "/api/messages", "POST") == 401
        assert asyncio.all_tasks() <= before, "something still runs"


@pytest.mark.parametrize("door", ["slack", "teams"])
async def test_only_configured_doors_are_open(lite: str, door: str) -> None:
    async with FakeSlack() as slack:
        given = {"slack_bot_token": slack.token, "slack_signing_secret": SECRET, "slack_api_url": slack.url}
        bot = await build(Settings(database_url=lite, **(given if door == "slack" else TEAMS)))
        async with served(bot) as client:
            assert list(bot.senders) == [Platform(door)]
            assert await answered(client, "/slack/events", "POST") == (401 if door == "slack" else 404)
            assert await answered(client, "/api/messages", "POST") == (401 if door == "teams" else 404)


async def test_the_emulator_needs_no_app_id_on_this_machine(lite: str) -> None:
    """People say there who they are: the user id that is set in the Emulator is their address."""
    told: list[str] = []

    async def heard(request: web.Request) -> web.Response:
        told.append(json.dumps(await request.json()))
        return web.json_response({"id": str(len(told))})

    emulator = web.Application()
    emulator.router.add_post("/v3/conversations/{conversation}/activities", heard)
    bot = await build(Settings(database_url=lite, teams_app_id="emulator"), Clock())
    await bot.database.run(lambda u: demo.write(u, START).id)
    async with TestServer(emulator) as there, served(bot) as client:
        for who in ("okafor@oakfield.example", "nobody"):
            message = {
                "type": "message", "id": f"1-{who}", "text": "help", "channelId": "emulator",
                "serviceUrl": str(there.make_url("/")), "from": {"id": who}, "recipient": {"id": "bot"},
                "conversation": {"id": f"c-{who}"},
            }  # fmt: skip
            async with client.post("/api/messages", json=message) as response:
                assert response.status == 200
            assert (await client.post("/api/messages", json={**message, "channelId": "msteams"})).status == 400
    assert "Hello Ms Okafor" in told[0]
    assert "I don't know you yet" in told[1]


async def _on_demo(path: Path, work: Callable[[Bot], Awaitable[None]]) -> None:
    bot = await asyncio.to_thread(build_demo, path)
    async with served(bot):
        await work(bot)


async def test_the_demo_comes_back_with_its_cards(tmp_path: Path) -> None:
    """The page keeps its cards in memory only: they are drawn anew, each once, however often it restarts."""
    path = tmp_path / "demo.db"

    async def ask(bot: Bot) -> None:
        place = Place(Platform.CONSOLE, "console", "okafor@oakfield.example", "okafor@oakfield.example")
        said = Event(
            "one", bot.clock(), Verb.SAY, place, text="can I post this on facebook? Fair", email=demo.email("okafor")
        )
        await bot.desk.dispatch(said)
        await _settled(bot)

    seen: list[list[str]] = []

    async def look(bot: Bot) -> None:
        await _settled(bot)
        seen.append([line.html for line in _lines(bot) if "Fair" in line.html])

    await _on_demo(path, ask)
    await _on_demo(path, look)
    await _on_demo(path, look)
    assert [len(cards) for cards in seen] == [1, 1]


def _lines(bot: Bot) -> list[Any]:
    """What stands in the page's transcript."""
    sender: Any = bot.senders[Platform.CONSOLE]
    return list(sender._transcript.since(0))


async def _settled(bot: Bot) -> None:
    """Until nothing is owed any more."""
    for _ in range(200):
        waiting = await bot.database.run(lambda u: u.connection.execute(select(outbox.OUTBOX.c.state)).scalars().all())
        if waiting and "waiting" not in waiting:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("still owed")


# the clock's jobs


@pytest.fixture
async def world(tmp_path: Path, lite: str) -> AsyncIterator[World]:
    async with opened(tmp_path, lite, Platform.CONSOLE) as standing:
        yield standing


async def test_a_late_job_still_runs_and_once(world: World) -> None:
    """APScheduler's own default drops what is a second late (seen)."""
    clock = jobs.scheduler(world.bot.desk, world.clock)
    clock.start(paused=True)
    scheduled = clock.get_jobs()
    assert len(scheduled) == 5
    for job in scheduled:
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
    clock.shutdown(wait=False)


async def test_old_keys_are_forgotten_and_young_ones_kept(world: World) -> None:
    await world.unit(lambda u: inbox.take(u, "old", u.at))
    world.clock.forward(days=2)
    await world.unit(lambda u: inbox.take(u, "young", u.at))
    world.clock.forward(days=2)
    await jobs.forget_keys(world.bot.desk, world.clock)
    keys = await world.unit(lambda u: u.connection.execute(select(inbox.INBOX.c.key)).scalars().all())
    assert list(keys) == ["young"]


async def test_more_than_a_batch_runs_out_in_one_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    fields: dict[str, str | list[str]] = {"text": "Fair", "permission": ["nobody"], "accounts": ["1"]}
    fields |= {f"confirm_{each}": "yes" for each in ("unidentified", "camera", "copyright")}
    place = Place(Platform.CONSOLE, "t", "okafor")
    for n in range(5):
        event = Event(f"k{n}", world.clock(), Verb.SAVE, place, fields=fields, email=demo.email("okafor"))
        await world.bot.desk.dispatch(event)
    assert await jobs.run_out(world.bot.desk, world.clock) == 0
    world.clock.forward(days=15)
    assert await jobs.run_out(world.bot.desk, world.clock) == 5
    assert await jobs.run_out(world.bot.desk, world.clock) == 0
    asker = (await world.person("okafor")).id or 0
    from storage import request as requests

    late = world.clock() + timedelta(days=1)
    states = {r.state for r in await world.unit(lambda u: requests.mine(u, asker, (late, ""), 9))}
    assert states == {State.EXPIRED}


def test_pictures_lie_beside_the_database(tmp_path: Path) -> None:
    assert Settings(database_url=f"sqlite:///{tmp_path}/x.db").files_folder == tmp_path / "canipost-files"
    assert Settings(database_url="postgresql://u@h/d").files_folder == Path("canipost-files")


async def test_pictures_lie_where_the_setting_says(tmp_path: Path) -> None:
    there, url = tmp_path / "there", f"sqlite:///{tmp_path}/x.db"
    for setting in (str(there), f"file://{there}"):
        bot = await app.build(Settings(database_url=url, files_url=setting))
        assert bot.files.root == there
        await asyncio.to_thread(bot.database.close)


async def test_a_stopped_database_can_be_opened_again(lite: str) -> None:
    for _ in range(2):
        bot = await build(Settings(database_url=lite), Clock())
        async with served(bot) as client:
            assert await answered(client, "/readyz") == 200
    database = Database(lite)
    assert database.run_now(lambda u: u.connection.execute(select(1)).scalar()) == 1
    await asyncio.to_thread(database.close)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_several_times_it_stops_once_and_quietly(tmp_path: Path, sent: signal.Signals) -> None:
    command = (sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser")
    told = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=told, stderr=told)
    assert running.stdout is not None
    async with asyncio.timeout(30):
        assert b"ready" in await running.stdout.readline()
        for _ in range(3):
            running.send_signal(sent)
        _, said = await running.communicate()
    assert b"Traceback" not in said, said.decode()
    assert running.returncode == 0
