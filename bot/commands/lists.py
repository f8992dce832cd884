"""staff and register: the lists that come from a spreadsheet, and the registers that go into one."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.commands.ground import (
    Refused,
    WhichTrust,
    Yes,
    act_for,
    agreed,
    listed,
    opened,
    person_at,
    still_free,
    write_out,
)
from cards import leaving as cards
from cards.passing import HINDRANCES
from handlers import handing_over, people, register
from handlers.rules.leaving import unfit
from handlers.rules.people import Difference, Staff, StaffPlan
from handlers.rules.register import RegisterPlan, Row, RowDifference
from handlers.rules.spreadsheet import BadFile
from handlers.rules.terms import TermsPlan
from storage.database import Stale, Unit
from storage.tables import Book, Person

Plan = TypeVar("Plan", StaffPlan, RegisterPlan, TermsPlan)
staff = typer.Typer(help="The staff list.", no_args_is_help=True)
accounts = typer.Typer(help="The registers: accounts, sites, devices, permissions.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="A spreadsheet saved as CSV.")]
EndMissing = Annotated[bool, typer.Option("--remove-missing", help="Who is on the list but not in the file has left.")]
CloseMissing = Annotated[bool, typer.Option("--remove-missing", help="What is not in the file is closed.")]
Out = Annotated[Path | None, typer.Argument(metavar="FILE", help="A new file; without one it is shown.")]
WhichBook = Annotated[Book | None, typer.Option("--book", help="One of the registers; without it, all.")]
WithClosed = Annotated[bool, typer.Option("--all", help="Also what is closed.")]


@staff.command("import")
def import_staff(file: File, trust: WhichTrust = None, yes: Yes = False, remove_missing: EndMissing = False) -> None:
    """Bring the staff list to what a file says. Shows what would change, and asks."""
    data = read_file(file)

    def apply(u: Unit, shown: StaffPlan) -> None:
        people.apply(u, data, shown, remove_missing)

    import_file(trust, yes, remove_missing, lambda u: people.plan(u, data), _show_staff, apply)


@staff.command("hand-over")
def hand_over(
    leaver: Annotated[str, typer.Argument(metavar="FROM", help="The e-mail of whoever leaves.")],
    successor: Annotated[str, typer.Argument(metavar="TO", help="The e-mail of whoever takes over.")],
    trust: WhichTrust = None,
    yes: Yes = False,
) -> None:
    """Hand everything that waits for somebody to a successor. Shows what it is, and asks. Their drafts stay theirs."""

    def planned(u: Unit) -> tuple[Person, Person, handing_over.Left]:
        act_for(u, trust)
        from_, to = person_at(u, leaver), person_at(u, successor)
        if why := unfit(from_, to, u.today):
            raise Refused(cards.problem(why, from_.name, to.name), "Nothing was changed.")
        return from_, to, handing_over.plan(u, from_, to)

    def done(u: Unit) -> None:
        act_for(u, trust)
        handing_over.apply(u, from_, to, shown)

    with opened() as database:
        from_, to, shown = database.run_now(planned)
        _show_left(shown, to)
        if shown.empty:
            typer.echo("Nothing to hand over.")
            return
        agreed(f"Hand this from {from_.name} to {to.name}?", yes)
        try:
            database.run_now(done)
        except Stale:
            raise Refused("Something changed meanwhile, so nothing was done. Please run it again.") from None
    typer.echo("Done.")


def _show_left(shown: handing_over.Left, to: Person) -> None:
    listed("Requests to decide", shown.decide)
    listed("Things to do", [f"task {each}" for each in shown.do])
    listed("Accounts and sites to run", [f"entry {each}" for each in shown.run])
    listed("Absences to stand in for", [f"cover {each}" for each in shown.stand_in])
    listed("Absences that nobody stands in for then", [f"cover {each}" for each in shown.alone])
    listed("Stays as it is", [f"{number}: {HINDRANCES[why].format(who=to.name)}" for number, why in shown.stay])


@accounts.command("import")
def import_accounts(
    file: File, trust: WhichTrust = None, yes: Yes = False, remove_missing: CloseMissing = False
) -> None:
    """Bring the register of accounts to what a file says. Shows what would change, and asks."""
    data = read_file(file)

    def apply(u: Unit, shown: RegisterPlan) -> None:
        register.apply(u, data, shown, remove_missing)

    import_file(trust, yes, remove_missing, lambda u: register.plan(u, data), _show_register, apply)


@accounts.command("export")
def export_registers(
    file: Out = None, book: WhichBook = None, every: WithClosed = False, trust: WhichTrust = None
) -> None:
    """Write the registers as a spreadsheet (CSV), with the names of who answers for what. The record notes it."""
    still_free(file)

    def read(u: Unit) -> register.Export:
        act_for(u, trust)
        return register.export(u, book, every)

    with opened() as database:
        written = database.run_now(read)
    if not write_out(file, written.data):
        return
    typer.echo(f"Wrote {file} ({written.entries} entries).")
    typer.echo("It names people: please keep it where only those find it who need it.")


def import_file(
    trust: str | None,
    yes: bool,
    remove_missing: bool,
    plan: Callable[[Unit], Plan],
    show: Callable[[Plan, bool], None],
    apply: Callable[[Unit, Plan], None],
) -> None:
    """Plan, show, ask, and then do what was shown, in one transaction."""

    def planned(u: Unit) -> Plan:
        act_for(u, trust)
        return plan(u)

    def done(u: Unit, shown: Plan) -> None:
        act_for(u, trust)
        apply(u, shown)

    with opened() as database:
        try:
            shown = database.run_now(planned)
            show(shown, remove_missing)
            if shown.empty and not (remove_missing and shown.missing):
                typer.echo("Nothing to change.")
                return
            agreed("Do this?", yes)
            database.run_now(lambda u: done(u, shown))
        except BadFile as error:
            raise Refused(*_problems(error), "Nothing was imported.") from None
        except Stale:
            raise Refused("The list was changed meanwhile, so nothing was imported. Please run it again.") from None
    typer.echo("Done.")


def read_file(file: Path) -> bytes:
    """A file that is to be imported; Refused where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None


