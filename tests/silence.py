"""Two worlds from one number: with a report about somebody, and without. What they can see of either is written down.

`tests.stories` says what happens. Whoever the report is about, whoever stands in for them and whomever they manage
press and ask whatever there is, the report's own number included, which in the other world is made up.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, select, text
from sqlmodel import SQLModel

from bot import jobs
from bot.delivery import Delivery
from bot.sender import Delivered, Recipient
from cards.action import Verb
from cards.card import Card
from cards.report_notice import LINES
from handlers import packs, people, register, trust
from handlers.dispatch import Desk
from handlers.event import Event, Place
from handlers.report_evidence import As
from storage import imports
from storage import people as staff
from storage import register as registers
from storage import report as reports
from storage.database import Database, Unit
from storage.request import LETTERS
from storage.tables import Book, Person, Platform
from storage.vault import Vault, new_key
from tests.emptied import empty
from tests.stories import MADE_UP, THE, Story, doors

Given = TypeVar("Given")
START = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
VAULT = Vault([new_key()])
NUMBER = re.compile(rf"\b(?:[{LETTERS}]{{16}}|[{LETTERS}]{{8}}|[0-9a-f]{{12}})\b")
SCHOOLS = ("Meadow School", "Brook School")
OF_THE_DESK = {"report", "reader", "reportstep", "evidence", "evidencepiece", "outbox", "message", "inbox", "identity"}
"""Tables that a report changes; what people see of them is compared on its own."""
LINKS = {"hash", "previous"}
"""Made of what is drawn by lot, so that no two worlds have the same."""


@dataclass
class Seen:
    """All that the watchers could see, and the rest of the rows."""

    screens: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, list[str]] = field(default_factory=dict)
    taken: bool = False
    """Whether there was a report, and somebody to read it."""


class Play:
    """One world while it is played."""

    def __init__(self, database: Database, told: Story, with_it: bool) -> None:
        self.database, self.story, self.with_it = database, told, with_it
        self.now = START
        self.reports: dict[int, str] = {} if with_it else {THE: MADE_UP[0]}
        self.reporters: dict[int, int] = {}
        self.seen = Seen()
        self.desk = Desk(database, address="https://bot.oakfield.example")
        self.delivery = Delivery(database, {Platform.CONSOLE: self}, lambda: self.now)
        self.trust = self.first = 0
        self.schools: list[int] = []
        self.sent: dict[str, int] = defaultdict(int)
        self.key = 0

    async def run(self) -> Seen:
        """From the first step to the last look."""
        await self.database.run(self._write)
        for step in self.story.steps:
            self.now += timedelta(minutes=step.minutes)
            self.key = 1000 * (self.key // 1000 + 1)
            if self.with_it or not step.of_the:
                await step.what(self)
            await self.delivery.drain()
        for who in self.story.watchers:
            self.key = 1000 * (self.key // 1000 + 1)
            await self.look_everywhere(who)
        self.now += timedelta(days=3)
        await self.clock()
        await self.delivery.drain()
        await self.unit(self._rows)
        return self.seen

    async def clock(self) -> None:
        """The clock's jobs."""
        await jobs.run_out(self.desk, lambda: self.now)
        await jobs.look_after(self.desk, lambda: self.now)

    async def look(self, who: int, door: int) -> None:
        """One of the watchers tries a door."""
        every = self.doors()
        verb, more = every[door % len(every)]
        await self.told(who, verb, **more)

    async def told(self, who: int, verb: Verb, **more: Any) -> Any:
        """What one of the watchers is answered."""
        answer = await self.event(who, verb, **more)
        self._note(who, f"{verb}: {answer!r}")
        return answer

    async def look_everywhere(self, who: int) -> None:
        """One of the watchers tries every door in turn."""
        for verb, more in self.doors():
            await self.told(who, verb, **more)
        await self.delivery.drain()

    def doors(self) -> list[tuple[Verb, dict[str, Any]]]:
        """Every door, tried with the number of the report."""
        return doors(self.reports.get(THE, MADE_UP[0]))

    async def event(self, who: int, verb: Verb, subject: str = "", text_: str = "", **more: Any) -> Any:
        """Somebody does something. A door asks first what it may do with files; those of pictures are left out."""
        self.key += 1
        place = Place(Platform.CONSOLE, "t", f"p{who}", f"p{who}")
        exhibits = more.pop("exhibits", ())
        event_ = Event(f"key-{self.key}", self.now, verb, place, subject=subject, text=text_, **more)
        if exhibits:
            gate = await self.desk.gate(event_)
            event_ = replace(gate.event, exhibits=exhibits if gate.takes == As.EVIDENCE else ())
        return await self.desk.dispatch(event_)

    async def unit(self, work: Callable[[Unit], Given]) -> Given:
        """Look, or write, in the trust."""

        def within(u: Unit) -> Given:
            u.act_for(staff.trusts(u)[0], self.now)
            return work(u)

        return await self.database.run(within)

    def readers(self, u: Unit, report: str) -> list[int]:
        """Who may read it now, as the people of the story are numbered."""
        found = reports.get(u, report)
        return [each.person_id - self.first for each in reports.case(u, found).reading] if found else []

    # What the outbox sends arrives here.

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        self.sent[to.email] += 1
        self._arrived(to, f"sent {card!r} {attach}")
        return Delivered("t", to.user, str(self.sent[to.email]))

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        self._arrived(to, f"replaced {at.ref} {card!r}")

    def _arrived(self, to: Recipient, what: str) -> None:
        self._note(int(to.email.partition("@")[0][1:]), what)

    def _note(self, who: int, what: str) -> None:
        if who in self.story.watchers:
            self.seen.screens[who].append(f"{self.now:%d %H:%M} {self._plain(what)}")

    def _plain(self, what: str) -> str:
        """The report's number, real or made up, is the same word in both worlds."""
        number = self.reports.get(THE)
        return what.replace(number, "THE-REPORT") if number else what

    def _write(self, u: Unit) -> None:
        self.trust = trust.add(u, packs.bundled(self.story.pack.name), "", "Europe/London", START).id or 0
        schools = self.schools = [imports.add_school(u, name) for name in SCHOOLS]
        place = {None: None, **dict(enumerate(schools))}
        numbers: list[int] = []
        for each in self.story.staff:
            days = {"first_day": None, "last_day": None}
            manager = None if each.manager is None else numbers[each.manager]
            row = {"name": f"Mx {each.number}", "email": each.email, "school_id": place[each.school], **days}
            numbers.append(imports.add_person(u, {**row, "manager_id": manager}))
            imports.add_roles(u, [{"person_id": numbers[-1], "role": role, "school_id": place[where]}
                                  for role, where in each.roles])
            known = Person(id=numbers[-1], trust_id=self.trust, name=row["name"], email=each.email)
            staff.link(u, known, Platform.CONSOLE, "t", f"p{each.number}", {})
        self.first = numbers[0]
        for name, owner in zip(SCHOOLS, self.story.subjects * 2, strict=False):
            registers.add(u, {
                "book": Book.ACCOUNT, "platform": "facebook", "name": name, "school_id": schools[0],
                "owner_id": numbers[owner], "review_on": date(2026, 11, 7),
            })

    def _rows(self, u: Unit) -> None:
        """What the command line writes, what watchers are owed, and every row that has nothing to do with reports."""
        rows = self.seen.rows
        rows["the export of the registers"] = [repr(register.export(u, None, True))]
        rows["the import of the staff list"] = [repr(people.plan(u, b"name,email,school\nA B,p1@oakfield.example,\n"))]
        watching = [self.first + each for each in self.story.watchers]
        owed = SQLModel.metadata.tables["outbox"]
        columns = [c for c in owed.c if c.name not in ("id", "lease", "message_id")]
        query = select(*columns).order_by(owed.c.person_id, owed.c.id)
        besides = owed.c.card.not_in(LINES)
        for name, which in (("owed to them", owed.c.person_id.in_(watching)), ("owed to all others", besides)):
            rows[name] = [self._plain(repr(tuple(row))) for row in u.connection.execute(query.where(which))]
        for name, told in _besides("rowid" if u.connection.dialect.name == "sqlite" else "ctid").items():
            rows[name] = [repr(tuple(row)) for row in u.connection.execute(told)]
        found = reports.get(u, self.reports.get(THE, ""))
        self.seen.taken = found is not None and found.sent_at is not None


