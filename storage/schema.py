"""The database's schema: brought to the newest revision, or asked whether it is there."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.sql import column, table

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 20260321
"""PostgreSQL's advisory lock: of two replicas that upgrade at once, one waits and finds nothing to do."""
PRESENT = table("alembic_version", column("version_num"))


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision, from nothing or from any earlier one, in one transaction."""
    from alembic import command

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        command.upgrade(_config(connection), "head")


def check(engine: Engine) -> bool:
    """Whether the schema is at the newest revision; nothing is changed. Alembic need not be loaded to know."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(PRESENT.name):
            return False
        return list(connection.scalars(select(PRESENT.c.version_num))) == [newest()]


def newest() -> str:
    """The number of the last migration; each file is named after its own, and `revise` counts on from there."""
    return max(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v[0-9][0-9][0-9][0-9]_*.py"))


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
