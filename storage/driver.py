"""The driver's own connection beneath an open transaction: a unit's statements are run here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.statements import Prepared, Values, moved

FEW = 100
"""So many rows are inserted by one statement. The drivers' own way takes turns with other threads at each row."""
SHAPES = 500
"""So many different sets of writes that went together are remembered as SQL."""


class Stale(Exception):
    """Somebody else changed the row first; the unit is tried again on what is there now."""


@dataclass(frozen=True, slots=True)
class Write:
    """One that waits. `one`: it is to touch exactly one row, else the unit is stale."""

    prepared: Prepared
    rows: Sequence[Values]
    one: bool

    @property
    def joins(self) -> bool:
        """Whether it is one statement."""
        return len(self.rows) == 1 or (self.prepared.is_row and len(self.rows) <= FEW)


class Driver:
    """Runs statements. What nobody needs the result of waits, and goes to PostgreSQL in one round trip."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        link = connection.connection.dbapi_connection
        assert link is not None
        # psycopg's usual cursors look for %s in every statement; this one takes PostgreSQL's own $1.
        raw = getattr(self._dialect.loaded_dbapi, "RawCursor", None)
        self._cursor: Any = raw(link) if raw else link.cursor()
        self._together = raw is not None
        self._waiting: list[Write] = []

    def query(self, prepared: Prepared, values: Values) -> list[Sequence[Any]]:
        """Its rows; none where the statement returns none. It sees all that was written before."""
        if prepared.writes or self._bears_on(prepared):
            self.flush()
        return prepared.rows(self._rows(prepared.text(values), prepared.parameters(values), bool(prepared.keys)))

    def change(self, prepared: Prepared, rows: Sequence[Values]) -> int:
        """How many rows it touched, for each of `rows`."""
        self.flush()
        return self._changed(prepared, rows)

    def later(self, prepared: Prepared, rows: Sequence[Values], one: bool = False) -> None:
        """A write that waits until something is read that it touches, or for the end of the unit.

        Statements that go together do not see each other. So an update begins anew where what waits touches its
        table, and what inserts from a SELECT always does: it sees what was committed while a row was waited for.
        """
        if not prepared.is_row and (not prepared.locks or self._bears_on(prepared)):
            self.flush()
        self._waiting.append(Write(prepared, rows, one))

    def _bears_on(self, prepared: Prepared) -> bool:
        """Whether a table that it names is written to by what waits."""
        return any(each.prepared.writes in prepared.words for each in self._waiting)

    @property
    def holds_changes(self) -> bool:
        """Whether rows that are there already are still to be changed."""
        return any(each.prepared.locks for each in self._waiting)

    def flush(self) -> None:
        """What waits is written now; Stale where somebody else came first."""
        waiting, self._waiting = self._waiting, []
        if self._together and len(waiting) > 1 and all(each.joins for each in waiting):
            counts: Sequence[int] = self._all_at_once(waiting)
        else:
            counts = [self._changed(each.prepared, each.rows) for each in waiting]
        if any(each.one and count != 1 for each, count in zip(waiting, counts, strict=True)):
            raise Stale

    def _all_at_once(self, waiting: Sequence[Write]) -> Sequence[int]:
        parts, values = [], list[Any]()
        for each in waiting:
            sql, given = each.prepared.joined(each.rows)
            parts.append((sql, len(given)))
            values += given
        return self._rows(_joined(tuple(parts)), values, True)[0]

    def _changed(self, prepared: Prepared, rows: Sequence[Values]) -> int:
        if not prepared.is_row:
            return self._touched(prepared.sql, *(prepared.parameters(each) for each in rows))
        parts = (rows[start : start + FEW] for start in range(0, len(rows), FEW))
        return sum(self._touched(*prepared.joined(part)) for part in parts)

    def _touched(self, sql: str, *rows: Any) -> int:
        self._execute(sql, *rows)
        return int(self._cursor.rowcount)

    def _rows(self, sql: str, values: list[Any], any_: bool) -> Sequence[Sequence[Any]]:
        self._execute(sql, values)
        found: Sequence[Sequence[Any]] = self._cursor.fetchall() if any_ else ()
        return found

    def _execute(self, sql: str, *rows: Any) -> None:
        try:
            if len(rows) == 1:
                self._cursor.execute(sql, rows[0])
            else:
                self._cursor.executemany(sql, rows)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._told(sql, error) from error

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


@lru_cache(SHAPES)
def _joined(parts: tuple[tuple[str, int], ...]) -> str:
    """One statement of all these, each with the number of its parameters; it tells how many rows each touched."""
    steps, before = [], 0
    for number, (sql, places) in enumerate(parts):
        steps.append(f"w{number} AS ({moved(sql, before)} RETURNING 1)")
        before += places
    counts = ", ".join(f"(SELECT count(*) FROM w{number})" for number in range(len(parts)))  # noqa: S608  no values
    return f"WITH {', '.join(steps)} SELECT {counts}"