@cache
def _besides(order: str) -> dict[str, Select[Any]]:
    """What reads every table that no report changes, in the order in which its rows were written."""
    return {
        name: select(*(c for c in table.c if c.name not in LINKS)).order_by(text(order))
        for name, table in SQLModel.metadata.tables.items() if name not in OF_THE_DESK
    }


def compared(seen: Seen) -> dict[str, list[str]]:
    """All of it, with what is drawn by lot numbered in the order in which it comes up."""
    lots: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return lots.setdefault(found[0], f"lot {len(lots)}")

    every = {**{f"p{who}": said for who, said in sorted(seen.screens.items())}, **seen.rows}
    return {name: [NUMBER.sub(numbered, line) for line in lines] for name, lines in every.items()}


async def both(database: Database, told: Story) -> tuple[Seen, Seen]:
    """The same story with the report and without it."""
    seen = []
    for with_it in (True, False):
        await database.run(empty)
        seen.append(await Play(database, told, with_it).run())
    return seen[0], seen[1]


def difference(one: Seen, other: Seen) -> str:
    """The first thing that is not the same; nothing where everything is."""
    here, there = compared(one), compared(other)
    for name in {**here, **there}:
        ours, theirs = here.get(name, []), there.get(name, [])
        for line, mine in enumerate(ours):
            if line >= len(theirs) or theirs[line] != mine:
                return f"{name}, line {line}:\n  with it    {mine}\n  without it {[*theirs, 'nothing'][line]}"
        if len(theirs) > len(ours):
            return f"{name}: only without it: {theirs[len(ours)]}"
    return ""
