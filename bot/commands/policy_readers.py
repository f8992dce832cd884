"""policy readers: who has confirmed which version, and who has not, as a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.ground import WhosePolicy, act_for, opened, still_free, write_out
from cards import reading_who as cards
from handlers import reading_who
from storage.database import Unit

Out = Annotated[Path | None, typer.Argument(metavar="FILE", help="A new file; without one it is shown.")]


def readers(file: Out = None, pack: WhosePolicy = None) -> None:
    """Write who has confirmed what, and who has not, as a spreadsheet (CSV). The record notes it."""
    still_free(file)

    def read(u: Unit) -> reading_who.Export:
        act_for(u, pack)
        return reading_who.export(u)

    with opened() as database:
        written = database.run_now(read)
    if not write_out(file, written.data):
        return
    typer.echo(f"Wrote {file} ({written.lines} lines).")
    typer.echo(cards.CONFIDENTIAL)
