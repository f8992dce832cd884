"""The outbox pump: claim what is due, build each card from the rows as they are now, send, settle.

At least once: a crash between sending and settling sends again. One person's notices keep their order.
"""

import asyncio
import random
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.sender import Delivered, Recipient, RetryLater, Sender, Undeliverable
from cards.card import Card
from handlers import notices
from storage import outbox, people, request
from storage.database import Database, Unit
from storage.tables import Message, Outbox, Platform, Trust

log = structlog.get_logger()
BATCH = 100
AT_ONCE = 8
LEASE = timedelta(minutes=5)
IDLE = 1.0
"""Seconds between looks at the outbox when nothing woke the pump: reminders fall due by themselves."""
MOST_TRIES = 12
SLOWEST = 900.0


@dataclass(slots=True)
class Job:
    """A claimed notice, ready to send; without a card it is needless, or there is a `problem`."""

    notice: Outbox
    card: Card | None = None
    version: int = 0
    platform: Platform | None = None
    to: Recipient | None = None
    at: Delivered | None = None
    attach: bool = False
    problem: str = ""


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
        done: list[Done] = []
        handled = 0
        while True:
            finished = done
            jobs = await self.database.run(lambda u, finished=finished: self._turn(u, finished))  # type: ignore[misc]
            if not jobs:
                return handled
            done = await self._send_all(jobs)
            handled += len(done)

    async def _send_all(self, jobs: list[Job]) -> list[Done]:
        """Everybody at once, within bounds; each person's in order."""
        each: dict[int, list[Job]] = defaultdict(list)
        for job in jobs:
            each[job.notice.person_id].append(job)
        gate = asyncio.Semaphore(AT_ONCE)
        lists = await asyncio.gather(*(self._send_in_order(gate, mine) for mine in each.values()))
        return [done for finished in lists for done in finished]

    async def _send_in_order(self, gate: asyncio.Semaphore, jobs: list[Job]) -> list[Done]:
        finished: list[Done] = []
        for job in jobs:
            if finished and finished[-1].to == "waiting":
                finished.append(Done(job, "waiting", after=finished[-1].after))
                continue
            async with gate:
                finished.append(await self._send(job))
        return finished

    async def _send(self, job: Job) -> Done:
        sender = self.senders.get(job.platform) if job.platform else None
        if job.problem:
            return Done(job, "waiting", job.problem)
        if job.card is None or job.to is None:
            return Done(job, "needless")
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

    def _turn(self, u: Unit, finished: list[Done]) -> list[Job]:
        """One unit: settle what was sent, claim the next, and build its cards."""
        now = self.clock()
        trusts = {each.id or 0: each for each in people.trusts(u)}
        self._settle(u, trusts, finished, now)
        claimed = outbox.claim(u, self.owner, now, LEASE, BATCH)
        return [self._job(u, trusts[notice.trust_id], notice, now) for notice in claimed]

    def _settle(self, u: Unit, trusts: dict[int, Trust], finished: list[Done], now: datetime) -> None:
        outbox.settle(u, self.owner, [_outcome(done, now) for done in finished])
        outbox.keep_messages(u, [_message(done, now) for done in finished if done.delivered])
        for done in finished:
            u.act_for(trusts[done.job.notice.trust_id], now)
            subject = done.job.notice.subject_id.partition(":")[0]
            if _buried(done):
                notices.bury(u, done.job.notice)
            elif done.to == "sent":
                present = request.get(u, subject)
                if present is not None and present.version != done.job.version:
                    outbox.replace(u, subject)

    def _job(self, u: Unit, trust: Trust, notice: Outbox, now: datetime) -> Job:
        u.act_for(trust, now)
        try:
            built = notices.build(u, notice)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            # A newer version's card, say, while replicas are changed: it must not stop everybody else's.
            log.exception("a notice cannot be built", card=notice.card)
            return Job(notice, problem=type(error).__name__)
        if built is None:
            return Job(notice)
        card, version, attach = built
        person = people.people(u, {notice.person_id})[notice.person_id]
        if notice.message_id is not None:
            copy = outbox.message(u, notice.message_id)
            if copy is None:
                return Job(notice)
            return Job(notice, card, version, copy.platform, self._at(u, copy, person.email), _lies(copy))
        for identity in people.reach(u, notice.person_id):
            if identity.platform in self.senders:
                to = Recipient(identity.team, identity.user, person.email, identity.reference)
                return Job(notice, card, version, Platform(identity.platform), to, attach=attach)
        platform = next(iter(self.senders), None)
        return Job(notice, card, version, platform, Recipient("", "", person.email, {}), attach=attach)

    def _at(self, u: Unit, copy: Message, email: str) -> Recipient:
        """The person on the platform where the copy lies."""
        found = next((i for i in people.reach(u, copy.person_id) if i.platform == copy.platform), None)
        to = Recipient(copy.team, "", email, {})
        return replace(to, user=found.user, reference=found.reference) if found else to


def _lies(copy: Message) -> Delivered:
    return Delivered(copy.team, copy.channel, copy.ref)


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
