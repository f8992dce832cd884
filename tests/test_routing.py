"""Whom a request comes to: read from the staff list and the register as they are today."""

from collections.abc import Iterator

import pytest

from bot import demo
from cards.action import Verb
from handlers import routing
from handlers.event import Event
from handlers.packs import adopt
from handlers.rules.permission import PermissionContent
from handlers.rules.post import PostContent
from handlers.rules.route import Ask
from handlers.turn import Turn
from storage import asks, imports, people, register
from storage.database import Database, Unit
from tests.lives import PACK, START


@pytest.fixture
def unit(url: str) -> Iterator[Unit]:
    """A unit in the sample trust, in the test's own thread; nothing of it stays."""
    database = Database(url)
    with database.engine.connect() as connection, connection.begin() as transaction:
        u = Unit(connection)
        demo.write(u, START)
        adopt(u, PACK)
        yield u
        transaction.rollback()
    database.close()


def turn(u: Unit, who: str, kind: str = "") -> Turn:
    person = people.by_email(u, demo.email(who))
    viewer = people.viewer(u, person.id or 0) if person else None
    assert viewer is not None
    return Turn(u, Event("k", START, Verb.SAVE), viewer, asked=kind)


def about(u: Unit, *names: str) -> PostContent:
    numbers = {account.name: account.id or 0 for account in register.accounts(u)}
    return PostContent(accounts=tuple(numbers[name] for name in names))


FACEBOOK, X, LINKEDIN, PRIMARY = (
    "Oakfield High on Facebook", "Oakfield High on X", "Oakfield Learning Trust on LinkedIn",
    "Oakfield Primary on Facebook",
)


def test_before_an_account_is_chosen_the_askers_own_school_counts(unit: Unit) -> None:
    teacher, central = turn(unit, "okafor"), turn(unit, "webb")
    school = teacher.viewer.person.school_id
    assert school is not None
    (stage,) = routing.way(teacher, PostContent())
    assert (stage.asks, stage.clause) == ((Ask("headteacher", school),), "7.3.5")
    (stage,) = routing.way(central, PostContent())
    assert (stage.asks, stage.clause) == ((Ask("ceo", None),), "1.4")


def test_accounts_that_different_people_decide_go_different_ways(unit: Unit) -> None:
    teacher, head = turn(unit, "okafor"), turn(unit, "patel")
    assert len(routing.ways(teacher, PostContent())) == 1
    assert len(routing.ways(teacher, about(unit, FACEBOOK, X))) == 1
    assert len(routing.ways(teacher, about(unit, FACEBOOK, LINKEDIN))) == 2
    assert len(routing.ways(teacher, about(unit, FACEBOOK, PRIMARY))) == 2
    assert len(routing.ways(head, about(unit, FACEBOOK, LINKEDIN))) == 1


def test_every_step_has_to_come_to_somebody_else(unit: Unit) -> None:
    teacher = turn(unit, "okafor", "venture")
    way = routing.way(teacher, PermissionContent())
    assert [(stage.together, [ask.role for ask in stage.asks]) for stage in way] == [
        (False, ["deputy", "line_manager"]), (True, ["headteacher", "ceo"]), (False, ["chair", "administrator"]),
    ]
    assert routing.reaches(teacher, way)
    assert not routing.reaches(teacher, ())
    ceo = people.by_email(unit, demo.email("amin"))
    assert ceo is not None
    imports.end_people(unit, [ceo.id or 0])
    later = Unit(unit.connection)
    assert unit.whose is not None
    later.act_for(unit.whose, START)
    teacher = turn(later, "okafor", "venture")
    assert not routing.reaches(teacher, way), "one of those who decide together is missing"
    assert routing.reaches(teacher, way[:1])
    assert routing.stuck(teacher, way) == 1


def test_a_line_manager_is_asked_by_name(unit: Unit) -> None:
    teacher = turn(unit, "okafor", "favour")
    (stage,) = routing.way(teacher, PermissionContent())
    manager = people.by_email(unit, demo.email("reid"))
    assert manager is not None
    assert [(ask.role, ask.person_id) for ask in stage.asks][1] == ("line_manager", manager.id)
    assert [p.name for p in asks.holders(unit, *routing.whom(stage.asks[1]))] == ["Mr Reid"]


def test_the_rows_of_a_way_are_shut_until_it_is_sent(unit: Unit) -> None:
    teacher = turn(unit, "okafor", "venture")
    rows = routing.rows(routing.way(teacher, PermissionContent()))
    assert [row["step"] for row in rows] == [0, 0, 1, 1, 2, 2]
    assert [row["together"] for row in rows] == [False, False, True, True, False, False]
    assert not any(row["open"] or row["since"] for row in rows)
