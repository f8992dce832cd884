"""The staff list's import: what the file would change, and then exactly that, in one transaction."""

from collections import defaultdict

from handlers import cover, reading_round, view
from handlers.owed import tell_also, tell_missing
from handlers.packs import current
from handlers.rules.people import Held, Staff, StaffPlan, compare, parse
from storage import asks, audit, imports, outbox, people
from storage.database import Stale, Unit
from storage.tables import Person
from storage.waiting import deciders


def plan(u: Unit, data: bytes) -> StaffPlan:
    """What this file would change in the trust's staff list. BadFile where anything is wrong with it."""
    schools = [school.name for school in people.schools(u).values()]
    listed = list(_listed(u).values())
    filed = parse(data, current(u).roles, schools, listed)
    return compare(listed, filed, schools, u.today)


def apply(u: Unit, data: bytes, shown: StaffPlan, remove_missing: bool = False) -> None:
    """Do what was shown, whole. Stale where the list changed since, so that it would be something else."""
    if plan(u, data) != shown:
        raise Stale
    waiting, standing_in = deciders(u), cover.staying(u)
    schools = _schools(u, shown)
    numbers = {staff.email: number for number, staff in _listed(u).items()}
    for staff in shown.new:
        numbers[staff.email] = imports.add_person(u, {"email": staff.email, **_person(staff, schools)})
    for each in shown.changed:
        imports.change_person(u, numbers[each.after.email], _person(each.after, schools))
    _managers(u, shown, numbers)
    ended = _roles(u, shown, numbers, schools)
    left = [numbers[staff.email] for staff in shown.missing] if remove_missing else []
    imports.end_people(u, left)
    audit.append(
        u,
        "staff_import",
        None,
        new=len(shown.new),
        changed=len(shown.changed),
        roles_ended=ended,
        left=len(left),
        schools=len(shown.schools),
    )
    _hand_over(u, waiting, deciders(u))
    cover.mind_leavers(u, standing_in)
    reading_round.ask(u)


def _hand_over(u: Unit, before: dict[str, frozenset[int]], now: dict[str, frozenset[int]]) -> None:
    """What waits for a decision goes to who decides it from now on; where nobody does, administrators hear."""
    told = set()
    for request_id, deciders_now in now.items():
        if deciders_now == before[request_id] or (case := view.fresh(u, request_id)) is None:
            continue
        outbox.replace(u, request_id)
        for person in sorted(deciders_now - before[request_id]):
            tell_also(u, case, person)
        if deciders_now:
            continue
        asked = [(ask.role, ask.school_id) for ask in asks.of(u, request_id) if ask.open]
        audit.append(u, "no_decider", None, request_id, role=asked[0][0])
        if asked[0] not in told:
            told.add(asked[0])
            tell_missing(u, request_id)


def _schools(u: Unit, shown: StaffPlan) -> dict[str, int]:
    """Every school's number by name, the new ones made."""
    numbers = {school.name: number for number, school in people.schools(u).items()}
    return numbers | {name: imports.add_school(u, name) for name in shown.schools}


def _managers(u: Unit, shown: StaffPlan, numbers: dict[str, int]) -> None:
    """Once everybody is on the list: a line manager may be as new as whoever they manage."""
    had = {each.after.email: each.before.manager for each in shown.changed}
    for staff in [*shown.new, *(each.after for each in shown.changed)]:
        if staff.manager != had.get(staff.email, ""):
            imports.set_manager(u, numbers[staff.email], numbers.get(staff.manager))


def _roles(u: Unit, shown: StaffPlan, numbers: dict[str, int], schools: dict[str, int]) -> int:
    """Give and end roles as shown; returns how many ended."""
    held = {
        (role.person_id, role.role, role.school_id): role.id for role in imports.lasting_roles(u) if role.id is not None
    }
    wanted = set()
    for staff in [*shown.new, *(each.after for each in shown.changed)]:
        wanted |= {(numbers[staff.email], each.role, schools.get(each.school or "")) for each in staff.roles}
    touched = {numbers[each.after.email] for each in shown.changed}
    over = [number for key, number in held.items() if key[0] in touched and key not in wanted]
    imports.end_roles(u, over)
    begun = sorted(wanted - held.keys(), key=str)
    imports.add_roles(u, ({"person_id": who, "role": role, "school_id": school} for who, role, school in begun))
    return len(over)


def _listed(u: Unit) -> dict[int, Staff]:
    """The list as it is, each person as a file would say them."""
    names = {number: school.name for number, school in people.schools(u).items()}
    roles: dict[int, set[Held]] = defaultdict(set)
    for role in imports.lasting_roles(u):
        roles[role.person_id].add(Held(role.role, names.get(role.school_id or 0)))
    everybody = {person.id: person for person in imports.everybody(u) if person.id is not None}
    emails = {number: person.email for number, person in everybody.items()}
    return {
        number: _staff(person, names, frozenset(roles[number]), emails.get(person.manager_id or 0, ""))
        for number, person in everybody.items()
    }


def _staff(person: Person, names: dict[int, str], roles: frozenset[Held], manager: str) -> Staff:
    school = names.get(person.school_id or 0)
    return Staff(person.name, person.email, school, roles, person.first_day, person.last_day, manager)


def _person(staff: Staff, schools: dict[str, int]) -> dict[str, object]:
    return {
        "name": staff.name,
        "school_id": schools.get(staff.school or ""),
        "first_day": staff.first_day,
        "last_day": staff.last_day,
    }
