"""What everybody does, beside a thousand requests and beside a million: does it take longer because there is more?

Both databases are open at once, and each call is made in both, in turn, by the same people.
"""

import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import text

from bench.figures import tell
from bench.ground import WORDS, database_url
from bench.town import Town, town
from bot.app import steady
from bot.ledger import BATCH, LEASE
from cards.action import Verb
from handlers.event import Event
from handlers.oversight import START
from handlers.owed import CARD
from storage import named, outbox, reading, register, report, request, tasks, waiting
from storage.database import Unit
from storage.tables import Platform, State

SIZES = (1_000, 1_000_000)
MOST = 1.5
"""So many times what it takes beside the few may it take beside the many."""
WARM = 0.07
"""So many of the calls come before those that count."""
FEWER = 5
"""Of what takes long, a fifth as many calls."""
Call = Callable[[], Coroutine[Any, Any, object]]


@dataclass
class Taken:
    """Milliseconds that a call took, in the small database and in the large one."""

    few: list[float]
    many: list[float]


async def measure(engine: str, rounds: int, scale: float) -> None:
    """Each thing in turn; `rounds` hundred calls of each."""
    sizes = (SIZES[0], max(int(SIZES[1] * scale**2), SIZES[0]))
    calls = max(int(rounds * 100 * scale), 20)
    async with AsyncExitStack() as stack:
        towns = []
        for size in sizes:
            began = time.perf_counter()
            towns.append(await stack.enter_async_context(town(stack.enter_context(database_url(engine)), size)))
            tell(f"{size} requests made, {engine}", time.perf_counter() - began, "s", size)
        steady()
        for name, prepare in THINGS.items():
            _tell(f"{name}, {engine}", sizes, await _beside(towns, prepare, calls))
            for each in towns:
                await each.delivery.drain()  # what these owe is not to lie in the next one's way


async def _beside(towns: Sequence[Town], prepare: Callable[[Town, int], list[Call]], number: int) -> Taken:
    """Call after call, now the one database first, now the other."""
    pairs = list(zip(*(prepare(each, number) for each in towns), strict=True))
    taken = Taken([], [])
    for i, (few, many) in enumerate(pairs):
        order = [(few, taken.few), (many, taken.many)]
        for call, where in order if i % 2 else reversed(order):
            began = time.perf_counter()
            await call()
            where.append((time.perf_counter() - began) * 1000)
    warm = int(len(pairs) * WARM)
    return Taken(taken.few[warm:], taken.many[warm:])


def _tell(name: str, sizes: Sequence[int], taken: Taken) -> None:
    few, many = sorted(taken.few), sorted(taken.many)
    end, middle = int(len(few) * 0.99), len(few) // 2
    tell(f"growth of {name}", many[end] / few[end], "ratio of 99th percentiles", len(few), reach=MOST,
         **{f"p50_{size}": round(each[middle], 2) for size, each in zip(sizes, (few, many), strict=True)},
         **{f"p99_{size}": round(each[end], 2) for size, each in zip(sizes, (few, many), strict=True)})


# What is called


def _all(made: Town, events: Iterable[Event]) -> list[Call]:
    return [partial(made.desk.dispatch, each) for each in events]


def _some(made: Town, number: int) -> list[int]:
    """Teachers, the same ones in both databases."""
    chance = Random(7)
    return [chance.choice(made.teachers)[0] for _ in range(number)]


def _by(verb: Verb, **more: Any) -> Callable[[Town, int], list[Call]]:
    """Somebody does this."""
    return lambda made, number: _all(made, (made.event(who, verb, **more) for who in _some(made, number)))


def _of(who: str, verb: Verb, **more: Any) -> Callable[[Town, int], list[Call]]:
    """This person does it again and again."""
    return lambda made, number: _all(made, (made.event(made.numbers[who], verb, **more) for _ in range(number)))


def _submit(made: Town, number: int) -> list[Call]:
    return _all(made, (made.post(who) for who in _some(made, number)))


