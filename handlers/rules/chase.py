"""When an undecided request is reminded of, and put to somebody above; and to whom that is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

from handlers.rules.pack import Clocks, Kind, Pack
from handlers.rules.reading import next_working
from handlers.rules.report import above
from handlers.rules.route import Facts, line_for

Held = tuple[str, int | None]
"""A role, and the school where it is held; None: for the trust."""


def due(clocks: Clocks, nudges: int, at: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """When the clock looks next that has looked so often, the last time (or when it was asked) being `at`.

    In working hours, and before it goes live or expires `until`: after half of what is left, where the pack's hours
    are longer than that. None: not any more.
    """
    hours = _hours(clocks)
    if nudges >= len(hours):
        return None
    patience = timedelta(hours=hours[nudges] - (hours[nudges - 1] if nudges else 0))
    tries = (next_working(each, zone) for each in (at + patience, at + (until - at) / 2))
    return next((each for each in tries if at < each < until), None)


def is_last(clocks: Clocks, nudges: int) -> bool:
    """Whether after so many looks the next one is that which asks somebody above."""
    return clocks.escalate_hours > 0 and nudges == len(_hours(clocks)) - 1


def higher(pack: Pack, roles: Sequence[str], school: int | None) -> list[Held]:
    """Whoever is above these roles, the nearest first, at this school or for the trust.

    Above somebody who is asked by name, whatever they are to the request: whom the pack asks where it is silent.
    """
    ladders = [above(pack, role) if role in pack.roles else _over_anybody(pack, school) for role in roles]
    found = dict.fromkeys(role for level in zip_longest(*ladders) for role in level if role)
    places = ((role, None if pack.roles[role].trust_wide else school) for role in found)
    return [(role, place) for role, place in places if place is not None or pack.roles[role].trust_wide]


def _over_anybody(pack: Pack, school: int | None) -> list[str]:
    silence = Kind(title="silence", clause="none", route=pack.silence.route)
    line = line_for(silence, Facts(frozenset(), school))
    asked = [role for role in line.steps[0].roles if role in pack.roles] if line else []
    return list(dict.fromkeys(each for role in asked for each in (role, *above(pack, role))))


def _hours(clocks: Clocks) -> list[int]:
    """After how many hours in all the clock looks: to remind, and to ask somebody above."""
    return [hours for hours in (clocks.remind_hours, clocks.escalate_hours) if hours]
