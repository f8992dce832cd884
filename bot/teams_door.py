"""The Teams door: `POST /api/messages`, open to Microsoft alone."""

from collections.abc import Callable
from datetime import datetime

import aiohttp
import structlog
from aiohttp import web
from pydantic_core import to_json

from bot.body import whole
from bot.connector import Connector
from bot.keys import Keys, NoKeys, Unauthorized
from bot.teams import Turns
from bot.teams_activity import CHANNEL, EMULATOR, Malformed, Wire, is_local, read
from bot.teams_files import Offers
from bot.teams_sdk import TeamsAdapter
from bot.teams_sender import TeamsSender
from bot.tokens import Caller, InboundCheck, OutboundToken, Registration
from cards.teams import ERROR_TYPE
from cards.teams_words import NOT_MINE
from handlers.dispatch import Desk
from storage.files import FileStore

log = structlog.get_logger()
MOST_BODY = 512_000
FORWARDED = ("Forwarded", "X-Forwarded-For", "Origin")


class TeamsDoor:
    """Without an app id it serves this machine alone: `loopback` says that nobody else connects."""

    def __init__(
        self, bot: Registration, desk: Desk, files: FileStore, session: aiohttp.ClientSession,
        clock: Callable[[], datetime], loopback: bool = False, timeout: float = 5.0,
    ) -> None:
        if not bot.app_id and not loopback:
            raise ValueError("without an app id the bot serves only a loopback address")
        self._bot = bot
        self._keys = Keys(session, bot.openid, clock, timeout)
        self._token = OutboundToken(session, bot, clock, timeout)
        self._check = InboundCheck(self._keys, bot.app_id, clock)
        connector = Connector(session, self._token if bot.app_id else None, 2 * timeout)
        offers = Offers(files, bot.password)
        self.sender = TeamsSender(connector, files, offers)
        self._adapter = TeamsAdapter(connector)
        self._turns = Turns(desk, files, connector, offers, clock)

    def register(self, app: web.Application) -> None:
        """Open the door."""
        app.router.add_post("/api/messages", self.handle)

    def stop(self) -> None:
        """Fetch neither keys nor tokens any more: before the session is closed."""
        self._keys.stop()
        self._token.stop()

    async def handle(self, request: web.Request) -> web.Response:
        """401 for whoever is not Microsoft, 400 for what Teams would not send, 503 while nobody can be checked."""
        try:
            caller = await self._caller(request)
            wire = read(await whole(request, MOST_BODY))
            self._admit(caller, wire)
            status, body = await self._adapter.turn(wire, self._turns.on_turn)
            return _json(body, status)
        except Unauthorized as error:
            log.warning("a call that is not from Microsoft was refused", reason=str(error))
            return web.Response(status=401)
        except NoKeys:
            return web.Response(status=503, headers={"Retry-After": "10"})
        except Malformed as error:
            log.warning("a malformed activity was refused", where=str(error))
            problem = {"code": "BadRequest", "message": NOT_MINE}
            return _json({"statusCode": 400, "type": ERROR_TYPE, "value": problem}, 400)

    async def _caller(self, request: web.Request) -> Caller | None:
        if self._bot.app_id:
            return await self._check.caller(request.headers.get("Authorization", ""))
        if not _from_here(request):
            raise Unauthorized("not from this machine")
        return None

    def _admit(self, caller: Caller | None, wire: Wire) -> None:
        """What the token vouches for is what the activity says."""
        tenant = wire.tenant
        if wire.channel != CHANNEL and (caller is not None or wire.channel != EMULATOR):
            raise Malformed("channelId")
        if caller is None:
            if not is_local(wire.service_url):
                raise Unauthorized("service URL of another machine")
            return
        if caller.service_url != wire.service_url:
            raise Unauthorized("another service URL")
        if wire.channel not in caller.channels:
            raise Unauthorized("key not endorsed for the channel")
        if self._bot.tenant not in ("", tenant):
            raise Unauthorized("another tenant")


def _json(body: object, status: int) -> web.Response:
    if body is None:
        return web.Response(status=status)
    return web.Response(body=to_json(body), status=status, content_type="application/json", charset="utf-8")


def _from_here(request: web.Request) -> bool:
    """The other end of the socket is this machine, and neither a proxy nor another site's page stands between."""
    if any(name in request.headers for name in FORWARDED) or request.transport is None:
        return False
    peer = request.transport.get_extra_info("peername")
    return isinstance(peer, tuple) and is_local(f"http://[{peer[0]}]" if ":" in peer[0] else f"http://{peer[0]}")