def _of_head(made: Town, number: int, verb: Verb, by_head: bool = True, **fields: Any) -> list[Call]:
    """What becomes of posts that were sent to the head of the big school."""
    asker = made.teachers[0][0]
    posts = made.asked([made.post(asker) for _ in range(number)], asker)
    who = made.numbers["patel"] if by_head else asker
    return _all(made, (made.event(who, verb, each.id, each.version, fields=fields) for each in posts))


def _publish(made: Town, number: int) -> list[Call]:
    asker, lund = made.teachers[0][0], made.numbers["lund"]
    posts = made.asked([made.post(asker) for _ in range(number)], asker)
    made.does(*(made.event(made.numbers["patel"], Verb.APPROVE, each.id, each.version) for each in posts))
    address = {f"address_{made.account}": "https://facebook.example/1"}
    return _all(made, (made.event(lund, Verb.PUBLISH, each.id, each.version + 1, fields=address) for each in posts))


def _open(made: Town, number: int) -> list[Call]:
    """Their own requests of any age."""
    chance = Random(7)
    with made.database.engine.connect() as link:
        found = list(link.execute(text(
            f"SELECT id, asker_id FROM request WHERE state IN ('{State.PUBLISHED}', '{State.DECLINED}')")))
    chosen = chance.choices(sorted(map(tuple, found)), k=number)
    return _all(made, (made.event(asker, Verb.OPEN, id_) for id_, asker in chosen))


