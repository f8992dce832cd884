"""Who is away, who stands in, and from when to when."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, insert, literal_column, select, update

from storage.database import Stale, Unit
from storage.moment import Moment
from storage.people import PERSON, ROLE, serving
from storage.tables import Absence, Cover, Person

COVER = Cover.__table__  # type: ignore[attr-defined]
STAND = PERSON.alias("stand")
ALSO = COVER.alias("also")
_MINE = COVER.c.trust_id == bindparam("trust")
_DAY = bindparam("day", type_=COVER.c.first_day.type)
LIVE: ColumnElement[bool] = literal_column("cover.live")
"""Written into the SQL: as `live = 1` SQLite would pass by the indexes of these."""


def _in_force(table: Any) -> ColumnElement[bool]:
    return and_(literal_column(f"{table.name}.live"), table.c.first_day <= _DAY, table.c.last_day >= _DAY)


_THERE = and_(
    STAND.c.id == COVER.c.stand_in_id, STAND.c.trust_id == COVER.c.trust_id, serving(STAND),
    ~exists().where(ALSO.c.trust_id == COVER.c.trust_id, ALSO.c.person_id == STAND.c.id, _in_force(ALSO)),
)
"""Whoever stands in is on the list, and not away as well."""
HOLDING = (
    select(PERSON, COVER, STAND)
    .select_from(
        PERSON.join(ROLE, ROLE.c.person_id == PERSON.c.id)
        .outerjoin(COVER, and_(
            COVER.c.trust_id == ROLE.c.trust_id, COVER.c.person_id == PERSON.c.id, COVER.c.role == ROLE.c.role,
            COVER.c.school_id.is_not_distinct_from(ROLE.c.school_id), _in_force(COVER),
        ))
        .outerjoin(STAND, _THERE)
    )
    .where(ROLE.c.trust_id == bindparam("trust"), ROLE.c.role == bindparam("role"), serving(ROLE), serving(PERSON))
    .order_by(PERSON.c.id)
)
HOLDING_AT = {
    True: HOLDING.where(ROLE.c.school_id.is_(None)),
    False: HOLDING.where(ROLE.c.school_id == bindparam("school")),
}
"""Who holds a role there, and, of those who are away, who stands in."""
BY_NAME = (
    select(COVER, STAND)
    .select_from(COVER.outerjoin(STAND, _THERE))
    .where(_MINE, COVER.c.person_id == bindparam("person"), COVER.c.role == "", _in_force(COVER))
)
MINE = (
    select(COVER)
    .join(ROLE, and_(
        ROLE.c.trust_id == COVER.c.trust_id, ROLE.c.person_id == COVER.c.person_id, ROLE.c.role == COVER.c.role,
        ROLE.c.school_id.is_not_distinct_from(COVER.c.school_id), serving(ROLE),
    ), isouter=True)
    .join(PERSON, and_(PERSON.c.id == COVER.c.person_id, serving(PERSON)))
    .where(
        _MINE, COVER.c.stand_in_id == bindparam("person"), _in_force(COVER),
        (COVER.c.role == "") | ROLE.c.id.is_not(None),
        ~exists().where(ALSO.c.trust_id == COVER.c.trust_id, ALSO.c.person_id == COVER.c.stand_in_id, _in_force(ALSO)),
    )
    .order_by(COVER.c.id)
)
HOLD = (
    select(PERSON.c.id)
    .where(PERSON.c.trust_id == bindparam("trust"), PERSON.c.id == bindparam("person"))
    .with_for_update(key_share=True)
)
OF = select(COVER).where(_MINE, COVER.c.away == bindparam("away")).order_by(COVER.c.id)
OF_PERSON = select(COVER).where(_MINE, COVER.c.person_id == bindparam("person"), LIVE).order_by(COVER.c.id)
OF_STAND_IN = select(COVER).where(_MINE, COVER.c.stand_in_id == bindparam("person"), LIVE).order_by(COVER.c.id)
EVERY = select(COVER).where(_MINE, LIVE).order_by(COVER.c.first_day, COVER.c.id)
ADD = insert(COVER)
OVER = update(COVER).where(_MINE, COVER.c.away == bindparam("absence"), LIVE).values(live=False, due_at=None)
NEXT = (
    update(COVER)
    .where(_MINE, COVER.c.away == bindparam("absence"), COVER.c.due_at == bindparam("was", type_=Moment()))
    .values(due_at=bindparam("later", type_=Moment()))
)
HAND_ON = (
    update(COVER)
    .where(_MINE, COVER.c.id == bindparam("which"), LIVE)
    .values(stand_in_id=bindparam("successor"))
)
# The clock looks through every trust; each absence is then dealt with in its own.
DUE = (
    select(COVER.c.trust_id, COVER.c.away)
    .where(COVER.c.due_at <= bindparam("now", type_=Moment()))
    .order_by(COVER.c.due_at)
    .limit(bindparam("most"))
)


def holding(u: Unit, role: str, school_id: int | None) -> tuple[list[Person], list[Absence]]:
    """Who holds `role` today at the school, or (None) for the trust; and those of them who are away."""
    held, away = u.joined_once(
        HOLDING_AT[school_id is None], partial(_held, u), Person, Cover, Person, role=role, school=school_id,
        day=u.today)
    return list(held), list(away)


def _held(u: Unit, found: list[tuple[Any, ...]]) -> tuple[Sequence[Person], Sequence[Absence]]:
    held = {person.id: person for person, _, _ in found}
    away = {cover.id: Absence(person, stand_in, cover.last_day) for person, cover, stand_in in found if cover}
    return u.keep(Person, list(held.values())), list(away.values())


def by_name(u: Unit, person: Person) -> list[Absence]:
    """This person's absence today, where something is asked of them by name."""
    found = u.joined_once(BY_NAME, list, Cover, Person, person=person.id, day=u.today)
    return [Absence(person, stand_in, cover.last_day) for cover, stand_in in found]


