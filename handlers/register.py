"""The register's import: what the file would change, and then exactly that, in one transaction."""

from handlers.rules.register import Entry, RegisterPlan, compare, parse
from handlers.rules.rights import serves
from storage import audit, imports, people
from storage.database import Stale, Unit


def plan(u: Unit, data: bytes) -> RegisterPlan:
    """What this file would change in the trust's register. BadFile where anything is wrong with it."""
    serving = {person.email for person in imports.everybody(u) if serves(person, u.today)}
    filed = parse(data, [school.name for school in people.schools(u).values()], serving)
    return compare(list(_listed(u).values()), filed)


def apply(u: Unit, data: bytes, shown: RegisterPlan, remove_missing: bool = False) -> None:
    """Do what was shown, whole. Stale where the register changed since, so that it would be something else."""
    if plan(u, data) != shown:
        raise Stale
    numbers = {entry.key: number for number, entry in _listed(u).items()}
    schools = {school.name: number for number, school in people.schools(u).items()}
    owners = {person.email: person.id for person in imports.everybody(u)}
    for entry in shown.new:
        account = _account(entry, schools, owners)
        imports.add_account(u, {"platform": entry.platform, "name": entry.name, **account})
    for each in shown.changed:
        imports.change_account(u, numbers[each.after.key], _account(each.after, schools, owners))
    closed = [numbers[entry.key] for entry in shown.missing] if remove_missing else []
    imports.close_accounts(u, closed)
    audit.append(u, "register_import", None, new=len(shown.new), changed=len(shown.changed), closed=len(closed))


def _listed(u: Unit) -> dict[int, Entry]:
    """The register as it is, each account as a file would say it."""
    schools = {number: school.name for number, school in people.schools(u).items()}
    owners = {person.id: person.email for person in imports.everybody(u)}
    return {
        each.id: Entry(
            each.platform, each.name, each.address, schools.get(each.school_id or 0), owners[each.owner_id], each.closed
        )
        for each in imports.accounts(u)
        if each.id is not None
    }


def _account(entry: Entry, schools: dict[str, int], owners: dict[str, int | None]) -> dict[str, object]:
    return {
        "address": entry.address,
        "school_id": schools.get(entry.school or ""),
        "owner_id": owners[entry.owner],
        "closed": entry.closed,
    }
