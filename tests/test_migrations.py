"""The migrations and the tables say the same, on both engines."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlmodel import SQLModel

from storage import schema, tables
from storage.database import engine_for
from storage.schema import Standing
from tests.postgres import Server, empty_database, postgres_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = empty_database(request.getfixturevalue("server"))
    engine = engine_for(url)
    yield engine
    engine.dispose()


def test_from_nothing_to_exactly_the_tables(empty: Engine) -> None:
    assert schema.standing(empty) != Standing.READY
    schema.upgrade(empty)
    assert schema.standing(empty) == Standing.READY
    made = set(inspect(empty).get_table_names())
    assert made == {*SQLModel.metadata.tables, "alembic_version"}
    assert tables.Request.__tablename__ in made
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, SQLModel.metadata)
    assert differences == [], "write a migration: see docs/dependencies.md and `canipost db revise`"


def test_checks_and_partial_indexes_are_there(empty: Engine) -> None:
    """What compare_metadata does not look at."""
    schema.upgrade(empty)
    found = inspect(empty)
    compared = 0
    for table in SQLModel.metadata.sorted_tables:
        wanted = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert {c["name"] for c in found.get_check_constraints(table.name)} == wanted
        for index in found.get_indexes(table.name):
            option = f"{empty.dialect.name}_where"
            model = next((each for each in table.indexes if each.name == index["name"]), None)
            if model is None:
                continue  # PostgreSQL lists the index behind a unique constraint
            assert (option in index.get("dialect_options", {})) == (
                model.dialect_options[empty.dialect.name]["where"] is not None
            ), index["name"]
            compared += 1
    assert compared >= 8


def test_again_changes_nothing(empty: Engine) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    assert schema.standing(empty) == Standing.READY


def test_two_replicas_upgrade_at_once(empty: Engine) -> None:
    problems: list[BaseException] = []

    def one() -> None:
        try:
            schema.upgrade(empty)
        except BaseException as error:  # noqa: BLE001  # it is looked at below
            problems.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert schema.standing(empty) == Standing.READY


STANDS = {
    Standing.READY: "",
    Standing.OLDER: "UPDATE alembic_version SET version_num = '0000'",
    Standing.NEWER: "UPDATE alembic_version SET version_num = '9999'",
    Standing.PARTLY: "DROP TABLE question",
}


@pytest.mark.parametrize("standing", STANDS)
def test_how_a_database_stands_is_told(empty: Engine, standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    every = {"0000", *schema.revisions()}
    monkeypatch.setattr(schema, "revisions", lambda: every)
    schema.upgrade(empty)
    if STANDS[standing]:
        with empty.begin() as connection:
            connection.exec_driver_sql(STANDS[standing])
    assert schema.standing(empty) == standing
    if standing in (Standing.NEWER, Standing.PARTLY):
        with pytest.raises(schema.Unfit):
            schema.upgrade(empty)
        assert schema.standing(empty) == standing


@pytest.mark.parametrize("marked", ["", "'a1b2c3d4e5f6'"])
def test_another_programs_database_is_left_alone(empty: Engine, marked: str) -> None:
    """Also where it has tables that are called as ours, and migrations of its own."""
    assert schema.standing(empty) == Standing.EMPTY
    with empty.begin() as connection:
        for name in ("person", "message", "invoice"):
            connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER)")
        if marked:
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ({marked})")
    there = set(inspect(empty).get_table_names())
    assert schema.standing(empty) == Standing.FOREIGN
    with pytest.raises(schema.Unfit):
        schema.upgrade(empty)
    assert set(inspect(empty).get_table_names()) == there


def test_tables_without_their_revision_are_no_schema(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert schema.standing(empty) == Standing.PARTLY


def test_what_another_program_has_is_not_upgraded_by_half(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE publication (id INTEGER)")
    with pytest.raises(schema.Unfit):
        schema.upgrade(empty)
    assert set(inspect(empty).get_table_names()) == {"publication"}
    assert schema.standing(empty) != Standing.READY
