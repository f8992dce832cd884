"""What delivery knows of each door: whether it takes anything now, and whose fault it is where it does not.

Shut: the platform does not take what the bot signs in with. Paused: it asks for time, or answers nobody. In both cases
notices wait, and it counts as no try of theirs. Shut doors are rows: every replica knows, and a restart forgets none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.sender import Busy, RetryLater, Shut
from handlers import undelivered
from storage import doors, people
from storage.database import Unit
from storage.tables import ShutDoor

log = structlog.get_logger()
FIRST, MOST = timedelta(seconds=15), timedelta(minutes=5)
"""The shortest and the longest pause between two tries of a door that is shut, or answers nobody."""
A_MOMENT = timedelta(seconds=1)
LATELY = timedelta(minutes=15)
SEVERAL = 3
"""So many people in a row without an answer, and nobody with one for a while: it is the door, not them."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing goes through this door before then."""

    why: str
    seconds: float


class Doors:
    """Each door by its name: a platform's, or `mail`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._shut: dict[str, ShutDoor] = {}
        self._news: dict[str, str] = {}
        self._paused: dict[str, tuple[str, datetime]] = {}
        self._busy: dict[str, tuple[int, datetime]] = {}
        self._worked: dict[str, datetime] = {}
        self._failing: dict[str, set[int]] = defaultdict(set)
        self._pauses: Counter[str] = Counter()

    def wait(self, door: str) -> Wait | None:
        """How long nothing may go through it; None where it may be tried."""
        now, shut = self._clock(), self._shut.get(door)
        if shut is not None and shut.until > now:
            return Wait(f"{door}: {shut.problem}", (shut.until - now).total_seconds())
        why, until = self._paused.get(door, ("", now))
        return Wait(why, (until - now).total_seconds()) if until > now else None

    def shut(self) -> Collection[str]:
        """Those through which nobody should be sent who can be reached another way."""
        return self._shut.keys()

    def works(self, door: str) -> bool:
        """Whether something went through lately: then what fails now is not the door's fault."""
        return door in self._worked and self._clock() - self._worked[door] < LATELY

    def went_through(self, door: str) -> None:
        """A message arrived."""
        self._worked[door] = self._clock()
        self._failing.pop(door, None)
        self._pauses.pop(door, None)
        if self._shut.pop(door, None) or self._news.get(door):
            self._news[door] = ""

    def turned_away(self, door: str, person: int, error: RetryLater) -> None:
        """A message did not get through, and not because of whom it was for."""
        now = self._clock()
        if isinstance(error, Shut):
            self._news[door] = str(error)
            self._shut[door] = ShutDoor(door=door, problem=str(error), since=now, until=now + FIRST)
        elif isinstance(error, Busy):
            self._ask_for_time(door, person, now, now + timedelta(seconds=error.after or 0) + A_MOMENT)
        else:
            self._get_no_answer(door, person, now)

    def _ask_for_time(self, door: str, person: int, now: datetime, until: datetime) -> None:
        """Platforms limit each conversation, and all together: where a second person is refused, it is the latter."""
        other, theirs = self._busy.get(door, (person, now))
        if other != person and theirs > now:
            self._paused[door] = (f"{door} asks for time", max(until, theirs))
        self._busy[door] = (person, until)

    def _get_no_answer(self, door: str, person: int, now: datetime) -> None:
        self._failing[door].add(person)
        if len(self._failing[door]) >= SEVERAL and now - self._worked.get(door, now - MOST) > 2 * FIRST:
            self._paused[door] = (f"{door} does not answer", now + min(FIRST * 2 ** self._pauses[door], MOST))
            self._pauses[door] = min(self._pauses[door] + 1, 10)
            self._failing[door].clear()
            log.warning("a door answers nobody, all that is for it waits", door=door)

    def read(self, u: Unit, now: datetime, mail: bool) -> dict[str, str]:
        """In the unit: write the news, read how it stands with every replica. Returns the news that was written."""
        news = dict(self._news)
        for door, why in news.items():
            known = doors.shut(u).get(door)
            lasted = now - known.since if known else timedelta(0)
            if why and doors.shut_one(u, door, why, now, now + max(FIRST, min(lasted / 2, MOST))):
                log.error("a door is shut: what the bot signs in with is not taken", door=door, why=why)
                _tell(u, now, door, mail)
            if not why and doors.open_one(u, door):
                log.warning("a door is open again", door=door)
                _tell(u, now, door, mail)
        self._shut = doors.shut(u)
        return news

    def written(self, news: Mapping[str, str]) -> None:
        """The unit is committed: what it wrote is no news any more."""
        for door, why in news.items():
            if self._news.get(door) == why:
                del self._news[door]

    def all_wait(self, names: Iterable[str]) -> bool:
        """Whether nothing could be sent now, to anybody."""
        return all(self.wait(each) for each in names)


def _tell(u: Unit, now: datetime, door: str, mail: bool) -> None:
    for trust in people.trusts(u):
        u.act_for(trust, now)
        undelivered.tell_of_door(u, door, mail)
