"""How many messages of one platform are under way at once; one that gets no answer gives its place to the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 8
MOST = 32
"""With those that wait long for an answer. Fewer than a session has connections, so that the doors keep some."""
PATIENCE = 1.0
"""Seconds after which a message counts as slow, and the next may begin beside it."""


class Hands:
    """`async with hands.one():` around each message."""

    def __init__(self) -> None:
        self._quick, self._all = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(MOST)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A hand, as soon as one is free."""
        async with self._all, _Place(self._quick):
            yield


class _Place:
    """A place among the quick ones, given up after a while, once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places, self._taken = places, False

    async def __aenter__(self) -> None:
        await self._places.acquire()
        self._taken = True
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._give)

    async def __aexit__(self, *_: object) -> None:
        self._timer.cancel()
        self._give()

    def _give(self) -> None:
        if self._taken:
            self._taken = False
            self._places.release()
