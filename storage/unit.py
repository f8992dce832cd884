"""Unit: an open transaction, and on whose behalf. What every query and every flow works with."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, Result
from sqlmodel import SQLModel

from storage.driver import Driver
from storage.statements import parts, prepared, result, shaped
from storage.tables import Trust
from storage.vault import Vault

Row = TypeVar("Row", bound=SQLModel)
Made = TypeVar("Made")


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
        self.unnamed: set[str] = set()
        """Files that a row of this unit named until now: deleted once it is committed, if no other names them."""
        self.driver = Driver(connection)
        self._connection = connection
        self._read: dict[Hashable, Any] = {}
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

    def joined_once(
        self, statement: Executable, make: Callable[[list[tuple[Any, ...]]], Made], *models: type[SQLModel],
        **values: Hashable,
    ) -> Made:
        """What `make` makes of several tables joined, as `joined`, once a unit; for nobody to change."""
        key = (statement, self.trust, *values.values())
        if key not in self._read:
            self._read[key] = make(self.joined(statement, *models, **values))
        made: Made = self._read[key]
        return made

    def forget(self, *statements: Executable) -> None:
        """What this unit has read once by these statements, it reads anew: it has changed that itself."""
        for key in [each for each in self._read if isinstance(each, tuple) and each[0] in statements]:
            del self._read[key]

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
        there, wanted = self._kept.setdefault((model, self.trust), {}), sorted(set(ids))
        if missing := [each for each in wanted if each not in there]:
            self.keep(model, self.all(statement, model, ids=missing))
        return {each: there[each] for each in wanted if each in there}

    def joined(self, statement: Executable, *models: type[SQLModel], **values: object) -> list[tuple[Any, ...]]:
        """Every row of several tables joined, each as its model; None where there is nothing of a table."""
        ready = prepared(statement, self.dialect)
        assert ready is not None
        found = self.driver.query(ready, {**values, "trust": self.trust})
        tables = parts(models)
        return [
            tuple([shaped(model, zip(names, cells[where], strict=True)) if cells[where.start] is not None else None
                   for model, names, where in tables])
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
            self.driver.flush()
            self.connection.execute(statement, full)
            return
        self.driver.later(ready, full)

    def add(self, statement: Executable, row: Mapping[str, object]) -> int:
        """Insert one row of this trust and return its number."""
        self.driver.flush()
        result = self.connection.execute(statement, {**row, "trust_id": self.trust})
        key = result.inserted_primary_key
        assert key is not None
        return int(key[0])

    def across(self, statement: Executable, values: Mapping[str, object] | None = None) -> Result[Any]:
        """Execute one of the few statements that belong to no single trust: each says why at its place."""
        ready = prepared(statement, self.dialect, values or ())
        if ready is None:
            self.driver.flush()
            return self.connection.execute(statement, dict(values or {}))
        return result(ready, self.driver.query(ready, values or {}))

    def close(self) -> None:
        """What waits for the end of the unit (the audit chain, the outbox) is written now."""
        for finish in self.closing.values():
            finish()
        self.driver.flush()
