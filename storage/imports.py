"""What the imports of the staff list and of the register read and write. Nobody is deleted: people and roles end."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import bindparam, insert, select, update

from storage.database import Unit
from storage.people import PERSON, ROLE, SCHOOL
from storage.register import ACCOUNT
from storage.tables import Account, Person, Role

EVERYBODY = select(PERSON).where(PERSON.c.trust_id == bindparam("trust")).order_by(PERSON.c.id)
# Roles with a last day are covers and history: the file says nothing about them.
LASTING = select(ROLE).where(ROLE.c.trust_id == bindparam("trust"), ROLE.c.last_day.is_(None)).order_by(ROLE.c.id)
EVERY_ACCOUNT = select(ACCOUNT).where(ACCOUNT.c.trust_id == bindparam("trust")).order_by(ACCOUNT.c.id)
ADD_SCHOOL, ADD_PERSON, ADD_ROLE, ADD_ACCOUNT = insert(SCHOOL), insert(PERSON), insert(ROLE), insert(ACCOUNT)
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
CHANGE_ACCOUNT = (
    update(ACCOUNT)
    .where(ACCOUNT.c.trust_id == bindparam("trust"), ACCOUNT.c.id == bindparam("which"))
    .values({name: bindparam(f"new_{name}") for name in ("address", "school_id", "owner_id", "closed")})
)
CLOSE_ACCOUNTS = (
    update(ACCOUNT)
    .where(ACCOUNT.c.trust_id == bindparam("trust"), ACCOUNT.c.id.in_(bindparam("ids", expanding=True)))
    .values(closed=True)
)


def everybody(u: Unit) -> list[Person]:
    """Everyone who is or was on the list."""
    return u.all(EVERYBODY, Person)


def lasting_roles(u: Unit) -> list[Role]:
    """Every role without a last day."""
    return u.all(LASTING, Role)


def accounts(u: Unit) -> list[Account]:
    """Every account, open or closed."""
    return u.all(EVERY_ACCOUNT, Account)


def add_school(u: Unit, name: str) -> int:
    """A new school; returns its number."""
    return u.add(ADD_SCHOOL, {"name": name})


def add_person(u: Unit, person: Mapping[str, object]) -> int:
    """Somebody new on the list; returns their number."""
    return u.add(ADD_PERSON, person)


def change_person(u: Unit, person_id: int, values: Mapping[str, object]) -> None:
    """From now on this is what the list says of somebody: name, school_id, first_day, last_day."""
    u.run(CHANGE_PERSON, {"who": person_id, **{f"new_{name}": value for name, value in values.items()}})


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


def add_account(u: Unit, account: Mapping[str, object]) -> None:
    """A new account on the register."""
    u.insert(ADD_ACCOUNT, [{"closed": False, **account}])


def change_account(u: Unit, account_id: int, values: Mapping[str, object]) -> None:
    """From now on this is what the register says: address, school_id, owner_id, closed."""
    u.run(CHANGE_ACCOUNT, {"which": account_id, **{f"new_{name}": value for name, value in values.items()}})


def close_accounts(u: Unit, ids: Iterable[int]) -> None:
    """Nothing is posted on these any more."""
    if ids := list(ids):
        u.run(CLOSE_ACCOUNTS, {"ids": ids})


def _yesterday(u: Unit) -> date:
    return u.today - timedelta(days=1)
