"""Any actor, any verb, any order, on the real desk and real tables: the table of moves is all that ever happens."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, delete, event, insert, select, update

from bot import demo
from cards.action import Verb
from handlers import notices
from handlers.answer import Answer, Open
from handlers.dispatch import ROUTES, handle
from handlers.event import Event, Place
from handlers.rules.lifecycle import BY_VERB, MOVES, OPENS, By, Move
from storage import audit, imports, outbox, people, register
from storage import request as requests
from storage.database import Database, Unit, engine_for
from storage.inbox import INBOX
from storage.people import PERSON, ROLE
from storage.tables import Account, Outbox, Outcome, Platform, Role, State

START = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
STAFF = tuple(who for _name, who, _school, _roles in demo.PEOPLE)
STRANGER = "stranger"
ROLES = (("headteacher", True), ("deputy", True), ("ceo", False), ("chair", False))
CONFIRMED = {f"confirm_{each}": "yes" for each in ("unidentified", "camera", "copyright")}
SECRET = "zebra"
EMPTIED = (
    outbox.OUTBOX, outbox.MESSAGE, requests.PUBLICATION, requests.DECISION, requests.REVISION, requests.REQUEST,
    audit.AUDIT, INBOX, ROLE,
)  # fmt: skip
OUTCOMES = {
    Verb.APPROVE: Outcome.APPROVED,
    Verb.REQUEST_CHANGES: Outcome.CHANGES,
    Verb.REFUSE: Outcome.DECLINED,
    Verb.TAKE_BACK: Outcome.TAKEN_BACK,
}


@dataclass(frozen=True)
class Rows:
    """All the rows of one request, as plain dictionaries."""

    request: dict[str, Any]
    revisions: tuple[dict[str, Any], ...]
    decisions: tuple[dict[str, Any], ...]
    publications: tuple[dict[str, Any], ...]

    @property
    def state(self) -> State:
        return State(self.request["state"])

    @property
    def digest(self) -> str:
        return next(str(r["digest"]) for r in self.revisions if r["number"] == self.request["revision"])


@dataclass
class Ground:
    """The sample trust in one database, for every example anew as it was."""

    database: Database
    engine: Engine
    trust: int
    numbers: dict[str, int]
    schools: dict[str, int]
    accounts: list[Account]
    roles: list[Role]

    def unit(self, work: Any, at: datetime = START) -> Any:
        def within(u: Unit) -> Any:
            u.act_for(people.trusts(u)[0], at)
            return work(u)

        return self.database.run_now(within)

    def sql(self, *statements: Any) -> list[Any]:
        """Behind the bot's back: write, or look at the rows as they are."""
        with self.engine.begin() as link:
            results = [link.execute(each) for each in statements]
            return [dict(row._mapping) for row in results[-1]] if results[-1].returns_rows else []

    def reset(self) -> None:
        roles = insert(ROLE).values([r.model_dump(exclude={"id"}) for r in self.roles])
        head, present = update(audit.HEAD).values(seq=0, hash=""), update(PERSON).values(last_day=None)
        self.sql(*(delete(table) for table in EMPTIED), head, present, roles)

    def place(self, platform: str) -> int:
        """Where the school's account on this platform stands in the list."""
        high = self.schools[demo.HIGH]
        return next(i for i, a in enumerate(self.accounts) if a.platform == platform and a.school_id == high)

    def account(self, platform: str) -> int:
        return self.accounts[self.place(platform)].id or 0

    def rows(self) -> dict[str, Rows]:
        """Every request there is."""
        parts = [
            self.sql(select(table).order_by(table.c.id))
            for table in (requests.REVISION, requests.DECISION, requests.PUBLICATION)
        ]
        return {
            row["id"]: Rows(row, *(tuple(each for each in part if each["request_id"] == row["id"]) for part in parts))
            for row in self.sql(select(requests.REQUEST))
        }


