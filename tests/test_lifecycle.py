"""Any actor, any verb, any order, on the real desk and real tables: the table of moves is all that ever happens."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace as dataclass_replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, select, update

from bot import demo
from cards.action import Verb
from handlers import notices, passing
from handlers.answer import Answer, Open
from handlers.dispatch import ROUTES, handle
from handlers.event import Event, Place
from handlers.rules.lifecycle import BY_VERB, MOVES, OPENS, By, Move, suits
from storage import audit, outbox, people
from storage import request as requests
from storage.cover import COVER
from storage.database import Unit
from storage.people import PERSON, ROLE
from storage.tables import Outbox, Outcome, Platform, State
from tests.lives import KINDS, STAFF, STANDS, START, STRANGER, WAYS, YES, Ground, Rows, fresh, opened

ROLES = (("headteacher", True), ("deputy", True), ("ceo", False), ("chair", False), ("administrator", False))
CONFIRMED = {f"confirm_{each}": "yes" for each in ("unidentified", "camera", "copyright")}
SECRET = "zebra"
SAID: dict[str, str | list[str]] = {
    "note": "Please say more.", "conditions": "Only this term.", "reply": ["say"], "q_mailbox": "drama@x.example",
    "why": "The paper prints tonight.",
}
"""What fills in every form that goes with a decision or with work."""
NEEDS = {
    **dict.fromkeys((Verb.REQUEST_CHANGES, Verb.REFUSE, Verb.TRAIN), "note"),
    Verb.GRANT: "conditions", Verb.REPLY: "reply",
}
OUTCOMES = {
    **dict.fromkeys(YES, Outcome.APPROVED),
    Verb.TRAIN: Outcome.TRAINING,
    Verb.REQUEST_CHANGES: Outcome.CHANGES,
    Verb.REFUSE: Outcome.DECLINED,
    Verb.TAKE_BACK: Outcome.TAKEN_BACK,
}
OFTEN = [*MOVES, *(m for m in MOVES if m.verb in OUTCOMES), *(m for m in MOVES if m.verb in YES)]


ENDS = {Verb.WITHDRAW: 1, Verb.DISCARD: 1, Verb.REFUSE: 2, Verb.PUBLISH: 3, **dict.fromkeys(YES, 10)}
"""How often a move is made, of those that somebody may make: most end too much."""


@pytest.fixture(scope="module")
def ground(blank: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    path = tmp_path_factory.mktemp("lifecycle") / "canipost.db"
    path.write_bytes(blank)
    yield from opened(path)


class Life(RuleBasedStateMachine):
    """People press whatever they like, on cards of any age, while time passes and roles change hands."""

    ground: ClassVar[Ground]
    reached: ClassVar[set[tuple[str, Verb, State]]] = set()
    escalated: ClassVar[set[str]] = set()
    raised: ClassVar[set[str]] = set()
    stood_in: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.keys = itertools.count()
        self.taken: set[str] = set()
        self.events: list[Event] = []
        self.words = itertools.count()
        self.rows: dict[str, Rows] = {}

    @initialize(first=st.sampled_from(sorted(KINDS)), second=st.sampled_from(sorted(KINDS)))
    def begin(self, first: str, second: str) -> None:
        self.ground.reset()
        self.create("okafor", first, 0)
        self.create("lund", second, 1)

    @rule(
        who=st.sampled_from([*STAFF, "okafor", "lund", "costa"]), kind=st.sampled_from(sorted(KINDS)),
        account=st.integers(0, 3),
    )  # fmt: skip
    @precondition(lambda self: len(self.rows) < 3)
    def create(self, who: str, kind: str, account: int) -> None:
        """A draft of a post from words in the chat, or anything at once from its form."""
        if account == 0 and kind == "post":
            self.play(who, Verb.SAY, text=f"can I post this on facebook? {self.text()}")
        else:
            self.play(who, Verb.SAVE, fields=self.answers(account, None, kind), arg=kind)

    @rule(
        move=st.sampled_from(OFTEN),
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
        fields = self.fields(row, move.verb, account, hours) if account or move.verb == Verb.SAVE else {}
        self.play(name, move.verb, row.request["id"], seen, fields=fields)

    @rule(seed=st.integers(0, 2**32), moves=st.integers(4, 12), hours=st.sampled_from([None, None, 30]))
    def go_on(self, seed: int, moves: int, hours: int | None) -> None:
        """As people do it: somebody makes a move that they may make. So that the late states are seen often."""
        dice = Random(seed)
        for _ in range(moves):
            possible = [
                (row, move, who)
                for row in self.rows.values() for move in MOVES
                if row.state in move.start and suits(move.verb, row.kind)
                for who in sorted(self.may(row, move))
            ]  # fmt: skip
            if possible:
                weights = [ENDS.get(move.verb, 5) for _row, move, _who in possible]
                row, move, who = dice.choices(possible, weights)[0]
                self.press_rightly(who, row, move.verb, hours)

    @rule(which=st.integers(0, 2))
    def on_to_yes(self, which: int) -> None:
        """Everybody who may says yes, in turn, to the last step."""
        key = self.pick(which).request["id"]
        for _ in range(6):
            row = self.rows[key]
            yes = next((verb for verb in (Verb.REPLY, Verb.APPROVE) if suits(verb, row.kind)), Verb.APPROVE)
            may = sorted(self.may(row, BY_VERB[yes]))
            if row.state == State.SUBMITTED and may:
                self.press_rightly(may[-1], row, yes, None)

    @rule(which=st.integers(0, 2), verb=st.sampled_from([Verb.APPROVE, Verb.GRANT]))
    def two_at_once(self, which: int, verb: Verb) -> None:
        """Two people press on the cards that both of them got."""
        row = self.pick(which)
        for who in sorted(self.may(row, BY_VERB[verb]))[:2]:
            self.play(who, verb, row.request["id"], row.request["version"], fields=SAID)

    def press_rightly(self, who: str, row: Rows, verb: Verb, hours: int | None) -> None:
        seen = row.request["revision" if verb == Verb.SAVE else "version"]
        self.play(who, verb, row.request["id"], seen, fields=self.fields(row, verb, 0, hours))

    def fields(self, row: Rows, verb: Verb, account: int, hours: int | None) -> dict[str, str | list[str]]:
        """A form that is filled in whole."""
        if verb == Verb.REASSIGN:
            return {"to": [self.successor(row)], "note": "Please."}
        if verb == Verb.SAVE:
            return self.answers(account, hours, row.request["kind"])
        said = {**SAID, "conditions": f"Only {next(self.words)}."}
        return {**said, **{f"address_{a.id}": "https://example.org/1" for a in self.ground.accounts}}

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
        self.at += timedelta(hours=hours / 2)
        for key in list(self.rows):
            self.run(Event(f"clock:{next(self.keys)}", self.at, Verb.CHASE, None, key, trust=self.ground.trust))
        self.at += timedelta(hours=hours / 2)
        for verb in (first, Verb.EXPIRE, Verb.LAPSE, Verb.CHASE):
            for key in list(self.rows):
                self.run(Event(f"clock:{next(self.keys)}", self.at, verb, None, key, trust=self.ground.trust))

    @rule(
        role=st.sampled_from(ROLES), who=st.sampled_from(STAFF),
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

    @rule(
        role=st.sampled_from([*ROLES, *[("headteacher", True)] * 5, ("", False)]),
        who=st.sampled_from([*STAFF, *["patel"] * 9]), days=st.sampled_from([0, 9, 59]),
        stand_in=st.sampled_from([*STAFF, "reid", "okafor", "lund", *["patel"] * 6]),
        back=st.sampled_from([*[False] * 7, True]),
    )  # fmt: skip
    def somebody_is_away(self, role: tuple[str, bool], who: str, stand_in: str, days: int, back: bool) -> None:
        """Somebody stands in, in a role that is held or not, also who is away as well; or everybody is back."""
        (name, at_school), numbers = role, self.ground.numbers
        school = self.ground.schools[demo.HIGH] if at_school else None
        self.ground.sql(update(COVER).where(COVER.c.person_id == numbers[who]).values(live=False))
        if not back:
            self.is_away(numbers[who], name, school, numbers[stand_in] if who != stand_in else None, days)

    @rule(which=st.integers(0, 2), who=st.sampled_from([None, *STAFF]))
    def everybody_is_away(self, which: int, who: str | None) -> None:
        """All whom a request would come to now, with one for all of them to stand in, or nobody; somebody asks anew."""
        row, number = self.pick(which), self.ground.numbers[who] if who else None
        self.ground.sql(update(COVER).values(live=False))
        for ask in row.step(0):
            for person in self.ground.holders(ask, self.at):
                role, school = (ask["role"], ask["school_id"]) if ask["person_id"] is None else ("", None)
                self.is_away(person, role, school, number if number != person else None, 59)
        asker = next(name for name, each in self.ground.numbers.items() if each == row.request["asker_id"])
        self.press_rightly(asker, row, Verb.SAVE, None)

    def is_away(self, who: int, role: str, school: int | None, stand_in: int | None, days: int) -> None:
        day = self.at.date()
        self.ground.sql(insert(COVER).values(
            trust_id=self.ground.trust, away="00000000", person_id=who, role=role, school_id=school, live=True,
            stand_in_id=stand_in, at=self.at, first_day=day, last_day=day + timedelta(days=days)))

    def teardown(self) -> None:
        """The record holds, and every notice that is owed can be built."""

        owed = self.ground.sql(select(outbox.OUTBOX))

        def work(u: Unit) -> None:
            assert audit.verify(u) is None
            each = [Outbox(**row) for row in owed]
            batch = notices.Batch(u, each)
            for notice in each:
                batch.build(notice)

        self.ground.unit(work, self.at)

    def text(self) -> str:
        return f"{SECRET} {next(self.words)}. Well done Zoe Marsh!"

    def answers(self, account: int, hours: int | None, kind: str = "post") -> dict[str, str | list[str]]:
        if kind != "post":
            return {"q_platform": "Instagram", "q_name": f"Group {next(self.words)}", "q_purpose": self.text()}
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
        gone = {"state": State.LAPSED if lapses else State.EXPIRED, "approved_digest": None, "due_at": None,
                "nudge_at": None}
        request = {**before.request, **gone, "version": before.request["version"] + 1}
        asks = tuple({**ask, "open": False} for ask in before.asks)
        return dataclass_replace(before, request=request, publications=(), asks=asks)

    def sound(self, rows: Rows) -> None:
        """What holds of every request at every moment."""
        request = rows.request
        if rows.state in STANDS:
            last = rows.decisions[-1]
            assert request["approved_digest"] == rows.digest == last["digest"], "an approval outlived an edit"
            assert last["outcome"] == Outcome.APPROVED
        else:
            assert request["approved_digest"] is None
        assert request["nudge_at"] is None or rows.state == State.SUBMITTED, "chased, and waits for nobody"
        assert request["nudge_at"] is None or request["nudge_at"] < request["due_at"], "chased too late"
        versions = [d["version"] for d in rows.decisions]
        assert len(versions) == len(set(versions)), "two decisions on one version"
        for decision in rows.decisions:
            edited = {r["by_id"] for r in rows.revisions if r["number"] == decision["revision"]}
            assert decision["decider_id"] not in {request["asker_id"], *edited}, "their own"
        self.steps_are_sound(rows)
        self.effects_are_sound(rows)

    def steps_are_sound(self, rows: Rows) -> None:
        """Each step is behind it or waits in its turn; what is answered was decided, on this wording."""
        now = rows.request["step"]
        for ask in rows.asks:
            waits = rows.state == State.SUBMITTED and ask["step"] == now and ask["answered_by"] is None
            assert ask["open"] == waits, "it waits for nobody, or for somebody whose turn it is not"
            assert ask["step"] <= now or ask["answered_by"] is None, "a later step before the earlier"
            if ask["answered_by"] is not None:
                stands = {"step": ask["step"], "revision": rows.request["revision"], "digest": rows.digest,
                          "decider_id": ask["answered_by"], "outcome": Outcome.APPROVED}
                assert any(stands.items() <= d.items() for d in rows.decisions), "answered, but never decided"
        steps = sorted({ask["step"] for ask in rows.asks})
        assert steps == list(range(len(steps)))
        if rows.state in (State.SUBMITTED, State.TRAINING, *STANDS):
            assert all(rows.answered(step) for step in steps if step < now), "a step was left out"
        if rows.state in STANDS:
            assert now == steps[-1]
            assert rows.answered(now), "a step was left out"
        elif steps and rows.state in (State.SUBMITTED, State.TRAINING):
            assert not rows.answered(now)

    def effects_are_sound(self, rows: Rows) -> None:
        """What an approval brings is there while it stands, and at no other time."""
        stands, kind = rows.state in STANDS, rows.kind
        assert bool(rows.publications) == (stands and kind.publishes)
        live = bool(rows.publications) and all(p["live_at"] for p in rows.publications)
        assert (rows.state == State.PUBLISHED) == live
        entries = [entry for entry in rows.entries if not entry["closed"]]
        assert len(entries) == (1 if stands and kind.effect in ("account", "grant") else 0)
        for entry in entries:
            standing = {self.last_yes(rows, ask)["id"] for ask in rows.asks if ask["answered_by"]}
            agreed = {d["conditions"] for d in rows.decisions if d["id"] in standing and d["conditions"]}
            assert set(entry["conditions"].split("\n")) == (agreed or {""}), "not what was agreed"
            assert entry["pending"] == bool(rows.undone)
        assert bool(rows.undone) == (rows.state == State.APPROVED and bool(kind.work))
        assert len(rows.tasks) == len(kind.work) or not stands

    def last_yes(self, rows: Rows, ask: dict[str, Any]) -> dict[str, Any]:
        """The decision by which this ask is answered."""
        same = {"decider_id": ask["answered_by"], "step": ask["step"], "outcome": Outcome.APPROVED}
        return [d for d in rows.decisions if same.items() <= d.items()][-1]

    def moved(self, happening: Event, before: Rows, after: Rows) -> None:
        """Something changed, so it was a move of the table, by who may make it, on a fresh card; or it is chased."""
        if happening.verb == Verb.CHASE:
            self.chased(happening, before, after)
            return
        move = BY_VERB[happening.verb]
        self.reached.add((before.request["kind"], move.verb, before.state))
        assert before.state in move.start
        assert suits(move.verb, before.kind)
        if move.by == By.CLOCK:
            assert after.state == move.end
            assert happening.place is None
            assert before.request["due_at"] <= happening.at
            return
        assert happening.place is not None
        assert happening.place.user in self.may(before, move), "they may not"
        assert fresh(before, move.verb, happening.version), "a stale card"
        assert after.state in self.ends(move, before, self.ground.numbers[happening.place.user])
        assert after.request["version"] > before.request["version"]
        new = after.decisions[len(before.decisions) :]
        assert after.decisions[: len(before.decisions)] == before.decisions
        assert after.revisions[: len(before.revisions)] == before.revisions
        self.raised_rightly(after, after.asks[len(before.asks) :] if move.verb not in (Verb.SAVE, Verb.SEND) else ())
        if move.verb == Verb.REASSIGN:
            self.passed_rightly(before, after, self.ground.numbers[happening.place.user])
        assert [d["outcome"] for d in new] == ([OUTCOMES[move.verb]] if move.verb in OUTCOMES else [])
        for each in new:
            stood = before.request["version"], before.digest, before.request["step"]
            assert (each["version"], each["digest"], each["step"]) == stood
            held = {p for ask in before.present for p in self.ground.holders(ask, self.at)}
            assert each["for_id"] is None or {each["for_id"]} <= held - before.own, "for somebody who could not"
            self.stood_in.update([before.request["kind"]] if each["for_id"] else [])
            assert (each["for_id"] is None) == (each["decider_id"] in held), "on whose behalf?"
        if move.verb in YES:
            self.answered_rightly(before, after, self.ground.numbers[happening.place.user])
        if move.verb == Verb.PUBLISH:
            assert (before.request["go_live_at"] or happening.at) <= happening.at, "before its time"
        if after.state == State.SUBMITTED and move.verb in (Verb.SAVE, Verb.SEND):
            self.sent_rightly(after)

    def raised_rightly(self, after: Rows, new: Sequence[dict[str, Any]]) -> None:
        """Only where everybody is away and nobody can stand in, whoever is above is asked at once."""
        if not new:
            return
        numbers = {ask["number"] for ask in new}
        first = [ask for ask in after.present if ask["number"] not in numbers]
        for ask in first:
            away = {c["person_id"] for c in self.ground.staff(COVER) if c["live"] and c["last_day"] >= self.at.date()}
            there = self.ground.holders(ask, self.at) & self.ground.serving(self.at)
            assert there - after.own <= away, "somebody is there"
            assert not self.ground.stand_ins(after, ask, self.at), "somebody stands in"
        self.raised.add(after.request["kind"])

    def passed_rightly(self, before: Rows, after: Rows, who: int) -> None:
        """What was asked of them is somebody else's now, who could not decide before; the record has both."""
        could = {p for ask in before.present for p in
                 self.ground.holders(ask, self.at) | self.ground.stand_ins(before, ask, self.at)}
        mine = self.ground.answers(before, who, self.at)
        for was, now in zip(before.asks, after.asks[: len(before.asks)], strict=True):
            if was["step"] != before.request["step"] or was["number"] not in mine:
                assert was == now
                continue
            assert now["passed_by_id"] == who and now["role"] == was["role"]
            assert now["person_id"] not in could | before.own
            assert now["person_id"] in self.ground.serving(self.at)

    def chased(self, happening: Event, before: Rows, after: Rows) -> None:
        """In its time, and nothing but that: at most one is asked as well who was not, where one answers for all."""
        assert happening.place is None
        assert before.request["nudge_at"] <= happening.at
        moves = {name: after.request[name] for name in ("nudge_at", "nudges", "version")}
        new = after.asks[len(before.asks):]
        ground = self.ground
        held = {p for ask in before.present
                for p in ground.holders(ask, happening.at) | ground.stand_ins(before, ask, happening.at)}
        for ask in new:
            assert ask["open"] and not ask["together"] and not before.present[0]["together"]
            assert self.ground.holders(ask, happening.at) - held - before.own, "nobody new is asked"
        asks, version = (*before.asks, *new), before.request["version"] + len(new)
        assert after == dataclass_replace(before, request={**before.request, **moves}, asks=asks)
        assert after.request["version"] == version and len(new) <= 1
        self.escalated.update(new and [before.request["kind"]])

    def answered_rightly(self, before: Rows, after: Rows, who: int) -> None:
        """A yes answers what was asked of this person at this step, and nothing else."""
        answers = self.ground.answers(before, who, self.at)
        for was, now in zip(before.asks, after.asks[: len(before.asks)], strict=True):
            mine = was["step"] == before.request["step"] and was["number"] in answers
            assert now["answered_by"] == (who if mine else was["answered_by"])
        assert before.asks != after.asks

    def sent_rightly(self, rows: Rows) -> None:
        """It begins with the first step, whoever answered before, and goes the way of the policy."""
        assert rows.request["step"] == 0
        assert all(ask["answered_by"] is None for ask in rows.asks)
        yes = next(verb for verb in YES if suits(verb, rows.kind))
        assert self.may(rows, BY_VERB[yes]), "sent to nobody"
        if self.is_teacher(rows.request["asker_id"]) and self.at_school(rows):
            way = WAYS[rows.request["kind"]]
            steps = [rows.step(number) for number in range(len({ask["step"] for ask in rows.asks}))]
            asked = [(step[0]["together"], [ask["role"] for ask in step]) for step in steps]
            first = way[0][1]
            self.raised_rightly(rows, rows.step(0)[len(first) :])
            assert ((asked[0][0], asked[0][1][: len(first)]), *asked[1:]) == way

    def is_teacher(self, person: int) -> bool:
        """Of a school, and holder of no role at all."""
        held = [row for row in self.ground.staff(ROLE) if row["person_id"] == person]
        return not held and any(p["id"] == person and p["school_id"] for p in self.ground.staff(PERSON))

    def at_school(self, rows: Rows) -> bool:
        return rows.request["school_id"] is not None

    def ends(self, move: Move, before: Rows, who: int) -> set[State]:
        """Where this move takes it."""
        if move.verb in (Verb.SAVE, Verb.SEND, Verb.PUBLISH):
            return {move.end, before.state}
        if move.verb == Verb.DONE:
            return {State.APPROVED} if len(before.undone) > 1 else {State.DONE}
        if move.verb not in YES:
            return {move.end}
        answers = self.ground.answers(before, who, self.at)
        left = [a for a in before.present if a["answered_by"] is None and a["number"] not in answers]
        last = before.request["step"] == max(ask["step"] for ask in before.asks)
        return {State.SUBMITTED} if (left and before.present[0]["together"]) or not last else {State.APPROVED}

    def not_refused_wrongly(self, happening: Event, before: Rows, after: Rows) -> None:
        """A decision or withdrawal by who may make it, on a fresh card, is made."""
        move = BY_VERB.get(happening.verb)
        plain = {Verb.TAKE_OUT, Verb.TAKE_BACK, Verb.WITHDRAW, Verb.DISCARD, Verb.TRAINED, *OUTCOMES}
        noted = happening.verb not in NEEDS or NEEDS[happening.verb] in happening.fields
        live = any(p["live_at"] for p in before.publications)
        if move is None or happening.place is None or move.verb not in plain or not noted or live:
            return
        possible = before.state in move.start and suits(move.verb, before.kind)
        if not possible or not fresh(before, move.verb, happening.version):
            return
        if happening.place.user in self.may(before, move):
            assert after.state in self.ends(move, before, self.ground.numbers[happening.place.user])
            moved = after.request["version"] > before.request["version"]
            assert moved or move.verb == Verb.TAKE_OUT, "nothing happened"

    def may(self, rows: Rows, move: Move) -> set[str]:
        """Who may make this move now."""
        return self.ground.may(rows, move, self.at)

    def successor(self, row: Rows) -> str:
        """Somebody who may decide instead of one of those who are asked."""
        holders = sorted({p for ask in row.present for p in self.ground.holders(ask, self.at)})

        def look(u: Unit) -> list[int]:
            case = requests.find(u, row.request["id"])
            assert case is not None
            asked = people.people(u, set(holders)).values()
            return [p.id or 0 for person in asked for p in passing.eligible(u, case, person)]

        return str(next(iter(self.ground.unit(look, self.at)), 0))

    def whoever_may(self, rows: Rows, move: Move) -> str:
        return min(self.may(rows, move), default="hale")

    def nothing_leaks(self, happening: Event, before: dict[str, Rows], answer: Answer) -> None:
        """Who has nothing to do with a request never reads its words."""
        rows = before.get(happening.subject)
        lists = (Verb.MINE, Verb.WAITING, Verb.HOME, Verb.SAVE, Verb.REGISTER)
        if rows is None or happening.place is None or happening.verb in lists:
            return
        who = self.ground.numbers.get(happening.place.user, 0)
        request = rows.request
        concerned = {request["asker_id"], *(d["decider_id"] for d in rows.decisions)}
        concerned |= {p["owner_id"] for p in rows.publications}
        asked = [ask for ask in rows.asks if request["submitted_at"] and ask["step"] <= request["step"]]
        asked = [ask for ask in asked if ask["since"] is not None]
        concerned |= {each for row in (*asked, *rows.undone) for each in self.ground.holders(row, self.at)}
        concerned |= {each for row in asked for each in self.ground.stand_ins(rows, row, self.at)}
        concerned |= {ask["passed_by_id"] for ask in rows.asks}
        if who not in concerned:
            assert SECRET not in repr(answer)


