"""The few calls of Microsoft's Connector that the bot needs, through one aiohttp session."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import aiohttp
from pydantic_core import to_json

from bot.retry_after import wanted
from bot.tokens import NoToken, OutboundToken, TokenRefused

FILE_TIMEOUT = aiohttp.ClientTimeout(total=60)
FILES_AT = ".sharepoint.com"
"""Where Teams keeps the files of its chats: OneDrive for Business and SharePoint."""
HOPS = 3
CHUNK = 65536


class Refused(Exception):
    """A call that did not succeed. `status` 0: no answer came. `code` is Microsoft's word for why."""

    def __init__(self, status: int, code: str = "", after: float | None = None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status = status
        self.code = code
        self.after = after


class Forbidden(Exception):
    """An address that the bot does not fetch from, or write to."""


class TooLarge(Exception):
    """A file over the limit; the rest of it was not read."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A conversation, and the service through which it is reached."""

    service_url: str
    conversation: str

    def url(self, *more: str) -> str:
        """The address of the conversation, or of something in it."""
        parts = "/".join(quote(part, safe="") for part in (self.conversation, *more))
        return f"{self.service_url.rstrip('/')}/v3/conversations/{parts}"


class Connector:
    """Send, update, delete, create, and files. Without a token (no app id) calls go out bare."""

    def __init__(self, session: aiohttp.ClientSession, token: OutboundToken | None, timeout: float) -> None:
        self._session = session
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def send(self, spot: Spot, activity: Mapping[str, Any]) -> str:
        """Put a message into a conversation; its id."""
        answer = await self._call("POST", spot.url("activities"), activity)
        return str(answer.get("id") or "")

    async def update(self, spot: Spot, message: str, activity: Mapping[str, Any]) -> None:
        """Show something else in a message's place."""
        await self._call("PUT", spot.url("activities", message), {**activity, "id": message})

    async def delete(self, spot: Spot, message: str) -> None:
        """Take a message away."""
        await self._call("DELETE", spot.url("activities", message))

    async def create(self, service_url: str, bot: str, user: str, tenant: str) -> str:
        """The private conversation with a user; its id."""
        wanted = {
            "isGroup": False, "bot": {"id": bot}, "members": [{"id": user}], "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        answer = await self._call("POST", f"{service_url.rstrip('/')}/v3/conversations", wanted)
        return str(answer.get("id") or "")

    async def member(self, spot: Spot, user: str) -> dict[str, Any]:
        """What Teams knows of somebody in a conversation."""
        return await self._call("GET", spot.url("members", user))

    async def _call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One call; a token that is no longer taken is renewed once."""
        data = None if body is None else to_json(body)
        headers = {} if data is None else {"Content-Type": "application/json; charset=utf-8"}
        token = await self._bearer(headers)
        try:
            return await self._answer(method, url, data, headers)
        except Refused as refused:
            if refused.status != 401 or self._token is None:
                raise
        self._token.forget(token)
        await self._bearer(headers)
        return await self._answer(method, url, data, headers)

    async def _bearer(self, headers: dict[str, str]) -> str:
        if self._token is None:
            return ""
        try:
            token = await self._token.get()
        except TokenRefused:
            raise Refused(401, "the login gives no token") from None
        except NoToken:
            raise Refused(0, "no token") from None
        headers["Authorization"] = f"Bearer {token}"
        return token

    async def _answer(self, method: str, url: str, data: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                text = await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Refused(0, type(error).__name__) from None
        answer = _document(text)
        if not 200 <= response.status < 300:
            raise Refused(response.status, _code(answer or {}), wanted(response.headers))
        if answer is None:
            raise Refused(0, "no answer of Teams'")  # a proxy's page, say, or half of one
        return answer

    async def download(self, url: str, service_url: str, most: int) -> bytes:
        """A file that somebody sent. The token goes to the service itself only, and to nobody else."""
        for _ in range(HOPS):
            permit(url, service_url)
            headers: dict[str, str] = {}
            if same_origin(url, service_url):
                await self._bearer(headers)
            async with self._session.get(
                url, headers=headers, timeout=FILE_TIMEOUT, allow_redirects=False
            ) as response:
                if response.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, response.headers.get("Location", ""))
                    continue
                if response.status != 200:
                    raise Refused(response.status)
                return await _at_most(response, most)
        raise Forbidden("too many redirections")

    async def upload(self, url: str, service_url: str, data: bytes) -> None:
        """Write a file to the place that its new owner allowed."""
        permit(url, service_url)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}",
        }
        async with self._session.put(
            url, data=data, headers=headers, timeout=FILE_TIMEOUT, allow_redirects=False
        ) as response:
            if not 200 <= response.status < 300:
                raise Refused(response.status)


def permit(url: str, service_url: str) -> None:
    """Forbidden unless the address is Teams' file store, or the service that the token vouched for."""
    if same_origin(url, service_url):
        return
    scheme, host, port = _origin(url)
    if scheme != "https" or port != 443 or not host.endswith(FILES_AT):
        raise Forbidden("not where Teams keeps files")


def same_origin(url: str, other: str) -> bool:
    """Whether two addresses are of one server."""
    return _origin(url) == _origin(other)


def _origin(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Forbidden("no address") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "\\" in url:
        raise Forbidden("no address")
    return parts.scheme, host.rstrip("."), port or (443 if parts.scheme == "https" else 80)


async def _at_most(response: aiohttp.ClientResponse, most: int) -> bytes:
    if (response.content_length or 0) > most:
        raise TooLarge
    data = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        data += chunk
        if len(data) > most:
            raise TooLarge
    return bytes(data)


def _document(text: str) -> dict[str, Any] | None:
    """What the answer says, nothing where it is empty; None where it is no answer of the Connector's."""
    try:
        answer = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _code(answer: Mapping[str, Any]) -> str:
    """The innermost word for the reason: {"error": {"code": …, "innerHttpError": …}} and its variants."""
    error = answer.get("error")
    if not isinstance(error, dict):
        error = answer
    for name in ("subCode", "code"):
        if isinstance(error.get(name), str):
            return str(error[name])[:80]
    return ""
