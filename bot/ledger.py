"""Delivery at the rows, in storage's thread: what became of each notice is written, the next are claimed and built."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot import addressed
from bot.addressed import Job
from bot.doors import Doors
from bot.sender import MAIL, Delivered, Sender
from handlers import notices
from storage import doors as shut_doors
from storage import outbox, people
from storage.database import Database, Unit
from storage.notices import versions
from storage.tables import Outbox

Row = TypeVar("Row")
log = structlog.get_logger()
BATCH = 100
OF_ONE = 20
"""So many of one person's at a time, so that everybody else's are not behind all of them."""
LEASE = timedelta(seconds=30)
"""After a crash somebody else sends them so much later. Renewed while they are under way."""
MOST_TRIES = 12
SLOWEST = 900.0
LAST_TRIES = 3
"""So many of them after the door was seen to work: however long it did not, nothing is given up at its first word."""
LONGEST = timedelta(days=7)
"""After so long even what never was its own fault is given up, except behind a door that is shut."""
SHORTEST = 1.0
FURTHEST = timedelta(hours=2)
"""Nothing that was tried is put off for longer, nor leased: if it seems so, the clock was put back."""
BACK = timedelta(seconds=5)


@dataclass(slots=True)
class Done:
    """What became of a job: `sent`, `needless`, `buried`, `waiting`, or `free` to be claimed again just as it was.

    `counts`: it was a try. `holds`: what is behind it, for the same person, waits for it; a copy that is to be replaced
    shows whatever is newest at any time, and nothing waits for that.
    """

    job: Job
    to: str
    why: str = ""
    after: float | None = None
    delivered: Delivered | None = None
    counts: bool = False
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn found to send, whether there may be more, and which news of doors it wrote.

    `claimed`: what is still to be built (`Ledger.built`).
    """

    jobs: list[Job]
    more: bool
    news: Mapping[str, str]
    claimed: Sequence[Outbox] = ()


