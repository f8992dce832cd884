"""What every measurement stands on: a migrated database of either engine with the sample trust and people in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete

from bot import demo
from cards.action import Verb
from handlers.dispatch import handle
from handlers.event import Event, Place
from storage import imports, people, register, request, schema
from storage.database import Database, Unit
from storage.tables import Outbox, Person, Platform, Request
from tests.postgres import fresh_database, postgres_server

ENGINES = ("sqlite", "postgresql")
WORDS = "Brilliant science fair today, well done to all of 8B! Thank you to everybody who came and asked questions."
ACCOUNT = "Oakfield High on Facebook"
ANSWERS: dict[str, str | list[str]] = {
    "text": WORDS, "permission": ["nobody"], "confirm_unidentified": "yes", "confirm_camera": "yes",
    "confirm_copyright": "yes",
}
NUMBERS = count(1)


@contextmanager
def database_url(engine: str) -> Iterator[str]:
    """The address of an empty, migrated database."""
    if engine == "postgresql":
        with postgres_server() as server:
            yield fresh_database(server)
        return
    with TemporaryDirectory(prefix="canipost-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        database = Database(url)
        schema.upgrade(database.engine)
        database.close()
        yield url


@dataclass
class Ground:
    """The sample trust in an open database, with somebody's user on a platform."""

    database: Database
    platform: Platform
    team: str
    trust: int = 0
    account: int = 0
    users: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Write the trust."""
        self.database.run_now(self._write)

    def _write(self, u: Unit) -> None:
        self.trust = demo.write(u, datetime.now(UTC)).id or 0
        self.account = next(a.id or 0 for a in register.accounts(u) if a.name == ACCOUNT)

    def link(self, who: str, user: str, reference: dict[str, object]) -> None:
        """From now on this user is that person of the sample trust."""
        self.database.run_now(lambda u: self._link(u, demo.email(who), user, reference))

    def _link(self, u: Unit, email: str, user: str, reference: dict[str, object]) -> None:
        self.act(u)
        person = people.by_email(u, email)
        assert person is not None
        people.link(u, person, self.platform, self.team, user, reference)

    def staff(self, number: int) -> None:
        """More people at the high school, each with a user."""
        self.database.run_now(lambda u: self._staff(u, number))

    def _staff(self, u: Unit, number: int) -> None:
        self.act(u)
        school = next(id_ for id_, each in people.schools(u).items() if each.name == demo.HIGH)
        for i in range(number):
            name, email = f"Teacher {i}", demo.email(f"teacher{i}")
            days = {"first_day": None, "last_day": None}
            person = imports.add_person(u, {"name": name, "email": email, "school_id": school, **days})
            self.users.append(f"U0TEACH{i:05d}")
            known = Person(id=person, trust_id=self.trust, name=name, email=email)
            people.link(u, known, self.platform, self.team, self.users[-1], {})

    def forget(self) -> None:
        """Nothing is owed any more, as if delivery had kept up."""
        self.database.run_now(lambda u: u.across(delete(Outbox)))

    def act(self, u: Unit) -> None:
        """The unit is about the sample trust."""
        trust = next(each for each in people.trusts(u) if each.id == self.trust)
        u.act_for(trust, datetime.now(UTC))

    def submit(self, users: list[str]) -> list[Request]:
        """One sent post of each of these users: what waits for the headteacher."""
        return self.database.run_now(lambda u: [self._submit(u, user) for user in users])

    def _submit(self, u: Unit, user: str) -> Request:
        at = datetime.now(UTC)
        place = Place(self.platform, self.team, user)
        fields = {**ANSWERS, "accounts": [str(self.account)]}
        handle(Event(f"bench:{next(NUMBERS)}", at, Verb.SAVE, place, fields=fields), u)
        known = people.enter(u, self.platform, self.team, user, at)
        assert known is not None
        far = (datetime(9999, 1, 1, tzinfo=UTC), "")
        return request.mine(u, known[0].person_id, far, 1)[0]


@contextmanager
def ground(url: str, platform: Platform, team: str) -> Iterator[Ground]:
    """The trust, in a database that is closed again."""
    database = Database(url)
    try:
        made = Ground(database, platform, team)
        made.settle()
        yield made
    finally:
        database.close()
