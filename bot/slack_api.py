"""Slack's Web API, as much of it as the bot calls, through one session of our own (slack_sdk's client is slow)."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from pydantic_core import to_json
from yarl import URL

from bot.retry_after import wanted
from bot.sender import Busy, RetryLater, Shut

JSON = {"Content-Type": "application/json; charset=utf-8"}
TIMEOUT = aiohttp.ClientTimeout(total=10)
FETCHING = aiohttp.ClientTimeout(total=30)
PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
TOKEN = frozenset({
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required",
    "ekm_access_denied", "accesslimited", "access_denied", "team_access_not_granted", "enterprise_is_restricted",
    "two_factor_setup_required", "not_allowed_token_type",
})
"""The token's trouble, not the recipient's (account_inactive: the app was removed). An administrator mends it."""
SCOPE = frozenset({"missing_scope", "no_permission"})
"""The app may not do this one thing. Where it is to write to people, nothing else goes either."""
WRITES = ("chat.", "conversations.", "auth.")
FILES = "files."
SCOPE_WAIT = 300.0


class Refused(Exception):
    """Slack understood and said no; `code` is its word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLarge(Exception):
    """A file over the limit; the rest of it was not read."""


class SlackApi:
    """Calls with the bot's token. Raises Refused, or RetryLater where trying again can help."""

    def __init__(self, token: str, url: str) -> None:
        self._root = URL(url if url.endswith("/") else f"{url}/")
        self._token = {"Authorization": f"Bearer {token}"}
        self._json = self._token | JSON
        self._session: aiohttp.ClientSession | None = None
        self._methods: dict[str, URL] = {}
        self._team = ""

    async def start(self) -> None:
        """Open the session."""
        self._session = aiohttp.ClientSession(timeout=TIMEOUT, connector=aiohttp.TCPConnector(limit=50))

    async def stop(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The one session, between start and stop."""
        assert self._session is not None, "not started"
        return self._session

    async def team(self) -> str:
        """The workspace that the token belongs to; asked once."""
        if not self._team:
            self._team = str((await self.call("auth.test", {}))["team_id"])
        return self._team

    async def call(self, method: str, values: Mapping[str, object]) -> dict[str, Any]:
        """A method that takes JSON."""
        return await self._post(method, to_json(values), self._json)

    async def ask(self, method: str, **values: object) -> dict[str, Any]:
        """A method that reads: those take a form only, and overlook JSON."""
        return await self._post(method, {key: str(value) for key, value in values.items()}, self._token)

    async def _post(self, method: str, body: bytes | dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
        try:
            async with self.session.post(self._address(method), data=body, headers=headers) as response:
                if response.status == 429:
                    raise Busy("rate limited", wanted(response.headers))
                if response.status >= 500:
                    raise RetryLater(f"{method}: {response.status}")
                answer = json.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise RetryLater(f"{method}: {type(error).__name__}") from None
        return _checked(method, answer)

    def _address(self, method: str) -> URL:
        """Made once: an address knows what aiohttp asks of it only after that was worked out."""
        if method not in self._methods:
            self._methods[method] = self._root / method
        return self._methods[method]

    async def respond(self, url: str, values: Mapping[str, object]) -> None:
        """Answer at a payload's response_url; it needs no token."""
        address = self._slacks(url)
        try:
            async with self.session.post(address, json=values, allow_redirects=False) as response:
                if response.status >= 300:
                    raise Refused(f"response_url: {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryLater(f"response_url: {type(error).__name__}") from None

    async def fetch(self, url: str, most: int) -> bytes:
        """A file of at most `most` bytes. The token goes to Slack only, and no redirect is followed."""
        address = self._slacks(url)
        try:
            async with self.session.get(
                address, headers=self._token, allow_redirects=False, timeout=FETCHING
            ) as response:
                return await _read(response, most)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryLater(f"file: {type(error).__name__}") from None

    async def upload(self, name: str, data: bytes, alt: str = "") -> str:
        """Bring a file into the workspace; it is nobody's until it is shared. Returns Slack's id of it."""
        described = {"alt_txt": alt[:1000]} if alt else {}
        place = await self.ask("files.getUploadURLExternal", filename=name, length=len(data), **described)
        try:
            async with self.session.post(str(place["upload_url"]), data=data, timeout=FETCHING) as response:
                if response.status != 200:
                    raise RetryLater(f"upload: {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryLater(f"upload: {type(error).__name__}") from None
        return str(place["file_id"])

    def _slacks(self, url: str) -> URL:
        """The address, if it is Slack's own or the configured API's; Refused for every other."""
        try:
            address = URL(url)
            ours = address.origin() == self._root.origin()
        except ValueError:
            raise Refused("no address") from None
        host = (address.host or "").lower()
        slacks = host == "slack.com" or host.endswith(".slack.com")
        if ours or (slacks and address.scheme == "https" and address.port == 443):
            return address
        raise Refused("not Slack's address")


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    if response.status != 200 or response.content_type == "text/html":
        raise Refused(f"file: {response.status}")  # a page to sign in: the bot may not see this file
    if (response.content_length or 0) > most:
        raise TooLarge
    data = bytearray()
    async for part in response.content.iter_chunked(65536):
        data += part
        if len(data) > most:
            raise TooLarge
    return bytes(data)


def _checked(method: str, answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise RetryLater(f"{method}: no answer of Slack's")
    if answer.get("ok") is True:
        return answer
    raise _no(method, str(answer.get("error") or "unknown_error")[:80])


def _no(method: str, code: str) -> Refused | RetryLater:
    if code in PASSING:
        return RetryLater(f"{method}: {code}")
    if code in BUSY:
        return Busy(f"{method}: {code}")
    if code in TOKEN or (code in SCOPE and method.startswith(WRITES)):
        return Shut(code)
    if code in SCOPE and not method.startswith(FILES):
        return RetryLater(f"{method}: {code}", SCOPE_WAIT)
    return Refused(code)
