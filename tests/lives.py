"""The ground of tests/test_lifecycle.py: the sample trust with kinds of several steps, and its rules told once more."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from bot import demo
from cards.action import Verb
from handlers import packs
from handlers.rules import packfile
from handlers.rules.lifecycle import BY_VERB, By, Move
from handlers.rules.pack import Kind
from storage import audit, imports, outbox, people, register
from storage import request as requests
from storage.asks import ASK
from storage.cover import COVER
from storage.database import Database, Unit, engine_for
from storage.inbox import INBOX
from storage.people import PERSON, ROLE
from storage.register import ENTRY
from storage.tables import Entry, Outcome, Platform, Role, State
from storage.tasks import TASK
from tests.databases import Here, hurried, hurry, let_go

START = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
STAFF = tuple(who for _name, who, _school, _roles in demo.PEOPLE)
STRANGER = "stranger"
LT2 = packs.bundled("lt2").replace(b"remind_again_hours = 18\n", b"")  # or nobody lives to be asked further up
PACK = LT2 + (Path(__file__).parent / "packs" / "steps.toml").read_bytes()
KINDS: dict[str, Kind] = {
    name: kind for name, kind in packfile.read(PACK).kinds.items() if name in ("post", "venture", "enquiry", "favour")
}
WAYS = {
    "post": ((False, ["headteacher"]),),
    "venture": (
        (False, ["deputy", "line_manager"]), (True, ["headteacher", "ceo"]), (False, ["chair", "administrator"]),
    ),
    "enquiry": ((True, ["headteacher", "ceo"]), (False, ["chair", "administrator"])),
    "favour": ((False, ["headteacher", "line_manager"]),),
}
"""Whom the steps of a teacher's request ask, and whether together."""
EMPTIED = (
    outbox.OUTBOX, outbox.MESSAGE, requests.PUBLICATION, requests.DECISION, TASK, ASK, ENTRY, requests.REVISION,
    requests.REQUEST, audit.AUDIT, INBOX, ROLE, COVER,
)  # fmt: skip
PARTS = (requests.REVISION, requests.DECISION, requests.PUBLICATION, ASK, TASK, ENTRY)
"""Where the rows of a request lie besides its own."""
YES = (Verb.APPROVE, Verb.GRANT, Verb.REPLY)
STANDS = (State.APPROVED, State.PUBLISHED, State.DONE)
Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """All the rows of one request, as plain dictionaries."""

    request: Row
    revisions: tuple[Row, ...]
    decisions: tuple[Row, ...]
    publications: tuple[Row, ...]
    asks: tuple[Row, ...]
    tasks: tuple[Row, ...]
    entries: tuple[Row, ...]

    @property
    def state(self) -> State:
        return State(self.request["state"])

    @property
    def kind(self) -> Kind:
        return KINDS[self.request["kind"]]

    @property
    def digest(self) -> str:
        return next(str(r["digest"]) for r in self.revisions if r["number"] == self.request["revision"])

    @property
    def own(self) -> set[int]:
        return {self.request["asker_id"], self.request["editor_id"]}

    @property
    def present(self) -> list[Row]:
        return self.step(self.request["step"])

    @property
    def undone(self) -> list[Row]:
        return [task for task in self.tasks if task["done_at"] is None]

    def step(self, number: int) -> list[Row]:
        return [ask for ask in self.asks if ask["step"] == number]

    def answered(self, number: int) -> bool:
        """Whether this step is behind it: one of its asks is answered, or all of them together."""
        said = [ask["answered_by"] is not None for ask in self.step(number)]
        return all(said) if self.step(number)[0]["together"] else any(said)