@pytest.fixture(scope="module")
def ground(blank: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    path = tmp_path_factory.mktemp("lifecycle") / "canipost.db"
    path.write_bytes(blank)
    yield from opened(path)


def opened(path: Path) -> Iterator[Ground]:
    database = Database(f"sqlite:///{path}")
    for engine in (database.engine, beside := engine_for(f"sqlite:///{path}")):
        event.listen(engine, "connect", lambda link, _: link.execute("PRAGMA synchronous=OFF"))

    def write(u: Unit) -> Ground:
        trust = demo.write(u, START)
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


class Life(RuleBasedStateMachine):
    """People press whatever they like, on cards of any age, while time passes and roles change hands."""

    ground: ClassVar[Ground]
    reached: ClassVar[set[tuple[Verb, State]]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.keys = itertools.count()
        self.taken: set[str] = set()
        self.events: list[Event] = []
        self.words = itertools.count()
        self.rows: dict[str, Rows] = {}

    @initialize()
    def begin(self) -> None:
        self.ground.reset()
        self.create("okafor", 0)

    @rule(who=st.sampled_from(STAFF), account=st.integers(0, 3))
    @precondition(lambda self: len(self.rows) < 3)
    def create(self, who: str, account: int) -> None:
        """A draft from words in the chat, or at once from the form."""
        if account == 0:
            self.play(who, Verb.SAY, text=f"can I post this on facebook? {self.text()}")
        else:
            self.play(who, Verb.SAVE, fields=self.answers(account, None))

    @rule(
        move=st.sampled_from([*MOVES, *(m for m in MOVES if m.verb in OUTCOMES)]),
        who=st.sampled_from(["whoever may"] * 12 + [*STAFF, STRANGER]),
        version=st.sampled_from([0] * 8 + [-1, 1, -2]),
        which=st.integers(0, 2),
        account=st.integers(0, 3),
        hours=st.sampled_from([None, None, 30, 200]),
    )
    def press(self, move: Move, who: str, version: int, which: int, account: int, hours: int | None) -> None:
        """One move, most often by who may make it, most often on a fresh card."""
        row = self.pick(which)
        name = self.whoever_may(row, move) if who == "whoever may" else who
        seen = row.request["revision" if move.verb == Verb.SAVE else "version"] + version
        fields: dict[str, str | list[str]] = {}
        if move.verb == Verb.SAVE:
            fields = self.answers(account, hours)
        elif move.verb in (Verb.REQUEST_CHANGES, Verb.REFUSE):
            fields = {"note": "Please say more."} if account else {}
        elif move.verb == Verb.PUBLISH and account:
            fields = {f"address_{a.id}": "https://example.org/1" for a in self.ground.accounts}
        self.play(name, move.verb, row.request["id"], seen, fields=fields)

    @rule(choices=st.lists(st.integers(0, 40), min_size=1, max_size=4), hours=st.sampled_from([None, None, 30]))
    def go_on(self, choices: list[int], hours: int | None) -> None:
        """As people do it: somebody makes a move that they may make. So that the late states are seen often."""
        for choice in choices:
            possible = [
                (row, move, who)
                for row in self.rows.values() for move in MOVES if row.state in move.start
                for who in sorted(self.may(row, move))[:1]
            ]  # fmt: skip
            if possible:
                row, move, who = possible[choice % len(possible)]
                self.press_rightly(who, row, move.verb, hours)

    def press_rightly(self, who: str, row: Rows, verb: Verb, hours: int | None) -> None:
        seen = row.request["revision" if verb == Verb.SAVE else "version"]
        fields: dict[str, str | list[str]] = {"note": "Please say more."}
        fields.update({f"address_{a.id}": "https://example.org/1" for a in self.ground.accounts})
        if verb == Verb.SAVE:
            fields = self.answers(0, hours)
        self.play(who, verb, row.request["id"], seen, fields=fields)

    @rule(
        verb=st.sampled_from(sorted(set(Verb) - set(BY_VERB))),
        who=st.sampled_from([*STAFF, STRANGER]), which=st.integers(0, 2), arg=st.text(max_size=5),
    )  # fmt: skip
    def look(self, verb: Verb, who: str, which: int, arg: str) -> None:
        """Whatever only shows or opens something."""
        row = self.pick(which)
        self.play(who, verb, row.request["id"], row.request["version"], arg=arg)

    @rule(which=st.integers(0, 50))
    @precondition(lambda self: self.events)
    def again(self, which: int) -> None:
        """The platform sends an event a second time, or somebody presses twice."""
        self.run(dataclass_replace(self.events[which % len(self.events)], at=self.at))

    @rule(hours=st.sampled_from([1, 30, 24 * 8, 24 * 15]), first=st.sampled_from([Verb.EXPIRE, Verb.LAPSE]))
    def time_passes(self, hours: int, first: Verb) -> None:
        """The clock's jobs run, and its events come for everything, due or not."""
        self.at += timedelta(hours=hours)
        for verb in (first, Verb.EXPIRE, Verb.LAPSE):
            for key in list(self.rows):
                self.run(Event(f"clock:{next(self.keys)}", self.at, verb, None, key, trust=self.ground.trust))

    @rule(
        role=st.sampled_from(ROLES),
        who=st.sampled_from(STAFF),
        change=st.sampled_from(["gains", "loses", "leaves", "is back"]),
    )
    def the_staff_list_changes(self, role: tuple[str, bool], who: str, change: str) -> None:
        """Somebody takes on a role, also beside others; or yesterday was the last day; or is back."""
        (name, at_school), number, yesterday = role, self.ground.numbers[who], self.at.date() - timedelta(days=1)
        school = self.ground.schools[demo.HIGH] if at_school else None
        row = {"trust_id": self.ground.trust, "person_id": number, "role": name, "school_id": school}
        statement: Any = {
            "gains": insert(ROLE).values(**row, first_day=self.at.date()),
            "loses": update(ROLE).where(ROLE.c.role == name, ROLE.c.person_id == number).values(last_day=yesterday),
            "leaves": update(PERSON).where(PERSON.c.id == number).values(last_day=yesterday),
            "is back": update(PERSON).values(last_day=None),
        }[change]
        self.ground.sql(statement)

    def teardown(self) -> None:
        """The record holds, and every notice that is owed can be built."""

        owed = self.ground.sql(select(outbox.OUTBOX))

        def work(u: Unit) -> None:
            assert audit.verify(u) is None
            for row in owed:
                notices.build(u, Outbox(**row))

        self.ground.unit(work, self.at)

    def text(self) -> str:
        return f"{SECRET} {next(self.words)}"

    def answers(self, account: int, hours: int | None) -> dict[str, str | list[str]]:
        when = (self.at + timedelta(hours=hours)).isoformat() if hours else ""
        chosen = [str(self.ground.accounts[account].id)]
        return {"text": self.text(), "accounts": chosen, "go_live": when, "permission": ["nobody"], **CONFIRMED}

    def pick(self, which: int) -> Rows:
        return list(self.rows.values())[which % len(self.rows)]

    def play(self, who: str, verb: Verb, subject: str = "", version: int = 0, **rest: Any) -> None:
        self.at += timedelta(seconds=1)
        place = Place(Platform.CONSOLE, "t", who)
        email = f"{who}@elsewhere.example" if who == STRANGER else ""
        self.run(Event(f"key:{next(self.keys)}", self.at, verb, place, subject, version, email=email, **rest))

    def run(self, happening: Event) -> None:
        """Hand it in, and hold what changed against the table, told anew here."""
        before = dict(self.rows)
        answer = self.ground.database.run_now(partial(handle, happening))
        self.rows = self.ground.rows()
        repeated = happening.key in self.taken
        if happening.place is not None:
            self.events.append(happening)
            if not isinstance(answer, Open) and happening.verb in ROUTES and ROUTES[happening.verb].writes:
                self.taken.add(happening.key)
        self.nothing_leaks(happening, before, answer)
        if happening.place is not None and happening.subject in before:
            before[happening.subject] = self.run_out_first(before[happening.subject], happening.at)
        for key, rows in self.rows.items():
            self.sound(rows)
            if key not in before:
                assert not repeated
                assert rows.state in (State.DRAFT, State.SUBMITTED)
            elif rows != before[key]:
                assert key == happening.subject, "it changed something else"
                assert not repeated, "a repeat acted again"
                self.moved(happening, before[key], rows)
        if happening.subject in before and not repeated:
            self.not_refused_wrongly(happening, before[happening.subject], self.rows[happening.subject])

    def run_out_first(self, before: Rows, at: datetime) -> Rows:
        """A press after its time finds it run out already, though the clock's job was not there yet."""
        now, due = self.rows[before.request["id"]], before.request["due_at"]
        if now == before or due is None or due > at:
            return before
        lapses = before.state == State.APPROVED or (before.state == State.SUBMITTED and before.request["go_live_at"])
        gone = {"state": State.LAPSED if lapses else State.EXPIRED, "approved_digest": None, "due_at": None}
        request = {**before.request, **gone, "version": before.request["version"] + 1}
        return dataclass_replace(before, request=request, publications=())

    def sound(self, rows: Rows) -> None:
        """What holds of every request at every moment."""
        request = rows.request
        if rows.state in (State.APPROVED, State.PUBLISHED):
            last = rows.decisions[-1]
            assert request["approved_digest"] == rows.digest == last["digest"], "an approval outlived an edit"
            assert last["outcome"] == Outcome.APPROVED
            assert rows.publications
        else:
            assert request["approved_digest"] is None
            assert not rows.publications
        versions = [d["version"] for d in rows.decisions]
        assert len(versions) == len(set(versions)), "two decisions on one version"
        for decision in rows.decisions:
            edited = {r["by_id"] for r in rows.revisions if r["number"] == decision["revision"]}
            assert decision["decider_id"] not in {request["asker_id"], *edited}, "their own"
        assert (rows.state == State.PUBLISHED) == (
            bool(rows.publications) and all(p["live_at"] for p in rows.publications)
        )

    def moved(self, happening: Event, before: Rows, after: Rows) -> None:
        """Something changed, so it was a move of the table, by who may make it, on a fresh card."""
        move = BY_VERB[happening.verb]
        self.reached.add((move.verb, before.state))
        kept = move.verb in (Verb.SAVE, Verb.SEND, Verb.PUBLISH) and after.state == before.state
        assert before.state in move.start
        assert after.state == move.end or kept
        if move.by == By.CLOCK:
            assert happening.place is None
            assert before.request["due_at"] <= happening.at
            return
        assert happening.place is not None
        assert happening.place.user in self.may(before, move), "they may not"
        assert happening.version == before.request["revision" if move.verb == Verb.SAVE else "version"], "a stale card"
        assert after.request["version"] > before.request["version"]
        new = after.decisions[len(before.decisions) :]
        assert after.decisions[: len(before.decisions)] == before.decisions
        assert after.revisions[: len(before.revisions)] == before.revisions
        assert [d["outcome"] for d in new] == ([OUTCOMES[move.verb]] if move.verb in OUTCOMES else [])
        if new:
            assert (new[0]["version"], new[0]["digest"]) == (before.request["version"], before.digest)
        if move.verb == Verb.PUBLISH:
            assert (before.request["go_live_at"] or happening.at) <= happening.at, "before its time"
        if after.state == State.SUBMITTED and move.verb in (Verb.SAVE, Verb.SEND):
            assert self.may(after, BY_VERB[Verb.APPROVE]), "sent to nobody"

    def not_refused_wrongly(self, happening: Event, before: Rows, after: Rows) -> None:
        """A decision or withdrawal by who may make it, on a fresh card, is made."""
        move = BY_VERB.get(happening.verb)
        plain = {Verb.APPROVE, Verb.TAKE_BACK, Verb.WITHDRAW, Verb.DISCARD, *OUTCOMES}
        noted = happening.verb not in (Verb.REFUSE, Verb.REQUEST_CHANGES) or "note" in happening.fields
        live = any(p["live_at"] for p in before.publications)
        if move is None or happening.place is None or move.verb not in plain or not noted or live:
            return
        fresh = happening.version == before.request["version"] and before.state in move.start
        if fresh and happening.place.user in self.may(before, move):
            assert after.state == move.end

    def may(self, rows: Rows, move: Move) -> set[str]:
        """Who may make this move: the rules of the policy once more, in another way."""
        names = {number: who for who, number in self.ground.numbers.items()}
        request, serving = rows.request, self.serving()
        if move.by == By.ASKER:
            allowed = {request["asker_id"]}
        elif move.by == By.OWNER:
            allowed = {p["owner_id"] for p in rows.publications if not p["live_at"]}
        elif move.by == By.CLOCK:
            return set()
        else:
            allowed = self.holders(request["ask_role"], request["ask_school_id"])
            allowed -= {request["asker_id"], request["editor_id"]}
            if move.by == By.LAST_DECIDER:
                allowed &= {d["decider_id"] for d in rows.decisions[-1:]}
                if any(p["live_at"] for p in rows.publications):
                    allowed = set()
        return {names[each] for each in allowed & serving}

    def serving(self) -> set[int]:
        found = self.ground.sql(select(PERSON))
        return {p["id"] for p in found if p["last_day"] is None or p["last_day"] >= self.at.date()}

    def holders(self, role: str | None, school: int | None) -> set[int]:
        today = self.at.date()
        return {
            r["person_id"]
            for r in self.ground.sql(
                select(ROLE).where(ROLE.c.role == role, ROLE.c.school_id.is_not_distinct_from(school))
            )
            if (r["first_day"] or today) <= today <= (r["last_day"] or today)
        }

    def whoever_may(self, rows: Rows, move: Move) -> str:
        return min(self.may(rows, move), default="hale")

    def nothing_leaks(self, happening: Event, before: dict[str, Rows], answer: Answer) -> None:
        """Who has nothing to do with a request never reads its words."""
        rows = before.get(happening.subject)
        if rows is None or happening.place is None or happening.verb in (Verb.MINE, Verb.WAITING, Verb.HOME, Verb.SAVE):
            return
        who = self.ground.numbers.get(happening.place.user, 0)
        request = rows.request
        concerned = {request["asker_id"], *(d["decider_id"] for d in rows.decisions)}
        concerned |= {p["owner_id"] for p in rows.publications}
        concerned |= self.holders(request["ask_role"], request["ask_school_id"]) if request["submitted_at"] else set()
        if who not in concerned:
            assert SECRET not in repr(answer)


def test_no_way_round_the_table(ground: Ground) -> None:
    Life.ground = ground
    run_state_machine_as_test(
        Life,
        settings=settings(
            # Found is enough: to shrink a life of hundreds of presses takes minutes.
            max_examples=50, stateful_step_count=25, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip


def test_every_verb_by_everybody_in_every_state(ground: Ground) -> None:
    """Also on a stale card. Each move of the table is made, and nothing else is."""
    Life.ground = ground
    Life.reached.clear()
    life, pressed = Life(), 0
    for state in State:
        key = stand_at(life, state)
        for verb, who, age in itertools.product(Verb, ("okafor", "patel", "reid", "lund", "amin", STRANGER), (1, 0)):
            if age and verb not in BY_VERB:
                continue
            if life.rows[key].state != state:
                key = stand_at(life, state)
            row = life.rows[key]
            fields = {
                **life.answers(0, None),
                "note": "Why?",
                f"address_{ground.account('facebook')}": "https://a.example",
            }
            seen = row.request["revision" if verb == Verb.SAVE else "version"] - age
            life.play(who, verb, key, seen, fields=fields)
            assert not age or life.rows[key] == row, "a stale card"
            pressed += 1
    for move in MOVES:
        for state in move.start if move.by == By.CLOCK else ():
            key = stand_at(life, state)
            life.at += timedelta(days=15)
            life.run(Event(f"clock:{next(life.keys)}", life.at, move.verb, None, key, trust=ground.trust))
    life.teardown()
    assert Life.reached == {(move.verb, state) for move in MOVES for state in move.start}
    assert pressed > 1500


def test_who_decided_before_and_holds_the_role_no_more_decides_nothing(ground: Ground) -> None:
    Life.ground = ground
    life = Life()
    key = stand_at(life, State.CHANGES)
    head = {"trust_id": ground.trust, "role": "headteacher", "school_id": ground.schools[demo.HIGH]}
    yesterday = life.at.date() - timedelta(days=1)
    ground.sql(
        update(ROLE).where(ROLE.c.person_id == ground.numbers["patel"]).values(last_day=yesterday),
        insert(ROLE).values(**head, person_id=ground.numbers["reid"], first_day=life.at.date()),
    )
    life.press_rightly("patel", life.rows[key], Verb.TAKE_BACK, None)
    assert life.rows[key].state == State.CHANGES
    life.press_rightly("okafor", life.rows[key], Verb.SAVE, None)
    waiting = life.rows[key]
    assert waiting.state == State.SUBMITTED
    for verb in (Verb.APPROVE, Verb.REFUSE, Verb.REQUEST_CHANGES):
        life.press_rightly("patel", waiting, verb, None)
        assert life.rows[key] == waiting
    life.press_rightly("reid", waiting, Verb.APPROVE, None)
    assert life.rows[key].state == State.APPROVED


def stand_at(life: Life, state: State) -> str:
    """A request that stands so: Ms Okafor's, for the school's page, decided by Mrs Patel."""
    life.rows, life.at = {}, START
    life.ground.reset()
    head = {"trust_id": life.ground.trust, "person_id": life.ground.numbers["patel"], "role": "headteacher"}
    if state == State.DRAFT:
        life.ground.sql(delete(ROLE).where(ROLE.c.role == "headteacher"))
    life.play("okafor", Verb.SAVE, fields=life.answers(life.ground.place("facebook"), None))
    (key,) = life.rows
    if state == State.DRAFT:
        life.ground.sql(insert(ROLE).values(**head, school_id=life.ground.schools[demo.HIGH]))
    path = {
        State.CHANGES: [Verb.REQUEST_CHANGES], State.DECLINED: [Verb.REFUSE], State.APPROVED: [Verb.APPROVE],
        State.PUBLISHED: [Verb.APPROVE, Verb.PUBLISH], State.WITHDRAWN: [Verb.WITHDRAW],
        State.EXPIRED: [Verb.EXPIRE], State.LAPSED: [Verb.APPROVE, Verb.LAPSE],
    }  # fmt: skip
    for verb in path.get(state, []):
        if BY_VERB[verb].by == By.CLOCK:
            life.at += timedelta(days=15)
            life.run(Event(f"clock:{next(life.keys)}", life.at, verb, None, key, trust=life.ground.trust))
        else:
            life.press_rightly(life.whoever_may(life.rows[key], BY_VERB[verb]), life.rows[key], verb, None)
    assert life.rows[key].state == state
    return key


def test_each_verb_that_opens_a_form_leads_to_a_move() -> None:
    assert {OPENS[verb] for verb in OPENS} <= set(BY_VERB)
    assert len(BY_VERB) == len(MOVES), "one line a verb"
