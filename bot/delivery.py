"""The outbox pump: claim what is due, build each card from the rows as they are now, send, settle.

At least once: a crash between sending and settling sends again. One person's notices keep their order, and nobody
waits for somebody else's.
"""

import asyncio
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot import ledger
from bot.addressed import Job
from bot.doors import Doors
from bot.hands import Hands
from bot.ledger import LEASE, Done, Ledger, Turn
from bot.sender import Busy, RetryLater, Sender, Shut, Undeliverable
from storage.database import Database

log = structlog.get_logger()
IDLE = 1.0
"""Seconds between looks at the outbox when nothing woke the pump: reminders fall due by themselves."""
SOON = 0.5
"""The same while messages are under way."""
TO_END = 15.0
"""Seconds for the messages that are under way at the end; a platform may take ten to answer."""
RENEWED = LEASE * 2 / 3
"""A lease with less left is taken anew."""
LATER = 30.0
"""Seconds until another replica, of a newer version, has surely taken what this one does not know."""


class Delivery:
    """Sends what is owed, on whichever platform each person is."""

    def __init__(
        self, database: Database, senders: Mapping[str, Sender], clock: Callable[[], datetime]
    ) -> None:
        self.database, self.senders, self.clock = database, senders, clock
        self.owner = secrets.token_hex(8)
        self.doors = Doors(clock)
        self._ledger = Ledger(self.owner, senders, self.doors)
        self._hands: dict[str, Hands] = defaultdict(Hands)
        self._held: dict[int, Job] = {}
        """Claimed and not settled yet, by the notice's number."""
        self._posted: list[Done] = []
        self._unsent = self._enough = 0
        self._stopping = False
        self._draining = asyncio.Lock()
        self._moved, self._wake = asyncio.Event(), asyncio.Event()
        database.owed = self._wake.set

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            try:
                await self.drain()
            except Exception:
                log.exception("delivery failed, will go on")
                self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), IDLE)

    async def stop(self, within: float = TO_END) -> None:
        """Begin nothing more; what is under way may end, and the rest is anybody's at once."""
        self._stopping = True
        self._wake.set()
        with suppress(Exception):
            async with asyncio.timeout(within):
                await self.drain()
        for each in self._hands.values():
            each.stop()

    async def drain(self) -> int:
        """Send all that is due now; how many notices were handled."""
        async with self._draining:
            handled = 0
            while True:
                self._wake.clear()
                found = await self._turn()
                handled += len(found.jobs)
                self._begin(found.jobs)
                if self._held:
                    await self._moment(found.more)
                elif not self._wake.is_set() or self._stopping:
                    return handled

    async def _turn(self) -> Turn:
        """Settle, and claim the next. What is not written stays to be written."""
        posted, now, claims = list(self._posted), self.clock(), not self._stopping
        out = [number for number, job in self._held.items() if job.until - now < RENEWED]
        try:
            found = await self.database.run(partial(self._ledger.turn, posted=posted, out=out, claims=claims, now=now))
            for number in out:
                self._held[number].until = now + LEASE
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("a turn of delivery failed, each notice is looked at alone")
            found = await self._ledger.carefully(self.database, posted, claims, now)
        self._ledger.last = now
        self.doors.written(found.news)
        del self._posted[: len(posted)]
        for done in posted:
            self._held.pop(done.job.notice.id or 0, None)
        await self._build(found, now)
        return found

    async def _build(self, found: Turn, now: datetime) -> None:
        """What was claimed and not built; it is free again where the database is lost in between."""
        if not found.claimed:
            return
        try:
            found.jobs.extend(await self._ledger.built(self.database, found.claimed, now))
        except (OperationalError, InterfaceError):
            self._posted += [Done(Job(notice), "free") for notice in found.claimed]
            raise

    def _begin(self, jobs: Sequence[Job]) -> None:
        """Each person's in order, everybody's beside each other."""
        each: dict[int, deque[Job]] = defaultdict(deque)
        for job in jobs:
            each[job.notice.person_id].append(job)
            self._held[job.notice.id or 0] = job
        self._unsent += len(jobs)
        for mine in each.values():
            self._go_on(mine)

    async def _moment(self, more: bool) -> None:
        """Until enough is sent for another turn. Where there may be more, the next are built while these are sent."""
        self._enough = ledger.BATCH // 2 if more else 0
        if self._unsent > self._enough:
            self._moved.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), SOON)

    def _go_on(self, mine: deque[Job]) -> None:
        """The next of one person's that is to be sent waits for a hand, and what is behind it for its end."""
        while mine:
            if (done := self._unsendable(mine[0])) is None:
                self._hands[mine[0].way].give(partial(self._send, mine))
                return
            mine.popleft()
            self._note(done)

    async def _send(self, mine: deque[Job]) -> None:
        job = mine.popleft()
        done = await self._post(self.senders[job.way], job)
        self._note(done)
        while done.holds and mine:
            self._note(Done(mine.popleft(), "free"))
        self._go_on(mine)

    def _note(self, done: Done) -> None:
        self._posted.append(done)
        self._unsent -= 1
        if self._unsent <= self._enough:
            self._moved.set()

    def _unsendable(self, job: Job) -> Done | None:
        """What becomes of a job without a hand; None where it is to be sent."""
        if job.later:
            return Done(job, "waiting", job.later, LATER)
        if job.problem:
            return Done(job, "waiting", job.problem, counts=True)
        if job.card is None or job.to is None:
            return Done(job, "needless")
        if job.way not in self.senders:
            return Done(job, "buried", "no door to this person is open")
        return None

    async def _post(self, sender: Sender, job: Job) -> Done:
        if self._stopping or self.clock() >= job.until:
            return Done(job, "free")  # claimed too long ago: another replica may have it by now
        if wait := self.doors.wait(job.way):
            return Done(job, "waiting", wait.why, wait.seconds, holds=job.at is None)
        assert job.card is not None
        assert job.to is not None
        try:
            if job.at is not None:
                await sender.replace(job.at, job.to, job.card)
                delivered = None
            else:
                delivered = await sender.send(job.to, job.card, job.attach)
        except RetryLater as error:
            return self._put_off(job, error)
        except Undeliverable as error:
            return Done(job, "buried", str(error))
        except Exception as error:
            log.exception("a sender failed", card=job.notice.card)
            return Done(job, "waiting", type(error).__name__, counts=True, holds=job.at is None)
        self.doors.went_through(job.way)
        return Done(job, "sent", delivered=delivered)

    def _put_off(self, job: Job, error: RetryLater) -> Done:
        """Asked for time, or turned away with everybody else, it did not fail: only what has no answer counts."""
        self.doors.turned_away(job.way, job.notice.person_id, error)
        wait, why = self.doors.wait(job.way), str(error) or "later"
        if isinstance(error, Shut) and wait:
            return Done(job, "waiting", wait.why, wait.seconds, holds=job.at is None)
        counts = not (isinstance(error, Busy) and error.after is not None)
        return Done(job, "waiting", why, error.after, counts=counts, holds=job.at is None)
