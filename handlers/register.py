"""The registers as files: the import of accounts, in one transaction exactly as it was shown; and the export of all."""

from dataclasses import dataclass, replace

from cards.entry import subject
from handlers import account
from handlers.effects import next_review
from handlers.packs import current
from handlers.rules.register import RegisterPlan, Row, compare
from handlers.rules.registerfile import NAMES, Names, cells, parse, row
from handlers.rules.rights import serves
from handlers.rules.spreadsheet import write
from storage import audit, imports, outbox, people, register, tasks
from storage.database import Stale, Unit
from storage.tables import Book, Entry


@dataclass(frozen=True, slots=True)
class Export:
    """A spreadsheet of entries, and how many they are."""

    data: bytes
    entries: int


def plan(u: Unit, data: bytes) -> RegisterPlan:
    """What this file would change in the trust's register. BadFile where anything is wrong with it."""
    names = _names(u)
    serving = {person.email for person in names.people.values() if serves(person, u.today)}
    listed = [cells(entry, names) for entry in _accounts(u)]
    filed = parse(data, names.schools.values(), serving, listed)
    found = compare([row(each, names.schools_by_name) for each in listed], filed)
    return replace(
        found,
        new=tuple(_reviewed(u, each) for each in found.new),
        changed=tuple(
            replace(each, after=_reviewed(u, each.after)) if each.begins_anew else each for each in found.changed
        ),
    )


def apply(u: Unit, data: bytes, shown: RegisterPlan, remove_missing: bool = False) -> None:
    """Do what was shown, whole. Stale where the register changed since, so that it would be something else."""
    if plan(u, data) != shown:
        raise Stale
    names, entries = _names(u), _accounts(u)
    listed = {row(cells(entry, names), names.schools_by_name).key: entry for entry in entries}
    schools = {name: number for number, name in names.schools.items()}
    numbers = {person.email: number for number, person in names.people.items()}
    for new in shown.new:
        values = _values(new, schools, numbers)
        register.add(u, {"book": Book.ACCOUNT, "platform": new.platform, "name": new.name, **values})
    for each in shown.changed:
        before, after = (_values(said, schools, numbers) for said in (each.before, each.after))
        # What the file leaves as it is keeps the register's own words, line ends included.
        _change(u, listed[each.after.key], {name: value for name, value in after.items() if value != before[name]})
    closed = [listed[each.key] for each in shown.missing] if remove_missing else []
    for entry in closed:
        _change(u, entry, {"closed": True})
    audit.append(u, "register_import", None, new=len(shown.new), changed=len(shown.changed), closed=len(closed))


def export(u: Unit, book: Book | None, closed: bool) -> Export:
    """Every register as one spreadsheet, or one of them: what is in use, and with `closed` also what was."""
    names = _names(u)
    entries = [
        entry for entry in register.every(u) if book in (None, entry.book) and (closed or not entry.closed)
    ]
    audit.append(u, "register_export", None, book=book or "every", entries=len(entries), closed=closed)
    return Export(write(NAMES, (cells(entry, names) for entry in entries)), len(entries))


def _change(u: Unit, entry: Entry, changes: dict[str, object]) -> None:
    """Every card that shows it follows; nothing waits for an owner any more who is not, or for what is closed."""
    register.change(u, entry, **changes)
    if {"owner_id", "closed"} & changes.keys():
        tasks.drop_of_entry(u, entry.id or 0)
    if entry.closed:
        account.close(u, entry)
    elif "owner_id" in changes:
        account.hand_on(u, entry, entry.owner_id)
    audit.append(u, "entry_import", None, subject(entry), changed=sorted(changes))
    outbox.replace(u, subject(entry))


def _reviewed(u: Unit, account: Row) -> Row:
    """An account that somebody new answers for is looked at again when the pack says, unless the file says when."""
    if account.closed or account.review_on:
        return account
    return replace(account, review_on=next_review(current(u), u.today))


def _accounts(u: Unit) -> list[Entry]:
    return [entry for entry in register.every(u) if entry.book == Book.ACCOUNT]


def _names(u: Unit) -> Names:
    everybody = {person.id: person for person in imports.everybody(u) if person.id is not None}
    return Names({number: school.name for number, school in people.schools(u).items()}, everybody)


def _values(account: Row, schools: dict[str, int], numbers: dict[str, int]) -> dict[str, object]:
    """The account as the register keeps it, but for what it is known by. Somebody unknown: nobody."""
    return {
        "address": account.address, "school_id": schools.get(account.school or ""),
        "owner_id": numbers.get(account.owner), "deputy_id": numbers.get(account.deputy),
        "purpose": account.purpose, "audience": account.audience, "settings": account.settings,
        "credentials": account.credentials, "website": account.website, "closed": account.closed,
        "review_on": account.review_on,
    }
