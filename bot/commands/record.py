"""audit and outbox: whether the record is whole, and what could not be delivered."""

from functools import partial

import typer

from bot.commands.ground import Refused, WhichTrust, act_for, opened
from storage import audit, outbox, people
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


def buried(trust: WhichTrust = None) -> None:
    """List the notices that could not be delivered, with the reason."""
    with opened() as database:
        found = database.run_now(lambda u: _buried(u, trust))
    for line in found:
        typer.echo(line)
    if not found:
        typer.echo("Everything was delivered, or still will be.")


def _first_broken(u: Unit, pack: str) -> int | None:
    act_for(u, pack)
    return audit.verify(u)


def _buried(u: Unit, pack: str | None) -> list[str]:
    act_for(u, pack)
    notices = outbox.buried(u)
    names = people.people(u, {each.person_id for each in notices})
    return [
        f"{each.id}: {each.card} about {each.subject_id} to {names[each.person_id].name}, "
        f"due {each.due_at.astimezone(u.zone):%d/%m/%Y %H:%M}, {each.attempts} attempts: {each.problem}"
        for each in notices
    ]
