"""policy: the trust's own document, version by version: taken in, listed, shown."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.ground import Refused, WhosePolicy, Yes, act_for, agreed, listed, opened
from cards import policy_import as cards
from handlers import packs, policy_import
from handlers.policy_import import NotTaken, Plan, Version
from handlers.rules.policy import cite
from handlers.rules.policy import document as rules
from handlers.rules.policy.clause import Clause, Document
from handlers.rules.policy.reasons import Unreadable
from storage import policy
from storage.database import Stale, Unit
from storage.tables import PolicyVersion

app = typer.Typer(help="The policy itself: its versions, and what they say.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="Word (.docx), PDF, HTML, Markdown or text.")]
Label = Annotated[str, typer.Option("--version", help="What the version is called, such as 2021-03.")]
From = Annotated[str, typer.Option("--effective", metavar="YYYY-MM-DD", help="The day from which it holds.")]
Due = Annotated[str, typer.Option("--review-due", metavar="YYYY-MM-DD", help="The day on which a review is due.")]
Why = Annotated[str, typer.Option("--reason", help="Why it holds sooner than staff can be told; the record keeps it.")]
Other = Annotated[str, typer.Option("--document", help="Another document, such as “Code of Conduct”.")]
One = Annotated[str, typer.Option("--clause", help="A clause or section by its number, such as 4.6.3; else all.")]
Which = Annotated[str, typer.Option("--version", help="This version; else the one that holds today.")]
LONGEST = {"--version": 40, "--document": 120, "--reason": 500}


@app.command("import")
def take_in(
    file: File, version: Label, effective: From, pack: WhosePolicy = None, review_due: Due = "", reason: Why = "",
    document: Other = "", yes: Yes = False,
) -> None:
    """Take in a version of the policy. Shows its clauses and what changed since the last, and asks."""
    said = Version(
        _line("--version", version) or "undated",
        _day("--effective", effective),
        _day("--review-due", review_due) if review_due else None,
        _line("--reason", reason),
        _line("--document", document),
    )
    read = _read(file)
    with opened() as database:
        try:
            plan, title = database.run_now(lambda u: _planned(u, pack, read, said))
            _show(plan)
            if plan.there:
                typer.echo(cards.ALREADY)
                return
            agreed("Store this version?", yes)
            today, told = database.run_now(lambda u: _applied(u, pack, plan))
        except Stale:
            raise Refused(cards.MEANWHILE) from None
    typer.echo(cards.stored(title, said.label, said.effective, today))
    if told:
        typer.echo(cards.told(told))


@app.command("list")
def list_all(pack: WhosePolicy = None) -> None:
    """Show every version of every document, and which hold today."""
    with opened() as database:
        lines = database.run_now(lambda u: _versions(u, pack))
    for line in lines:
        typer.echo(line)


@app.command()
def show(pack: WhosePolicy = None, clause: One = "", version: Which = "", document: Other = "") -> None:
    """Show the clauses of a version, word for word."""
    with opened() as database:
        found = database.run_now(lambda u: _clauses(u, pack, version, document))
    wanted = [each for each in found if not clause or cite.within(each.number, clause)]
    if not wanted:
        raise Refused(cards.NO_CLAUSE.format(clause, ", ".join(each.number for each in found)))
    for each in wanted:
        typer.echo(f"{each.number}  {each.heading}")
        typer.echo(f"{each.stem} {each.text}\n" if each.stem else f"{each.text}\n")


def _planned(u: Unit, pack: str | None, read: Document, said: Version) -> tuple[Plan, str]:
    act_for(u, pack)
    rule = packs.current(u)
    try:
        return policy_import.plan(u, read, said), said.document or rule.policy
    except NotTaken as error:
        why = cards.refused(error.reason, error.day, rule.notice.months, rule.notice.clause)
        raise Refused(why, cards.NOTHING) from None


def _applied(u: Unit, pack: str | None, plan: Plan) -> tuple[date, int]:
    act_for(u, pack)
    told = policy_import.apply(u, plan)
    return u.today, told


def _versions(u: Unit, pack: str | None) -> list[str]:
    act_for(u, pack)
    title = packs.current(u).policy
    holding = {each.id for each in _holding(u)}
    return [
        cards.version(each.document or title, each.label, each.effective, each.review_due,
                      _state(each, holding, u.today), each.reason)
        for each in policy.every(u)
    ] or [cards.NONE.format(u.pack)]


def _holding(u: Unit) -> list[PolicyVersion]:
    documents = {each.document for each in policy.every(u)}
    return [found for each in documents if (found := policy.in_force(u, u.today, each))]


def _state(each: PolicyVersion, holding: set[int | None], today: date) -> str:
    if each.id in holding:
        return cards.IN_FORCE
    return cards.TO_COME if each.effective > today else cards.PAST


def _clauses(u: Unit, pack: str | None, label: str, document: str) -> tuple[Clause, ...]:
    act_for(u, pack)
    known = policy.versions(u, document)
    holding = policy.in_force(u, u.today, document) or (known[-1] if known else None)
    meant = next((each for each in known if each.label == label), None) if label else holding
    if meant is None:
        raise Refused(cards.NONE.format(u.pack) if not known else cards.NO_VERSION.format(
            label, ", ".join(each.label for each in known)))
    return policy_import.clauses(policy.text(u, meant.digest))


def _read(file: Path) -> Document:
    try:
        with file.open("rb") as opened_:
            content = opened_.read(rules.MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError:  # a NUL in its name
        raise Refused("That is no name that a file can have.") from None
    try:
        return rules.read(file.name, content)
    except Unreadable as error:
        raise Refused(f"{file.name}: {cards.unreadable(error.reason)}", cards.NOTHING) from None


def _show(plan: Plan) -> None:
    """The tree, what changed, and what to look at."""
    parts = plan.document.clauses
    last = ""
    for each in parts:
        if each.heading != last:
            typer.echo(each.heading)
            last = each.heading
        typer.echo(f"  {cards.clause(each.number, each.text)}")
    typer.echo(cards.summary(len(parts), len({each.heading for each in parts})))
    if plan.before:
        listed(cards.compared(plan.before.label, plan.before.effective), _changes(plan))
    looked = [cards.note(each.code, each.where) for each in plan.document.notes]
    looked += [cards.note("unknown", plan.unknown)] if plan.unknown else []
    looked += [cards.repealed(law.name, law.now, where) for law, where in plan.laws]
    looked += [cards.left_out(plan.document.noise)] if plan.document.noise else []
    listed("Please look at this", looked)


def _changes(plan: Plan) -> Sequence[str]:
    return [
        cards.change(each.what, each.before.number if each.before else "", each.after.number if each.after else "",
                     (each.after or each.before or plan.document.clauses[0]).text)
        for each in plan.changes
    ] or [cards.UNCHANGED]


def _day(option: str, written: str) -> date:
    try:
        return datetime.strptime(written.strip(), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise Refused(f"{option}: there is no day “{written[:40]}”. Please write it as 2026-09-01.") from None


def _line(option: str, written: str) -> str:
    """What was typed, on one line."""
    said = " ".join(written.split())
    if len(said) > LONGEST[option]:
        raise Refused(f"{option} is too long: at most {LONGEST[option]} letters.")
    return said