def _mine_deep(made: Town, number: int) -> list[Call]:
    """A page from the middle of what the keenest asker asked for."""
    who = made.numbers["costa"]
    with made.database.engine.connect() as link:
        ages = list(link.execute(request.MINE, {
            "trust": made.trust, "person": who, "at": datetime.now(UTC), "id": "", "most": 10**6}))
    middle = ages[len(ages) // 2]
    arg = f"{round((middle.created_at - START[0]).total_seconds() * 1_000_000)}.{middle.id}"
    return _all(made, (made.event(who, Verb.MINE, arg=arg) for _ in range(number)))


def _waiting_deep(who: str) -> Callable[[Town, int], list[Call]]:
    """A page from the middle of what waits for them."""
    def prepare(made: Town, number: int) -> list[Call]:
        def read(u: Unit) -> list[waiting.Waiting]:
            made.act(u)
            viewer = waiting.Viewer(*_viewer(u, made.numbers[who]))
            return waiting.waiting(u, viewer, START, 10**6)

        every = made.database.run_now(read)
        middle = every[len(every) // 2]
        arg = f"{round((middle.since - START[0]).total_seconds() * 1_000_000)}.{middle.id}"
        return _all(made, (made.event(made.numbers[who], Verb.WAITING, arg=arg) for _ in range(number)))

    return prepare


def _viewer(u: Unit, who: int) -> tuple[Any, Any]:
    from storage import people

    found = people.viewer(u, who)
    assert found is not None
    return found.person, found.roles


def _notice(made: Town, number: int) -> list[Call]:
    """A request is sent, and its notices are delivered."""
    async def send(who: int) -> None:
        await made.desk.dispatch(made.post(who))
        await made.delivery.drain()

    return [partial(send, who) for who in _some(made, number)]


def _batch(made: Town, number: int) -> list[Call]:
    """A hundred notices about old requests are delivered."""
    with made.database.engine.connect() as link:
        found = list(link.execute(text(f"SELECT id, asker_id FROM request WHERE state = '{State.PUBLISHED}'")))
    chance, old = Random(7), sorted(map(tuple, found))

    async def deliver(about: Sequence[tuple[str, int]]) -> None:
        def owe(u: Unit) -> None:
            made.act(u)
            for id_, asker in about:
                outbox.send(u, asker, CARD, id_)

        await made.database.run(owe)
        assert await made.delivery.drain() >= BATCH

    return [partial(deliver, chance.choices(old, k=BATCH)) for _ in range(number // FEWER)]


def _claimed(made: Town, number: int) -> list[Call]:
    """What is owed is claimed, and given back."""
    def claim(u: Unit) -> None:
        outbox.claim(u, "bench", datetime.now(UTC), LEASE, BATCH)
        u.cancel()

    return _units(made, number, claim)


def _units(made: Town, number: int, work: Callable[[Unit], object]) -> list[Call]:
    def acting(u: Unit) -> object:
        made.act(u)
        return work(u)

    return [partial(made.database.run, acting)] * number


def _due(u: Unit) -> None:
    """All that the clock asks for."""
    now, most = u.at, 200
    request.due(u, now, most)
    request.undecided(u, now, most)
    tasks.due(u, now, most)
    report.due(u, now, most)
    register.to_review(u, now.date(), most)
    register.over(u, now.date(), most)
    register.left(u, now.date(), most)
    reading.to_remind(u, now.date())


def _of_storage(work: Callable[[Unit], object]) -> Callable[[Town, int], list[Call]]:
    return lambda made, number: _units(made, number, work)


REPORTED = {
    "concern": ["colleague"], "what": "Something about a parent.", "about": ["unknown"],
    "risk": ["no"], "named": ["no"],
}


def _report(made: Town, number: int, sent: bool = False) -> list[Call]:
    """A report is written; or sent."""
    drafts = [made.event(who, Verb.DRAFT_REPORT, fields={**REPORTED, "where": f"https://x.example/{who}"})
              for who, _, _ in made.teachers[:number]]
    if not sent:
        return _all(made, drafts)
    made.does(*drafts)
    with made.database.engine.connect() as link:
        found = list(link.execute(report.REPORT.select().where(report.REPORT.c.state == "draft")))
    return _all(made, (made.event(r.reporter_id, Verb.SEND_REPORT, r.id, r.version) for r in found[:number]))


def _read_report(made: Town, number: int) -> list[Call]:
    with made.database.engine.connect() as link:
        found = list(link.execute(report.READER.select().order_by(report.READER.c.id)))
    return _all(made, (made.event(found[i % len(found)].person_id, Verb.READ_REPORT, found[i % len(found)].report_id)
                       for i in range(number // FEWER)))


THINGS: dict[str, Callable[[Town, int], list[Call]]] = {
    "a question in the chat": _by(Verb.ASK, said=WORDS),
    "an empty form": _by(Verb.COMPOSE),
    "a post sent": _submit,
    "an approval": partial(_of_head, verb=Verb.APPROVE),
    "a refusal": partial(_of_head, verb=Verb.REFUSE, note="Not this one."),
    "changes asked for": partial(_of_head, verb=Verb.REQUEST_CHANGES, note="Shorter, please."),
    "a withdrawal": partial(_of_head, verb=Verb.WITHDRAW, by_head=False),
    "a publication": _publish,
    "an old request opened": _open,
    "what somebody asked for": _by(Verb.MINE),
    "what the keenest asked for": _of("costa", Verb.MINE),
    "what the keenest asked for, in the middle": _mine_deep,
    "what waits for a head": _of("patel", Verb.WAITING),
    "what waits for the busiest": _of("amin", Verb.WAITING),
    "what waits for the busiest, in the middle": _waiting_deep("amin"),
    "work that waits": _of("singh", Verb.WAITING),
    "work that waits, in the middle": _waiting_deep("singh"),
    "the home of a teacher": _by(Verb.HOME),
    "the home of a head": _of("patel", Verb.HOME),
    "the accounts": _by(Verb.REGISTER, arg="account"),
    "the sites": _by(Verb.REGISTER, arg="site"),
    "a question about the policy": _by(Verb.ASK_POLICY, said="Who signs off a post?"),
    "a report written": _report,
    "a report sent": partial(_report, sent=True),
    "a report read": _read_report,
    "who has not confirmed": _of("webb", Verb.READERS),
    "a post sent and its notices delivered": _notice,
    "a hundred notices delivered": _batch,
    "notices claimed": _claimed,
    "what the clock asks for": _of_storage(_due),
    "who decides, for an import": _of_storage(waiting.deciders),
    "pictures left behind": _of_storage(lambda u: named.left_behind(u, Platform.SLACK, 50)),
    "what was not delivered": _of_storage(outbox.buried),
}