@dataclass
class Ground:
    """The sample trust in one database, for every example anew as it was."""

    database: Database
    engine: Engine
    trust: int
    numbers: dict[str, int]
    schools: dict[str, int]
    accounts: list[Entry]
    roles: list[Role]
    known: dict[str, list[Row]] = field(default_factory=dict)
    """The staff list, read once until the test changes it."""
    seen: list[Any] = field(default_factory=list)
    read: dict[str, Rows] = field(default_factory=dict)
    """All rows as SQLite has them, and what they say."""

    def unit(self, work: Any, at: datetime = START) -> Any:
        def within(u: Unit) -> Any:
            u.act_for(people.trusts(u)[0], at)
            return work(u)

        return self.database.run_now(within)

    def sql(self, *statements: Any) -> list[Any]:
        """Behind the bot's back: write, or look at the rows as they are."""
        with self.engine.begin() as link:
            results = [link.execute(each) for each in statements]
            if results[-1].returns_rows:
                return [dict(row._mapping) for row in results[-1]]
            self.known.clear()
            return []

    def staff(self, table: Any) -> list[Row]:
        """Everybody, or every role that anybody has or had."""
        if table.name not in self.known:
            self.known[table.name] = self.sql(select(table))
        return self.known[table.name]

    def reset(self) -> None:
        roles = insert(ROLE).values([r.model_dump(exclude={"id"}) for r in self.roles])
        head, present = update(audit.HEAD).values(seq=0, hash=""), update(PERSON).values(last_day=None)
        emptied = [delete(table).where(ENTRY.c.request_id.is_not(None)) if table is ENTRY else delete(table)
                   for table in EMPTIED]
        self.sql(*emptied, head, present, roles)

    def place(self, platform: str) -> int:
        """Where the school's account on this platform stands in the list."""
        high = self.schools[demo.HIGH]
        return next(i for i, a in enumerate(self.accounts) if a.platform == platform and a.school_id == high)

    def account(self, platform: str) -> int:
        return self.accounts[self.place(platform)].id or 0

    def rows(self) -> dict[str, Rows]:
        """Every request there is; read with their types only where a row is another: most events change none."""
        if (raw := self._raw()) != self.seen:
            self.seen, self.read = raw, self._rows()
        return dict(self.read)

    def _raw(self) -> list[Any]:
        with closing(self.engine.raw_connection()) as link, closing(link.cursor()) as cursor:
            return [cursor.execute(f"SELECT * FROM {table.name}").fetchall() for table in (*PARTS, requests.REQUEST)]

    def _rows(self) -> dict[str, Rows]:
        with self.engine.begin() as link:
            parts = [
                [dict(row._mapping) for row in link.execute(select(t).order_by(t.c.number if t is ASK else t.c.id))]
                for t in PARTS
            ]
            found = [dict(row._mapping) for row in link.execute(select(requests.REQUEST))]
        return {
            row["id"]: Rows(row, *(tuple(each for each in part if each["request_id"] == row["id"]) for part in parts))
            for row in found
        }

    def serving(self, at: datetime) -> set[int]:
        """Who is on the staff list that day."""
        return {p["id"] for p in self.staff(PERSON) if p["last_day"] is None or p["last_day"] >= at.date()}

    def holders(self, row: Row, at: datetime) -> set[int]:
        """Who an ask, or a task, is for: by name, or by what they are that day."""
        if row["person_id"] is not None:
            return {row["person_id"]}
        return {
            r["person_id"] for r in self.staff(ROLE)
            if (r["role"], r["school_id"]) == (row["role"], row["school_id"])
            and (r["first_day"] or at.date()) <= at.date() <= (r["last_day"] or at.date())
        }

    def stand_ins(self, rows: Rows, ask: Row, at: datetime) -> set[int]:
        """Who decides this ask of the present step beside somebody who is away; never for, or as, whoever asks."""
        day, holders = at.date(), self.holders(ask, at)
        live = [c for c in self.staff(COVER) if c["live"] and c["first_day"] <= day <= c["last_day"]]
        away, there = {c["person_id"] for c in live}, self.serving(at)
        what = (ask["role"], ask["school_id"]) if ask["person_id"] is None else ("", None)
        found = {
            c["stand_in_id"] for c in live
            if c["person_id"] in (holders & there) - rows.own and (c["role"], c["school_id"]) == what
        }
        if ask["together"]:
            others = [each for each in rows.step(ask["step"]) if each["number"] != ask["number"]]
            found -= {p for each in others for p in (self.holders(each, at) & there) | {each["answered_by"]}}
        return (found & there) - away - holders - rows.own if ask["role"] != "named_person" else set()

    def answers(self, rows: Rows, who: int, at: datetime) -> list[int]:
        """Which asks a yes of theirs answers: what is asked of them; else what they stand in for, of several one."""
        left = [ask for ask in rows.present if ask["answered_by"] is None]
        own = [ask["number"] for ask in left if who in self.holders(ask, at)]
        covered = [ask["number"] for ask in left if who in self.stand_ins(rows, ask, at)]
        return own or covered[: 1 if left and left[0]["together"] else None]

    def may(self, rows: Rows, move: Move, at: datetime) -> set[str]:
        """Who may make this move: the rules of the policy once more, in another way."""
        allowed = self._allowed(rows, move, at) & self.serving(at)
        return {who for who, number in self.numbers.items() if number in allowed}

    def _allowed(self, rows: Rows, move: Move, at: datetime) -> set[int]:
        if move.by == By.CLOCK:
            return set()
        if move.by == By.ASKER:
            effective = move.verb == Verb.SAVE and rows.state == State.APPROVED and not rows.publications
            heard = move.verb == Verb.HURRY and (rows.request["nudges"] >= 0 or rows.request["nudge_at"] <= at)
            return set() if effective or heard else {rows.request["asker_id"]}
        if move.by == By.OWNER:
            return {p["owner_id"] for p in rows.publications if not p["live_at"]}
        if move.by == By.PUBLISHER:
            return {p["owner_id"] for p in rows.publications if p["live_at"]}
        if move.by == By.WORKER:
            return {each for task in rows.undone for each in self.holders(task, at)}
        begun = any(p["live_at"] for p in rows.publications) or len(rows.undone) < len(rows.tasks)
        if move.by == By.LAST_DECIDER:
            asked = {p for ask in rows.present for p in self.holders(ask, at) | self.stand_ins(rows, ask, at)}
            return set() if begun else (asked - rows.own) & {d["decider_id"] for d in rows.decisions[-1:]}
        unanswered = [ask for ask in rows.present if ask["answered_by"] is None]
        if move.by == By.ASKED:
            return {p for ask in unanswered if ask["role"] != "named_person" for p in self.holders(ask, at)} - rows.own
        return {p for ask in unanswered for p in self.holders(ask, at) | self.stand_ins(rows, ask, at)} - rows.own