def mine(u: Unit, person_id: int) -> list[Cover]:
    """What this person stands in for today."""
    return u.all(MINE, Cover, person=person_id, day=u.today)


def of(u: Unit, away: str) -> list[Cover]:
    """Every row of an absence, whether it is over or not."""
    return u.all(OF, Cover, away=away)


def of_person(u: Unit, person_id: int) -> list[Cover]:
    """What is set for a person, and not over."""
    return u.all(OF_PERSON, Cover, person=person_id)


def of_stand_in(u: Unit, person_id: int) -> list[Cover]:
    """Where a person stands in, or will."""
    return u.all(OF_STAND_IN, Cover, person=person_id)


def every(u: Unit) -> list[Cover]:
    """All that is set and not over, the first to begin first."""
    return u.all(EVERY, Cover)


def hold(u: Unit, person_id: int) -> None:
    """Nobody else sets anything for this person before the unit is over. SQLite has one writer."""
    if u.dialect.name == "postgresql":
        u.run(HOLD, {"person": person_id})


def add(
    u: Unit, person_id: int, days: tuple[date, date], rows: Sequence[Mapping[str, Any]], by: int | None,
    due_at: datetime, away: str = "",
) -> str:
    """A new absence, or another form of `away`: rows of role, school_id, stand_in_id. Its id."""
    away = away or secrets.token_hex(4)
    common = {
        "away": away, "person_id": person_id, "first_day": days[0], "last_day": days[1], "set_by_id": by, "at": u.at,
        "live": True, "due_at": due_at,
    }
    u.insert(ADD, [{**common, **row} for row in rows])
    _unread(u)
    return away


def over(u: Unit, away: str) -> bool:
    """It holds no more; whether it did."""
    ended = u.change(OVER, {"absence": away}) > 0
    _unread(u)
    return ended


def next_look(u: Unit, away: str, was: datetime, later: datetime) -> None:
    """When the clock looks at it next; Stale where another clock came first."""
    if not u.change(NEXT, {"absence": away, "was": was, "later": later}):
        raise Stale(away)


def hand_on(u: Unit, row: Cover, successor: int | None) -> None:
    """Somebody else stands in from now on; None: nobody does."""
    u.change(HAND_ON, {"which": row.id, "successor": successor})
    _unread(u)


def due(u: Unit, now: datetime, most: int) -> list[tuple[int, str]]:
    """Absences of any trust that begin or end: trust and id."""
    found = u.across(DUE, {"now": now, "most": most})
    return list(dict.fromkeys((row.trust_id, row.away) for row in found))


def _unread(u: Unit) -> None:
    """What this unit has read of who is away is another by now."""
    u.forget(*HOLDING_AT.values(), BY_NAME)
