"""db: the database's schema; backup: a copy of it."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.ground import Refused, connected, current, opened, unreachable
from bot.settings import load
from storage import backup as copies
from storage import schema

app = typer.Typer(help="The database's schema.", no_args_is_help=True)
Copy = Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; nothing may be there yet.")]


@app.command()
def upgrade() -> None:
    """Bring the database to the newest schema, from nothing or from any earlier one."""
    database = connected(load())
    try:
        schema.upgrade(database.engine)
    except SQLAlchemyError as error:
        raise unreachable(error) from None
    finally:
        database.close()
    typer.echo("The database is at the newest schema.")


@app.command()
def check() -> None:
    """Say whether the database is at the newest schema; nothing is changed."""
    database = connected(load())
    try:
        current(database)
    finally:
        database.close()
    typer.echo("The database is at the newest schema.")


def backup(file: Copy) -> None:
    """Copy the SQLite database as it stands, while the bot goes on."""
    settings = load()
    if not file.name:
        raise Refused("Name the file that the copy goes into.")
    with opened(settings) as database:
        try:
            copies.backup(database.engine, file)
        except copies.NotSqlite:
            raise Refused("This is for SQLite. For PostgreSQL use its own: pg_dump.") from None
        except FileExistsError:
            raise Refused(f"{file} is there already. Name another file.") from None
        except copies.Damaged:
            raise Refused("The copy is not sound, and was not kept. Look at the disk, and at the database.") from None
        except OSError as error:
            raise Refused(f"{file} cannot be written: {error.strerror or error}.") from None
    typer.echo(f"Copied to {file}.")
    typer.echo(f"Pictures and files of reports lie in {settings.files_folder}: copy that folder after this.")
    typer.echo("The keys of CANIPOST_REPORT_KEYS are in neither. Without them no report can be read again.")


@app.command(hidden=True)
def revise(message: str) -> None:
    """For developers: write the migration that takes the database, at its head, to storage/tables.py."""
    database = connected(load())
    try:
        typer.echo(f"Wrote {schema.revise(database.engine, message)}. Read it, and mend it by hand.")
    finally:
        database.close()
