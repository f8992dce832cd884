"""The servers that are measured: ours, and beside each what its libraries do alone.

`python -m bench.servers NAME CONFIG` prints its port, and serves until its input ends.
"""

import asyncio
import itertools
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from aiohttp import web

from bot.app import steady

Config = dict[str, str]


async def slack(config: Config, app: web.Application) -> None:
    """Our Slack door, desk and database."""
    from bot.app import Bot, now
    from bot.slack import SlackDoor
    from storage.database import Database
    from storage.files import FileStore

    bot = Bot(Database(config["database"]), FileStore(Path(config["folder"])))
    door = SlackDoor(
        bot_token="xoxb-bench", signing_secret=config["secret"], app_token="", api_url=config["api"],
        desk=bot.desk, files=bot.files, database=bot.database, clock=now,
    )
    await door.start()
    app.add_routes(door.routes())
    app.on_cleanup.append(lambda _app: door.stop())


async def bolt(config: Config, app: web.Application) -> None:
    """slack-bolt, which acknowledges and does nothing."""
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token="xoxb-bench")

    bare = AsyncApp(signing_secret=config["secret"], authorize=authorize, process_before_response=True)

    @bare.view("form")
    async def _form(ack: AsyncAck) -> None:
        await ack()

    async def serve(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bare.async_dispatch(await to_bolt_request(request)))

    app.router.add_post("/slack/events", serve)


async def slack_api(_config: Config, app: web.Application) -> None:
    """A Slack that takes everything."""
    numbers = itertools.count(1)

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        number = next(numbers)
        told = {
            "ok": True, "team_id": "T0BENCH001", "ts": f"1700000000.{number:06d}", "channel": {"id": f"D0{number:08d}"},
        }
        return web.json_response(told)

    app.router.add_post("/api/{method}", answer)


async def teams(config: Config, app: web.Application) -> None:
    """Our Teams door, desk and database."""
    from bot.app import Bot, now
    from bot.teams_door import TeamsDoor
    from bot.tokens import Registration
    from storage.database import Database
    from storage.files import FileStore

    bot = Bot(Database(config["database"]), FileStore(Path(config["folder"])))
    session = aiohttp.ClientSession()
    registration = Registration(config["app"], config["password"], "", config["openid"], config["login"])
    door = TeamsDoor(registration, bot.desk, bot.files, session, now)
    door.register(app)

    async def close(_app: web.Application) -> None:
        door.stop()
        await session.close()

    app.on_cleanup.append(close)


async def token_check(config: Config, app: web.Application) -> None:
    """aiohttp and PyJWT: the token is checked, and nothing else happens."""
    import jwt

    from bot.tokens import ISSUER

    key, audience = jwt.PyJWK(json.loads(config["key"]), "RS256").key, config["app"]

    async def answer(request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=ISSUER)
        await request.read()
        return web.json_response({"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": ""})

    app.router.add_post("/api/messages", answer)


async def cloud_adapter(config: Config, app: web.Application) -> None:
    """The SDK's own CloudAdapter and handler: the token is checked; nothing is decided or recorded.

    `CloudAdapterBase` is all of it but the reading of the request, which stands here. `CloudAdapter` itself is in
    botbuilder-integration-aiohttp, which the bot does not need; beside this it was as fast (115 requests/s each).
    """
    from botbuilder.core import ActivityHandler, TurnContext
    from botbuilder.core.cloud_adapter_base import CloudAdapterBase
    from botbuilder.schema import Activity, InvokeResponse
    from botframework.connector.auth import BotFrameworkAuthenticationFactory, PasswordServiceClientCredentialFactory

    from bot.tokens import ISSUER, SCOPE

    class Nothing(ActivityHandler):  # type: ignore[misc]
        async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
            return InvokeResponse(status=200, body={"statusCode": 200, "type": "message", "value": ""})

    adapter = CloudAdapterBase(BotFrameworkAuthenticationFactory.create(
        to_channel_from_bot_login_url=config["login"], to_channel_from_bot_oauth_scope=SCOPE,
        to_bot_from_channel_token_issuer=ISSUER, oauth_url="https://api.botframework.com",
        to_bot_from_channel_open_id_metadata_url=config["openid"],
        to_bot_from_emulator_open_id_metadata_url=config["openid"],
        credential_factory=PasswordServiceClientCredentialFactory(config["app"], config["password"]),
    ))
    handler = Nothing()

    async def answer(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        answered = await adapter.process_activity(request.headers["Authorization"], activity, handler.on_turn)
        return web.json_response(answered.body, status=answered.status)

    app.router.add_post("/api/messages", answer)


SERVERS: dict[str, Callable[[Config, web.Application], Awaitable[None]]] = {
    each.__name__: each for each in (slack, bolt, slack_api, teams, token_check, cloud_adapter)
}


async def main(name: str, config: Config) -> None:
    logging.disable(logging.ERROR)
    told = os.dup(1)
    os.dup2(2, 1)  # nobody reads the pipe after the port: what is logged must not fill it
    app = web.Application()
    with TemporaryDirectory() as folder:
        await SERVERS[name]({"folder": folder, **config}, app)
        steady()  # as `serve` does; the peers have it too
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address: Any = runner.addresses[0]
        os.write(told, f"{address[1]}\n".encode())
        os.close(told)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
