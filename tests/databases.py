"""Databases that are thrown away after a test."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine, event

from storage import guards
from storage.database import Database, Unit

Given = TypeVar("Given")
Opened = TypeVar("Opened", bound=Database)


class Here(Database):
    """Runs each unit at once, where it is asked for: for tests that ask for thousands, one after the other.

    What the threads do is for tests/test_shared_commits.py, tests/test_storage.py and the dialogs.
    """

    async def run(self, work: Callable[[Unit], Given]) -> Given:
        return self.run_now(work)

    def run_now(self, work: Callable[[Unit], Given]) -> Given:
        return self._try(work)[0]


def let_go(engine: Engine, altered: bool = False) -> None:
    """From now on what is only added to may be deleted: to empty the database; or `altered` too, as by an intruder."""
    kinds = ("is_not_dropped", "is_kept") if altered else ("is_not_dropped",)
    with engine.begin() as link:
        for table in (*guards.KEPT, "revision"):
            where = f" ON {table}" if engine.dialect.name == "postgresql" else ""
            for kind in kinds:
                link.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{kind}{where}")


def hurried(database: Opened) -> Opened:
    """The same; nothing waits for the disk."""
    hurry(database.engine)
    return database


def hurry(engine: Engine) -> None:
    """Nothing that it writes waits for the disk. PostgreSQL never does in the tests."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda link, _: link.execute("PRAGMA synchronous=OFF"))