def _problems(error: BadFile) -> list[str]:
    return [f"line {each.line}: {each.reason}" if each.line else each.reason for each in error.problems]


def _show_staff(plan: StaffPlan, remove_missing: bool) -> None:
    listed("New schools", plan.schools)
    listed("New", [_staff(each) for each in plan.new])
    listed("Changed", [f"{each.after.name}: {_staff_changes(each)}" for each in plan.changed])
    left = "Not in the file; have left" if remove_missing else "Not in the file; stay as they are (--remove-missing)"
    listed(left, [f"{each.name}, {each.email}" for each in plan.missing])
    typer.echo(f"The same: {plan.same}")


def _show_register(plan: RegisterPlan, remove_missing: bool) -> None:
    listed("New", [_account(each) for each in plan.new])
    listed("Changed", [f"{each.after.platform} {each.after.name}: {_account_changes(each)}" for each in plan.changed])
    left = "Not in the file; are closed" if remove_missing else "Not in the file; stay as they are (--remove-missing)"
    listed(left, [f"{each.platform} {each.name}" for each in plan.missing])
    typer.echo(f"The same: {plan.same}")


def _staff(each: Staff) -> str:
    parts = [each.name, each.email, each.school or "central staff", _roles(each)]
    parts += [f"reports to {each.manager}"] if each.manager else []
    parts += [f"from {each.first_day:%d/%m/%Y}"] if each.first_day else []
    parts += [f"until {each.last_day:%d/%m/%Y}"] if each.last_day else []
    return ", ".join(part for part in parts if part)


def _roles(each: Staff) -> str:
    return "; ".join(sorted(f"{held.role}@{held.school}" if held.school else held.role for held in each.roles))


def _staff_changes(each: Difference) -> str:
    rows = (
        ("name", each.before.name, each.after.name),
        ("school", each.before.school or "central staff", each.after.school or "central staff"),
        ("roles", _roles(each.before), _roles(each.after)),
        ("line manager", each.before.manager, each.after.manager),
        ("first day", _day(each.before.first_day), _day(each.after.first_day)),
        ("last day", _day(each.before.last_day), _day(each.after.last_day)),
    )
    return _changes(rows)


def _account(each: Row) -> str:
    parts = [f"{each.platform} {each.name}", each.address, each.school or "the trust", each.owner]
    parts += [f"{label} {said}" for label, said in _said(each) if said] + (["closed"] if each.closed else [])
    return ", ".join(part for part in parts if part)


def _account_changes(each: RowDifference) -> str:
    before, after = each.before, each.after
    rows = (
        ("address", before.address, after.address),
        ("belongs to", before.school or "the trust", after.school or "the trust"),
        ("owner", before.owner, after.owner),
        *((label, was, said) for (label, was), (_, said) in zip(_said(before), _said(after), strict=True)),
        ("state", "closed" if before.closed else "open", "closed" if after.closed else "open"),
    )
    return _changes(rows)


def _said(each: Row) -> tuple[tuple[str, str], ...]:
    """What need not be known of an account."""
    return (
        ("deputy", each.deputy), ("purpose", each.purpose), ("audience", each.audience), ("settings", each.settings),
        ("credentials with", each.credentials), ("listed at", each.website), ("review", _day(each.review_on)),
    )


def _changes(rows: Sequence[tuple[str, str, str]]) -> str:
    return "; ".join(f"{label} {before or '–'} → {after or '–'}" for label, before, after in rows if before != after)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
