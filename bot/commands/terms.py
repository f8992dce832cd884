"""terms: when schools are closed, from a spreadsheet."""

from typing import Annotated

import typer

from bot.commands.ground import WhichTrust, Yes, act_for, listed, opened
from bot.commands.lists import File, import_file, read_file
from handlers import terms
from handlers.rules.terms import EVERY_SCHOOL, EVERYBODY, Closed, TermsPlan
from storage.database import Unit

app = typer.Typer(help="When schools are closed: holidays, INSET days.", no_args_is_help=True)
RemoveMissing = Annotated[bool, typer.Option("--remove-missing", help="What is not in the file is taken out.")]
WHERE = {EVERY_SCHOOL: "every school", EVERYBODY: "the whole trust"}


@app.command("import")
def import_terms(file: File, trust: WhichTrust = None, yes: Yes = False, remove_missing: RemoveMissing = False) -> None:
    """Bring the calendar to what a file says. Shows what would change, and asks."""
    data = read_file(file)

    def apply(u: Unit, shown: TermsPlan) -> None:
        terms.apply(u, data, shown, remove_missing)

    import_file(trust, yes, remove_missing, lambda u: terms.plan(u, data), _show, apply)


@app.command("list")
def list_terms(trust: WhichTrust = None) -> None:
    """Show when schools are closed, from today on, with the bank holidays of the next twelve months."""

    def read(u: Unit) -> list[Closed]:
        act_for(u, trust)
        return terms.coming(u)

    with opened() as database:
        found = database.run_now(read)
    for each in found:
        typer.echo(_said(each))
    if not any(each.title != terms.BANK_HOLIDAY for each in found):
        typer.echo("There are no term dates yet. Run: canipost terms import terms.csv")


def _show(plan: TermsPlan, remove_missing: bool) -> None:
    listed("New", [_said(each) for each in plan.new])
    listed("Taken out, because the file has other days", [_said(each) for each in plan.replaced])
    left = "Not in the file; taken out" if remove_missing else "Not in the file; stay as they are (--remove-missing)"
    listed(left, [_said(each) for each in plan.missing])
    typer.echo(f"The same: {plan.same}")


def _said(each: Closed) -> str:
    until = f" to {each.last_day:%d/%m/%Y}" if each.last_day != each.first_day else ""
    return f"{each.first_day:%a %d/%m/%Y}{until}, {WHERE.get(each.school, each.school)}: {each.title}"
