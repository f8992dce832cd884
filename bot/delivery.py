"""The outbox pump: claim what is due, build each card from the rows as they are now, send, settle.

At least once: a crash between sending and settling sends again. One person's notices keep their order.
"""

import asyncio
import random
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot import addressed
from bot.addressed import Job
from bot.sender import Delivered, RetryLater, Sender, Undeliverable
from handlers import notices
from storage import outbox, people
from storage.database import Database, Unit
from storage.notices import versions
from storage.tables import Platform, Trust

Row = TypeVar("Row")
log = structlog.get_logger()
BATCH = 100
AT_ONCE = 8
LEASE = timedelta(minutes=5)
IDLE = 1.0
"""Seconds between looks at the outbox when nothing woke the pump: reminders fall due by themselves."""
MOST_TRIES = 12
SLOWEST = 900.0


@dataclass(slots=True)
class Done:
    """What became of a job."""

    job: Job
    to: str
    why: str = ""
    after: float | None = None
    delivered: Delivered | None = None


class Delivery:
    """Sends what is owed, on whichever platform each person is."""

    def __init__(
        self, database: Database, senders: Mapping[Platform, Sender], clock: Callable[[], datetime]
    ) -> None:
        self.database, self.senders, self.clock = database, senders, clock
        self.owner = secrets.token_hex(8)
        self._wake = asyncio.Event()
        database.owed = self._wake.set

    async def run(self) -> None:
        """Deliver for as long as the bot runs."""
        while True:
            try:
                await self.drain()
            except Exception:
                log.exception("delivery failed, will go on")
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), IDLE)
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Send all that is due now; how many notices were handled."""
        handled = 0
        posted: list[Done] = []
        jobs = await self._next(posted)
        while jobs or posted:
            handled += len(jobs)
            if len(jobs) < BATCH:
                posted += await self._send_all(jobs)
                jobs, posted = await self._next(posted), []
                continue
            # There may be more: while these are posted, those before are settled and those behind are built.
            async with asyncio.TaskGroup() as both:
                sending = both.create_task(self._send_all(jobs))
                following = both.create_task(self._next(posted))
            jobs, posted = following.result(), sending.result()
        return handled

    async def _next(self, posted: list[Done]) -> list[Job]:
        return await self.database.run(lambda u: self._turn(u, posted))

    async def _send_all(self, jobs: list[Job]) -> list[Done]:
        """Several at once; each person's in order."""
        each: dict[int, list[Job]] = defaultdict(list)
        for job in jobs:
            each[job.notice.person_id].append(job)
        people_left, done = iter(each.values()), list[Done]()

        async def send_some() -> None:
            for mine in people_left:
                await self._send_in_order(mine, done)

        await asyncio.gather(*(send_some() for _ in range(min(AT_ONCE, len(each)))))
        return done

    async def _send_in_order(self, jobs: list[Job], done: list[Done]) -> None:
        last: Done | None = None
        for job in jobs:
            behind = last is not None and last.to == "waiting"
            last = Done(job, "waiting", after=last.after) if last and behind else await self._send(job)
            done.append(last)

    async def _send(self, job: Job) -> Done:
        sender = self.senders.get(job.platform) if job.platform else None
        if job.problem:
            return Done(job, "waiting", job.problem)
        if job.card is None or job.to is None:
            return Done(job, "needless")
        if job.notice.leased_until is not None and self.clock() >= job.notice.leased_until:
            return Done(job, "waiting")  # claimed too long ago: another replica may have it by now
        if sender is None:
            return Done(job, "buried", "no door to this person is open")
        try:
            if job.at is not None:
                await sender.replace(job.at, job.to, job.card)
                return Done(job, "sent")
            return Done(job, "sent", delivered=await sender.send(job.to, job.card, job.attach))
        except RetryLater as error:
            return Done(job, "waiting", str(error) or "later", error.after)
        except Undeliverable as error:
            return Done(job, "buried", str(error))
        except Exception as error:
            log.exception("a sender failed", card=job.notice.card)
            return Done(job, "waiting", type(error).__name__)

    def _turn(self, u: Unit, posted: list[Done]) -> list[Job]:
        """One unit: settle what was posted, claim the next, and build its cards."""
        now = self.clock()
        trusts = {each.id or 0: each for each in people.trusts(u)}
        self._settle(u, trusts, posted, now)
        claimed = outbox.claim(u, self.owner, now, LEASE, BATCH)
        jobs: list[Job] = []
        for trust_id, owed in _by_trust(claimed, lambda notice: notice.trust_id).items():
            u.act_for(trusts[trust_id], now)
            jobs += addressed.jobs(u, owed, self.senders)
        return jobs

    def _settle(self, u: Unit, trusts: dict[int, Trust], posted: list[Done], now: datetime) -> None:
        for to in ("sent", "needless"):
            outbox.over(u, self.owner, to, [done.job.notice.id or 0 for done in posted if done.to == to])
        others = [done for done in posted if done.to not in ("sent", "needless")]
        outbox.settle(u, self.owner, [_outcome(done, now) for done in others])
        outbox.keep_messages(u, [_message(done, now) for done in posted if done.delivered])
        for trust_id, those in _by_trust(posted, lambda done: done.job.notice.trust_id).items():
            u.act_for(trusts[trust_id], now)
            _follow_up(u, those)


def _follow_up(u: Unit, posted: list[Done]) -> None:
    """What never arrives is told to somebody; what changed while it was posted is shown anew."""
    for done in posted:
        if _buried(done):
            notices.bury(u, done.job.notice)
    shown = {(notices.subject(done.job.notice), done.job.version) for done in posted if done.to == "sent"}
    present = versions(u, {subject for subject, _ in shown})
    for subject in sorted({s for s, version in shown if present.get(s, version) != version}):
        outbox.replace(u, subject)


def _by_trust(each: Iterable[Row], trust_of: Callable[[Row], int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for one in each:
        found[trust_of(one)].append(one)
    return found


def _buried(done: Done) -> bool:
    return done.to == "buried" or (done.to == "waiting" and _tries(done) >= MOST_TRIES)


def _tries(done: Done) -> int:
    """How often it was tried; what only waited its turn behind another was not."""
    return done.job.notice.attempts + (1 if done.to == "waiting" and done.why else 0)


def _outcome(done: Done, now: datetime) -> dict[str, Any]:
    notice = done.job.notice
    tries = _tries(done)
    wait = max(done.after or 0.0, min(2.0 ** max(tries - 1, 0), SLOWEST) * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
    due = now + timedelta(seconds=wait) if done.to == "waiting" else notice.due_at
    return {
        "notice": notice.id, "to": "buried" if _buried(done) else done.to, "why": done.why[:500],
        "due": due, "tries": tries,
    }


def _message(done: Done, now: datetime) -> dict[str, Any]:
    notice, at = done.job.notice, done.delivered
    assert at is not None
    assert done.job.platform is not None
    return {
        "trust_id": notice.trust_id, "person_id": notice.person_id, "platform": done.job.platform, "team": at.team,
        "channel": at.channel, "ref": at.ref, "card": notice.card, "subject_id": notice.subject_id, "at": now,
    }
