"""outbox: what could not be delivered, and once more."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from bot.commands.ground import Refused, WhichTrust, act_for, opened
from cards.undelivered import mend, name
from handlers import undelivered
from storage import doors, outbox, people
from storage.database import Unit
from storage.tables import Outbox, ShutDoor

app = typer.Typer(help="What could not be delivered.", invoke_without_command=True)
Ids = Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Which notices, by their numbers.")]
All = Annotated[bool, typer.Option("--all", help="Every notice that could not be delivered.")]


@app.callback()
def outbox_(context: typer.Context, trust: WhichTrust = None) -> None:
    """List the notices that could not be delivered, with the reason, and what keeps others waiting."""
    if context.invoked_subcommand:
        return
    with opened() as database:
        lines = database.run_now(partial(_listed, pack=trust))
    for line in lines or ["Everything was delivered, or still will be."]:
        typer.echo(line)


@app.command()
def retry(ids: Ids = None, every: All = False, trust: WhichTrust = None) -> None:
    """Try again to deliver them, from the start. What nobody needs any more is left out by itself."""
    if bool(ids) == every:
        raise Refused("Say which: their numbers, as `canipost outbox` lists them, or --all.")
    with opened() as database:
        number = database.run_now(partial(_tried_again, ids=ids or (), every=every, pack=trust))
    typer.echo(f"{number} on the way again. The running bot sends them.")


def _listed(u: Unit, pack: str | None) -> list[str]:
    act_for(u, pack)
    found = outbox.buried(u)
    names = people.people(u, {each.person_id for each in found})
    lines = [f"{name(each.door)} is shut since {_when(u, each)}: {each.problem}. {mend(each.door)}"
             for each in doors.shut(u).values()]
    lines += [
        f"{number} waiting since {since.astimezone(u.zone):%d/%m/%Y %H:%M}: {why}"
        for why, number, since in outbox.held(u)
    ]
    return lines + [_line(u, each, names[each.person_id].name) for each in found]


def _line(u: Unit, notice: Outbox, who: str) -> str:
    return (
        f"{notice.id}: {notice.card} about {notice.subject_id} to {who}, since {_when(u, notice)}, "
        f"{notice.attempts} attempts: {notice.problem}"
    )


def _when(u: Unit, what: Outbox | ShutDoor) -> str:
    return f"{what.since.astimezone(u.zone):%d/%m/%Y %H:%M}"


def _tried_again(u: Unit, ids: Sequence[int], every: bool, pack: str | None) -> int:
    act_for(u, pack)
    found = {each.id: each for each in outbox.buried(u)}
    if missing := sorted(set(ids) - found.keys()):
        raise Refused(f"Not among what could not be delivered: {', '.join(map(str, missing))}. Nothing was changed.")
    return undelivered.try_again(u, None, [each for number, each in found.items() if every or number in ids])