def fresh(rows: Rows, verb: Verb, version: int) -> bool:
    """Whether a card of this version still says what it said: only colleagues approved beside it since, at most."""
    if verb == Verb.SAVE:
        return bool(version == rows.request["revision"])
    now = rows.request["version"]
    if version == now:
        return True
    if BY_VERB[verb].by != By.DECIDER or verb == Verb.REPLY or not rows.present or not rows.present[0]["together"]:
        return False
    same = {"step": rows.request["step"], "revision": rows.request["revision"], "outcome": Outcome.APPROVED}
    beside = [d["version"] for d in rows.decisions if {key: d[key] for key in same} == same]
    return 0 < version < now and set(range(version, now)) <= set(beside)


def opened(path: Path) -> Iterator[Ground]:
    """The ground, on a migrated database file."""
    database, beside = hurried(Here(f"sqlite:///{path}")), engine_for(f"sqlite:///{path}")
    hurry(beside)
    let_go(beside)

    def write(u: Unit) -> Ground:
        trust = demo.write(u, START)
        packs.adopt(u, PACK)
        staff = {who: people.by_email(u, demo.email(who)) for who in STAFF}
        for who, person in staff.items():
            assert person is not None
            people.link(u, person, Platform.CONSOLE, "t", who, {})
        numbers = {who: person.id for who, person in staff.items() if person and person.id}
        schools = {school.name: number for number, school in people.schools(u).items()}
        return Ground(database, beside, trust.id or 0, numbers, schools, register.accounts(u), imports.lasting_roles(u))

    yield database.run_now(write)
    database.close()
    beside.dispose()
