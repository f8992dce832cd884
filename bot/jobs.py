"""APScheduler's few fixed jobs. What is due stands in rows; a job asks for it, so a pause or restart loses nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from cards.action import Verb
from handlers.dispatch import Desk
from handlers.event import Event
from handlers.rules.lifecycle import runs_out_by
from storage import inbox, register, report, request, tasks
from storage.database import Unit
from storage.vault import Unreadable

log = structlog.get_logger()
DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""APScheduler's own grace is one second: what is later than that would never fire."""
BATCH = 200
KEEP_KEYS = timedelta(days=3)


def scheduler(desk: Desk, clock: Callable[[], datetime]) -> AsyncIOScheduler:
    """The clock's jobs, not yet started."""
    jobs = AsyncIOScheduler(timezone="UTC", job_defaults=DEFAULTS)
    jobs.add_job(run_out, "interval", seconds=20, args=[desk, clock])
    jobs.add_job(look_after, "interval", minutes=5, args=[desk, clock], next_run_time=clock())
    jobs.add_job(forget_keys, "interval", hours=6, args=[desk, clock])
    return jobs


async def run_out(desk: Desk, clock: Callable[[], datetime]) -> int:
    """Expire and lapse every request whose time has run out; how many."""
    handled = 0
    while True:
        now = clock()
        due = await desk.database.run(lambda u, now=now: request.due(u, now, BATCH))  # type: ignore[misc]
        for row in due:
            key = f"clock:{row.id}:{row.version}"
            verb = runs_out_by(row.state, row.go_live_at)
            await desk.dispatch(Event(key, now, verb, None, row.id, trust=row.trust_id))
        handled += len(due)
        if len(due) < BATCH:
            return handled


async def look_after(desk: Desk, clock: Callable[[], datetime]) -> int:
    """Bring up what a register wants looked at, a leaver's accounts, and work that is not done yet; how much."""
    now = clock()
    day = now.date()

    def due(u: Unit) -> list[tuple[Verb, int, str]]:
        looked_at = {*register.to_review(u, day, BATCH), *register.over(u, day, BATCH)}
        reviews = [(Verb.REVIEW, trust, f"entry-{number}") for trust, number in sorted(looked_at)]
        left = [(Verb.LEAVE, row.trust_id, f"entry-{row.id}") for row in register.left(u, day, BATCH)]
        late = [(Verb.LATE_REPORT, row.trust_id, row.id) for row in report.due(u, now, BATCH)]
        return [*late, *reviews, *left, *((Verb.NUDGE, row.trust_id, str(row.id)) for row in tasks.due(u, now, BATCH))]

    found = await desk.database.run(due)
    for verb, trust, subject in found:
        event = Event(f"clock:{verb}:{subject}:{now.timestamp()}", now, verb, None, subject, trust=trust)
        try:
            await desk.dispatch(event)
        except Unreadable:
            log.error("a report opens with none of the keys", report=subject)
    return len(found)


async def forget_keys(desk: Desk, clock: Callable[[], datetime]) -> None:
    """Drop the keys of events that no platform sends again any more."""
    before = clock() - KEEP_KEYS
    await desk.database.run(lambda u: inbox.forget(u, before))
