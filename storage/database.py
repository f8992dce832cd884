"""One unit: one transaction, run whole in storage's own thread and committed once.

A unit is a plain function, so nothing inside a transaction can await the network. SQLite has one thread,
which owns the one connection; PostgreSQL has a small pool.
"""

import asyncio
import threading
from asyncio import Future
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from storage.driver import Stale
from storage.unit import Unit
from storage.vault import Vault

__all__ = ["Database", "Stale", "Unit"]

Given = TypeVar("Given")
THREADS = 6
"""PostgreSQL's connections, and threads, of one process."""
TRIES = 3
SILENT = 60
"""Seconds that PostgreSQL waits in the middle of a unit to hear the rest of it."""
MOST_AT_ONCE = 16
"""Units in one commit of SQLite's: none waits longer than for these."""
ROOM = ("cache_size=-64000", "temp_store=MEMORY", "wal_autocheckpoint=4000")
"""Up to 64 MB of pages in memory, for the indexes of a million requests, and 16 MB in the log: a tenth of a unit went
into temporary files and copying back."""


class Cancelled(Exception):
    """A unit leaves nothing behind, so it cannot be committed with others."""


class Asked:
    """A unit that waits for its turn, and what became of it: its result and whether it owes a notice, or an error."""

    def __init__(self, work: Callable[[Unit], object]) -> None:
        self.work = work
        self.done: Future[tuple[object, bool]] = asyncio.get_running_loop().create_future()
        self.outcome: tuple[object, bool] | None = None
        self.error: BaseException | None = None

    def attempt(self, attempt: Callable[[Callable[[Unit], object]], tuple[object, bool]]) -> None:
        """In storage's thread: run it."""
        try:
            self.outcome = attempt(self.work)
        except BaseException as error:  # noqa: BLE001  it is raised again where the unit was asked for
            self.error = error

    def tell(self) -> None:
        """In the loop that asked: whoever still waits goes on."""
        if self.done.done():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            assert self.outcome is not None
            self.done.set_result(self.outcome)


class Database:
    """The one way to the rows: `await run(unit_function)`."""

    def __init__(self, url: str, vault: Vault | None = None) -> None:
        self.vault = vault
        self.engine = engine_for(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(1 if self.is_sqlite else THREADS, "storage")
        self._waiting: deque[Asked] = deque()
        self._called = False
        self._local = threading.local()
        self._opened: list[Connection] = []
        self.owed: Callable[[], None] = lambda: None

    async def run(self, work: Callable[[Unit], Given]) -> Given:
        """Run `work` as one transaction; tried again where another writer came first."""
        asked = Asked(work)
        self._waiting.append(asked)
        self._call()
        result, owes = await asked.done
        if owes:
            self.owed()
        return cast("Given", result)

    def run_now(self, work: Callable[[Unit], Given]) -> Given:
        """The same from the command line, where nothing else is going on."""
        return self._threads.submit(self._try, work).result()[0]

    def close(self) -> None:
        """Finish what runs, and let go of every connection."""
        self._threads.shutdown(wait=True)
        for connection in self._opened:
            connection.close()
        self.engine.dispose()

    def _call(self) -> None:
        """Have a thread look at what waits; SQLite's one thread only if it is not on its way already."""
        if not (self.is_sqlite and self._called):
            self._called = True
            self._threads.submit(self._serve)

    def _serve(self) -> None:
        """In storage's thread: all that waits. SQLite's one writer commits several units with one write to the disk."""
        self._called = False
        while asked := self._next(MOST_AT_ONCE if self.is_sqlite else 1):
            if len(asked) > 1:
                self._together(asked)
            for each in asked:
                if each.outcome is None:
                    each.attempt(self._try)
            asked[0].done.get_loop().call_soon_threadsafe(_tell, asked)

    def _next(self, most: int) -> list[Asked]:
        """Whose turn it is; whoever went away meanwhile is left out."""
        found: list[Asked] = []
        with suppress(IndexError):
            while len(found) < most:
                each = self._waiting.popleft()
                if not each.done.cancelled():
                    found.append(each)
        return found

    def _together(self, asked: Sequence[Asked]) -> None:
        """All of them in one transaction. Where one fails nothing is committed: each is tried alone afterwards."""
        try:
            connection = self._connection()
            with connection.begin():
                outcomes = [_among_others(Unit(connection, self.vault), each.work) for each in asked]
        except Exception:  # noqa: BLE001  whose fault it was is said when it is tried alone
            self._forget()
            return
        for each, outcome in zip(asked, outcomes, strict=True):
            each.outcome = outcome

    def _try(self, work: Callable[[Unit], Given]) -> tuple[Given, bool]:
        for left in reversed(range(TRIES)):
            try:
                return self._once(work)
            except Stale:
                if not left:
                    raise
            except DBAPIError as error:
                self._forget()
                if not left or not _passing(error):
                    raise
        raise AssertionError("unreachable")

    def _once(self, work: Callable[[Unit], Given]) -> tuple[Given, bool]:
        connection = self._connection()
        unit = Unit(connection, self.vault)
        with connection.begin() as transaction:
            result = work(unit)
            if unit.cancelled:
                transaction.rollback()
                return result, False
            unit.close()
        return result, unit.owes

    def _connection(self) -> Connection:
        """This thread's connection, kept open: opening one costs more than a unit."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = self._local.connection = self.engine.connect()
            self._opened.append(connection)
        return connection

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and connection.invalidated:
            connection.close()
            self._local.connection = None


def engine_for(url: str) -> Engine:
    """The engine of a `sqlite:///…` or `postgresql://…` address."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=THREADS)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 20})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """A replica that froze, or whose machine is gone, lets go of its locks: else everybody waits for it, for hours."""
    connection.execute(f"SET idle_in_transaction_session_timeout = '{SILENT}s'")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *ROOM):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    """The lock is taken first: eight presses at once would else write eight decisions (seen)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _tell(asked: Sequence[Asked]) -> None:
    for each in asked:
        each.tell()


def _among_others(unit: Unit, work: Callable[[Unit], object]) -> tuple[object, bool]:
    result = work(unit)
    if unit.cancelled:
        raise Cancelled
    unit.close()
    return result, unit.owes


def _passing(error: DBAPIError) -> bool:
    """A deadlock, a lost connection, somebody else's row that came first: worth one more try."""
    return error.connection_invalidated or isinstance(error, OperationalError | IntegrityError)
