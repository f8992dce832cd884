"""The sample trust with staff on Slack and on Teams, its processes, and everything that a run needs around them."""

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bench.crash import record
from bench.crash.people import People
from bench.crash.served import Fleet, Replica
from bench.crash.slack import SlackPeople, Workspace
from bench.crash.teams import Microsoft, TeamsPeople
from bench.startup import SETTINGS
from bot import demo
from cards.action import Verb
from handlers.event import Place
from storage import imports, people
from storage.database import Database, Unit
from storage.tables import Person, Platform
from storage.vault import new_key

Result = TypeVar("Result")
SLACK = ("okafor", "patel", "lund", "reid", "webb", "amin", "grant", "singh")
TEAMS = ("doyle", "costa", "hale")
TEACHERS = 8
"""More people who ask, on each platform."""
AT_WORK = datetime(2025, 11, 25, 10, 0, tzinfo=UTC)
"""When every run begins: on a Tuesday morning in term, so that nothing waits for the school to open. It is long past,
as the scheduler goes by the machine's own clock, and what is to be done later than that would wait."""
HEADS = ("patel", "doyle")
"""Both are headteachers of the high school: either decides; one is on Slack, one on Teams."""


@dataclass
class Town:
    """All that stands, but for the bot's processes: `fleet` starts and ends those."""

    url: str
    files: Path
    slack: Workspace
    microsoft: Microsoft
    fleet: Fleet
    shift: timedelta
    """How far the run's time is from the machine's."""
    askers: list[str] = field(default_factory=list)
    on: dict[str, People] = field(default_factory=dict)
    """Whose platform is which."""
    trust: int = 0

    def __post_init__(self) -> None:
        self._beside = Database(self.url)

    def now(self) -> datetime:
        """The run's time."""
        return datetime.now(UTC) + self.shift

    def looked(self, work: Callable[[Unit], Result]) -> Result:
        """A look into the database, or a write, from beside the bot."""
        return self._beside.run_now(partial(self._within, work))

    def _within(self, work: Callable[[Unit], Result], u: Unit) -> Result:
        u.act_for(next(each for each in people.trusts(u) if each.id == self.trust), self.now())
        return work(u)

    def done(self, token: str, verb: Verb, before: int) -> bool:
        """Whether the record has this act of a request once more than `before`; not known is no."""
        with suppress(SQLAlchemyError):
            return self.looked(lambda u: record.acts(u, token).count(verb)) > before
        return False

    def leave(self) -> None:
        """Let go of the database."""
        self._beside.close()

    def settle(self, slack: SlackPeople, teams: TeamsPeople) -> None:
        """Write the trust, its people, and where each is reached."""
        more = [f"teacher{i}" for i in range(2 * TEACHERS)]
        on_slack, on_teams = [*SLACK, *more[:TEACHERS]], [*TEAMS, *more[TEACHERS:]]
        self.askers = more
        self.on = {**dict.fromkeys(on_slack, slack), **dict.fromkeys(on_teams, teams)}
        users = {who: self.slack.join(demo.email(who)) for who in on_slack}
        places = {who: teams.place(who) for who in on_teams}
        self._beside.run_now(lambda u: self._write(u, more, users, places))

    def _write(self, u: Unit, more: Sequence[str], users: dict[str, str], places: dict[str, Place]) -> None:
        self.trust = demo.write(u, self.now()).id or 0
        school = next(id_ for id_, each in people.schools(u).items() if each.name == demo.HIGH)
        for who in more:
            row = {"name": f"Teacher {who[7:]}", "email": demo.email(who), "school_id": school}
            imports.add_person(u, {**row, "first_day": None, "last_day": None})
        deputy = self._person(u, "doyle")
        imports.add_roles(u, [{"person_id": deputy.id, "role": "headteacher", "school_id": school}])
        for who, user in users.items():
            people.link(u, self._person(u, who), Platform.SLACK, self.slack.team, user, {})
        for who, place in places.items():
            people.link(u, self._person(u, who), Platform.TEAMS, place.team, place.user, place.reference)

    @staticmethod
    def _person(u: Unit, who: str) -> Person:
        found = people.by_email(u, demo.email(who))
        assert found is not None, who
        return found


@asynccontextmanager
async def town(
    url: str, replicas: int = 1, files: Path | None = None, limit: Callable[[], None] | None = None,
) -> AsyncIterator[Town]:
    """A town over an empty, migrated database. Its replicas are not started yet; at the end none is left."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="canipost-crash-")))
        slack = await stack.enter_async_context(Workspace())
        slack.token, slack.signing_secret = SETTINGS["CANIPOST_SLACK_BOT_TOKEN"], uuid.uuid4().hex
        shift = AT_WORK - datetime.now(UTC)
        microsoft = Microsoft(lambda: datetime.now(UTC) + shift, password=SETTINGS["CANIPOST_TEAMS_APP_PASSWORD"])
        await microsoft.start()
        stack.push_async_callback(microsoft.stop)
        settings = {
            **SETTINGS, "CANIPOST_DATABASE_URL": url, "CANIPOST_FILES_URL": str(files or folder / "files"),
            "CANIPOST_SLACK_SIGNING_SECRET": slack.signing_secret, "CANIPOST_SLACK_API_URL": slack.url,
            "CANIPOST_REPORT_KEYS": new_key(),
        }
        known = (microsoft.openid, microsoft.login, str(shift.total_seconds()))
        ours = [Replica(settings, known, folder / f"log{i}", limit) for i in range(replicas)]
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        standing = Town(url, files or folder / "files", slack, microsoft, Fleet(ours, session), shift)
        stack.callback(standing.leave)
        standing.settle(SlackPeople(slack, standing.fleet), TeamsPeople(microsoft, standing.fleet))
        try:
            yield standing
        finally:
            for each in ours:
                if each.up:
                    await each.kill()
