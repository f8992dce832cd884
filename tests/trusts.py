"""A trust made from a pack alone: a school, an account, and one person for each of the pack's roles."""

from collections.abc import Callable
from datetime import datetime

from bot.demo import email
from handlers import trust
from handlers.rules import packfile
from handlers.rules.pack import Pack
from storage import imports, register
from storage.database import Unit
from storage.tables import Book, Trust

SCHOOL = "Meadow School"
TEACHER, OWNER, MANAGER, COLLEAGUE, CENTRAL = "okafor", "lund", "mensah", "hale", "reed"
NAMES = {
    MANAGER: "Mrs Mensah", TEACHER: "Ms Okafor", OWNER: "Mr Lund", COLLEAGUE: "Mr Hale", CENTRAL: "Ms Reed",
}


def who_holds(role: str) -> str:
    """The first part of the e-mail of whoever holds a role."""
    return role.replace("_", "")


def staff(pack: Pack) -> tuple[str, ...]:
    """Everybody there is, by the first part of their e-mail."""
    return (*NAMES, *(who_holds(role) for role in pack.roles))


def writer(data: bytes) -> Callable[[Unit, datetime], Trust]:
    """Writes the trust whose pack this is."""
    return lambda u, at: write(u, data, at)


def write(u: Unit, data: bytes, at: datetime) -> Trust:
    """The trust with its people; the unit acts for it from here on."""
    pack = packfile.read(data)
    made = trust.add(u, data, "", "Europe/London", at)
    school = imports.add_school(u, SCHOOL)
    numbers: dict[str, int] = {}
    for who, name in NAMES.items():
        manager = numbers[MANAGER] if who == TEACHER else None
        numbers[who] = _person(u, who, name, None if who == CENTRAL else school, manager)
    for role, named in pack.roles.items():
        place = None if named.trust_wide else school
        person = _person(u, who_holds(role), f"Mx {role.replace('_', ' ').title()}", place)
        imports.add_roles(u, [{"person_id": person, "role": role, "school_id": place}])
    register.add(u, {
        "book": Book.ACCOUNT, "platform": "facebook", "name": "Meadow School on Facebook", "school_id": school,
        "owner_id": numbers[OWNER],
    })
    return made


def _person(u: Unit, who: str, name: str, school: int | None, manager: int | None = None) -> int:
    return imports.add_person(u, {
        "name": name, "email": email(who), "school_id": school, "manager_id": manager, "first_day": None,
        "last_day": None,
    })
