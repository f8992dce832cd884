"""cover and reassign: who is away, who stands in, and a request handed to somebody else."""

from datetime import date
from typing import Annotated

import typer

from bot.commands.ground import Refused, WhichTrust, act_for, opened, person_at
from cards import cover as cards
from cards.passing import HINDRANCES
from cards.words import span
from handlers import cover, cover_said, passing, view
from handlers.rules import absence
from handlers.rules.cover import BY_NAME, Held
from storage import cover as storage
from storage.database import Unit
from storage.tables import Person

app = typer.Typer(help="Who is away, and who stands in.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(metavar="EMAIL", help="Who is away: the e-mail on the staff list.")]
First = Annotated[str, typer.Option("--from", help="The first day away: 2026-11-09, 9/11 or “tomorrow”.")]
Last = Annotated[str, typer.Option("--until", help="The last day away, itself included.")]
StandIn = Annotated[str, typer.Option("--stand-in", metavar="EMAIL", help="Who decides; else as the pack says.")]


@app.command("list")
def list_all(trust: WhichTrust = None) -> None:
    """Show who is away, or will be, and who stands in."""

    def read(u: Unit) -> list[str]:
        act_for(u, trust)
        return cover_said.listing(u)

    with opened() as database:
        found = database.run_now(read)
    for line in found or ["Nobody is down as away."]:
        typer.echo(line)


@app.command("set")
def set_one(email: Who, first: First, last: Last, stand_in: StandIn = "", trust: WhichTrust = None) -> None:
    """Say that somebody is away. In the place of what was set for any of these days."""

    def put(u: Unit) -> list[str]:
        act_for(u, trust)
        person = person_at(u, email)
        days = _days(u.today, first, last)
        wanted = person_at(u, stand_in) if stand_in else None
        chosen = cover.choices(u, person, days, _for_all(u, person, wanted))
        if not chosen:
            raise Refused(cards.NOTHING_OF.format(who=person.name))
        for each in chosen:
            if each.problem:
                who = each.chosen.name if each.chosen else wanted.name if wanted else ""
                raise Refused(cards.problem(each.problem, who), _who_may(each))
        cover.put(u, person, days, chosen, None)
        return [f"{person.name} is away {span(*days, u.today)}.", *cover_said.listing(u)]

    with opened() as database:
        for line in database.run_now(put):
            typer.echo(line)


@app.command()
def end(email: Who, trust: WhichTrust = None) -> None:
    """Say that somebody is back, or not away after all."""

    def over(u: Unit) -> str:
        act_for(u, trust)
        person = person_at(u, email)
        rows = storage.of_person(u, person.id or 0)
        if not rows:
            raise Refused(f"{person.name} is not down as away. Nothing was changed.")
        for away in dict.fromkeys(row.away for row in rows):
            cover.end(u, [row for row in rows if row.away == away], None)
        return f"Nobody stands in for {person.name} any more."

    with opened() as database:
        typer.echo(database.run_now(over))


def reassign(
    request: Annotated[str, typer.Argument(help="The request's id.")],
    to: Annotated[str, typer.Option("--to", metavar="EMAIL", help="Who is to decide it.")],
    trust: WhichTrust = None,
) -> None:
    """Hand the decision of a request to somebody else. What the request says is not shown."""

    def hand(u: Unit) -> str:
        act_for(u, trust)
        person, case = person_at(u, to), view.held(u, request.strip().upper())
        why = passing.hindrance(u, case, person)
        if why or case is None:
            raise Refused(HINDRANCES[why or "closed"].format(who=person.name), "Nothing was changed.")
        passing.pass_on(u, case, passing.left(case), person, None)
        return f"{person.name} decides {case.request.id} from now on, and has the card."

    with opened() as database:
        typer.echo(database.run_now(hand))


def _days(today: date, first: str, last: str) -> tuple[date, date]:
    read = [absence.days(each, today) for each in (first, last)]
    if read[0] is None or read[1] is None:
        raise Refused("I cannot read one of the days. Write them like 2026-11-09 or 9/11.")
    days = read[0].first, read[1].last
    if wrong := absence.wrong(absence.Days(*days), today):
        raise Refused(cards.problem(wrong), "Nothing was changed.")
    return max(days[0], today), days[1]


def _for_all(u: Unit, person: Person, stand_in: Person | None) -> dict[Held, int | None] | None:
    """This person for whatever somebody is asked as; where only by name they may, for that alone."""
    if stand_in is None:
        return None
    held = cover.posts(u, person)
    fits = [each for each in held if any(p.id == stand_in.id for p in cover.candidates(u, person, each))]
    return dict.fromkeys(fits or [each for each in held if each != BY_NAME] or held, stand_in.id)


def _who_may(choice: cover.Choice) -> str:
    names = ", ".join(f"{p.name} ({p.email})" for p in choice.candidates)
    return f"Who may: {names}." if names else "The pack names nobody who may and is there. Nothing was changed."
