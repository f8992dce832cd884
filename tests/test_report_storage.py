"""How reports are stored: each list has its index, every statement names its trust, and nobody overwrites anybody."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Executable, event, insert, text
from sqlalchemy.dialects import postgresql, sqlite

from bot import demo, jobs
from bot.delivery import Delivery
from cards.action import Verb
from handlers.answer import Open
from handlers.dispatch import Desk
from handlers.event import Event, Place
from storage import people, report_seals, trust
from storage import report as reports
from storage.database import Database, Stale, Unit
from storage.report import DUE, END, MINE, READER, READERS, REPORT, STEP, STEPS, TO_READ
from storage.tables import Platform, Report, ReportState
from storage.vault import Unreadable, Vault, new_key
from tests.test_storage import Silent

Given = TypeVar("Given")
AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
KEYS = [new_key(), new_key()]
MANY = 3000


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url, Vault(KEYS[:1]))
    yield opened
    opened.close()


def within(database: Database, work: Callable[[Unit], Given], at: datetime = AT) -> Given:
    def acting(u: Unit) -> Given:
        demo.write(u, at)
        return work(u)

    return database.run_now(acting)


def person(u: Unit, who: str) -> int:
    found = people.by_email(u, demo.email(who))
    assert found is not None and found.id is not None
    return found.id


def sent(u: Unit, **more: Any) -> Report:
    facts = {"sent_at": u.at, "state": ReportState.SENT, **more}
    return reports.create(u, "colleague", "1", person(u, "okafor"), {"what": "zebracrossing"}, **facts)


# rows


def test_what_is_written_is_sealed_and_opens_again(database: Database) -> None:
    def write(u: Unit) -> tuple[str, str]:
        row = sent(u)
        reports.step(u, row.id, person(u, "patel"), "note", {"words": "okapi"})
        found = reports.get(u, row.id)
        assert found is not None
        case = reports.case(u, found)
        assert case.words == {"what": "zebracrossing"} and case.steps[0].words == {"words": "okapi"}
        raw = [u.connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("report", "reportstep")]
        return repr(raw[0]), repr(raw[1])

    for raw in within(database, write):
        assert "zebra" not in raw and "okapi" not in raw


def test_who_comes_second_changes_nothing(database: Database) -> None:
    row = within(database, sent)
    within(database, lambda u: reports.change(u, row.model_copy(), {"what": "first"}, state=ReportState.READ))
    with pytest.raises(Stale):
        within(database, lambda u: reports.change(u, row.model_copy(), {"what": "second"}))
    found = within(database, lambda u: reports.get(u, row.id))
    assert found is not None and found.version == 2 and found.state == ReportState.READ


def test_a_reader_who_ended_has_it_in_no_list(database: Database) -> None:
    def play(u: Unit) -> list[int]:
        row, head = sent(u), person(u, "patel")
        reports.grant(u, row.id, [head], "headteacher", None)
        counts = [len(reports.to_read(u, head, 9))]
        reports.end(u, row.id, head)
        counts.append(len(reports.to_read(u, head, 9)))
        reports.grant(u, row.id, [head], "", person(u, "amin"))
        reports.change(u, row, state=ReportState.CLOSED, closed_at=u.at)
        return [*counts, len(reports.to_read(u, head, 9)), len(reports.case(u, row).readers)]

    assert within(database, play) == [1, 0, 0, 2]


def test_what_is_due_is_found_and_what_is_not_is_not(database: Database) -> None:
    def play(u: Unit) -> list[str]:
        late, _early, _never = sent(u, due_at=AT), sent(u, due_at=AT + timedelta(hours=1)), sent(u)
        assert [row.id for row in reports.due(u, AT, 9)] == [late.id]
        return [row.id for row in reports.due(u, AT + timedelta(hours=1), 1)] + [late.id]

    first, second = within(database, play)
    assert first == second


def test_drafts_are_in_nobodys_list(database: Database) -> None:
    def play(u: Unit) -> int:
        row = sent(u, sent_at=None, state=ReportState.DRAFT, mark="m")
        other = sent(u, mark="m")
        assert reports.alike(u, other) == []
        return len([each for each in reports.mine(u, row.reporter_id, 9) if each.id == row.id])

    assert within(database, play) == 0


def test_without_keys_nothing_is_written(url: str) -> None:
    keyless = Database(url)
    try:
        with pytest.raises(reports.Locked):
            within(keyless, sent)
        assert keyless.run_now(report_seals.unreadable) == 0
    finally:
        keyless.close()


def test_renewal_is_whole_or_nothing_on_both_engines(database: Database, url: str) -> None:
    ids = within(database, lambda u: [sent(u).id for _ in range(3)])
    both, wrong = Database(url, Vault([KEYS[1], KEYS[0]])), Database(url, Vault([new_key()]))
    try:
        with pytest.raises(Unreadable):
            wrong.run_now(report_seals.renew)
        assert database.run_now(report_seals.unreadable) == 0
        assert both.run_now(report_seals.renew) == 3
        assert database.run_now(report_seals.unreadable) == 3
        assert wrong.run_now(report_seals.unreadable) == 3
        found = within(both, lambda u: [reports.get(u, each) for each in ids])
        assert all(each is not None and Vault(KEYS[1:]).open(each.sealed) for each in found)
    finally:
        both.close()
        wrong.close()


# indexes


def plan(u: Unit, statement: Executable, values: dict[str, Any]) -> str:
    """How the engine would find the rows."""
    dialect = sqlite.dialect() if u.connection.dialect.name == "sqlite" else postgresql.dialect()
    said = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": False}))
    written = statement.compile(dialect=u.connection.dialect)
    explain = "EXPLAIN QUERY PLAN " if u.connection.dialect.name == "sqlite" else "EXPLAIN "
    given = {name: values.get(name, written.params.get(name)) for name in written.params}
    assert said
    found = u.connection.exec_driver_sql(explain + str(written), _given(written, given))
    return "\n".join(" ".join(map(str, row)) for row in found)


def _given(written: Any, values: dict[str, Any]) -> Any:
    processed = {
        name: (written._bind_processors[name](value) if name in written._bind_processors else value)
        for name, value in values.items()
    }
    return tuple(processed[name] for name in written.positiontup) if written.positional else processed


LISTS: dict[str, tuple[Executable, dict[str, Any], str]] = {
    "what somebody reported": (MINE, {"person": 1, "most": 6}, "ix_report_mine"),
    "what somebody may read": (TO_READ, {"person": 2, "most": 6}, "ix_reader_person"),
    "what is about the same address": (reports.ALIKE, {"mark": "m7", "id": "x"}, "ix_report_mark"),
    "who may read it": (READERS, {"report": "r7"}, "ix_reader_report"),
    "whose reading ends": (END, {"report": "r7", "person": 2, "now": AT}, "ix_reader_"),
    "what happened with it": (STEPS, {"report": "r7"}, "ix_reportstep_report"),
    "what is due": (DUE, {"now": AT, "most": 200}, "ix_report_due"),
}


@pytest.fixture
def full(database: Database) -> Database:
    """Many reports, most of them closed long ago."""
    within(database, _fill)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(text("ANALYZE"))
    return database


def _fill(u: Unit) -> None:
    staff = [person(u, who) for who in ("okafor", "patel", "lund", "reid", "costa", "amin")]
    rows = [{
        **dict.fromkeys(REPORT.c.keys()), "id": f"r{n}", "trust_id": u.trust, "concern": "c", "pack_version": "1",
        "state": "sent", "version": 1, "reporter_id": staff[n % 6], "sealed": "s", "mark": f"m{n}", "created_at": AT,
        "sent_at": AT, "due_at": AT if n % 500 == 0 else None, "closed_at": None if n % 50 == 0 else AT,
    } for n in range(MANY)]
    u.connection.execute(insert(REPORT), rows)
    u.connection.execute(insert(READER), [
        {"trust_id": u.trust, "report_id": f"r{n}", "person_id": staff[(n + 1) % 6], "role": "", "since": AT,
         "ended_at": None if n % 50 == 0 else AT} for n in range(MANY)
    ])
    u.connection.execute(insert(STEP), [
        {"trust_id": u.trust, "report_id": f"r{n}", "at": AT, "what": "read", "sealed": "s"} for n in range(MANY)
    ])


@pytest.mark.parametrize("name", LISTS)
def test_each_list_has_its_index(full: Database, name: str) -> None:
    statement, values, index = LISTS[name]
    found = within(full, lambda u: plan(u, statement, {**values, "trust": u.trust}))
    assert index in found, found


# every statement names its trust


STORY: tuple[tuple[str, Verb, dict[str, Any]], ...] = (
    ("patel", Verb.READ_REPORT, {}),
    ("patel", Verb.ACT_ON_REPORT, {"step": ["acknowledge"]}),
    ("patel", Verb.ACT_ON_REPORT, {"step": ["ask"], "words": "When?"}),
    ("okafor", Verb.READ_REPORT, {}),
    ("okafor", Verb.ADD_TO_REPORT, {"words": "At eight."}),
    ("patel", Verb.HOME, {}),
    ("okafor", Verb.MINE, {}),
    ("patel", Verb.ACT_ON_REPORT, {"step": ["hand"], "words": "Please.", "to": "amin@oakfield.example"}),
    ("amin", Verb.ACT_ON_REPORT, {"step": ["recuse"]}),
    ("grant", Verb.ACT_ON_REPORT, {"step": ["close"], "words": "It is gone.", "reason": "Spoken to."}),
)
ACROSS = ("report.due_at <=", "FROM identity JOIN trust", "UPDATE outbox SET", "task.next_at <=", "entry.review_on <=",
          "entry.until <", "person.last_day <=", "request.due_at <=", "FROM trust JOIN workspace")
FIELDS: dict[str, Any] = {
    "concern": ["colleague"], "what": "He wrote it.", "where": "https://x.example/1", "about": ["staff"],
    "whom": "lund@oakfield.example", "risk": ["no"], "named": ["no"],
}


async def test_every_statement_about_a_report_names_its_trust(tmp_path: Path, blank: bytes) -> None:
    path = tmp_path / "canipost.db"
    path.write_bytes(blank)
    database = Database(f"sqlite:///{path}", Vault(KEYS))
    said: list[str] = []
    event.listen(database.engine, "connect", lambda link, _: link.set_trace_callback(said.append))
    number = await asyncio.to_thread(_second_trust, database)
    said.clear()
    await life(database)
    await asyncio.to_thread(database.close)
    concerned = 0
    for statement in (" ".join(each.split()) for each in said):
        if statement.startswith("INSERT") or any(each in statement for each in ACROSS):
            continue
        if any(f"{table}." in statement or f" {table} " in statement for table in ("report", "reader", "reportstep")):
            concerned += 1
            assert f"trust_id = {number}" in statement, statement
    assert concerned > 30


def _second_trust(database: Database) -> int:
    database.run_now(lambda u: trust.add(u, "a", "0" * 64, "Another", "Europe/London", AT))

    def sample(u: Unit) -> int:
        number = demo.write(u, AT).id or 0
        trust.bind(u, Platform.CONSOLE, "t")
        return number

    return database.run_now(sample)


async def life(database: Database) -> None:
    """Reported, read, asked about, answered, handed over, passed on, closed; each list, and the clock, looks at it."""
    desk, now = Desk(database), AT
    delivery = Delivery(database, {Platform.CONSOLE: Silent()}, lambda: now)
    keys = iter(range(1000))

    async def does(who: str, verb: Verb, subject: str = "", fields: dict[str, Any] | None = None) -> Any:
        place = Place(Platform.CONSOLE, "t", who)
        at = Event(f"k{next(keys)}", now, verb, place, subject=subject, fields=fields or {}, email=demo.email(who))
        return await desk.dispatch(at)

    asked = await does("okafor", Verb.DRAFT_REPORT, "", FIELDS)
    assert isinstance(asked, Open)
    number = asked.form.action.subject
    await does("okafor", Verb.SEND_REPORT, number)
    await delivery.drain()
    now += timedelta(days=2)
    await jobs.look_after(desk, lambda: now)
    for who, verb, fields in STORY:
        await does(who, verb, number if "report" in verb else "", fields)
        await delivery.drain()
    closed = await database.run(lambda u: [row.state for row in u.connection.execute(text("SELECT state FROM report"))])
    assert closed == ["closed"]
