"""Working time: when people at a school are at work, when they next are, and what is so many hours of work later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import inf
from zoneinfo import ZoneInfo

from handlers.rules.pack import Pack
from handlers.rules.packlines import Path
from handlers.rules.packtimes import DAYS, OpenHours

Holiday = Callable[[date], bool]
"""Whether a day is no day of work, whichever day of the week it is."""
MIDNIGHT = 24 * 60
HORIZON = 2 * 366
"""So many days ahead holidays are looked at: a calendar in which school never opens again must not hold anything up."""
NO_TIME = 'is no time of the day: write it as "08:00", and midnight at its end as "24:00"'


def no_holiday(_day: date) -> bool:
    """There is none."""
    return False


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are at work: from minute `begins` to minute `ends` of these days of the week that are no `holiday`.

    Each stretch is a whole one on the clock of the world, so that a day on which the clocks change is an hour longer
    or shorter where people work through that night, and no other.
    """

    zone: ZoneInfo
    begins: int = 8 * 60
    ends: int = 17 * 60
    days: frozenset[int] = frozenset(range(5))
    holiday: Holiday = no_holiday

    def stretches(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of work that is not over yet, from this moment on."""
        today = at.astimezone(self.zone).date()
        for ahead in range(10 * HORIZON):
            day = today + timedelta(days=ahead)
            if day.weekday() not in self.days or (ahead < HORIZON and self.holiday(day)):
                continue
            begin, end = _moment(day, self.begins, self.zone), _moment(day, self.ends, self.zone)
            if end > at and end > begin:
                yield max(begin, at), end


@lru_cache(maxsize=4096)
def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute of the day there, on the clock of the world. Today's are asked for again and again."""
    over, rest = divmod(minute, MIDNIGHT)
    return datetime.combine(day + timedelta(days=over), time(*divmod(rest, 60)), zone).astimezone(UTC)


def always(zone: ZoneInfo) -> Hours:
    """For what cannot wait: day and night."""
    return Hours(zone, 0, MIDNIGHT, frozenset(range(7)))


def working(hours: Hours, at: datetime) -> bool:
    """Whether people are at work."""
    return next_working(hours, at) == at


def next_working(hours: Hours, at: datetime) -> datetime:
    """This moment, if people are at work; else when they next begin."""
    return later(hours, at, timedelta())


def later(hours: Hours, at: datetime, work: timedelta) -> datetime:
    """When so much time of work is over, counted from this moment on; always at a moment of work."""
    for begin, end in hours.stretches(at):
        if work < end - begin:
            return (begin + work).astimezone(at.tzinfo)
        work -= end - begin
    return at + work  # in more than ten years


def days_later(hours: Hours, at: datetime, days: int) -> datetime:
    """So many days on: Saturdays and Sundays count, holidays do not."""
    day = at.astimezone(hours.zone).date()
    skipped = passed = 0
    while passed < days and skipped < HORIZON:
        day += timedelta(days=1)
        if hours.holiday(day):
            skipped += 1
        else:
            passed += 1
    return at + timedelta(days=days + skipped)


def of_pack(said: OpenHours, school: str, zone: ZoneInfo, holiday: Holiday) -> Hours:
    """The hours of the school of this name, as a pack has them; "": those of the central staff."""
    own = next((each for each in said.schools if school and each.school.casefold() == school.casefold()), said)
    begins, ends = minute(own.begins), minute(own.ends)
    assert begins is not None, "the pack is sound"
    assert ends is not None, "the pack is sound"
    return Hours(zone, begins, ends, frozenset(DAYS.index(each) for each in said.days), holiday)


def minute(written: str) -> int | None:
    """The minute of the day of a time such as "08:00"; None for what is no time."""
    hour, colon, rest = written.partition(":")
    if not (colon and len(hour) == len(rest) == 2 and written.isascii() and hour.isdigit() and rest.isdigit()):
        return None
    found = int(hour) * 60 + int(rest)
    return found if int(rest) < 60 and found <= MIDNIGHT else None


def most_within(said: OpenHours, days: int) -> float:
    """How many hours of work there are at most in so many days."""
    begins, ends = minute(said.begins), minute(said.ends)
    if begins is None or ends is None or ends <= begins or not said.days:
        return inf  # which is a fault of its own
    weeks, rest = divmod(days, 7)
    return (weeks * len(said.days) + min(rest, len(said.days))) * (ends - begins) / 60


def wrong(pack: Pack) -> Iterator[tuple[Path, str]]:
    """Times that there are not, days that end before they begin, and a week without any day."""
    said = pack.hours
    if not said.days:
        yield ("hours", "days"), "is empty: nobody would ever be reminded"
    named: list[tuple[Path, str, str]] = [(("hours",), said.begins, said.ends)]
    named += [(("hours", "schools", i), each.begins, each.ends) for i, each in enumerate(said.schools)]
    for path, begins, ends in named:
        first, last = minute(begins), minute(ends)
        for key, found, written in (("begins", first, begins), ("ends", last, ends)):
            if found is None:
                yield (*path, key), f"{written!r} {NO_TIME}"
        if first is not None and last is not None and first >= last:
            yield (*path, "ends"), f"is {ends}, which does not come after {begins}"
    seen: set[str] = set()
    for i, each in enumerate(said.schools):
        if each.school.casefold() in seen:
            yield ("hours", "schools", i, "school"), f"{each.school!r} is there already"
        seen.add(each.school.casefold())
