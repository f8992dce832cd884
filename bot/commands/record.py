"""audit: whether the record is whole."""

from functools import partial

import typer

from bot.commands.ground import Refused, WhichTrust, act_for, opened
from storage import audit, people
from storage.database import Unit

app = typer.Typer(help="The record of who did what.", no_args_is_help=True)


@app.command()
def verify(trust: WhichTrust = None) -> None:
    """Find the first entry of the record that was altered, removed or reordered."""
    with opened() as database:
        packs = [trust] if trust else [each.pack for each in database.run_now(people.trusts)]
        broken = {pack: database.run_now(partial(_first_broken, pack=pack)) for pack in packs}
    for pack, seq in broken.items():
        if seq is None:
            typer.echo(f"{pack}: the record is whole.")
    bad = [f"{pack}: the record is broken at entry {seq}." for pack, seq in broken.items() if seq is not None]
    if bad:
        raise Refused(*bad)


def _first_broken(u: Unit, pack: str) -> int | None:
    act_for(u, pack)
    return audit.verify(u)

