"""The Slack door: signed requests over HTTP, or Socket Mode, become Events; Answers go back the way they came."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.body import whole
from bot.door import broke, through
from bot.intake import taker, with_taken
from bot.sender import RetryLater, Shut
from bot.slack_answer import Answers
from bot.slack_api import Refused, SlackApi
from bot.slack_event import Heard, Malformed, greeting, hear, made_up
from bot.slack_files import take_all, vouched_email
from bot.slack_sender import Pictures, SlackSender
from cards.action import BadAction
from cards.refusals import unknown
from handlers.answer import Note
from handlers.dispatch import Desk
from handlers.event import Event
from handlers.report_evidence import As
from storage.database import Database
from storage.files import FileStore

log = structlog.get_logger()
MOST_BODY = 1_000_000
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
STAMP = re.compile(r"[0-9]{1,12}")
BAD_REQUEST = partial(BoltResponse, status=400, body={"error": "not a payload of Slack's"})


class SlackDoor:
    """Slack's requests, in and out. Start and stop in pairs; without a signing secret it uses Socket Mode."""

    def __init__(
        self, *, bot_token: str, signing_secret: str, app_token: str, api_url: str,
        desk: Desk, files: FileStore, database: Database, clock: Callable[[], datetime],
    ) -> None:
        self._desk, self._files, self._clock = desk, files, clock
        self._api = SlackApi(bot_token, api_url)
        pictures = Pictures(self._api, files, database)
        self.sender = SlackSender(self._api, pictures)
        self._answers = Answers(self._api, pictures, self.sender)
        self._signed, self._app_token = bool(signing_secret), app_token
        self._bolt = _bolt(bot_token, signing_secret, api_url, self.handle)
        self._socket: AsyncSocketModeHandler | None = None
        self._reaching: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """What the web application serves for Slack: nothing in Socket Mode."""
        return [web.post("/slack/events", self._serve)] if self._signed else []

    async def start(self) -> None:
        """Open the session to Slack, and the socket where that is the way in. No other door waits for its answer."""
        await self._api.start()
        if not self._signed:
            self._socket = AsyncSocketModeHandler(self._bolt, self._app_token)
        self._reaching = asyncio.create_task(self._reach())

    async def stop(self) -> None:
        """Close what `start` opened."""
        if self._reaching is not None:
            self._reaching.cancel()
            await asyncio.gather(self._reaching, return_exceptions=True)
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
        await self._api.stop()

    async def _reach(self) -> None:
        """Call Slack until it answers, where the socket is the way in; say in the log if the token does not work."""
        if self._socket is not None:
            await self._socket.client.connect()  # type: ignore[no-untyped-call]
        try:
            await self._api.team()
        except (Refused, Shut) as error:
            log.error("slack: the bot token does not work; look at CANIPOST_SLACK_BOT_TOKEN", why=str(error))
        except RetryLater as error:
            log.warning("slack: nobody answers there now; what is for it waits", why=str(error))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        """The guard before bolt, which answers 500 to a header or body that it cannot read (seen)."""
        body = await whole(request, MOST_BODY)
        headers: dict[str, str | Sequence[str]] = {
            name: value for name in HEADERS if (value := request.headers.get(name))
        }
        try:
            text = body.decode()
            if "ssl_check=1" not in text and not _is_signed(headers):
                return web.json_response({"error": "invalid request"}, status=401)
            asked = AsyncBoltRequest(body=text, headers=headers)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
            return web.json_response({"error": "not a payload of Slack's"}, status=400)
        try:
            return await to_aiohttp_response(await self._bolt.async_dispatch(asked))
        except Exception as error:  # noqa: BLE001  `handle` keeps its failures: bolt itself fell over its reading
            return await to_aiohttp_response(await _wrong_shape(error))

    async def handle(self, body: dict[str, Any]) -> BoltResponse:
        """A verified payload: answered, or 500 for Slack to send it again, or 400 for what Slack never sends."""
        at = self._clock()
        try:
            heard = hear(body, at)
            if heard is None:
                return BoltResponse(status=200)
            return await self._answered(heard)
        except BadAction:
            return await self._turned_away(body, at)
        except Malformed as error:
            log.warning("slack: malformed payload", why=str(error))
            return BAD_REQUEST()
        except Exception:  # else bolt would take it for a payload of a wrong shape
            log.exception("slack: request failed")
            return BoltResponse(status=500)

    async def _answered(self, heard: Heard) -> BoltResponse:
        try:
            answer = await through(self._desk, await self._with_files(heard), partial(self._email, heard))
        except Exception:  # noqa: BLE001  whatever failed, its presser is told, and Slack sends an event again
            sorry = broke(heard.event)
            if not heard.surface.waits:
                return BoltResponse(status=500)
            return _response(await self._answers.sorry(heard, sorry))
        return _response(await self._answers.give(heard, answer))

    async def _turned_away(self, body: dict[str, Any], at: datetime) -> BoltResponse:
        try:
            heard = made_up(body, at)
        except Malformed:
            return BAD_REQUEST()
        return _response(await self._answers.give(heard, Note(unknown())))

    async def _with_files(self, heard: Heard) -> Event:
        """The event with its files, which are fetched for people we know only, and where the desk lets us."""
        if not heard.files or not await self._known(heard):
            return heard.event
        gate = await self._desk.gate(heard.event)
        if gate.takes == As.NOTHING:
            return gate.event
        return with_taken(gate.event, await take_all(self._api, taker(self._files, gate), heard.files))

    async def _known(self, heard: Heard) -> bool:
        """Whether this is somebody of ours. The first message of all may carry pictures: then they are linked first."""
        if await self._desk.knows(heard.place):
            return True
        await through(self._desk, greeting(heard), partial(self._email, heard))
        return await self._desk.knows(heard.place)

    async def _email(self, heard: Heard) -> str:
        return await vouched_email(self._api, heard.place.team, heard.enterprise, heard.place.user)