@dataclass(slots=True)
class Ledger:
    """One replica's hold on the outbox."""

    owner: str
    senders: Mapping[str, Sender]
    doors: Doors
    last: datetime | None = None

    def turn(self, u: Unit, posted: Sequence[Done], out: Collection[int], claims: bool, now: datetime) -> Turn:
        """One unit: settle what was posted, keep hold of what is still `out`, claim the next, and build their cards.

        Not so where others claim beside: they wait until this unit is over, and to build takes longest.
        """
        self._begin(u, now)
        self.settle(u, posted, now)
        news = self.doors.read(u, now, MAIL in self.senders)
        outbox.renew(u, self.owner, out, now + LEASE)
        claimed, more = self.claim(u, now) if claims and not self.doors.all_wait(self.senders) else ([], False)
        if outbox.others_wait(u):
            return Turn([], more, news, claimed)
        return Turn(self.build(u, claimed, now), more, news)

    def _begin(self, u: Unit, now: datetime) -> None:
        """At the start, and when the clock was put back, nothing is to wait for a time that is far away."""
        if self.last is None:
            shut_doors.try_now(u, now)
        if self.last is None or now < self.last - BACK:
            outbox.heal(u, now, FURTHEST)

    def claim(self, u: Unit, now: datetime) -> tuple[list[Outbox], bool]:
        """What is due, and whether there may be more."""
        found = outbox.claim(u, self.owner, now, LEASE, BATCH)
        each: Counter[int] = Counter()
        mine: list[Outbox] = []
        for notice in found:
            each[notice.person_id] += 1
            if each[notice.person_id] <= OF_ONE:
                mine.append(notice)
        outbox.release(u, self.owner, {notice.id or 0 for notice in found} - {notice.id or 0 for notice in mine})
        return mine, len(found) == BATCH

    def build(self, u: Unit, claimed: Sequence[Outbox], now: datetime) -> list[Job]:
        """These notices with their cards and addresses."""
        trusts = {each.id or 0: each for each in people.trusts(u)} if claimed else {}
        jobs: list[Job] = []
        for trust_id, owed in _by_trust(claimed, lambda notice: notice.trust_id).items():
            u.act_for(trusts[trust_id], now)
            jobs += addressed.jobs(u, owed, self.senders, self.doors.shut())
        return jobs

    def settle(self, u: Unit, posted: Sequence[Done], now: datetime, follow: bool = True) -> None:
        """Write what became of these. `follow`: and what comes of that, such as where it lies."""
        for to in ("sent", "needless"):
            outbox.over(u, self.owner, to, [done.job.notice.id or 0 for done in posted if done.to == to])
        outbox.release(u, self.owner, {done.job.notice.id or 0 for done in posted if done.to == "free"})
        others = [done for done in posted if done.to in ("buried", "waiting")]
        outbox.settle(u, self.owner, [self._outcome(done, now) for done in others])
        if not follow or not posted:
            return
        outbox.keep_messages(u, [_message(done, now) for done in posted if done.delivered and done.job.way != MAIL])
        trusts = {each.id or 0: each for each in people.trusts(u)}
        for trust_id, those in _by_trust(posted, lambda done: done.job.notice.trust_id).items():
            u.act_for(trusts[trust_id], now)
            self._follow_up(u, those, now)

    def _follow_up(self, u: Unit, posted: Sequence[Done], now: datetime) -> None:
        """What never arrives is told to somebody; what changed while it was posted is shown anew."""
        for done in posted:
            if self._given_up(done, now):
                notices.bury(u, done.job.notice, MAIL in self.senders)
        shown = {(notices.subject(done.job.notice), done.job.version) for done in posted if done.to == "sent"}
        present = versions(u, {subject for subject, _ in shown})
        for subject in sorted({s for s, version in shown if present.get(s, version) != version}):
            outbox.replace(u, subject)

    def _given_up(self, done: Done, now: datetime) -> bool:
        """It will never arrive; or it was tried often, while others' did arrive; or for days."""
        if done.to != "waiting":
            return done.to == "buried"
        if not done.counts:
            return bool(done.job.later) and now - done.job.notice.since > LONGEST
        return self._tries(done) >= MOST_TRIES or now - done.job.notice.since > LONGEST

    def _tries(self, done: Done) -> int:
        """How often it failed. While nobody's gets through, that proves nothing beyond the first few."""
        before = done.job.notice.attempts
        if not done.counts or (before >= MOST_TRIES - LAST_TRIES and not self._blamed(done)):
            return before
        return before + 1

    def _blamed(self, done: Done) -> bool:
        return bool(done.job.problem) or self.doors.works(done.job.way)

    def _outcome(self, done: Done, now: datetime) -> dict[str, Any]:
        notice, tries, given_up = done.job.notice, self._tries(done), self._given_up(done, now)
        wait = max(done.after or 0.0, SHORTEST) * random.uniform(1.0, 1.1)  # noqa: S311 - jitter
        if done.counts:
            again = min(2.0 ** max(tries - 1, 0), SLOWEST) * random.uniform(0.8, 1.2)  # noqa: S311
            wait = max(wait, again) if done.after else again
        return {
            "notice": notice.id, "to": "buried" if given_up else "waiting", "why": done.why[:500], "tries": tries,
            "due": now if given_up else now + timedelta(seconds=wait), "behind": done.holds and not given_up,
        }

    async def carefully(self, database: Database, posted: Sequence[Done], claims: bool, now: datetime) -> Turn:
        """The same as a turn, each notice in a unit of its own: what spoils one does not stop the others.

        Raises where nothing works at all, as without a database.
        """
        for done in posted:
            try:
                await database.run(partial(self.settle, posted=[done], now=now))
            except Exception:
                log.exception("what comes of a notice failed", card=done.job.notice.card)
                await database.run(partial(self.settle, posted=[done], now=now, follow=False))
        claimed, more = await database.run(partial(self.claim, now=now)) if claims else ([], False)
        return Turn(await self._one_by_one(database, claimed, now), more, {})

    async def built(self, database: Database, claimed: Sequence[Outbox], now: datetime) -> list[Job]:
        """Their cards and addresses; each by itself where they cannot be read together."""
        try:
            return await database.run(partial(self.build, claimed=claimed, now=now))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("a batch cannot be built, each notice is looked at alone")
            return await self._one_by_one(database, claimed, now)

    async def _one_by_one(self, database: Database, claimed: Sequence[Outbox], now: datetime) -> list[Job]:
        jobs: list[Job] = []
        for notice in claimed:
            try:
                jobs += await database.run(partial(self.build, claimed=[notice], now=now))
            except Exception as error:
                log.exception("a notice cannot be built", card=notice.card)
                jobs.append(Job(notice, problem=type(error).__name__))
        return jobs


def _by_trust(each: Iterable[Row], trust_of: Callable[[Row], int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for one in each:
        found[trust_of(one)].append(one)
    return found


def _message(done: Done, now: datetime) -> dict[str, Any]:
    notice, at = done.job.notice, done.delivered
    assert at is not None
    return {
        "trust_id": notice.trust_id, "person_id": notice.person_id, "platform": done.job.way, "team": at.team,
        "channel": at.channel, "ref": at.ref, "card": notices.kept_as(notice), "subject_id": notice.subject_id,
        "at": now,
    }
