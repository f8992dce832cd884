"""Everything falls due at once while three replicas look: each item is handled once, and each notice goes out once."""

import asyncio
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update

from bench.crash.judge import Verdict
from bench.crash.runs import calmed
from bench.crash.story import Telling
from bench.crash.town import Town, town
from bench.ground import database_url
from bot import demo_policy
from storage.audit import AUDIT
from storage.database import Unit
from storage.moment import Moment
from storage.outbox import OUTBOX
from storage.reading import READING
from storage.register import ENTRY
from storage.request import REQUEST
from storage.tables import State
from storage.tasks import TASK

CLOCKS = ("expire", "lapse", "remind", "escalate", "review_due", "reading_ask", "reading_remind")
"""What the record has of the clock's doings."""
WITHIN = 60.0
_BACK = bindparam("back", type_=Moment())
WAITING = (REQUEST.c.trust_id == bindparam("trust"), REQUEST.c.state == State.SUBMITTED)
RUN_OUT = update(REQUEST).where(*WAITING, REQUEST.c.asker_id % 2 == 0).values(due_at=_BACK)
CHASE = update(REQUEST).where(*WAITING, REQUEST.c.asker_id % 2 == 1).values(nudge_at=_BACK)
REVIEW = update(ENTRY).where(ENTRY.c.trust_id == bindparam("trust")).values(review_on=bindparam("day"))
NUDGE = update(TASK).where(TASK.c.trust_id == bindparam("trust"), TASK.c.done_at.is_(None)).values(next_at=_BACK)
READ = update(READING).where(READING.c.trust_id == bindparam("trust"), READING.c.ended == "").values(
    remind_on=bindparam("day"))
DONE = (
    select(AUDIT.c.verb, AUDIT.c.subject_id, func.count())
    .where(AUDIT.c.trust_id == bindparam("trust"), AUDIT.c.actor_id.is_(None))
    .group_by(AUDIT.c.verb, AUDIT.c.subject_id)
)
TOLD = (
    select(OUTBOX.c.person_id, OUTBOX.c.card, OUTBOX.c.subject_id, func.count())
    .where(OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.message_id.is_(None))
    .group_by(OUTBOX.c.person_id, OUTBOX.c.card, OUTBOX.c.subject_id)
)


async def due(seed: int, number: int, replicas: int = 3) -> Verdict:
    """Requests that nobody decides; then the replicas start together, and find them all due."""
    with database_url("postgresql") as url:
        async with town(url, replicas) as standing:
            return await _all_due(standing, seed, number)


async def _all_due(standing: Town, seed: int, number: int) -> Verdict:
    replicas, telling, began = standing.fleet.replicas, Telling(standing, seed, {"left": 1}), time.perf_counter()
    await asyncio.gather(*(each.start() for each in replicas))
    await telling.tell_some(number, 12)
    await asyncio.gather(*(each.stop() for each in replicas))
    await asyncio.to_thread(standing.looked, fall_due)
    before = await asyncio.to_thread(standing.looked, done)
    await asyncio.gather(*(each.start() for each in replicas))
    await _handled(standing, number, before)
    people = asyncio.create_task(telling.keep_telling(0))
    verdict = await calmed(standing, telling, people, began, kills=0)
    once = await asyncio.to_thread(standing.looked, done) - before
    more = [f"{verb} of {subject or 'all'}: {times} times" for (verb, subject), times in once.items() if times > 1]
    verdict.figures |= {"due items": sum(once.values()), "handled twice": len(more)}
    verdict.figures |= {f"clock: {verb}": sum(n for (v, _), n in once.items() if v == verb) for verb in CLOCKS}
    verdict.findings += more
    return verdict


def fall_due(u: Unit) -> None:
    """Half of the requests run out, the others are to be chased; all entries, tasks and readings are due as well."""
    demo_policy.write(u)
    back = u.at - timedelta(minutes=1)
    for statement in (RUN_OUT, CHASE, NUDGE):
        u.run(statement, {"back": back})
    for statement in (REVIEW, READ):
        u.run(statement, {"day": u.today})


def done(u: Unit) -> Counter[tuple[str, str]]:
    """How often the clock did what about what."""
    return Counter({(verb, subject): times for verb, subject, times in u.run(DONE) if verb in CLOCKS})


async def _handled(standing: Town, number: int, before: Counter[tuple[str, str]]) -> None:
    """Until each of the requests was handled, and a look of every replica's has passed since."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        found = await asyncio.to_thread(standing.looked, done) - before
        if sum(times for (verb, _), times in found.items() if verb in ("expire", "lapse", "remind")) >= number:
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(5)
