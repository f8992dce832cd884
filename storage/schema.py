"""The database's schema: brought to the newest revision, or asked whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 20260321
"""PostgreSQL's advisory lock: of two replicas that upgrade at once, one waits and finds nothing to do."""


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision, from nothing or from any earlier one, in one transaction."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        command.upgrade(_config(connection), "head")


def check(engine: Engine) -> bool:
    """Whether the schema is at the newest revision; nothing is changed."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == tuple(_scripts().get_heads())


def revise(engine: Engine, message: str) -> Path:
    """Write the migration from the database, which is at the newest revision, to the tables; returns its file."""
    with engine.begin() as connection:
        number = f"{len(list(_scripts().walk_revisions())) + 1:04}"
        script = command.revision(_config(connection), message, autogenerate=True, rev_id=number)
    assert isinstance(script, Script)
    return Path(script.path)


def _config(connection: Connection) -> Config:
    """Alembic's settings, made here: whoever runs the bot needs no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
