"""The lists that people open, and what the clock looks through, find their rows by an index, on both engines.

On SQLite nobody collects statistics, so its plan depends on the schema alone; PostgreSQL's depends on the rows.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, bindparam, event, select, text
from sqlmodel import SQLModel

from storage import (
    asks,
    cover,
    named,
    notices,
    outbox,
    publications,
    reading,
    register,
    tasks,
    uploads,
    waiting,
)
from storage import request as requests
from storage.database import Database, Unit
from storage.vault import Vault, new_key
from tests.postgres import fresh_database
from tests.test_storage import Planted, twins

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
BIG = ("request", "ask", "task", "entry", "decision", "revision", "publication", "outbox", "message",
       "reading", "confirmation", "cover", "file", "upload")
"""The tables that grow for ever."""
POINT = {"at": AT - timedelta(days=9), "id": "", "most": 9, "now": AT}
HERE: dict[str, Any] = {"role": "headteacher", "school": 1, "person": 1, "away": 2, **POINT}
SIGHT: dict[str, Any] = {
    "book": "site", "owner": 1, "deputy": 1, "schools": [1], "everything": False,
}
SUBJECTS = {"subjects": [f"AAAA{n:04}" for n in range(100)]}
"""As many as a batch of delivery's: without statistics, SQLite takes a list of them for so many times ten rows."""
NUMBERS = {"ids": list(range(1, 101))}
FOUND: dict[str, tuple[Executable, dict[str, Any]]] = {
    "request.BY_ID": (requests.BY_ID, {"id": "AAAA0001"}),
    "request.WHOLE": (requests.WHOLE, {"id": "AAAA0001"}),
    "request.DECISIONS": (requests.DECISIONS, {"request": "AAAA0001"}),
    "request.PUBLICATIONS": (requests.PUBLICATIONS, {"request": "AAAA0001"}),
    "request.MINE": (requests.MINE, {"person": 1, **POINT}),
    "request.DUE": (requests.DUE, POINT),
    "request.UNDECIDED": (requests.UNDECIDED, POINT),
    "asks.OF": (asks.OF, {"request": "AAAA0001"}),
    "asks.OPEN": (asks.OPEN, {"request": "AAAA0001", "which": 0, "whose": 1, "now": AT}),
    "asks.CLOSE": (asks.CLOSE, {"request": "AAAA0001"}),
    "asks.RESET": (asks.RESET, {"request": "AAAA0001"}),
    "asks.ANSWER": (asks.ANSWER, {"request": "AAAA0001", "which": 0, "person": 1}),
    "tasks.OF_REQUEST": (tasks.OF_REQUEST, {"request": "AAAA0001"}),
    "tasks.OF_ENTRY": (tasks.OF_ENTRY, {"entry": 1}),
    "tasks.OF_PERSON": (tasks.OF_PERSON, {"person": 1}),
    "tasks.DROP": (tasks.DROP, {"request": "AAAA0001"}),
    "tasks.DROP_OF_ENTRY": (tasks.DROP_OF_ENTRY, {"entry": 1}),
    "tasks.DUE": (tasks.DUE, POINT),
    "register.OF_REQUEST": (register.OF_REQUEST, {"request": "AAAA0001"}),
    "register.BY_IDS": (register.BY_IDS, NUMBERS),
    "request.BY_IDS": (requests.BY_IDS, {"ids": SUBJECTS["subjects"]}),
    "notices.PUBLICATIONS": (notices.PUBLICATIONS, SUBJECTS),
    "notices.VERSIONS": (notices.VERSIONS, SUBJECTS),
    "notices.ENTRY_VERSIONS": (notices.ENTRY_VERSIONS, NUMBERS),
    "outbox.BY_IDS": (outbox.BY_IDS, NUMBERS),
    "register.NAMED": (register.NAMED, {"platform": "x", "name": "Oakfield"}),
    "register.TO_REVIEW": (register.TO_REVIEW, {"day": AT.date(), "most": 9}),
    "register.OVER": (register.OVER, {"day": AT.date(), "most": 9}),
    "register.LEFT": (register.LEFT, {"day": AT.date(), "most": 9}),
    "register.SEEN": (register.SEEN, {**SIGHT, "home": 1, "start": 0, "most": 9}),
    "register.HOW_MANY": (register.HOW_MANY, SIGHT),
    "register.PLATFORMS": (register.PLATFORMS, {}),
    "outbox.CLAIM": (outbox.CLAIM, {"now": AT, "until": AT, "owner": "x", "most": 9}),
    "outbox.BURIED": (outbox.BURIED, {}),
    "outbox.HAS_OR_QUEUED": (outbox.HAS_OR_QUEUED, {"subject": "AAAA0001", "person": 1, "card": "request"}),
    "named.LEFT_BEHIND": (named.LEFT_BEHIND, {"platform": "slack", "most": 9}),
    "uploads.SPARE": (uploads.SPARE, {"digests": ["a" * 64]}),
    "publications.WAITING": (publications.WAITING, {"account": 1}),
    "waiting.DECIDERS": (waiting.DECIDERS, {"day": AT.date()}),
    **{f"waiting.ASKED {trust}": (waiting.ASKED[trust], HERE) for trust in (True, False)},
    **{f"waiting.WORK {trust}": (waiting.WORK[trust], HERE) for trust in (True, False)},
    **{f"waiting.CARE {trust}": (waiting.CARE[trust], HERE) for trust in (True, False)},
    **{f"waiting.COVERED {trust}": (waiting.COVERED[trust], HERE) for trust in (True, False)},
    **{f"waiting.ON_ROLE {trust}": (waiting.ON_ROLE[trust], HERE) for trust in (True, False)},
    "waiting.ON_PERSON": (waiting.ON_PERSON, HERE),
    "waiting.COVERED_IN_PERSON": (waiting.COVERED_IN_PERSON, HERE),
    **{f"cover.HOLDING {trust}": (cover.HOLDING_AT[trust], {**HERE, "day": AT.date()}) for trust in (True, False)},
    "cover.BY_NAME": (cover.BY_NAME, {"person": 1, "day": AT.date()}),
    "cover.MINE": (cover.MINE, {"person": 1, "day": AT.date()}),
    "cover.OF": (cover.OF, {"away": "00000000"}),
    "cover.OF_PERSON": (cover.OF_PERSON, {"person": 1}),
    "cover.OF_STAND_IN": (cover.OF_STAND_IN, {"person": 1}),
    "cover.DUE": (cover.DUE, POINT),
    "waiting.ASKED_IN_PERSON": (waiting.ASKED_IN_PERSON, HERE),
    "waiting.OWN_WORK": (waiting.OWN_WORK, HERE),
    "waiting.OWN_CARE": (waiting.OWN_CARE, HERE),
    "waiting.TO_PUBLISH": (waiting.TO_PUBLISH, HERE),
    "waiting.TO_REVISE": (waiting.TO_REVISE, HERE),
    "notices.ASKS": (notices.ASKS, SUBJECTS),
    "notices.TASKS": (notices.TASKS, SUBJECTS),
    "notices.ENTRIES": (notices.ENTRIES, SUBJECTS),
    "notices.DECISIONS": (notices.DECISIONS, SUBJECTS),
    "notices.REVISIONS": (notices.REVISIONS, SUBJECTS),
    "outbox.BURIED_ON": (outbox.BURIED_ON, {"begin": AT, "end": AT + timedelta(days=1)}),
    "outbox.HELD": (outbox.HELD, {}),
    "outbox.HEAL_DUE": (outbox.HEAL_DUE, {"now": AT, "far": AT}),
    "outbox.HEAL_LEASES": (outbox.HEAL_LEASES, {"now": AT, "far": AT}),
    "outbox.COPIES": (outbox.COPIES, {"subject": "AAAA0001"}),
    "reading.UNASKED": (reading.UNASKED, {"which": "", "text": "1", "round": 2026, "day": AT.date()}),
    "reading.OPEN_FOR": (reading.OPEN_FOR, {"person": 1}),
    "reading.ASKED_OF": (reading.ASKED_OF, {"person": 1, "which": "", "text": "1"}),
    "reading.DOCUMENTS": (reading.DOCUMENTS, {}),
    "reading.CONFIRMED": (reading.CONFIRMED, {"person": 1}),
    "reading.TO_REMIND": (reading.TO_REMIND, {"day": AT.date(), "today": AT.date()}),
    "reading.WAITING_FOR": (reading.WAITING_FOR, {"day": AT.date()}),
}
PARTIAL = {
    index.name for table in SQLModel.metadata.tables.values() for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""The indexes that have only what waits, or is open."""
ROWS = 20_000
GROWN = (
    """INSERT INTO person (trust_id, name, email, last_day)
       SELECT {trust}, 'P' || n, 'p' || n || '@x.example', CASE WHEN n % 97 = 0 THEN DATE '2026-01-01' END
       FROM generate_series(1, 400) n""",
    """INSERT INTO request (id, trust_id, kind, state, version, revision, step, pack_version, asker_id, editor_id,
           created_at, submitted_at, decided_at, due_at, nudges, approved_digest, why_now,
           nudge_at)
       SELECT 'A' || (1000000 + n), {trust}, 'site', CASE WHEN n % 997 = 0 THEN 'submitted' ELSE 'done' END, 1, 1, 0,
           '1', {asker} + n % 300, {asker}, TIMESTAMP '2026-01-01' + n * INTERVAL '1 minute', now(), now(),
           CASE WHEN n % 997 = 0 THEN now() END, 0, 'd', '', CASE WHEN n % 997 = 0 THEN now() END FROM {series}""",
    """INSERT INTO ask (request_id, number, trust_id, step, role, school_id, together, clause, open, since, passed_note)
       SELECT 'A' || (1000000 + n), k, {trust}, k, CASE WHEN n % 3 = 0 THEN 'headteacher' ELSE 'deputy' END, {school},
           false, '', n % 997 = 0 AND k = 0, TIMESTAMP '2026-01-01' + n * INTERVAL '1 minute', ''
       FROM {series}, generate_series(0, 1) k""",
    """INSERT INTO entry (trust_id, book, kind, platform, name, address, owner_id, purpose, audience, settings,
           credentials, website, conditions, facts, request_id, pending, closed, version, review_on)
       SELECT {trust}, 'site', '', 'y', 'E' || n, '', {asker} + n % 300, '', '', '', '', '', '', '{{}}',
           'A' || (1000000 + n), false, n % 40 > 0, 1, DATE '2026-01-01' + n % 700 FROM {series}""",
    """INSERT INTO task (trust_id, what, request_id, entry_id, role, since, next_at, done_at, answers)
       SELECT {trust}, 'w', 'A' || (1000000 + n), (SELECT min(id) + n - 1 FROM entry WHERE name = 'E1'), 'ceo', now(),
           CASE WHEN n % 997 = 0 THEN now() END, CASE WHEN n % 997 > 0 THEN now() END, '{{}}' FROM {series}""",
    """INSERT INTO revision (trust_id, request_id, number, by_id, at, content, digest)
       SELECT {trust}, 'A' || (1000000 + n), 1, {asker}, now(), '{{}}', '' FROM {series}""",
    """INSERT INTO decision (trust_id, request_id, version, revision, decider_id, as_role, outcome, step, note, reply,
           conditions, digest, at)
       SELECT {trust}, 'A' || (1000000 + n), 1, 1, {asker} + 399, 'ceo', 'approved', 0, '', '', '', '', now()
       FROM {series}""",
    """INSERT INTO publication (trust_id, request_id, account_id, owner_id, address, live_at)
       SELECT {trust}, 'A' || (1000000 + n), {account}, {asker} + n % 300, 'x', CASE WHEN n % 997 > 0 THEN now() END
       FROM {series}""",
    """INSERT INTO message (trust_id, person_id, card, subject_id, platform, team, channel, ref, at)
       SELECT {trust}, {asker}, 'request', 'A' || (1000000 + n), 'slack', 'T', 'D', n::text, now() FROM {series}""",
    """INSERT INTO outbox (trust_id, person_id, card, subject_id, state, since, due_at, attempts, holds, problem)
       SELECT {trust}, {asker} + n % 300, 'request', 'A' || (1000000 + n), CASE WHEN n % 997 = 0 THEN 'waiting'
           WHEN n % 997 = 1 THEN 'buried' ELSE 'sent' END, now(), now(), 0, false, '' FROM {series}""",
    """INSERT INTO file (trust_id, digest, thumb, media_type, size, width, height, by_id, at)
       SELECT {trust}, 'd' || n, 't' || n, 'image/png', 1, 1, 1, {asker} + n % 300, now() FROM {series}""",
    """INSERT INTO upload (platform, team, digest, external_id, spare)
       SELECT 'slack', 'T', 'd' || n, 'F' || n, n % 997 = 0 FROM {series}""",
    """INSERT INTO reading (trust_id, person_id, document, digest, version, year, at, due_on, remind_on, reminded,
           ended)
       SELECT {trust}, {asker} + n % 300, '', n::text, '1', 0, now(), now(), DATE '2026-01-01' + n % 700, 0,
           CASE WHEN n > 200 THEN 'confirmed' ELSE '' END FROM {series}""",
    """INSERT INTO cover (trust_id, away, person_id, stand_in_id, role, school_id, first_day, last_day, at, live,
           due_at)
       SELECT {trust}, n::text, {asker} + n % 300, {asker} + n % 300 + 1, CASE WHEN n % 2 = 0 THEN 'headteacher' ELSE ''
           END, {school}, DATE '2026-01-01', DATE '2026-12-01', now(), n % 997 = 0,
           CASE WHEN n % 997 = 0 THEN now() END FROM {series}""",
    """INSERT INTO confirmation (trust_id, person_id, document, digest, version, year, at, answers)
       SELECT {trust}, {asker} + n % 300, '', n::text, '1', 0, now(), '{{}}' FROM {series}""",
    "ANALYZE",
)
"""A trust of some years, in PostgreSQL."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, blank: bytes) -> Iterator[Database]:
    """One of its own, which goes with its server: to empty it of years would take longer than the test."""
    path = tmp_path / "plans.db"
    path.write_bytes(blank)
    lite = request.param == "sqlite"
    opened = Database(f"sqlite:///{path}" if lite else fresh_database(request.getfixturevalue("server")),
                      Vault([new_key()]))
    yield opened
    opened.close()


def test_what_people_open_and_what_the_clock_looks_through_is_found_by_an_index(database: Database) -> None:
    mine, _theirs = twins(database)
    if not database.is_sqlite:
        grow(database, mine)
    slow = {}
    for name, (statement, values) in FOUND.items():
        if found := database.run_now(partial(read_whole, statement=statement, values=values)):
            slow[name] = found
    assert slow == {}
    assert len(FOUND) > 30
    if not database.is_sqlite:
        assert "outbox_1.due_at" not in str(database.run_now(sorted_for_a_claim)), "the first that are due are found so"
        database.run_now(pile_up)
        for statement in (waiting.ASKED[True], waiting.WORK[True]):
            (plan,) = database.run_now(partial(explained, statement=statement, values={**HERE, "role": "ceo"}))
            assert "Sort" not in str(plan), "of all that waits for the trust's own, the first are found by the index"


def test_a_table_that_is_read_whole_is_seen(database: Database) -> None:
    by_note = select(requests.DECISION).where(requests.DECISION.c.note == bindparam("note"))
    assert database.run_now(partial(read_whole, statement=by_note, values={"note": "x"})) == ["decision"]


def grow(database: Database, mine: Planted) -> None:
    """Years of it."""
    assert mine.person.id
    names = {"trust": mine.trust.id, "school": mine.school, "account": mine.account}

    def work(u: Unit) -> None:
        asker = 0
        for each in GROWN:
            said = each.format(**names, asker=asker, series=f"generate_series(1, {ROWS}) n")
            u.connection.execute(text(said))
            asker = asker or u.connection.execute(text("SELECT min(id) FROM person WHERE name = 'P1'")).scalar_one()

    database.run_now(work)


def sorted_for_a_claim(u: Unit) -> list[str]:
    """What PostgreSQL sorts to claim a few of much that came at once, of which it knows nothing yet."""
    u.connection.execute(text("UPDATE outbox SET state = 'waiting' WHERE id % 40 = 0"))
    u.across(outbox.LOCK)
    (row,) = explained(u, *FOUND["outbox.CLAIM"])
    u.cancel()
    return re.findall("'Sort Key': ([^]]*)", str(row))


def pile_up(u: Unit) -> None:
    """Much waits for the CEO, to be decided and to be done."""
    for each in (
        "UPDATE task SET done_at = NULL, entry_id = NULL, role = 'ceo', school_id = NULL WHERE id % 4 = 0",
        "UPDATE request SET state = 'approved', approved_digest = 'd'",
        "UPDATE ask SET open = true, since = now(), role = 'ceo', school_id = NULL, answered_by = NULL WHERE step = 0",
        "ANALYZE",
    ):
        u.connection.execute(text(each))


def explained(u: Unit, statement: Executable, values: dict[str, Any]) -> list[Any]:
    """The rows that say how the database would go about it."""
    explain = "EXPLAIN QUERY PLAN " if u.connection.dialect.name == "sqlite" else "EXPLAIN (FORMAT JSON) "

    def ahead(_c: Any, _cursor: Any, said: str, parameters: Any, _x: Any, _many: bool) -> tuple[str, Any]:
        return explain + said, parameters

    event.listen(u.connection, "before_cursor_execute", ahead, retval=True)
    try:
        result = u.connection.execute(statement, {**values, "trust": 1})
        assert result.cursor is not None
        return list(result.cursor.fetchall())
    finally:
        event.remove(u.connection, "before_cursor_execute", ahead)


def read_whole(u: Unit, statement: Executable, values: dict[str, Any]) -> list[str]:
    """The big tables that this statement would read from the first row to the last."""
    rows = explained(u, statement, values)
    if u.connection.dialect.name == "sqlite":
        return [found for row in rows if (found := whole_of_lite(row[3]))]
    return whole(rows[0][0][0]["Plan"])


def whole_of_lite(step: str) -> str:
    """The table that a step of SQLite's plan scans, or all of a trust; an index that has only what waits is short."""
    scanned = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step) or re.match(
        r"SEARCH (\w+) USING (?:COVERING )?INDEX (\w+) \(trust_id=\?\)", step)
    return scanned[1] if scanned and scanned[1] in BIG and scanned[2] not in PARTIAL else ""


def whole(node: dict[str, Any]) -> list[str]:
    """The same in PostgreSQL's plan."""
    inside = [each for child in node.get("Plans", ()) for each in whole(child)]
    by_index = "Index Cond" in node or node.get("Index Name") in PARTIAL
    reads = node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan")
    return inside + ([node["Relation Name"]] if reads and not by_index and node["Relation Name"] in BIG else [])
