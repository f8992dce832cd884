"""One unit: one transaction, run whole in storage's own thread and committed once.

A unit is a plain function, so nothing inside a transaction can await the network. SQLite has one thread,
which owns the one connection; PostgreSQL has a small pool. Statements are SQLAlchemy Core, built once.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import SQLModel

from storage.tables import Trust

Row = TypeVar("Row", bound=SQLModel)
Result = TypeVar("Result")
THREADS = 6
"""PostgreSQL's connections, and threads, of one process."""
TRIES = 3


class Stale(Exception):
    """Somebody else changed the row first; the unit is tried again on what is there now."""


class Unit:
    """An open transaction, and on whose behalf: every query takes `trust` from here."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.trust = 0
        self.pack = ""
        self.zone = ZoneInfo("Europe/London")
        self.at = datetime.min.replace(tzinfo=UTC)
        self.cancelled = False
        self.owes = False
        self.closing: dict[str, Callable[[], None]] = {}

    def act_for(self, trust: Trust, at: datetime) -> None:
        """From here on everything is about this trust, at this moment."""
        assert trust.id is not None
        self.trust, self.pack, self.zone, self.at = trust.id, trust.pack, ZoneInfo(trust.zone), at

    @property
    def today(self) -> date:
        """The day it is in the trust's zone."""
        return self.at.astimezone(self.zone).date()

    def cancel(self) -> None:
        """Leave nothing of this unit behind."""
        self.cancelled = True

    def one(self, statement: Executable, model: type[Row], **values: object) -> Row | None:
        """The first row as a `model`, or None."""
        found = self.run(statement, values).first()
        return model(**found._mapping) if found is not None else None

    def all(self, statement: Executable, model: type[Row], **values: object) -> list[Row]:
        """Every row as a `model`."""
        return [model(**row._mapping) for row in self.run(statement, values)]

    def run(self, statement: Executable, values: Mapping[str, object] | None = None) -> CursorResult[Any]:
        """Execute one statement about this trust; its parameter `trust` is filled in here."""
        return self.connection.execute(statement, {**(values or {}), "trust": self.trust})

    def insert(self, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert several rows of this trust in one statement."""
        if rows:
            self.connection.execute(statement, [{**row, "trust_id": self.trust} for row in rows])

    def add(self, statement: Executable, row: Mapping[str, object]) -> int:
        """Insert one row of this trust and return its number."""
        result = self.connection.execute(statement, {**row, "trust_id": self.trust})
        key = result.inserted_primary_key
        assert key is not None
        return int(key[0])

    def across(self, statement: Executable, values: Mapping[str, object] | None = None) -> CursorResult[Any]:
        """Execute one of the few statements that belong to no single trust: each says why at its place."""
        return self.connection.execute(statement, dict(values or {}))

    def close(self) -> None:
        """What waits for the end of the unit (the audit chain, the outbox) is written now."""
        for finish in self.closing.values():
            finish()


class Database:
    """The one way to the rows: `await run(unit_function)`."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(1 if self.is_sqlite else THREADS, "storage")
        self._local = threading.local()
        self._opened: list[Connection] = []
        self.owed: Callable[[], None] = lambda: None

    async def run(self, work: Callable[[Unit], Result]) -> Result:
        """Run `work` as one transaction; tried again where another writer came first."""
        result, owes = await asyncio.get_running_loop().run_in_executor(self._threads, self._try, work)
        if owes:
            self.owed()
        return result

    def run_now(self, work: Callable[[Unit], Result]) -> Result:
        """The same from the command line, where nothing else is going on."""
        return self._threads.submit(self._try, work).result()[0]

    def close(self) -> None:
        """Finish what runs, and let go of every connection."""
        self._threads.shutdown(wait=True)
        for connection in self._opened:
            connection.close()
        self.engine.dispose()

    def _try(self, work: Callable[[Unit], Result]) -> tuple[Result, bool]:
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

    def _once(self, work: Callable[[Unit], Result]) -> tuple[Result, bool]:
        connection = self._connection()
        unit = Unit(connection)
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
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=THREADS)
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 20})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    """The lock is taken first: eight presses at once would else write eight decisions (seen)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _passing(error: DBAPIError) -> bool:
    """A deadlock, a lost connection, a serialisation failure: worth one more try."""
    return error.connection_invalidated or isinstance(error, OperationalError)
