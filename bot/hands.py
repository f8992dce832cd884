"""How many messages of one platform are under way at once; one that gets no answer gives its place to the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()
AT_ONCE = 8
MOST = 32
"""With those that wait long for an answer. Fewer than a session has connections, so that the doors keep some."""
PATIENCE = 1.0
"""Seconds after which a message counts as slow, and the next may begin beside it."""


class Hands:
    """Each message that is given begins as soon as a hand is free, in the order in which they were given."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], Awaitable[None]]] = deque()
        self._all: set[asyncio.Task[None]] = set()
        self._quick: dict[asyncio.Task[None], float] = {}
        """Those that count, with the time at which each took what it is at."""
        self._look: asyncio.TimerHandle | None = None

    def give(self, message: Callable[[], Awaitable[None]]) -> None:
        """One more to send."""
        self._waiting.append(message)
        self._call_one()
        self._watch()

    def stop(self) -> None:
        """Let go of what is under way, and begin nothing more."""
        self._waiting.clear()
        for each in self._all:
            each.cancel()

    def _call_one(self) -> bool:
        """One more hand, where there is something for it to do, and room beside the others; whether there was."""
        if not self._waiting or len(self._quick) >= AT_ONCE or len(self._all) >= MOST:
            return False
        loop = asyncio.get_running_loop()
        hand = loop.create_task(self._work())
        self._all.add(hand)
        self._quick[hand] = loop.time()
        return True

    async def _work(self) -> None:
        me, now = asyncio.current_task(), asyncio.get_running_loop().time
        assert me is not None
        try:
            while self._waiting and (me in self._quick or len(self._quick) < AT_ONCE):
                self._quick[me] = now()
                try:
                    await self._waiting.popleft()()
                except Exception:
                    log.exception("a message was left lying")
        finally:
            self._quick.pop(me, None)
            self._all.discard(me)

    def _watch(self) -> None:
        """One look for all of them, when the first could have waited long."""
        if self._look is None and self._quick:
            first = min(self._quick.values()) + PATIENCE
            self._look = asyncio.get_running_loop().call_at(first, self._look_round)

    def _look_round(self) -> None:
        """Who has waited long for an answer does not count any more."""
        late, self._look = asyncio.get_running_loop().time() - PATIENCE, None
        self._quick = {hand: since for hand, since in self._quick.items() if since > late}
        while self._call_one():
            pass
        self._watch()
