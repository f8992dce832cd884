"""keys: what seals the reports."""

import typer

from bot.commands.ground import Refused, opened
from bot.settings import load
from storage import report_seals
from storage.vault import Unreadable, new_key

app = typer.Typer(help="The keys that reports are sealed with.", no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a fresh key. Keep it where the database is not, and a copy somewhere safe: without it no report opens."""
    typer.echo(new_key())


@app.command()
def rotate() -> None:
    """Seal everything anew with the first of CANIPOST_REPORT_KEYS; after that the others are not needed any more."""
    settings = load()
    if settings.vault is None:
        raise Refused("No key is set. Put the new one in front of the old ones in CANIPOST_REPORT_KEYS.")
    with opened(settings) as database:
        try:
            count = database.run_now(report_seals.renew)
        except Unreadable:
            sentence = "Some of it opens with none of the keys. Add the one that is missing."
            raise Refused(sentence, "Nothing was changed.") from None
    typer.echo(f"Sealed {count} anew. Only the first key is needed from now on.")
