"""What every table stands on: one metadata with names for its constraints, and the platforms' names."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint, MetaData
from sqlmodel import SQLModel

__all__ = ["Platform", "SQLModel", "among", "in_order"]

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
SQLModel.model_config["defer_build"] = True  # rows validate nothing: no validator is built


class Platform(StrEnum):
    """A door through which people talk to the bot."""

    SLACK = "slack"
    TEAMS = "teams"
    CONSOLE = "console"


def among(column: str, words: Iterable[str]) -> CheckConstraint:
    """The column has one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def in_order() -> CheckConstraint:
    """Whoever has a first and a last day does not leave before they come."""
    return CheckConstraint("first_day IS NULL OR last_day IS NULL OR last_day >= first_day", name="days")