def test_no_way_round_the_table(ground: Ground) -> None:
    Life.ground = ground
    Life.reached.clear()
    Life.escalated.clear()
    Life.raised.clear()
    Life.stood_in.clear()
    run_state_machine_as_test(
        Life,
        settings=settings(
            # Found is enough: to shrink a life of hundreds of presses takes minutes.
            max_examples=60, stateful_step_count=25, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
    lived = {*OUTCOMES, Verb.SAVE, Verb.REASSIGN, Verb.SEND, Verb.TRAINED, Verb.DONE, Verb.WITHDRAW}
    assert lived <= {verb for _kind, verb, _state in Life.reached}
    assert {kind for kind, verb, _state in Life.reached if verb in YES} == set(KINDS)
    assert Life.escalated, "nothing waited so long"
    assert Life.raised, "never was everybody away"
    assert Life.stood_in, "nobody ever stood in"


YES_TO = {"post": Verb.APPROVE, "venture": Verb.APPROVE, "enquiry": Verb.REPLY, "favour": Verb.APPROVE}
YESES = {"post": 1, "venture": 4, "enquiry": 3, "favour": 1}
"""How many say yes before it is approved."""


def paths(kind: str) -> list[tuple[State, list[Verb]]]:
    """Where a request of this kind can stand, and by which moves it comes there; also between and amid its steps."""
    yes, rules = [YES_TO[kind]], KINDS[kind]
    most = yes * YESES[kind]
    found = [(State.DRAFT, [])]
    for n in range(YESES[kind]):
        found += [(State.SUBMITTED, yes * n)]
        if n in (0, YESES[kind] // 2):  # at first, and amid those who decide together
            found += [(State.CHANGES, [*yes * n, Verb.REQUEST_CHANGES]), (State.DECLINED, [*yes * n, Verb.REFUSE])]
            found += [(State.TRAINING, [*yes * n, Verb.TRAIN])] if rules.training else []
    found += [(State.WITHDRAWN, [Verb.WITHDRAW]), (State.EXPIRED, [*most[1:], Verb.EXPIRE]), (State.APPROVED, most)]
    found += [(State.LAPSED, [*most, Verb.LAPSE] if rules.publishes else [*most[1:], Verb.LAPSE])]
    if rules.publishes:
        found += [(State.PUBLISHED, [*most, Verb.PUBLISH])]
    if rules.work:
        found += [(State.APPROVED, [*most, Verb.DONE]), (State.DONE, [*most, *[Verb.DONE] * len(rules.work)])]
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_verb_by_everybody_in_every_state(ground: Ground, kind: str) -> None:
    """Also on a stale card. Each move of the table is made, and nothing else is."""
    Life.ground = ground
    Life.reached.clear()
    life, pressed = Life(), 0
    people = ("okafor", "patel", "reid", "amin", "grant", STRANGER) if kind != "post" else (
        "okafor", "patel", "reid", "lund", "amin", STRANGER)
    verbs = list(Verb) if kind == "post" else [*BY_VERB, *OPENS]
    for state, path in paths(kind):
        key = stand_at(life, state, kind, path)
        stood = life.rows[key]
        may = {verb: life.may(stood, move) for verb, move in BY_VERB.items()}
        for verb, who, age in itertools.product(verbs, people, (1, 0)):
            if age and who not in may.get(verb, ()):
                continue  # who may not at all hears that first
            if life.rows[key] != stood:
                key = stand_at(life, state, kind, path)
                stood = life.rows[key]
            fields = {**life.answers(0, None, kind), **life.fields(stood, verb, 0, None)}
            seen = stood.request["revision" if verb == Verb.SAVE else "version"] - age
            life.play(who, verb, key, seen, fields=fields)
            still = not age or fresh(stood, verb, seen)
            assert still or life.rows[key] == stood, "a stale card"
            pressed += 1
    for move in MOVES:
        for state, path in paths(kind) if move.by == By.CLOCK else ():
            if state in move.start:
                key = stand_at(life, state, kind, path)
                life.at += timedelta(days=15)
                life.run(Event(f"clock:{next(life.keys)}", life.at, move.verb, None, key, trust=ground.trust))
    life.teardown()
    effective = {(kind, Verb.SAVE, State.APPROVED), (kind, Verb.LAPSE, State.APPROVED)}
    possible = {state for state, _path in paths(kind)}
    expected = {
        (kind, move.verb, state) for move in MOVES if suits(move.verb, KINDS[kind]) for state in move.start & possible
    }
    assert Life.reached == expected - (effective if kind != "post" else set())
    assert {end for move in MOVES if suits(move.verb, KINDS[kind]) for end in [move.end]} - possible <= {State.TRAINING}
    assert pressed > 1000


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


def stand_at(life: Life, state: State, kind: str = "post", path: list[Verb] | None = None) -> str:
    """A request that stands so: Ms Okafor's, at her school; whoever comes first by name moves it on."""
    life.rows, life.at = {}, START
    life.ground.reset()
    asker, manager = (life.ground.numbers[who] for who in ("okafor", "reid"))
    managed = update(PERSON).where(PERSON.c.id == asker)
    if state == State.DRAFT:
        life.ground.sql(delete(ROLE).where(ROLE.c.role == "headteacher"), managed.values(manager_id=None))
    account = life.ground.place("facebook")
    if path == [] and state == State.SUBMITTED:
        life.at += timedelta(hours=11)  # in the evening: it can wait, or not
    life.play("okafor", Verb.SAVE, fields=life.answers(account, None, kind), arg=kind)
    (key,) = life.rows
    if state == State.DRAFT:
        head = {"trust_id": life.ground.trust, "person_id": life.ground.numbers["patel"], "role": "headteacher"}
        life.ground.sql(insert(ROLE).values(**head, school_id=life.ground.schools[demo.HIGH]))
        life.ground.sql(managed.values(manager_id=manager))
    for verb in dict(paths(kind))[state] if path is None else path:
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
