"""Microsoft's signing keys: fetched once for everybody who waits, without holding up the loop, refreshed every day."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import structlog
from jwt.algorithms import RSAAlgorithm

log = structlog.get_logger()
TIMEOUT = 5.0
KEYS_FRESH = timedelta(hours=24)
KEYS_USABLE = timedelta(hours=48)
"""Between the two, old keys serve while new ones are on their way."""
BETWEEN_FETCHES = timedelta(minutes=1)


class Unauthorized(Exception):
    """The caller is not Microsoft, or not calling this bot. The text is for the log, never for the caller."""


class NoKeys(Exception):
    """Nobody can be checked at the moment: Microsoft's keys could not be had."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key of Microsoft's, and the channels it may speak for."""

    key: Any
    endorsements: frozenset[str]


class Flight:
    """One piece of work at a time: whoever asks meanwhile waits for the same one."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._task: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """Whether somebody waits for it now."""
        return self._task is not None and not self._task.done()

    def start(self) -> asyncio.Task[None]:
        """Begin, unless it is under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())
        return self._task

    async def join(self) -> None:
        """Wait for it; a caller who goes away does not stop it for the others."""
        await asyncio.shield(self.start())

    def stop(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        await self._work()


class Keys:
    """Microsoft's signing keys: fetched once for everybody who waits, refreshed every day."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, clock: Callable[[], datetime], timeout: float = TIMEOUT
    ) -> None:
        self._session = session
        self._url = url
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched = self._tried = datetime.min.replace(tzinfo=UTC)
        self._flight = Flight(self._fetch)

    def stop(self) -> None:
        """Fetch no more."""
        self._flight.stop()

    async def find(self, kid: str) -> SigningKey:
        """The key of that id. Unauthorized: there is none; NoKeys: it cannot be known now."""
        age = self._clock() - self._fetched
        if age > KEYS_USABLE:
            await self._refetch()
            if self._clock() - self._fetched > KEYS_USABLE:
                raise NoKeys
        elif age > KEYS_FRESH and self._may_fetch():
            self._flight.start()
        if kid in self._keys:
            return self._keys[kid]
        return await self._find_new(kid)

    async def _find_new(self, kid: str) -> SigningKey:
        before = self._fetched
        if not self._flight.under_way and not self._may_fetch():
            raise Unauthorized("unknown key")
        await self._refetch()
        if kid in self._keys:
            return self._keys[kid]
        if self._fetched == before:
            raise NoKeys
        raise Unauthorized("unknown key")

    def _may_fetch(self) -> bool:
        return self._clock() - self._tried >= BETWEEN_FETCHES

    async def _refetch(self) -> None:
        if self._flight.under_way or self._may_fetch():
            await self._flight.join()

    async def _fetch(self) -> None:
        self._tried = self._clock()
        try:
            document = await self._get(self._url)
            keys = _signing_keys(await self._get(str(document["jwks_uri"])))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.warning("Microsoft's keys could not be fetched", reason=type(error).__name__)
            return
        if keys:
            self._keys = keys
            self._fetched = self._clock()

    async def _get(self, url: str) -> Any:
        async with self._session.get(url, timeout=self._timeout) as response:
            response.raise_for_status()
            return await response.json(content_type=None)


def _signing_keys(document: Any) -> dict[str, SigningKey]:
    """The RSA keys of a key set; those of another kind, or broken, are left out."""
    found = {}
    for entry in document["keys"]:
        try:
            key = RSAAlgorithm.from_jwk(entry)
            kid = entry["kid"]
        except (jwt.InvalidKeyError, KeyError, TypeError, ValueError):
            continue
        endorsements = entry.get("endorsements") or []
        found[kid] = SigningKey(key, frozenset(each for each in endorsements if isinstance(each, str)))
    return found
