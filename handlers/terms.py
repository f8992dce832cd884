"""The trust's calendar: what a file would change in it, and then exactly that, in one transaction."""

from collections.abc import Iterator
from datetime import date, timedelta

from handlers import packs
from handlers.rules import bank_holidays
from handlers.rules.terms import EVERY_SCHOOL, EVERYBODY, Closed, TermsPlan, compare, parse
from storage import audit, people, terms
from storage.database import Stale, Unit

BANK_HOLIDAY = "bank holiday"


def plan(u: Unit, data: bytes) -> TermsPlan:
    """What this file would change in the trust's calendar. BadFile where anything is wrong with it."""
    schools = [school.name for school in people.schools(u).values()]
    return compare(list(_calendar(u).values()), parse(data, schools, u.today), u.today)


def apply(u: Unit, data: bytes, shown: TermsPlan, remove_missing: bool = False) -> None:
    """Do what was shown, whole. Stale where the calendar changed since, so that it would be something else."""
    if plan(u, data) != shown:
        raise Stale
    gone = {*shown.replaced, *(shown.missing if remove_missing else ())}
    numbers = {school.name: number for number, school in people.schools(u).items()}
    terms.change(u, {number for number, closed in _calendar(u).items() if closed in gone}, [{
        "school_id": numbers.get(closed.school), "central": closed.school == EVERYBODY,
        "first_day": closed.first_day, "last_day": closed.last_day, "title": closed.title,
    } for closed in shown.new])
    audit.append(u, "terms_import", None, new=len(shown.new), gone=len(gone), same=shown.same)


def coming(u: Unit) -> list[Closed]:
    """What the calendar says from today on, with the bank holidays of the year to come where they count."""
    ahead = [each for each in _calendar(u).values() if each.last_day >= u.today]
    return sorted([*ahead, *(_bank(u.today) if packs.current(u).hours.bank_holidays else ())])


def _bank(today: date) -> Iterator[Closed]:
    until = today + timedelta(days=365)
    for day in sorted(bank_holidays.of_england(today.year) | bank_holidays.of_england(until.year)):
        if today <= day <= until:
            yield Closed(day, day, EVERYBODY, BANK_HOLIDAY)


def _calendar(u: Unit) -> dict[int, Closed]:
    """Every closure by its number, as a file would say it."""
    names = {number: school.name for number, school in people.schools(u).items()}
    return {
        row.id: Closed(row.first_day, row.last_day, _where(row.school_id, row.central, names), row.title)
        for row in terms.every(u) if row.id is not None
    }


def _where(school: int | None, central: bool, names: dict[int, str]) -> str:
    if central:
        return EVERYBODY
    return names[school] if school is not None else EVERY_SCHOOL
