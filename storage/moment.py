"""How a moment is kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime on both engines. ValueError for one without a zone.

    SQLite keeps text, in SQLAlchemy's form, and no zone; SQLAlchemy's own way there takes four times as long.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """How one goes in."""
        return _to_text if dialect.name == "sqlite" else _to_session

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """In UTC: SQLite gives text without a zone, PostgreSQL the session's own."""
        return _from_text if dialect.name == "sqlite" else _from_session


def _to_session(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(UTC)


def _to_text(moment: datetime | None) -> str | None:
    utc = _to_session(moment)
    return None if utc is None else utc.replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _from_session(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
