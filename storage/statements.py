"""Statements compiled once and run on the driver itself: SQLAlchemy's way costs several times what SQLite does."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Delete,
    Dialect,
    Executable,
    Insert,
    Integer,
    Update,
    UpdateBase,
    bindparam,
    literal_column,
)
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)
Convert = Callable[[Any], Any] | None
Values = Mapping[str, object]


LIST = re.compile(r"IN \(__\[POSTCOMPILE_(\w+)\]\)")
PLACE = re.compile(r"\$(\d+)")
WORD = re.compile(r"\w+")


def of_trust(table: Any) -> ColumnElement[bool]:
    """The row is the trust's; for a statement that finds its rows by a list of their ids.

    SQLite, which has no statistics, takes a long list for more rows than a trust has, and would rather read all of
    the trust's. What has a plus is not looked for in an index.
    """
    return literal_column(f"+{table.name}.trust_id", Integer) == bindparam("trust")


@dataclass(frozen=True, slots=True)
class Bound:
    """A parameter: its name, the value where none is given, and how a value goes in. `many`: the values of an IN."""

    name: str
    required: bool
    value: object
    convert: Convert
    many: bool

    @property
    def turns(self) -> Convert:
        """What makes of a value what the driver gets; None where that is the value itself."""
        if not self.many:
            return self.convert
        return partial(_each, self.convert) if self.convert else list


class Prepared:
    """A statement as one engine's driver takes it."""

    def __init__(self, statement: Any, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.keys = [column.key for column in statement.exported_columns]
        self.shape = SimpleResultMetaData(self.keys)
        self._out = [
            (i, convert)
            for i, column in enumerate(statement.exported_columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        self._in = _bounds(compiled, dialect)
        self._plain = [(each.name, each.required, each.value) for each in self._in]
        self._turned = [(i, turn) for i, each in enumerate(self._in) if (turn := each.turns)]
        self._lists = [each for each in self._in if each.many]
        self._numbered = compiled.dialect.paramstyle == "numeric_dollar"
        self.sql = _with_arrays(compiled.string, self._in) if self._numbered else compiled.string
        self.is_row = isinstance(statement, Insert) and statement.select is None and self.sql.endswith(")")
        self.locks = isinstance(statement, Update | Delete)
        self.writes = str(statement.table) if isinstance(statement, UpdateBase) else ""
        self.words = frozenset(WORD.findall(self.sql))
        self._joined: dict[int, str] = {}

    def joined(self, rows: Sequence[Values]) -> tuple[str, list[Any]]:
        """The statement for these rows, of which only an INSERT (`is_row`) can have several, and its values."""
        if len(rows) == 1:
            return self.text(rows[0]), self.parameters(rows[0])
        number = len(rows)
        if number not in self._joined:
            head, places = self.sql.rsplit(" VALUES ", 1)
            several = (moved(places, i * len(self._in)) if self._numbered else places for i in range(number))
            self._joined[number] = f"{head} VALUES {', '.join(several)}"
        return self._joined[number], [value for row in rows for value in self.parameters(row)]

    def parameters(self, values: Values) -> list[Any]:
        """The values as the driver takes them; KeyError where a needed one is missing."""
        given: list[Any] = [values[name] if needed else values.get(name, value) for name, needed, value in self._plain]
        for i, turn in self._turned:
            given[i] = turn(given[i])
        if self._numbered or not self._lists:
            return given
        return list(chain.from_iterable(
            value if each.many else (value,) for each, value in zip(self._in, given, strict=True)))

    def text(self, values: Values) -> str:
        """The SQL; for SQLite with a place for each value of an IN."""
        if not self._lists or self._numbered:
            return self.sql
        sql = self.sql
        for each in self._lists:
            places = ", ".join("?" * len(values[each.name])) or "NULL"  # type: ignore[arg-type]
            sql = sql.replace(f"__[POSTCOMPILE_{each.name}]", places)
        return sql

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
        """The driver's rows, each value as its column's type says."""
        if not self._out:
            return list(found)
        return [self._converted(row) for row in found]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        cells = list(row)
        for i, convert in self._out:
            if cells[i] is not None:
                cells[i] = convert(cells[i])
        return tuple(cells)


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


@cache
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


@cache
def parts(models: tuple[type[SQLModel], ...]) -> tuple[tuple[type[SQLModel], tuple[str, ...], slice], ...]:
    """Of tables that are selected together: each one's names, and where its cells are in a row."""
    found, end = [], 0
    for model in models:
        names = columns(model)
        start, end = end, end + len(names)
        found.append((model, names, slice(start, end)))
    return tuple(found)


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
    compiled = statement.compile(dialect=_written_for(dialect), **inserting)
    if compiled.literal_execute_params or not all(each.expanding for each in compiled.post_compile_params):
        return None
    if any(each.default is None or not each.default.is_scalar for each in compiled.insert_prefetch):
        return None
    return Prepared(statement, compiled, dialect)


@cache
def _written_for(dialect: Dialect) -> Dialect:
    """PostgreSQL's statements name their parameters by number."""
    numbered: Callable[..., Dialect] = type(dialect)
    return numbered(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect


def _each(convert: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    return [convert(value) for value in values]


def _bounds(compiled: SQLCompiler, dialect: Dialect) -> list[Bound]:
    """The parameters in their order; those of an IN last where they are numbered."""
    defaults = {each.key: getattr(each.default, "arg", None) for each in compiled.insert_prefetch}
    many = {compiled.bind_names[bind] for bind in compiled.post_compile_params}
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    order = list(compiled.positiontup or ())
    if compiled.dialect.paramstyle == "numeric_dollar":
        order.sort(key=many.__contains__)
    return [_bound(name, binds[name], defaults, dialect, name in many) for name in order]


def _bound(name: str, bind: Any, defaults: Mapping[str, object], dialect: Dialect, many: bool) -> Bound:
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if name in defaults:
        return Bound(name, False, defaults[name], convert, many)
    return Bound(name, bind.required, bind.value, convert, many)


def _with_arrays(sql: str, bounds: Sequence[Bound]) -> str:
    """An IN as one parameter: the same statement however many values it has."""
    number = {each.name: i for i, each in enumerate(bounds, 1)}
    return LIST.sub(lambda found: f"= ANY(${number[found[1]]})", sql)


def moved(sql: str, by: int) -> str:
    """The SQL where so many other parameters come first."""
    return PLACE.sub(lambda found: f"${int(found[1]) + by}", sql)
