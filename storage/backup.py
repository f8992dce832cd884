"""A copy of an SQLite database as it stands at one moment, made while others read and write it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

PAGES = 2000
"""So many pages are copied at a time; in between, others can write."""


class NotSqlite(ValueError):
    """PostgreSQL has its own tools for this."""


class Damaged(ValueError):
    """The copy, and so perhaps the database, is not sound."""


def backup(engine: Engine, target: Path) -> None:
    """Write the copy to `target`, which is there whole or not at all; FileExistsError where something is there."""
    if engine.dialect.name != "sqlite":
        raise NotSqlite
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        _copy(engine, part)
        # A link fails where something is there already, and a rename would not.
        target.hardlink_to(part)
    finally:
        part.unlink(missing_ok=True)


def _copy(engine: Engine, part: Path) -> None:
    with closing(engine.raw_connection()) as source, closing(sqlite3.connect(part)) as copy:
        link = source.driver_connection
        assert isinstance(link, sqlite3.Connection)
        try:
            link.backup(copy, pages=PAGES)
            sound = copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise Damaged
