"""A trust of twenty schools and fifteen hundred people, with requests of every sort behind it and some that wait."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import insert

from bench.ground import ACCOUNT, ANSWERS
from bench.history import Cast, Example, tell
from bot import demo, demo_policy
from bot.delivery import Delivery
from bot.sender import Delivered, Recipient
from cards.action import Verb
from cards.card import Card
from handlers import policies
from handlers.answer import Answer
from handlers.dispatch import Desk, handle
from handlers.event import Event, Place
from storage import imports, people, register, request
from storage.database import Database, Unit
from storage.people import IDENTITY, PERSON
from storage.tables import Platform, Request, State
from storage.vault import Vault, new_key

TEAM = "T"
SCHOOLS, STAFF, BIG = 18, 1500, 300
"""Besides the two of the sample trust; people, and those of them at its high school."""
WAITING, LONG = 40, 240
"""What waits for the head of the big school, and for whoever decides on the heads' own: as much at every size."""
WORK, MORE_WORK = 20, 0.002
"""What waits for the technicians: so much at every size, and of all requests, which grows."""
NUMBERS = count(1)
SITE: dict[str, str | list[str]] = {"q_name": "Classboard", "q_purpose": "Boards for a class"}

DILIGENCE: dict[str, str | list[str]] = {"q_terms": ["met"], "q_privacy": "In England.", "q_safeguards": "By class."}


