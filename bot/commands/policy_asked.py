"""policy asked: what staff ask most, and what the policy leaves open."""

from typing import Annotated

import typer

from bot.commands.ground import WhosePolicy, act_for, opened
from cards import policy_find as cards
from handlers import policy_asked
from storage.database import Unit

Days = Annotated[int, typer.Option("--days", min=1, max=3660, help="Over how many days, until today.")]


def asked(days: Days = 90, pack: WhosePolicy = None) -> None:
    """Show what staff asked most, how often the policy said nothing, and whether the answers helped. No names."""

    def read(u: Unit) -> list[policy_asked.Counted]:
        act_for(u, pack)
        return policy_asked.counted(u, days)

    with opened() as database:
        found = database.run_now(read)
    for each in found:
        typer.echo(cards.counted(each.what, each.asked, each.silent, each.helped, each.missed))
    if not found:
        typer.echo(cards.nothing_asked(days))
