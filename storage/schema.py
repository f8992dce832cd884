"""The database's schema: brought to the newest revision, or asked whether it is there."""

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.sql import column, table
from sqlmodel import SQLModel

from storage import tables as _every_table  # noqa: F401  their metadata is asked for below

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 20260321
"""PostgreSQL's advisory lock: of two replicas that upgrade at once, one waits and finds nothing to do."""
PRESENT = table("alembic_version", column("version_num"))


class Standing(StrEnum):
    """How a database stands to this program."""

    READY = "ready"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"
    """A later version of this program has upgraded it."""
    PARTLY = "partly"
    """Some of the tables are missing, or all is there but which revision it is."""
    FOREIGN = "foreign"
    """Another program's."""


class Unfit(Exception):
    """This database cannot be upgraded; it was not touched."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision, from nothing or from any earlier one, in one transaction.

    Unfit where it is neither: another program's database, or one that a later version has upgraded, is left alone.
    """
    from alembic import command

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        standing = _standing(connection)
        if standing not in (Standing.READY, Standing.EMPTY, Standing.OLDER):
            raise Unfit(standing)
        command.upgrade(_config(connection), "head")


def fits(connection: Connection) -> bool:
    """Whether the schema is at the newest revision, and whole; nothing is changed."""
    return _standing(connection) == Standing.READY


def standing(engine: Engine) -> Standing:
    """How the database stands to this program. Alembic need not be loaded to know."""
    with engine.connect() as connection:
        return _standing(connection)


def _standing(connection: Connection) -> Standing:
    there, ours = set(inspect(connection).get_table_names()), SQLModel.metadata.tables.keys()
    marked = list(connection.scalars(select(PRESENT.c.version_num))) if PRESENT.name in there else []
    if not marked and not there - {PRESENT.name}:
        return Standing.EMPTY
    if len(there & ours) < len(ours) / 2:  # others have a table `person` too
        return Standing.FOREIGN
    if _later(marked):
        return Standing.NEWER
    if len(marked) != 1 or not set(marked) <= revisions():
        return Standing.PARTLY
    if marked != [newest()]:
        return Standing.OLDER
    return Standing.READY if ours <= there else Standing.PARTLY


def _later(marked: Sequence[str]) -> bool:
    """Whether these are revisions, and come after all that this program knows."""
    return bool(marked) and all(re.fullmatch("[0-9]{4}", each) and each > newest() for each in marked)


def revisions() -> set[str]:
    """The numbers of the migrations: each file is named after its own, and `revise` counts on from the last."""
    return {path.name[1:5] for path in (MIGRATIONS / "versions").glob("v[0-9][0-9][0-9][0-9]_*.py")}


def newest() -> str:
    """The number of the last migration."""
    return max(revisions())


def revise(engine: Engine, message: str) -> Path:
    """Write the migration from the database, which is at the newest revision, to the tables; returns its file."""
    from alembic import command
    from alembic.script import Script

    with engine.begin() as connection:
        script = command.revision(
            _config(connection), message, autogenerate=True, rev_id=f"{int(newest()) + 1:04}"
        )
    assert isinstance(script, Script)
    return Path(script.path)


def _config(connection: Connection) -> "Config":
    """Alembic's settings, made here: whoever runs the bot needs no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
