"""Microsoft's tokens: those that come in are checked, the one that goes out is fetched ahead of time."""

import base64
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import aiohttp
import jwt
import structlog

from bot.keys import BETWEEN_FETCHES, TIMEOUT, Flight, Keys, SigningKey, Unauthorized

log = structlog.get_logger()

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
OPENID = "https://login.botframework.com/v1/.well-known/openidconfiguration"
LOGIN = "https://login.microsoftonline.com"
SKEW = timedelta(minutes=5)
AHEAD = timedelta(minutes=10)
MARGIN = timedelta(minutes=1)
REFUSALS = (400, 401, 403)
"""The login's answers to an app that is gone, or whose secret ran out."""
CHECKED = 100
"""So many good tokens are remembered."""


class NoToken(Exception):
    """No token for calls to Microsoft could be had."""


class TokenRefused(NoToken):
    """The login answered, and does not take the app's id or secret (any more)."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The bot as Microsoft knows it, and where Microsoft answers. `tenant` empty: a bot for every tenant."""

    app_id: str
    password: str
    tenant: str = ""
    openid: str = OPENID
    login: str = LOGIN


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a checked token says is calling: for which channels, from which service."""

    service_url: str
    channels: frozenset[str]


class InboundCheck:
    """Judges the Authorization header of each call: signed by Microsoft, for this bot, now."""

    def __init__(self, keys: Keys, app_id: str, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._app_id = app_id
        self._clock = clock
        self._checked: dict[str, tuple[SigningKey, Mapping[str, Any]]] = {}
        """Good tokens, and the very key that each was checked with: keys that are fetched anew check them again."""

    async def caller(self, header: str) -> Caller:
        """Who calls; Unauthorized for anything but a good token, NoKeys where that cannot be known."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized("no bearer token")
        key = await self._keys.find(_key_id(token))
        claims = self._claims(token, key)
        self._judge_times(claims)
        service_url = claims.get("serviceurl")
        if not isinstance(service_url, str) or not service_url:
            raise Unauthorized("no service URL")
        return Caller(service_url, key.endorsements)

    def _claims(self, token: str, key: SigningKey) -> Mapping[str, Any]:
        """What a token signed with this key says, whatever its times. Microsoft uses one for an hour: checked once."""
        checked_with, claims = self._checked.get(token, (None, {}))
        if checked_with is key:
            return claims
        try:
            claims = jwt.decode(
                token, key.key, algorithms=["RS256"], audience=self._app_id, issuer=ISSUER,
                options={"require": ["exp", "iss", "aud"], "strict_aud": True, "verify_exp": False,
                         "verify_nbf": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthorized(type(error).__name__) from None
        if len(self._checked) >= CHECKED:
            self._checked.clear()
        self._checked[token] = key, claims
        return claims

    def _judge_times(self, claims: Mapping[str, Any]) -> None:
        """PyJWT reads the machine's own clock; ours is handed in."""
        now, skew = self._clock().timestamp(), SKEW.total_seconds()
        if now >= _moment(claims["exp"]) + skew:
            raise Unauthorized("expired")
        if "nbf" in claims and now < _moment(claims["nbf"]) - skew:
            raise Unauthorized("not valid yet")


def _moment(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unauthorized("a time that is none")
    return value


@lru_cache(CHECKED)
def _key_id(token: str) -> str:
    """The key that a token names, read before anything is trusted: it says where to look, no more."""
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        raise Unauthorized("no token") from None
    if not isinstance(header, dict) or header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
        raise Unauthorized("no key named")
    return str(header["kid"])


class OutboundToken:
    """The bot's own token: cached, and renewed before it runs out while the old one still serves."""

    def __init__(
        self, session: aiohttp.ClientSession, bot: Registration, clock: Callable[[], datetime],
        timeout: float = TIMEOUT,
    ) -> None:
        self._session = session
        self._url = f"{bot.login.rstrip('/')}/{bot.tenant or 'botframework.com'}/oauth2/v2.0/token"
        self._form = {
            "grant_type": "client_credentials", "client_id": bot.app_id, "client_secret": bot.password, "scope": SCOPE,
        }
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._token = ""
        self._expires = datetime.min.replace(tzinfo=UTC)
        self._renew_at = self._expires
        self._refused = False
        self._flight = Flight(self._fetch)

    async def get(self) -> str:
        """A token that is good for a minute at least; NoToken where Microsoft gives none."""
        now = self._clock()
        if self._token and now < self._expires:
            if now >= self._renew_at:
                self._renew_at = now + BETWEEN_FETCHES
                self._flight.start()
            return self._token
        await self._flight.join()
        if not self._token or self._clock() >= self._expires:
            raise TokenRefused if self._refused else NoToken
        return self._token

    def stop(self) -> None:
        """Fetch no more."""
        self._flight.stop()

    def forget(self, token: str) -> None:
        """Microsoft did not take this one: the next call fetches another."""
        if self._token == token:
            self._token = ""

    async def _fetch(self) -> None:
        try:
            async with self._session.post(self._url, data=self._form, timeout=self._timeout) as response:
                response.raise_for_status()
                answer = await response.json(content_type=None)
            token, lasts = str(answer["access_token"]), timedelta(seconds=float(answer["expires_in"]))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, OverflowError) as error:
            status = getattr(error, "status", None)
            self._refused = status in REFUSALS
            log.warning("no token from Microsoft's login", reason=type(error).__name__, status=status)
            return
        now = self._clock()
        self._token = token
        self._expires = now + lasts - MARGIN
        self._renew_at = now + max(lasts - AHEAD, lasts / 2)
