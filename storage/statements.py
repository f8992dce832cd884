"""Statements compiled once and run on the driver itself: SQLAlchemy's way costs several times what SQLite does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Executable, Insert
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)
Convert = Callable[[Any], Any] | None
Values = Mapping[str, object]
FEW = 20
"""So many rows are inserted by one statement: for more, the drivers' own way costs less."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A parameter: its name, the value where none is given, and how a value goes in."""

    name: str
    required: bool
    value: object
    convert: Convert

    def read(self, values: Values) -> object:
        """What the driver gets; KeyError where a needed value is missing."""
        value = values[self.name] if self.required else values.get(self.name, self.value)
        return self.convert(value) if self.convert else value


class Prepared:
    """A statement as one engine's driver takes it."""

    def __init__(self, statement: Any, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.sql = compiled.string
        self.keys = [column.key for column in statement.exported_columns]
        self.shape = SimpleResultMetaData(self.keys)
        self._out = [
            (i, convert)
            for i, column in enumerate(statement.exported_columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        defaults = {each.key: getattr(each.default, "arg", None) for each in compiled.insert_prefetch}
        bound = {name: _bound(name, bind, defaults, dialect) for bind, name in compiled.bind_names.items()}
        self._positional = compiled.positional
        self._in = [bound[name] for name in (compiled.positiontup or bound)]
        self._lists = {compiled.bind_names[bind] for bind in compiled.post_compile_params}
        self.is_row = isinstance(statement, Insert) and statement.select is None and self.sql.endswith(")")

    def joined(self, rows: Sequence[Values]) -> tuple[str, Any]:
        """An INSERT (`is_row`) of all these rows in one statement, and its values."""
        head, places = self.sql.rsplit(" VALUES ", 1)
        if self._positional:
            sql = ", ".join(places for _ in rows)
            return f"{head} VALUES {sql}", [value for row in rows for value in self.parameters(row)]
        sql = ", ".join(places.replace(")s", f"_{i})s") for i in range(len(rows)))
        values = {f"{name}_{i}": value for i, row in enumerate(rows) for name, value in self.parameters(row).items()}
        return f"{head} VALUES {sql}", values

    def parameters(self, values: Values) -> Any:
        """The values as the driver takes them."""
        if self._lists:
            found = [each for one in self._in for each in self._several(one, values)]
            return [value for _, value in found] if self._positional else dict(found)
        if self._positional:
            return [each.read(values) for each in self._in]
        return {each.name: each.read(values) for each in self._in}

    def text(self, values: Values) -> str:
        """The SQL, with a place for each value of an IN."""
        sql = self.sql
        for name in self._lists:
            count = len(values[name])  # type: ignore[arg-type]
            places = ("?" if self._positional else f"%({name}_{i})s" for i in range(count))
            sql = sql.replace(f"__[POSTCOMPILE_{name}]", ", ".join(places) or "NULL")
        return sql

    def _several(self, bound: Bound, values: Values) -> list[tuple[str, object]]:
        if bound.name not in self._lists:
            return [(bound.name, bound.read(values))]
        given: Any = values[bound.name]
        return [(f"{bound.name}_{i}", bound.read({bound.name: each})) for i, each in enumerate(given)]

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
        """The driver's rows, each value as its column's type says."""
        if not self._out:
            return list(found)
        return [self._converted(row) for row in found]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        cells = list(row)
        for i, convert in self._out:
            cells[i] = convert(cells[i])
        return tuple(cells)


class Driver:
    """Runs statements on the driver's connection beneath an open SQLAlchemy transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        link = connection.connection.dbapi_connection
        assert link is not None
        self._link = link

    def query(self, prepared: Prepared, values: Values) -> list[Sequence[Any]]:
        """Its rows; none where the statement returns none."""
        cursor = self._execute(prepared.text(values), prepared.parameters(values))
        try:
            return prepared.rows(cursor.fetchall()) if prepared.keys else []
        finally:
            cursor.close()

    def change(self, prepared: Prepared, rows: Sequence[Values]) -> int:
        """How many rows it touched, for each of `rows`."""
        if prepared.is_row and 1 < len(rows) <= FEW:
            cursor = self._execute(*prepared.joined(rows))
        else:
            cursor = self._execute(prepared.sql, *(prepared.parameters(each) for each in rows))
        try:
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def say(self, sql: str) -> None:
        """A plain command, such as SAVEPOINT."""
        self._execute(sql, ()).close()

    def _execute(self, sql: str, *rows: Any) -> Any:
        cursor = self._link.cursor()
        try:
            if len(rows) == 1:
                cursor.execute(sql, rows[0])
            else:
                cursor.executemany(sql, rows)
        except self._dialect.loaded_dbapi.Error as error:
            cursor.close()
            raise self._told(sql, error) from error
        return cursor

    def _told(self, sql: str, error: Exception) -> Exception:
        """The driver's error as SQLAlchemy's, without the values: they may be personal."""
        lost = bool(self._dialect.is_disconnect(error, None, None))  # type: ignore[arg-type]
        if lost:
            self._connection.invalidate(error)
        told = DBAPIError.instance(
            sql, None, error, self._dialect.loaded_dbapi.Error, True, lost, self._dialect,
        )
        assert isinstance(told, Exception)
        return told


_prepared: WeakKeyDictionary[Any, dict[Any, Prepared | None]] = WeakKeyDictionary()


def prepared(statement: Executable, dialect: Dialect, columns: Iterable[str] = ()) -> Prepared | None:
    """The statement for this engine, compiled once; None where SQLAlchemy must write it anew at each run."""
    known = _prepared.get(statement)
    if known is None:
        known = _prepared[statement] = {}
    named = columns if isinstance(statement, Insert) and statement.select is None else ()
    key = (dialect.name, *named)
    if key not in known:
        known[key] = _prepare(statement, dialect, key[1:])
    return known[key]


def shaped(model: type[Row], values: Iterable[tuple[Any, object]]) -> Row:
    """A row as its model. No session watches it, so its fields are plain attributes."""
    row: Row = object.__new__(_plain(model))
    row.__dict__.update(values)
    return row


def columns(model: type[SQLModel]) -> tuple[str, ...]:
    """The names of a table's columns, in the order in which a SELECT of the table gives them."""
    return tuple(model.model_fields)


@cache
def _plain(model: type[Row]) -> type[Row]:
    """The model without the ORM's descriptors, which cost each reading of a field five times what it takes."""
    own: dict[str, object] = {
        **dict.fromkeys(model.model_fields), "__setattr__": object.__setattr__,
        "__copy__": lambda row: shaped(model, row.__dict__.items()),
        "__pydantic_fields_set__": set(model.model_fields), "__pydantic_extra__": None, "__pydantic_private__": None,
    }
    return type.__new__(type(model), model.__name__, (model,), own)


def alter(row: SQLModel, values: Values) -> None:
    """Set these fields of a row that no ORM session watches."""
    row.__dict__.update(values)


def result(prepared: Prepared, rows: Iterable[Sequence[Any]]) -> IteratorResult[Any]:
    """The rows as SQLAlchemy's result."""
    return IteratorResult(prepared.shape, iter(rows))


def _prepare(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> Prepared | None:
    if not hasattr(statement, "exported_columns"):
        return None
    inserting = {"column_keys": list(columns), "for_executemany": True} if columns else {}
    compiled = statement.compile(dialect=dialect, **inserting)
    if compiled.literal_execute_params or not all(each.expanding for each in compiled.post_compile_params):
        return None
    if any(each.default is None or not each.default.is_scalar for each in compiled.insert_prefetch):
        return None
    return Prepared(statement, compiled, dialect)


def _bound(name: str, bind: Any, defaults: Mapping[str, object], dialect: Dialect) -> Bound:
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if name in defaults:
        return Bound(name, False, defaults[name], convert)
    return Bound(name, bind.required, bind.value, convert)
