"""A database that is played in again and again: emptied before each world, and thrown away at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import text
from sqlmodel import SQLModel

from storage.database import Database, Unit
from storage.vault import Vault
from tests.databases import Here, hurried, let_go


def empty(u: Unit) -> None:
    """Nothing is left in the database, and numbers begin anew."""
    if u.connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
        u.connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        return
    u.connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for each in _deletes():
        u.connection.exec_driver_sql(each)


@cache
def _deletes() -> tuple[str, ...]:
    return tuple(f'DELETE FROM "{table.name}"' for table in reversed(SQLModel.metadata.sorted_tables))


@contextmanager
def opened(url: str, vault: Vault) -> Iterator[Database]:
    """The database for the worlds."""
    database = hurried(Here(url, vault))
    let_go(database.engine)
    try:
        yield database
    finally:
        database.close()