HEADERS = ("content-type", "x-slack-request-timestamp", "x-slack-signature")
"""All that bolt may see: others would steer it (`x-slack-bolt-lazy-only`)."""


def _is_signed(headers: Mapping[str, str | Sequence[str]]) -> bool:
    """Whether the headers have a signature's form; whether it is true, bolt finds out."""
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    return bool(STAMP.fullmatch(str(stamp)) and SIGNATURE.fullmatch(str(signature)))


def _response(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body) if body else "")


class _Token(AsyncAuthorize):
    """Every request is the one workspace's: no auth.test for each."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, user_id: str | None,
        actor_enterprise_id: str | None = None, actor_team_id: str | None = None, actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=self._token)


class _Everything(AsyncMiddleware):
    """Bolt's last step is ours: matching five listeners would cost each request as much as the rest of bolt."""

    def __init__(self, handle: Callable[[dict[str, Any]], Awaitable[BoltResponse]]) -> None:
        self._handle = handle

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        return await self._handle(req.body)


def _bolt(
    token: str, secret: str, api_url: str, handle: Callable[[dict[str, Any]], Awaitable[BoltResponse]],
) -> AsyncApp:
    quiet = logging.getLogger("canipost.slack_bolt")
    quiet.setLevel(logging.ERROR)  # at INFO bolt writes whole bodies into the log
    client = AsyncWebClient(base_url=f"{api_url.rstrip('/')}/", logger=quiet)
    bolt = AsyncApp(
        name="canipost", logger=quiet, signing_secret=secret, client=client,
        authorize=_Token(token), process_before_response=True, attaching_function_token_enabled=False,
    )
    bolt.use(_Everything(handle))
    bolt.error(_wrong_shape)
    return bolt


async def _wrong_shape(error: Exception) -> BoltResponse:
    """Only bolt's own reading of a payload can fail here: `handle` keeps its failures to itself."""
    log.warning("slack: malformed payload", why=type(error).__name__)
    return BAD_REQUEST()
