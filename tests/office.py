"""An office for the tests of delivery: the sample trust over a database, a pump, and a platform that fails as told."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot import demo
from bot.delivery import Delivery
from bot.sender import Delivered, Recipient
from cards.card import Card
from storage import asks, outbox, people, register
from storage import request as requests
from storage.database import Database, Unit
from storage.tables import Outbox, Outcome, Platform, State
from tests.ways import to_head

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until the test moves it."""

    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Post:
    """A platform that remembers everything, and fails as it is told: each person's next errors, in turn."""

    arrived: list[tuple[str, Card]] = field(default_factory=list)
    replaced: list[tuple[str, str, Card]] = field(default_factory=list)
    fails: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    meanwhile: Callable[[], Any] | None = None
    slow: float = 0.0
    hanging: set[str] = field(default_factory=set)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    now: int = 0
    most: int = 0

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        await self._go(to)
        self.arrived.append((to.email.partition("@")[0], card))
        return Delivered("t", to.email, str(len(self.arrived)))

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        await self._go(to)
        self.replaced.append((to.email.partition("@")[0], at.ref, card))

    async def _go(self, to: Recipient) -> None:
        who = to.email.partition("@")[0]
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.slow)
        if who in self.hanging:
            await self.let_go.wait()
        self.now -= 1
        if self.fails[who]:
            raise self.fails[who].pop(0)
        if self.meanwhile is not None:
            once, self.meanwhile = self.meanwhile, None
            await once()

    def of(self, who: str) -> list[str]:
        """The summaries of what this person got."""
        return [card.summary for name, card in self.arrived if name == who]


@dataclass
class Office:
    """The sample trust, requests in it, and a pump."""

    database: Database
    post: Post
    clock: Clock
    delivery: Delivery
    people: dict[str, int] = field(default_factory=dict)

    async def unit(self, work: Callable[[Unit], Any]) -> Any:
        def within(u: Unit) -> Any:
            u.act_for(people.trusts(u)[0], self.clock())
            return work(u)

        return await self.database.run(within)

    async def request(self, words: str = "Fair", state: State = State.SUBMITTED) -> str:
        """Ms Okafor's, for Mrs Patel to decide, with Mr Lund to publish where it is approved."""

        def work(u: Unit) -> str:
            account = next(a for a in register.accounts(u) if a.name == "Oakfield High on Facebook")
            content = {
                "text": words,
                "accounts": [account.id],
                "pictures": [],
                "go_live": None,
                "people": "",
                "permission": "",
                "confirmed": [],
            }
            patel = people.people(u, {self.people["patel"]})[self.people["patel"]]
            since = u.at if state == State.SUBMITTED else None
            rules, asker = people.trust(u).pack_version, self.people["okafor"]
            case = requests.create(
                u, "post", rules, asker, content, "d" * 64, to_head(patel.school_id, since), state=state,
                approved_digest="d" * 64 if state == State.APPROVED else None,
                submitted_at=None if state == State.DRAFT else u.at, school_id=patel.school_id,
            )
            found = case.request
            if state == State.APPROVED:
                asks.answer(u, case.asks, self.people["patel"])
                requests.decide(u, case, self.people["patel"], "headteacher", Outcome.APPROVED)
                requests.change(u, found, decided_at=u.at, approved_digest="d" * 64)
                requests.assign(u, found, [(account.id or 0, self.people["lund"])])
            return found.id

        return str(await self.unit(work))

    async def owe(self, who: str, subject: str, card: str = "request", later: float = 0) -> None:
        due = self.clock() + timedelta(seconds=later)
        await self.unit(lambda u: outbox.send(u, self.people[who], card, subject, due))

    async def rows(self) -> list[Outbox]:
        found: list[Outbox] = await self.unit(
            lambda u: [
                Outbox(**r._mapping) for r in u.connection.execute(select(outbox.OUTBOX).order_by(outbox.OUTBOX.c.id))
            ]
        )
        return found

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]


def withdraw(u: Unit, key: str) -> None:
    found = requests.get(u, key)
    assert found is not None
    requests.change(u, found, state=State.WITHDRAWN)
    outbox.replace(u, key)


async def opened(url: str) -> Office:
    database = Database(url)
    clock, post = Clock(), Post()
    office = Office(database, post, clock, Delivery(database, {Platform.CONSOLE: post}, clock))

    def write(u: Unit) -> dict[str, int]:
        demo.write(u, AT)
        found = {who: people.by_email(u, demo.email(who)) for _n, who, _s, _r in demo.PEOPLE}
        return {who: person.id for who, person in found.items() if person and person.id}

    office.people = await database.run(write)
    return office
