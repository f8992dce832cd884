"""Who may stand in for whom: as the pack says, at the same school; nobody hands on what they stand in for."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from handlers.rules.pack import Pack
from handlers.rules.report import above
from storage.tables import Cover, Person

Held = tuple[str, int | None]
"""A role, and the school where it is held; None: for the trust."""
BY_NAME: Held = ("", None)
"""What is asked of somebody by name, and not for what they are."""


def decides(pack: Pack, role: str) -> bool:
    """Whether anything is ever decided by who holds this role: the pack's routes ask them, or come up to them."""
    lines = [*pack.silence.route, *(line for kind in pack.kinds.values() for line in kind.route)]
    asked = {each for line in lines for step in line.steps for each in step.roles}
    return role in asked or any(role in above(pack, each) for each in asked)


def stand_ins(pack: Pack, held: Held) -> list[Held]:
    """Who may stand in for it, the likeliest first: the pack's roles for that, then the one above."""
    role, school = held
    named = pack.roles.get(role)
    if named is None:
        return []
    roles = dict.fromkeys((*named.cover, *([named.above] if named.above else [])))
    places = ((each, None if pack.roles[each].trust_wide else school) for each in roles)
    return [(each, place) for each, place in places if place is not None or pack.roles[each].trust_wide]


def clash(days: tuple[date, date], rows: Iterable[Cover]) -> list[Cover]:
    """Those of these rows that have a day in common with `days`."""
    return [row for row in rows if row.first_day <= days[1] and days[0] <= row.last_day]


def unfit(stand_in: Person, person_id: int, days: tuple[date, date], away: Collection[Cover]) -> str:
    """Why somebody cannot stand in on these days, by a name that the cards know; empty where they can.

    `away`: what is set for them. Whoever is away on any of the days stands in for nobody: so there is no circle.
    """
    if stand_in.id == person_id:
        return "yourself"
    if stand_in.first_day and stand_in.first_day > days[0]:
        return "not yet"
    if stand_in.last_day and stand_in.last_day < days[1]:
        return "leaves"
    return "away" if clash(days, away) else ""


def first_fit(candidates: Sequence[Person], problems: Sequence[str]) -> Person | None:
    """The first of them with whom nothing is wrong."""
    return next((person for person, problem in zip(candidates, problems, strict=True) if not problem), None)
