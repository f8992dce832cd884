"""What the import of the staff list reads and writes. Nobody is deleted: people and roles end."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import bindparam, insert, select, update

from storage.database import Unit
from storage.people import PERSON, ROLE, SCHOOL
from storage.tables import Person, Role

EVERYBODY = select(PERSON).where(PERSON.c.trust_id == bindparam("trust")).order_by(PERSON.c.id)
# Roles with a last day are covers and history: the file says nothing about them.
LASTING = select(ROLE).where(ROLE.c.trust_id == bindparam("trust"), ROLE.c.last_day.is_(None)).order_by(ROLE.c.id)
ADD_SCHOOL, ADD_PERSON, ADD_ROLE = insert(SCHOOL), insert(PERSON), insert(ROLE)
CHANGE_PERSON = (
    update(PERSON)
    .where(PERSON.c.trust_id == bindparam("trust"), PERSON.c.id == bindparam("who"))
    .values({name: bindparam(f"new_{name}") for name in ("name", "school_id", "first_day", "last_day")})
)
END_PEOPLE = (
    update(PERSON)
    .where(PERSON.c.trust_id == bindparam("trust"), PERSON.c.id.in_(bindparam("ids", expanding=True)))
    .values(last_day=bindparam("day"))
)
END_ROLES = (
    update(ROLE)
    .where(ROLE.c.trust_id == bindparam("trust"), ROLE.c.id.in_(bindparam("ids", expanding=True)))
    .values(last_day=bindparam("day"))
)
SET_MANAGER = (
    update(PERSON)
    .where(PERSON.c.trust_id == bindparam("trust"), PERSON.c.id == bindparam("who"))
    .values(manager_id=bindparam("manager"))
)


def everybody(u: Unit) -> list[Person]:
    """Everyone who is or was on the list."""
    return u.all(EVERYBODY, Person)


def lasting_roles(u: Unit) -> list[Role]:
    """Every role without a last day."""
    return u.all(LASTING, Role)


def add_school(u: Unit, name: str) -> int:
    """A new school; returns its number."""
    return u.add(ADD_SCHOOL, {"name": name})


def add_person(u: Unit, person: Mapping[str, object]) -> int:
    """Somebody new on the list; returns their number."""
    return u.add(ADD_PERSON, person)


def change_person(u: Unit, person_id: int, values: Mapping[str, object]) -> None:
    """From now on this is what the list says of somebody: name, school_id, first_day, last_day."""
    u.run(CHANGE_PERSON, {"who": person_id, **{f"new_{name}": value for name, value in values.items()}})


def set_manager(u: Unit, person_id: int, manager_id: int | None) -> None:
    """From now on this is somebody's line manager; None: the list names none."""
    u.change(SET_MANAGER, {"who": person_id, "manager": manager_id})


def add_roles(u: Unit, roles: Iterable[Mapping[str, object]]) -> None:
    """Give people roles: person_id, role, school_id."""
    u.insert(ADD_ROLE, list(roles))


def end_roles(u: Unit, ids: Iterable[int]) -> None:
    """These roles are held until yesterday."""
    if ids := list(ids):
        u.run(END_ROLES, {"ids": ids, "day": _yesterday(u)})


def end_people(u: Unit, ids: Iterable[int]) -> None:
    """These people serve until yesterday."""
    if ids := list(ids):
        u.run(END_PEOPLE, {"ids": ids, "day": _yesterday(u)})


def _yesterday(u: Unit) -> date:
    return u.today - timedelta(days=1)
