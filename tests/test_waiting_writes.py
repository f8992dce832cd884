"""What a unit writes waits until somebody looks, or for its end: nobody can tell the difference."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from bot import demo
from cards.action import Verb
from handlers.answer import Show
from handlers.dispatch import Desk
from handlers.event import Event, Place
from storage import asks, audit, people, request
from storage.database import Database, Stale, Unit
from storage.tables import Ask, Platform, Request, State

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
WAY = [{"step": 0, "role": "headteacher", "school_id": None, "person_id": None, "together": False, "clause": "7.3",
        "open": True, "since": AT}]
Result = TypeVar("Result")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    opened.run_now(lambda u: demo.write(u, AT))
    yield opened
    opened.close()


def within(database: Database, work: Callable[[Unit], Result]) -> Result:
    """A unit about the sample trust."""

    def run(u: Unit) -> Result:
        u.act_for(people.trusts(u)[0], AT)
        return work(u)

    return database.run_now(run)


def draft(u: Unit) -> Request:
    person = people.by_email(u, demo.email("okafor"))
    assert person is not None
    return request.create(u, "post", people.trust(u).pack_version, person.id or 0, {"text": "Hi"}, "d", WAY).request


def found(u: Unit, of: Request) -> Request:
    there = request.get(u, of.id)
    assert there is not None
    return there


def test_a_unit_sees_what_it_has_written(database: Database) -> None:
    def work(u: Unit) -> tuple[Request, list[Ask]]:
        made = draft(u)
        assert found(u, made).state == State.DRAFT
        asks.answer(u, asks.of(u, made.id), made.asker_id)
        request.change(u, made, state=State.SUBMITTED)
        return found(u, made), asks.of(u, made.id)

    seen, (ask,) = within(database, work)
    assert (seen.state, seen.version) == (State.SUBMITTED, 2)
    assert (ask.open, ask.answered_by) == (False, seen.asker_id)


def test_a_row_can_be_changed_twice(database: Database) -> None:
    def work(u: Unit) -> Request:
        made = draft(u)
        request.change(u, made, kind="question")
        request.change(u, made, state=State.SUBMITTED)
        return made

    made = within(database, work)
    there = within(database, lambda u: found(u, made))
    assert (there.kind, there.state, there.version) == ("question", State.SUBMITTED, 3)


def test_who_comes_second_is_stale_and_leaves_nothing(database: Database) -> None:
    made = within(database, draft)
    tries: list[int] = []

    def work(u: Unit) -> Any:
        tries.append(1)
        audit.append(u, "tried", None, made.id)
        there = found(u, made)
        there.version = 7
        request.change(u, there, state=State.SUBMITTED)

    with pytest.raises(Stale):
        within(database, work)
    assert len(tries) == 3
    assert within(database, lambda u: found(u, made)).state == State.DRAFT
    assert within(database, audit.verify) is None
    assert "tried" not in within(database, lambda u: [row.verb for row in u.all(audit.CHAIN, audit.Audit)])


def test_what_is_taken_back_is_never_written(database: Database) -> None:
    def work(u: Unit) -> str:
        u.cancel()
        return draft(u).id

    number = within(database, work)
    assert within(database, lambda u: request.get(u, number)) is None


def test_who_somebody_is_is_written_at_once(database: Database) -> None:
    """Two first events come together: each locks whose they are before the record, else they wait for each other."""

    def links(u: Unit) -> object:
        person = people.by_email(u, demo.email("okafor"))
        assert person is not None
        people.link(u, person, Platform.TEAMS, "tenant", "okafor", {})
        audit.append(u, "linked", person.id)
        return u._connection.exec_driver_sql("SELECT count(*) FROM identity").scalar()

    assert within(database, links) == 1


async def test_somebodys_first_events_at_once_are_all_answered(database: Database) -> None:
    desk = Desk(database)

    def event(who: str, verb: Verb) -> Event:
        place = Place(Platform.TEAMS, "tenant", who, who)
        return Event(f"{who} {verb}", AT, verb, place, email=demo.email(who))

    events = [event(who, verb) for who in ("reid", "costa", "hale") for verb in (Verb.HELLO, Verb.HELP, Verb.MENU)]
    answers = await asyncio.gather(*(desk.dispatch(each) for each in events))
    assert {type(each) for each in answers} == {Show}
