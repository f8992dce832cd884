"""What must never be is refused by the database itself, on both engines, whoever writes to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from storage import guards, named, schema
from storage import request as requests
from storage.database import Database, Unit, engine_for
from tests.postgres import Server, empty_database, postgres_server
from tests.test_storage import AT, VAULT, Planted, a_trust, plant


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Planted]]:
    """A trust with one of everything, in a database as `canipost db upgrade` makes it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('never') / 'x.db'}"
    else:
        url = empty_database(request.getfixturevalue("server"))
    database = Database(url, VAULT)
    schema.upgrade(database.engine)
    mine = a_trust(database)
    yield database, database.run_now(lambda u: plant(u, mine, 1))
    database.close()


REQUEST = "UPDATE request SET {} WHERE id = :request"
DECIDED = """INSERT INTO decision (trust_id, request_id, version, revision, decider_id, as_role, outcome, step, note,
    reply, conditions, digest, at) SELECT trust_id, request_id, {version}, {revision}, {decider}, as_role, {outcome},
    step, note, reply, conditions, digest, at FROM decision WHERE request_id = :request"""
ANOTHER = {"version": "77", "revision": "revision", "decider": "decider_id", "outcome": "outcome"}
ASKER = "(SELECT asker_id FROM request WHERE id = :request)"
NEVER = {
    **{f"{table}'s {column} altered": f"UPDATE {table} SET {column} = {column}" for table, column in (
        ("audit", "verb"), ("decision", "note"), ("confirmation", "version"), ("pack", "text"),
        ("policy_text", "text"), ("policy_version", "label"), ("revision", "digest"), ("revision", "content"))},
    "wording altered": "UPDATE revision SET digest = 'x', content = '{\"pictures\": []}'",
    **{f"{table} dropped": f"DELETE FROM {table}" for table in (*guards.KEPT, "revision")},
    "a second link": "INSERT INTO audit (trust_id, seq, at, verb, subject_id, detail, previous, hash)"
                     " SELECT trust_id, seq, at, verb, subject_id, detail, previous, hash FROM audit",
    "a state that there is not": REQUEST.format("state = 'nodded through'"),
    "approved without a wording": REQUEST.format("approved_digest = NULL"),
    "version none": REQUEST.format("version = 0"),
    "a second decision on a version": DECIDED.format(**{**ANOTHER, "version": "version"}),
    "a decision on one's own": DECIDED.format(**{**ANOTHER, "decider": ASKER}),
    "a decision on no wording": DECIDED.format(**{**ANOTHER, "revision": "9"}),
    "a decision that means nothing": DECIDED.format(**{**ANOTHER, "outcome": "'maybe'"}),
    "open and answered": "UPDATE ask SET open = true, since = NULL WHERE request_id = :request",
    "live nowhere": "UPDATE publication SET live_at = '2026-11-05 09:00:00', address = ''",
    "gone before they came": "UPDATE person SET first_day = '2026-09-02', last_day = '2026-09-01'",
    "a role that ends before it begins": "UPDATE role SET first_day = '2026-09-02', last_day = '2026-09-01'",
    "a register that there is not": "UPDATE entry SET book = 'shelf'",
    "a platform that there is not": "UPDATE message SET platform = 'pigeon'",
    "a user of no platform": "UPDATE identity SET platform = 'pigeon'",
    "a notice in between": "UPDATE outbox SET state = 'half sent'",
    "a report in between": "UPDATE report SET state = 'half read'",
    "nobody's request": REQUEST.format("asker_id = 999999"),
    "nobody's trust": "UPDATE school SET trust_id = 999999",
}
FILLED = (
    "INSERT INTO pack (digest, text, at) VALUES ('9', 'x', '2026-11-05 09:00:00')",
    "INSERT INTO policy_text (digest, text, clauses, at) VALUES ('9', 'x', '[]', '2026-11-05 09:00:00')",
    """INSERT INTO policy_version (trust_id, document, label, digest, effective, reason, at)
       VALUES (:trust, '', '1', '9', '2026-11-05', '', '2026-11-05 09:00:00')""",
    """INSERT INTO confirmation (trust_id, person_id, document, digest, version, year, at, answers)
       VALUES (:trust, :person, '', '9', '1', 0, '2026-11-05 09:00:00', '{}')""",
    """INSERT INTO audit (trust_id, seq, at, verb, subject_id, detail, previous, hash)
       VALUES (:trust, 900, '2026-11-05 09:00:00', 'x', '', '{}', '', '')""",
)
"""One row of what `plant` does not make."""


def test_what_must_never_be_is_refused(planted: tuple[Database, Planted]) -> None:
    database, mine = planted
    values = {"request": mine.request.id, "trust": mine.trust.id, "person": mine.person.id}
    with database.engine.begin() as link:
        for statement in FILLED:
            link.execute(text(statement), _only(statement, values))
    went_through = {name for name, each in NEVER.items() if not _refused(database.engine, each, values)}
    assert went_through == set()


def _only(statement: str, values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if f":{name}" in statement}


def _refused(engine: Engine, statement: str, values: dict[str, object]) -> bool:
    with engine.connect() as link:
        try:
            touched = link.execute(text(statement), _only(statement, values)).rowcount
        except IntegrityError:
            return True
        finally:
            link.rollback()
    assert touched, f"there was nothing to refuse: {statement}"
    return False


def test_what_may_be_is_not(planted: tuple[Database, Planted]) -> None:
    """A colleague's decision; and a picture taken out of a wording, which changes nothing else of it."""
    database, mine = planted
    values = {"request": mine.request.id}
    assert not _refused(database.engine, DECIDED.format(**ANOTHER), values)

    def without_pictures(u: Unit) -> int:
        u.act_for(mine.trust, AT)
        named.give_up(u, mine.request.id, mine.person.id or 0)
        found = requests.get(u, mine.request.id)
        assert found is not None
        pictures = requests.case(u, found).revision.content["pictures"]
        u.cancel()
        return len(pictures)

    assert database.run_now(without_pictures) == 0


def test_every_guard_is_there(planted: tuple[Database, Planted]) -> None:
    """And those alone: the migration and `storage.guards` say the same."""
    database, _ = planted
    with database.engine.connect() as link:
        assert _triggers(link) == guards.names()


def _triggers(link: Connection) -> set[str]:
    if link.dialect.name == "sqlite":
        return set(link.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars())
    return set(link.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").scalars())


def test_whole_tables_are_not_emptied_either(server: Server, planted: tuple[Database, Planted]) -> None:
    database, _ = planted
    if database.is_sqlite:
        return  # it has no TRUNCATE
    assert _refused(database.engine, "TRUNCATE audit", {})


def test_every_connection_of_sqlite_asks_for_foreign_keys(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'x.db'}")
    for _ in range(2):
        with engine.connect() as link:
            assert link.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    engine.dispose()
