"""Whatever the clock does, and the calendar: nothing that the bot begins is owed out of hours, nothing comes twice."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot import demo
from cards.action import Verb
from handlers import chase, hours, owed, packs
from handlers.dispatch import handle
from handlers.event import Event, Place
from handlers.rules.hours import working
from storage import audit, outbox, people, register, terms
from storage import request as requests
from storage.database import Unit
from storage.tables import Outbox, Platform, Request, State
from tests.databases import Here, hurried

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
BEGUN = {owed.CARD, owed.HELD, chase.REMINDED, chase.RAISED, owed.MISSING, owed.REMINDER, owed.WORK}
"""What nobody has asked the bot for."""
SAID = {"text": "Well done 8B!", "permission": ["nobody"], **{
    f"confirm_{each}": "yes" for each in ("unidentified", "camera", "copyright")}}
MINUTES = st.one_of(st.integers(1, 600), st.integers(600, 60 * 24 * 5), st.integers(-60 * 24 * 2, -1))
LIVES = st.lists(st.tuples(MINUTES, st.sampled_from(["clock"] * 6 + ["ask again", "approve", "take back", "hurry"])),
                 min_size=3, max_size=14)
HOLIDAYS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9), st.sampled_from(["school", "every", "trust"])),
                    max_size=4)


@dataclass
class Trust:
    """The sample trust in school hours; the clock goes wherever the test says."""

    database: Here
    account: int = 0
    school: int = 0
    at: datetime = START
    keys: Iterator[int] = field(default_factory=itertools.count)
    asked: str = ""

    def unit(self, work: Callable[[Unit], Any]) -> Any:
        def within(u: Unit) -> Any:
            u.act_for(people.trusts(u)[0], self.at)
            return work(u)

        return self.database.run_now(within)

    def play(self, who: str, verb: Verb, subject: str = "", version: int = 0, **fields: Any) -> None:
        key, place = f"k{next(self.keys)}", Place(Platform.CONSOLE, "t", who)
        event = Event(key, self.at, verb, place, subject, version, fields=fields, arg="" if subject else "post")
        self.database.run_now(partial(handle, event))

    def request(self) -> Request:
        found = self.unit(lambda u: requests.get(u, self.asked))
        assert isinstance(found, Request)
        return found

    def holidays(self, days: list[tuple[int, int, str]]) -> None:
        rows = [{
            "school_id": self.school if where == "school" else None, "central": where == "trust", "title": "Closed",
            "first_day": START.date() + timedelta(days=first), "last_day": START.date() + timedelta(days=first + long),
        } for first, long, where in days]
        self.unit(lambda u: terms.change(u, [each.id or 0 for each in terms.every(u)], rows))

    def tick(self) -> None:
        """The clock of two replicas."""
        for verb in (Verb.EXPIRE, Verb.LAPSE, Verb.CHASE, Verb.CHASE):
            event = Event(f"k{next(self.keys)}", self.at, verb, None, self.asked, trust=1)
            self.database.run_now(partial(handle, event))

    def owed(self) -> list[Outbox]:
        found = self.unit(lambda u: u.all(select(outbox.OUTBOX).order_by(outbox.OUTBOX.c.id), Outbox))
        return [each for each in found if each.message_id is None and each.subject_id.startswith(self.asked)]


@pytest.fixture(scope="module")
def trust(blank: bytes, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    path: Path = tmp_path_factory.mktemp("hours") / "canipost.db"
    path.write_bytes(blank)
    made = Trust(hurried(Here(f"sqlite:///{path}")))

    def write(u: Unit) -> None:
        demo.write(u, START)
        packs.adopt(u, packs.bundled(demo.PACK))
        for _name, who, _school, _roles in demo.PEOPLE:
            person = people.by_email(u, demo.email(who))
            assert person is not None
            people.link(u, person, Platform.CONSOLE, "t", who, {})
        account = register.accounts(u)[0]
        made.account, made.school = account.id or 0, account.school_id or 0

    made.database.run_now(write)
    return made


@settings(max_examples=60)
@given(st.integers(0, 60 * 24 * 30), HOLIDAYS, LIVES)
@example(60 * 24 * 24 + 10, [(26, 4, "school")], [(60 * 24, "clock"), (60, "hurry"), (600, "clock"), (600, "clock")])
def test_nothing_pings_out_of_hours_and_nothing_twice(
    trust: Trust, begin: int, holidays: list[tuple[int, int, str]], life: list[tuple[int, str]]
) -> None:
    trust.at = START + timedelta(minutes=begin)
    trust.holidays(holidays)
    before = trust.unit(lambda u: {r.id for r in u.all(select(requests.REQUEST), Request)})
    trust.play("okafor", Verb.SAVE, accounts=[str(trust.account)], go_live="", **SAID)
    (trust.asked,) = trust.unit(lambda u: {r.id for r in u.all(select(requests.REQUEST), Request)}) - before
    for minutes, what in life:
        trust.at += timedelta(minutes=minutes)
        now, owed = trust.request(), len(trust.owed())
        step(trust, what, now)
        new = trust.owed()[owed:]
        if now.state != State.SUBMITTED and what == "clock":
            assert not {n.card for n in new} & {chase.REMINDED, chase.RAISED}, "it is decided"
        in_hours(trust, new)
    assert trust.unit(audit.verify) is None


def step(trust: Trust, what: str, now: Request) -> None:
    """Somebody does something, or nobody does and the clock looks."""
    if what == "ask again":
        trust.play("okafor", Verb.SAVE, now.id, now.revision, accounts=[str(trust.account)], go_live="", **{
            **SAID, "text": f"Well done {next(trust.keys)}!"})
    elif what == "clock":
        trust.tick()
    else:
        who, verb = {"approve": ("patel", Verb.APPROVE), "take back": ("patel", Verb.TAKE_BACK)}.get(
            what, ("okafor", Verb.HURRY))
        trust.play(who, verb, now.id, now.version, why="It is in the paper.")


def in_hours(trust: Trust, new: list[Outbox]) -> None:
    """All that is owed since, whoever is to get it; but for what cannot wait, where all hours count."""
    if trust.request().why_now:
        return

    def look(u: Unit) -> list[str]:
        asker = people.by_email(u, demo.email("okafor"))
        assert asker is not None
        return [f"{n.card} at {n.due_at}" for n in new if n.card in BEGUN and n.person_id != asker.id
                and not working(hours.of_person(u, n.person_id), n.due_at)]

    assert trust.unit(look) == []
    waits = Counter((n.person_id, n.card) for n in trust.owed() if n.card == owed.HELD and n.state == "waiting")
    assert not waits or max(waits.values()) == 1, "it would come twice"
    assert max(Counter((n.person_id, n.card) for n in new).values(), default=1) == 1, "twice at once"
