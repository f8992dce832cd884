"""When an undecided request is reminded of, and put to somebody above; and to whom that is."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from handlers.rules.hours import Hours, later, most_within, next_working
from handlers.rules.pack import Kind, Pack
from handlers.rules.packtimes import Clocks, OpenHours
from handlers.rules.report import above
from handlers.rules.route import Facts, line_for

Held = tuple[str, int | None]
"""A role, and the school where it is held; None: for the trust."""
UNHEARD = -1
"""In the place of how often the clock has looked: whoever decides has not heard of it yet."""
SOON = timedelta(hours=1)
"""Whoever decides has at least so long before it goes live, or hears of it out of hours."""


def due(clocks: Clocks, nudges: int, at: datetime, until: datetime, places: Collection[Hours]) -> datetime | None:
    """When the clock looks next that has looked so often, the last time (or when it was asked) being `at`.

    After so many hours of work of any of these places, and before it goes live or expires `until`: after half of what
    is left, where the pack's hours are longer than that. None: not any more.
    """
    looks = _looks(clocks)
    if nudges >= len(looks) or not places:
        return None
    patience = timedelta(hours=looks[nudges] - (looks[nudges - 1] if nudges else 0))
    if at < (usual := min(later(each, at, patience) for each in places)) < until:
        return usual
    sooner = min(next_working(each, at + (until - at) / 2) for each in places)
    return sooner if at < sooner < until else None


def is_last(clocks: Clocks, nudges: int) -> bool:
    """Whether after so many looks the next one is that which asks somebody above."""
    return clocks.escalate_hours > 0 and nudges == len(_looks(clocks)) - 1


def heard(hours: Hours, at: datetime, until: datetime) -> datetime:
    """When somebody hears of what waits for them: when they are next at work, or at once where that is too late."""
    begin = next_working(hours, at)
    return begin if begin + SOON <= until else at


def higher(pack: Pack, roles: Sequence[str], school: int | None, named: str | None = None) -> list[Held]:
    """Whoever is above these roles, the nearest first, at this school or for the trust; before them who is `named`.

    Above somebody who is asked by name, whatever they are to the request: whom the pack asks where it is silent.
    """
    ladders = [above(pack, role) if role in pack.roles else _over_anybody(pack, school) for role in roles]
    found = dict.fromkeys(role for level in zip_longest(*ladders) for role in level if role)
    order = [named, *(role for role in found if role != named)] if named else list(found)
    places = ((role, None if pack.roles[role].trust_wide else school) for role in order)
    return [(role, place) for role, place in places if place is not None or pack.roles[role].trust_wide]


def wrong(clocks: Clocks, said: OpenHours, urgent: bool) -> Iterator[tuple[str, str]]:
    """What can never happen, because something else comes first: key and reason."""

    def within(days: int) -> float:
        return days * 24 if urgent else most_within(said, days)

    if clocks.remind_publish_hours >= within(clocks.publish_days):
        yield "remind_publish_hours", "never fires: the approval has lapsed before"
    looks = [(key, getattr(clocks, key)) for key in ("remind_hours", "remind_again_hours", "escalate_hours")]
    for key, hours in looks:
        if hours >= within(clocks.expire_days):
            yield key, "never fires: the request has expired before"
    if clocks.remind_hours >= clocks.remind_again_hours > 0:
        yield "remind_again_hours", "never fires: it comes before the first reminder"
    for key, hours in looks[:2]:
        if hours >= clocks.escalate_hours > 0:
            yield key, "never fires: somebody else is asked before anybody is reminded"
    if clocks.escalate_to and not clocks.escalate_hours:
        yield "escalate_to", "never fires: escalate_hours is 0"


def _over_anybody(pack: Pack, school: int | None) -> list[str]:
    silence = Kind(title="silence", clause="none", route=pack.silence.route)
    line = line_for(silence, Facts(frozenset(), school))
    asked = [role for role in line.steps[0].roles if role in pack.roles] if line else []
    return list(dict.fromkeys(each for role in asked for each in (role, *above(pack, role))))


def _looks(clocks: Clocks) -> list[int]:
    """After how many hours in all the clock looks: to remind, again, and to ask somebody above."""
    looks = (clocks.remind_hours, clocks.remind_again_hours, clocks.escalate_hours)
    return [hours for hours in looks if hours]
