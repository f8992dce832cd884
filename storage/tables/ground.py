"""What every table stands on: one metadata with names for its constraints, and the platforms' names."""

from enum import StrEnum

from sqlalchemy import MetaData
from sqlmodel import SQLModel

__all__ = ["Platform", "SQLModel"]

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Platform(StrEnum):
    """A door through which people talk to the bot."""

    SLACK = "slack"
    TEAMS = "teams"
    CONSOLE = "console"
