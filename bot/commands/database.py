"""db: the database's schema."""

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.ground import Refused, connected, current, unreachable
from bot.settings import load
from storage import schema

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


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
        if not current(database):
            raise Refused("The database is not at the newest schema. Run: canipost db upgrade")
    finally:
        database.close()
    typer.echo("The database is at the newest schema.")


@app.command(hidden=True)
def revise(message: str) -> None:
    """For developers: write the migration that takes the database, at its head, to storage/tables.py."""
    database = connected(load())
    try:
        typer.echo(f"Wrote {schema.revise(database.engine, message)}. Read it, and mend it by hand.")
    finally:
        database.close()
