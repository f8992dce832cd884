"""Told to stop, `canipost serve` finishes what it began: a process of its own, a signal, and a slow Slack."""

import asyncio
import json
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy import select

from bot import demo
from storage import imports, outbox, people
from storage.database import Database, Unit
from storage.tables import Message, Outbox, Platform
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_chat import signed

ROOT = Path(__file__).parents[1]
SECRET, TOKEN = "8f3c1d27b90e4a6588abcd99e17c85a5", "xoxb-7316408225-9051442617"
OWED = 30


class Slow(FakeSlack):
    """Of what it holds: the calls that have reached it, and whether they are answered."""

    def __init__(self) -> None:
        super().__init__()
        self.token, self.signing_secret = TOKEN, SECRET
        self.reached = {each: asyncio.Event() for each in ("chat.postMessage", "users.info")}
        self.go = {each: asyncio.Event() for each in self.reached}

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method in self.reached:
            self.reached[method].set()
            await self.go[method].wait()
        return await super()._call(request)


def owe(u: Unit, slack: Slow) -> None:
    """A notice for each of many people."""
    demo.write(u, datetime.now(UTC))
    for i in range(OWED):
        row = {"name": f"Teacher {i}", "email": f"t{i}@oakfield.example", "school_id": None}
        number = imports.add_person(u, {**row, "first_day": None, "last_day": None})
        person = people.by_email(u, f"t{i}@oakfield.example")
        assert person is not None
        people.link(u, person, Platform.SLACK, slack.team, slack.join(row["email"] or ""), {})
        outbox.send(u, number, "entry", "entry-1")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def until(port: int, listening: bool) -> None:
    while await listens(port) is not listening:
        await asyncio.sleep(0.02)


async def ask(slack: Slow, port: int) -> int:
    """A message of somebody whom the bot has to ask Slack about; the status of the answer."""
    user = slack.join(demo.email("okafor"))
    said = {"channel": slack.chat(user), "user": user, "text": "help", "ts": "1.1"}
    event = {"type": "message", "channel_type": "im", **said}
    body = json.dumps({"type": "event_callback", "team_id": slack.team, "event_id": "Ev1", "event": event}).encode()
    headers = {"Content-Type": "application/json", **signed(SECRET, body)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_what_was_begun_is_finished_and_what_was_claimed_is_anybodys(tmp_path: Path, blank: bytes) -> None:
    path, port = tmp_path / "canipost.db", free_port()
    path.write_bytes(blank)
    database = Database(f"sqlite:///{path}")
    async with asyncio.timeout(30), Slow() as slack:
        await database.run(lambda u: owe(u, slack))
        own = {key: value for key, value in os.environ.items() if not key.startswith("CANIPOST_")}
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, stderr=asyncio.subprocess.PIPE, env={
                **own, "CANIPOST_DATABASE_URL": f"sqlite:///{path}", "CANIPOST_PORT": str(port),
                "CANIPOST_SLACK_BOT_TOKEN": TOKEN, "CANIPOST_SLACK_SIGNING_SECRET": SECRET,
                "CANIPOST_SLACK_API_URL": slack.url,
            },
        )
        await until(port, listening=True)
        asked = asyncio.create_task(ask(slack, port))
        for each in slack.reached.values():
            await each.wait()

        running.send_signal(signal.SIGTERM)
        await until(port, listening=False)
        assert not asked.done()
        slack.go["users.info"].set()
        assert await asked == 200
        slack.go["chat.postMessage"].set()
        _, said = await running.communicate()
    assert running.returncode == 0, said.decode()
    assert b"Traceback" not in said
    owed = database.run_now(lambda u: [Outbox(**row._mapping) for row in u.across(select(outbox.OUTBOX))])
    lie = database.run_now(lambda u: [Message(**row._mapping) for row in u.across(select(outbox.MESSAGE))])
    await asyncio.to_thread(database.close)
    states = [each.state for each in owed]
    assert len(states) == OWED and "sent" in states and set(states) <= {"sent", "waiting"}
    assert all(each.lease is None and each.leased_until is None for each in owed)
    assert {each.ref for each in lie} == {each.ts for each in slack.messages if "Oakfield High" in str(each.blocks)}
    assert len(lie) == states.count("sent")