class Taken:
    """A platform that takes everything."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        return Delivered(to.team, f"D{to.user}", f"1.{next(self._numbers)}")

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        """It is shown."""


@dataclass
class Town:
    """The trust in its database. `users`: everybody's, by name or by number."""

    database: Database
    trust: int = 0
    account: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    teachers: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each teacher: who they are, their head, their school."""
    heads: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database)
        self.delivery = Delivery(self.database, {Platform.SLACK: Taken()}, lambda: datetime.now(UTC))

    def event(self, who: int, verb: Verb, subject: str = "", version: int = 0, arg: str = "",
              fields: Mapping[str, str | list[str]] | None = None, said: str = "") -> Event:
        """Something that this person does now."""
        place = Place(Platform.SLACK, TEAM, f"U{who}")
        key = f"bench:{next(NUMBERS)}"
        return Event(key, datetime.now(UTC), verb, place, subject, version, arg, said, fields or {})

    def does(self, *event: Event) -> list[Answer]:
        """These happen at once, for whoever sets something up."""
        return self.database.run_now(lambda u: [handle(each, u) for each in event])

    def act(self, u: Unit) -> None:
        """The unit is about the trust, now."""
        u.act_for(next(each for each in people.trusts(u) if each.id == self.trust), datetime.now(UTC))

    def post(self, who: int) -> Event:
        """They send a post."""
        return self.event(who, Verb.SAVE, fields={**ANSWERS, "accounts": [str(self.account)]})

    def newest(self, who: int, number: int = 1) -> list[Request]:
        """What they asked for last, newest first."""
        far = (datetime(9999, 1, 1, tzinfo=UTC), "")

        def read(u: Unit) -> list[Request]:
            self.act(u)
            return request.mine(u, who, far, number)

        return self.database.run_now(read)

    def asked(self, events: Sequence[Event], who: int) -> list[Request]:
        """The requests that these made, of one person."""
        self.does(*events)
        return self.newest(who, len(events))


@asynccontextmanager
async def town(url: str, number: int) -> AsyncIterator[Town]:
    """The trust with so many requests behind it."""
    made = Town(Database(url, Vault([new_key()])))
    try:
        made.database.run_now(lambda u: _people(made, u))
        await _history(made, number)
        await _present(made)
        yield made
    finally:
        made.database.close()


def _people(made: Town, u: Unit) -> None:
    """The staff list; everybody has been here."""
    made.trust = demo.write(u, datetime.now(UTC)).id or 0
    made.account = next(a.id or 0 for a in register.accounts(u) if a.name == ACCOUNT)
    places = {name: number for number, each in people.schools(u).items() for name in (each.name,)}
    for i in range(SCHOOLS):
        places[f"School {i}"] = imports.add_school(u, f"School {i}")
    for _name, who, _school, _roles in demo.PEOPLE:
        found = people.by_email(u, demo.email(who))
        made.numbers[who] = found.id or 0 if found else 0
    heads = {places[demo.HIGH]: made.numbers["patel"]}
    for name, place in places.items():
        if place not in heads:
            heads[place] = _hire(u, f"Head of {name}", place)
    imports.add_roles(u, [{"person_id": person, "role": "headteacher", "school_id": place}
                          for place, person in heads.items() if place != places[demo.HIGH]])
    made.heads = [each for each in heads.values() if each != made.numbers["patel"]]
    for i in range(STAFF):
        place = places[demo.HIGH] if i < BIG else list(places.values())[i % len(places)]
        made.teachers.append((_hire(u, f"Teacher {i}", place), heads[place], place))
    everybody = [row.id for row in u.connection.execute(PERSON.select())]
    u.insert(insert(IDENTITY), [
        {"person_id": each, "platform": Platform.SLACK, "team": TEAM, "user": f"U{each}", "reference": {},
         "seen_at": u.at} for each in everybody])
    demo_policy.write(u)
    policies.read_all(u.at, u)


def _hire(u: Unit, name: str, place: int) -> int:
    days = {"first_day": None, "last_day": None}
    mail = f"{name.replace(' ', '.').lower()}@oakfield.example"
    return imports.add_person(u, {"name": name, "email": mail, "school_id": place, **days})


async def _history(made: Town, number: int) -> None:
    """One request of every sort for real, and then all the others."""
    asker, head = made.numbers["okafor"], made.numbers["patel"]
    sorts = [
        (0.60, _published(made, asker, head)), (0.13, _changed(made, asker, head)),
        (0.12, _declined(made, asker, head)), (0.10, _withdrawn(made, asker)),
        (0.05 - MORE_WORK, _site(made, asker, done=True)), (MORE_WORK, _site(made, asker, done=False)),
    ]
    await made.delivery.drain()
    teachers = [(*each, 1.0) for each in made.teachers]
    prolific = (made.numbers["costa"], head, made.teachers[0][2], len(teachers) * 0.02)
    examples = [Example(id_, share) for share, id_ in sorts]
    tell(made.database.engine, made.trust, examples, Cast(asker, head, [*teachers, prolific]), number)


def _only(made: Town, event: Event, asker: int) -> Request:
    return made.asked([event], asker)[0]


def _published(made: Town, asker: int, head: int) -> str:
    post = _only(made, made.post(asker), asker)
    return _goes_live(made, post, asker, head)


def _goes_live(made: Town, post: Request, asker: int, head: int) -> str:
    made.does(made.event(head, Verb.APPROVE, post.id, post.version))
    approved = made.newest(asker)[0]
    address = {f"address_{made.account}": "https://facebook.example/oakfieldhigh/1"}
    made.does(made.event(made.numbers["lund"], Verb.PUBLISH, post.id, approved.version, fields=address))
    assert made.newest(asker)[0].state == State.PUBLISHED
    return post.id


def _changed(made: Town, asker: int, head: int) -> str:
    post = _only(made, made.post(asker), asker)
    made.does(made.event(head, Verb.REQUEST_CHANGES, post.id, post.version, fields={"note": "Shorter, please."}))
    words = {**ANSWERS, "text": "Brilliant science fair today!", "accounts": [str(made.account)]}
    made.does(made.event(asker, Verb.SAVE, post.id, 1, fields=words))
    return _goes_live(made, made.newest(asker)[0], asker, head)


def _declined(made: Town, asker: int, head: int) -> str:
    post = _only(made, made.post(asker), asker)
    made.does(made.event(head, Verb.REFUSE, post.id, post.version, fields={"note": "Not this one."}))
    return post.id


def _withdrawn(made: Town, asker: int) -> str:
    post = _only(made, made.post(asker), asker)
    made.does(made.event(asker, Verb.WITHDRAW, post.id, post.version))
    return post.id


def _site(made: Town, asker: int, done: bool) -> str:
    """Asked for, approved by whoever decides on it; and the work on it, done or not."""
    name = {"q_name": f"Classboard {next(NUMBERS)}"}
    site = _only(made, made.event(asker, Verb.SAVE, arg="site", fields={**SITE, **name}), asker)
    made.does(made.event(made.numbers["amin"], Verb.APPROVE, site.id, site.version))
    approved = made.newest(asker)[0]
    assert approved.state == State.APPROVED, approved.state
    if done:
        made.does(made.event(made.numbers["singh"], Verb.DONE, site.id, approved.version, fields=DILIGENCE))
        assert made.newest(asker)[0].state == State.DONE
    return site.id


async def _present(made: Town) -> None:
    """What waits is as much at every size."""
    made.does(*(made.post(who) for who, head, _ in made.teachers[:WAITING] if head == made.numbers["patel"]))
    made.does(*(made.post(made.heads[i % len(made.heads)]) for i in range(LONG)))
    for who, _, _ in made.teachers[:WORK]:
        _site(made, who, done=False)
    await made.delivery.drain()
