"""One unit: one transaction, run whole in storage's own thread and committed once.

A unit is a plain function, so nothing inside a transaction can await the network. SQLite has one thread,
which owns the one connection; PostgreSQL has a small pool. Statements are SQLAlchemy Core, built once.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Executable, Result, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import SQLModel

from storage.driver import Driver, Stale
from storage.statements import columns, prepared, result, shaped
from storage.tables import Trust
from storage.vault import Vault

__all__ = ["Database", "Stale", "Unit"]

Row = TypeVar("Row", bound=SQLModel)
Given = TypeVar("Given")
THREADS = 6
"""PostgreSQL's connections, and threads, of one process."""
TRIES = 3
MOST_AT_ONCE = 16
"""Units in one commit of SQLite's: none waits longer than for these."""
ROOM = ("cache_size=-16000", "temp_store=MEMORY", "wal_autocheckpoint=4000")
"""Up to 16 MB of pages in memory and in the log: a tenth of a unit went into temporary files and copying back."""


class Unit:
    """An open transaction, and on whose behalf: every query takes `trust` from here."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self.dialect = connection.dialect
        self.vault = vault
        self.whose: Trust | None = None
        self.trust = 0
        self.pack = ""
        self.zone = ZoneInfo("Europe/London")
        self.at = datetime.min.replace(tzinfo=UTC)
        self.cancelled = False
        self.owes = False
        self.closing: dict[str, Callable[[], None]] = {}
        self.begun: set[str] = set()
        """Requests that this unit made: nobody can have a copy of their cards yet."""
        self.driver = Driver(connection)
        self._connection = connection
        self._read: dict[Hashable, list[Any]] = {}
        self._kept: dict[tuple[type[SQLModel], int], dict[int, Any]] = {}

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's own way, for what is not prepared; it finds everything written."""
        self.driver.flush()
        return self._connection

    def act_for(self, trust: Trust, at: datetime) -> None:
        """From here on everything is about this trust, at this moment."""
        assert trust.id is not None
        self.whose = trust
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
        found = self.all(statement, model, **values)
        return found[0] if found else None

    def all(self, statement: Executable, model: type[Row], **values: object) -> list[Row]:
        """Every row as a `model`."""
        ready = prepared(statement, self.dialect)
        if ready is None:
            rows = self.run(statement, values)
            return [shaped(model, row._mapping.items()) for row in rows]
        found = self.driver.query(ready, {**values, "trust": self.trust})
        return [shaped(model, zip(ready.keys, cells, strict=True)) for cells in found]

    def once(self, statement: Executable, model: type[Row], **values: Hashable) -> list[Row]:
        """The same, read once a unit: for what no unit both reads and changes, such as who holds which role."""
        key = (statement, self.trust, *values.values())
        if key not in self._read:
            self._read[key] = self.all(statement, model, **values)
        return list(self._read[key])

    def keep(self, model: type[Row], rows: Sequence[Row]) -> Sequence[Row]:
        """The same rows; `by_ids` need not read them again in this unit."""
        self._kept.setdefault((model, self.trust), {}).update((row.id, row) for row in rows)  # type: ignore[attr-defined]
        return rows

    def kept(self, model: type[Row], ids: Iterable[int]) -> dict[int, Row]:
        """Those of the trust's rows of these numbers that this unit has read, in their order."""
        there = self._kept.get((model, self.trust), {})
        return {each: there[each] for each in sorted(set(ids)) if each in there}

    def by_ids(self, statement: Executable, model: type[Row], ids: Collection[int]) -> dict[int, Row]:
        """The trust's rows of these numbers, in their order. As `once`: `statement` reads what was not read yet."""
        if missing := set(ids) - self.kept(model, ids).keys():
            self.keep(model, self.all(statement, model, ids=sorted(missing)))
        return self.kept(model, ids)

    def joined(self, statement: Executable, *models: type[SQLModel], **values: object) -> list[tuple[Any, ...]]:
        """Every row of several tables joined, each as its model; None where there is nothing of a table."""
        ready = prepared(statement, self.dialect)
        assert ready is not None
        found = self.driver.query(ready, {**values, "trust": self.trust})
        parts, end = [], 0
        for model in models:
            names = columns(model)
            start, end = end, end + len(names)
            parts.append((model, names, start, end))
        return [
            tuple(shaped(model, zip(names, cells[start:end], strict=True)) if cells[start] is not None else None
                  for model, names, start, end in parts)
            for cells in found
        ]

    def run(self, statement: Executable, values: Mapping[str, object] | None = None) -> Result[Any]:
        """Execute one statement about this trust; its parameter `trust` is filled in here."""
        return self.across(statement, {**(values or {}), "trust": self.trust})

    def change(self, statement: Executable, values: Mapping[str, object] | None = None) -> int:
        """Execute one update or deletion in this trust; how many rows it touched."""
        ready = prepared(statement, self.dialect)
        assert ready is not None
        return self.driver.change(ready, [{**(values or {}), "trust": self.trust}])

    def later(self, statement: Executable, values: Mapping[str, object], one: bool = False) -> None:
        """The same where nobody asks how many, as `Driver.later`; where it is not `one` row, the unit is stale."""
        ready = prepared(statement, self.dialect)
        assert ready is not None
        self.driver.later(ready, [{**values, "trust": self.trust}], one)

    def insert(self, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert several rows of this trust in one statement, as `later`."""
        if not rows:
            return
        full = [{**row, "trust_id": self.trust} for row in rows]
        ready = prepared(statement, self.dialect, full[0])
        if ready is None:
            self.connection.execute(statement, full)
            return
        self.driver.later(ready, full)

    def add(self, statement: Executable, row: Mapping[str, object]) -> int:
        """Insert one row of this trust and return its number."""
        result = self.connection.execute(statement, {**row, "trust_id": self.trust})
        key = result.inserted_primary_key
        assert key is not None
        return int(key[0])

    def across(self, statement: Executable, values: Mapping[str, object] | None = None) -> Result[Any]:
        """Execute one of the few statements that belong to no single trust: each says why at its place."""
        ready = prepared(statement, self.dialect, values or ())
        if ready is None:
            return self.connection.execute(statement, dict(values or {}))
        return result(ready, self.driver.query(ready, values or {}))

    def close(self) -> None:
        """What waits for the end of the unit (the audit chain, the outbox) is written now."""
        for finish in self.closing.values():
            finish()
        self.driver.flush()


class Asked:
    """A unit that waits for its turn."""

    def __init__(self, work: Callable[[Unit], object]) -> None:
        self.work = work
        self.done: Future[tuple[object, bool]] = Future()

    def settle(self, attempt: Callable[[Callable[[Unit], object]], tuple[object, bool]]) -> None:
        """Run it, and tell whoever waits."""
        try:
            self.done.set_result(attempt(self.work))
        except BaseException as error:  # noqa: BLE001  it is raised again where the unit was asked for
            self.done.set_exception(error)


class Database:
    """The one way to the rows: `await run(unit_function)`."""

    def __init__(self, url: str, vault: Vault | None = None) -> None:
        self.vault = vault
        self.engine = engine_for(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(1 if self.is_sqlite else THREADS, "storage")
        self._waiting: deque[Asked] = deque()
        self._local = threading.local()
        self._opened: list[Connection] = []
        self.owed: Callable[[], None] = lambda: None

    async def run(self, work: Callable[[Unit], Given]) -> Given:
        """Run `work` as one transaction; tried again where another writer came first."""
        asked = Asked(work)
        self._waiting.append(asked)
        self._threads.submit(self._serve)
        result, owes = await asyncio.wrap_future(asked.done)
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

    def _serve(self) -> None:
        """In storage's thread: what waits. SQLite's one writer commits several units with one write to the disk."""
        asked = [each for _ in range(MOST_AT_ONCE if self.is_sqlite else 1) for each in self._next()]
        if len(asked) > 1:
            self._together(asked)
        for each in asked:
            if not each.done.done():
                each.settle(self._try)

    def _next(self) -> Iterator[Asked]:
        with suppress(IndexError):
            each = self._waiting.popleft()
            if each.done.set_running_or_notify_cancel():
                yield each

    def _together(self, asked: Sequence[Asked]) -> None:
        """Each unit by itself between savepoints. What fails is left out here, and tried alone afterwards."""
        finished: list[tuple[Asked, tuple[object, bool]]] = []
        try:
            connection = self._connection()
            with connection.begin():
                for each in asked:
                    with suppress(Exception):
                        finished.append((each, _within(connection, self.vault, each.work)))
        except Exception:  # noqa: BLE001  nothing was committed: each is tried alone, and says itself what is wrong
            self._forget()
            return
        for each, outcome in finished:
            each.done.set_result(outcome)

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
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=THREADS)
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 20})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *ROOM):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    """The lock is taken first: eight presses at once would else write eight decisions (seen)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _within(connection: Connection, vault: Vault | None, work: Callable[[Unit], object]) -> tuple[object, bool]:
    """One unit among others in a transaction; whatever it raises, it leaves nothing behind."""
    unit = Unit(connection, vault)
    unit.driver.say("SAVEPOINT unit")
    try:
        result = work(unit)
        if not unit.cancelled:
            unit.close()
    except BaseException:
        unit.cancelled = True
        raise
    finally:
        if unit.cancelled:
            unit.driver.say("ROLLBACK TO unit")
        unit.driver.say("RELEASE unit")
    return result, unit.owes and not unit.cancelled


def _passing(error: DBAPIError) -> bool:
    """A deadlock, a lost connection, somebody else's row that came first: worth one more try."""
    return error.connection_invalidated or isinstance(error, OperationalError | IntegrityError)
