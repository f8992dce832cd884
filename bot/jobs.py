"""APScheduler's few fixed jobs. What is due stands in rows; a job asks for it, so a pause or restart loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial, wraps

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from cards.action import Verb
from handlers import policies
from handlers.dispatch import Desk
from handlers.event import Event
from handlers.rules.lifecycle import runs_out_by
from storage import cover, inbox, named, question, reading, register, report, request, tasks
from storage.database import Unit
from storage.vault import Unreadable

log = structlog.get_logger()
Chore = Callable[[], Awaitable[int]]
Due = tuple[Verb, int, str]
"""What is due: verb, trust and subject."""
DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""APScheduler's own grace is one second: what is later than that would never fire."""
BATCH = 200
AFTER_START = timedelta(seconds=2)
"""Whoever writes first is answered first."""
KEEP_KEYS = timedelta(days=3)
KEEP_UNNAMED = timedelta(days=1)
"""So long a file may lie before a row names it."""


def scheduler(desk: Desk, clock: Callable[[], datetime], chores: Iterable[Chore] = ()) -> AsyncIOScheduler:
    """The clock's jobs, not yet started."""
    jobs = AsyncIOScheduler(timezone="UTC", job_defaults=DEFAULTS)
    given, first = [desk, clock], clock() + AFTER_START
    jobs.add_job(_ended(read_policies), args=given)
    jobs.add_job(_ended(run_out), "interval", seconds=20, args=given)
    jobs.add_job(_ended(look_after), "interval", minutes=5, args=given, next_run_time=first)
    jobs.add_job(_ended(forget_keys), "interval", hours=6, args=given)
    jobs.add_job(_ended(sweep), "interval", hours=6, args=given, next_run_time=first)
    for chore in chores:
        jobs.add_job(_ended(chore), "interval", minutes=5)
    return jobs


def _ended(job: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    """The job; told to stop, it ends without a word, and what it has not done is due at the next start."""

    @wraps(job)
    async def run(*given: object) -> None:
        with suppress(asyncio.CancelledError):
            await job(*given)

    return run


async def read_policies(desk: Desk, clock: Callable[[], datetime]) -> None:
    """Once, at the start: so that nobody's first question waits for it."""
    await desk.database.run(partial(policies.read_all, clock()))


async def run_out(desk: Desk, clock: Callable[[], datetime]) -> int:
    """Expire and lapse every request whose time has run out; how many."""

    def due(now: datetime, most: int, u: Unit) -> list[Due]:
        return [(runs_out_by(row.state, row.go_live_at), row.trust_id, row.id) for row in request.due(u, now, most)]

    return await _all(desk, clock, due)


async def look_after(desk: Desk, clock: Callable[[], datetime]) -> int:
    """Bring up what a register wants looked at, a leaver's accounts, and what is not done or decided yet; how much."""

    def due(now: datetime, most: int, u: Unit) -> list[Due]:
        day = now.date()
        looked_at = {*register.to_review(u, day, most), *register.over(u, day, most)}
        reviews = [(Verb.REVIEW, trust, f"entry-{number}") for trust, number in sorted(looked_at)]
        left = [(Verb.LEAVE, row.trust_id, f"entry-{row.id}") for row in register.left(u, day, most)]
        late = [(Verb.LATE_REPORT, row.trust_id, row.id) for row in report.due(u, now, most)]
        calls = [(Verb.CALL_READERS, trust, "") for trust in reading.trusts(u)]
        nudges = [(Verb.NUDGE, row.trust_id, str(row.id)) for row in tasks.due(u, now, most)]
        chases = [(Verb.CHASE, row.trust_id, row.id) for row in request.undecided(u, now, most)]
        covers = [(Verb.LOOK_AT_COVER, trust, f"cover-{away}") for trust, away in cover.due(u, now, most)]
        return [*late, *covers, *reviews, *left, *calls, *nudges, *chases]

    return await _all(desk, clock, due)


async def _all(desk: Desk, clock: Callable[[], datetime], due: Callable[[datetime, int, Unit], list[Due]]) -> int:
    """Do whatever is due, part by part, to the end; how much. What fails is tried again the next time, not now."""
    done: set[Due] = set()
    still = 0  # so much is due yet that was looked at: it must not stand in front of the rest
    while True:
        now, most = clock(), BATCH + still
        every = await desk.database.run(partial(due, now, most))
        found = [each for each in every if each not in done]
        for verb, trust, subject in found:
            await _one(desk, Event(f"clock:{verb}:{subject}:{now.timestamp()}", now, verb, None, subject, trust=trust))
        done.update(found)
        if len(every) < most:
            return len(done)
        still = len(every) - len(found) if found else len(every)


async def _one(desk: Desk, event: Event) -> None:
    """One of them; what is wrong with it holds up nothing else."""
    try:
        await desk.dispatch(event)
    except Unreadable:
        log.error("a report opens with none of the keys", report=event.subject)
    except Exception:
        log.exception("the clock could not do this, and tries again", verb=event.verb, subject=event.subject)


async def sweep(desk: Desk, clock: Callable[[], datetime]) -> int:
    """Delete the files that no row has named for a day; how many. What is on its way in is younger than that."""
    files, before, swept = desk.files, clock() - KEEP_UNNAMED, 0
    if files is None:
        return 0
    old = await asyncio.to_thread(lambda: list(files.old(before)))
    for start in range(0, len(old), BATCH):  # a unit for each part: nobody waits for the whole folder
        left = await desk.database.run(partial(named.unnamed, digests=old[start : start + BATCH]))
        swept += await asyncio.to_thread(files.discard_old, left, before) if left else 0
    return swept


async def forget_keys(desk: Desk, clock: Callable[[], datetime]) -> None:
    """Drop the keys of events that no platform sends again any more, and what was asked of the policy a while ago."""
    now = clock()
    await desk.database.run(lambda u: inbox.forget(u, now - KEEP_KEYS))
    await desk.database.run(lambda u: question.forget(u, now - question.KEPT))
