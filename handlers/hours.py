"""The one place that knows when people are at work, wherever they are: by the pack's hours and the trust's calendar."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from handlers import packs
from handlers.rules import bank_holidays, kinds
from handlers.rules import hours as rules
from handlers.rules.hours import Holiday, Hours
from storage import people, terms
from storage.database import Unit
from storage.tables import Ask, Case, Closure, Person

Place = int | None
"""A school, or None: the central staff."""
_days: dict[str, dict[Place, frozenset[date]]] = {}
"""The closed days of every place, by the digest of the trust's closures: under it they never change."""
_hours: dict[tuple[str, str, str, Place, str], Hours] = {}
EVERY_SCHOOL = 0
"""In the place of a school: what closes every one."""


def of(u: Unit, place: Place) -> Hours:
    """When people there are at work."""
    trust, said = people.trust(u), packs.current(u).hours
    school = people.school(u, place) if said.schools else None
    name = school.name if school else ""
    key = (trust.pack_version, trust.terms, trust.zone, place, name)
    if key not in _hours:
        _hours[key] = rules.of_pack(said, name, u.zone, _holiday(_closed(u, place), said.bank_holidays))
    return _hours[key]


def of_person(u: Unit, person_id: int) -> Hours:
    """When somebody is at work, at their own school."""
    person = people.people(u, {person_id}).get(person_id)
    return of(u, person.school_id if person else None)


def ping_person(u: Unit, person_id: int, meant: datetime | None = None) -> datetime:
    """From when on somebody may be told what they did not ask for: now, or when they are next at work.

    `meant`: when that was due; it is the answer where they are at work now, so that what is late says so.
    """
    begin = rules.next_working(of_person(u, person_id), u.at)
    return begin if begin > u.at else meant or u.at


def of_asks(u: Unit, asked: Iterable[tuple[Ask, Person]], school: Place) -> list[Hours]:
    """When anybody who is asked so is at work: at the school that it is for; who is asked by name, at their own.

    Where nobody is asked: when people at this school are.
    """
    places = {person.school_id if ask.person_id is not None else ask.school_id for ask, person in asked}
    return [of(u, place) for place in sorted(places or {school}, key=str)]


def of_case(u: Unit, case: Case, only: int | None = None) -> list[Hours]:
    """When anybody whom the request waits for is at work, or `only` this person; what cannot wait: day and night."""
    if urgent(u, case):
        return [rules.always(u.zone)]
    asked = [(ask, p) for ask in case.present if ask.answered_by is None for p in case.could(ask)]
    free = [(ask, p) for ask, p in asked if p.id not in case.own and only in (None, p.id)]
    return of_asks(u, free, case.request.school_id)


def urgent(u: Unit, case: Case) -> bool:
    """Whether it goes out day and night: the pack says so of its kind, or its asker says why it cannot wait."""
    kind = kinds.kind_of(packs.of(u, case.request.pack_version), case.request.kind)
    return bool(case.request.why_now) or (kind is not None and kind.urgent)


def _closed(u: Unit, place: Place) -> frozenset[date]:
    """The days on which this place is closed by the trust's calendar."""
    digest = people.trust(u).terms
    if not digest:
        return frozenset()
    if digest not in _days:
        _days[digest] = _by_place(terms.every(u))
    found = _days[digest]
    return found[None] if place is None else found[EVERY_SCHOOL] | found.get(place, frozenset())


def _by_place(closures: Sequence[Closure]) -> dict[Place, frozenset[date]]:
    days: dict[Place, set[date]] = {None: set(), EVERY_SCHOOL: set()}
    for each in closures:
        long = (each.last_day - each.first_day).days + 1
        closed = {each.first_day + timedelta(days=n) for n in range(long)}
        days.setdefault(each.school_id or EVERY_SCHOOL, set()).update(closed)
        if each.central:
            days[None] |= closed
    return {place: frozenset(those) for place, those in days.items()}


def _holiday(closed: frozenset[date], bank: bool) -> Holiday:
    return lambda day: day in closed or (bank and bank_holidays.is_one(day))
