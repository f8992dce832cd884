"""pack: a trust's rules as a file: whether it can work, and what it says in plain words."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.ground import Refused
from cards.documents import sound
from cards.page import text
from handlers import documents, explain, packs
from handlers.explain import OWNER, TEACHER, Asker
from handlers.rules import packfile
from handlers.rules.kinds import kind_of
from handlers.rules.pack import CENTRAL, Kind, Pack
from handlers.rules.packfile import MOST_BYTES, BadPack

app = typer.Typer(help="A trust's rules: is the file right, and what does it say?", no_args_is_help=True)
Which = Annotated[str, typer.Argument(metavar="FILE|NAME", help="A pack's file, or the name of one that comes along.")]


@app.command()
def check(file: Which) -> None:
    """Find everything that is wrong with a pack, each with its line and key."""
    pack = _read(file)
    typer.echo(sound(pack.title, len(pack.roles), len(pack.kinds), len(pack.reports), len(pack.duties)))


@app.command("explain")
def in_words(
    file: Which,
    kind: Annotated[str, typer.Option(help="One kind of request, such as account; else all.")] = "",
    asker: Annotated[str, typer.Option(help="teacher, central, account_owner or a role; else everybody.")] = "",
    trust: Annotated[bool | None, typer.Option("--trust/--school", help="For the trust's own, or a school's.")] = None,
    answer: Annotated[list[str] | None, typer.Option(metavar="FIELD=VALUE", help="What was answered.")] = None,
) -> None:
    """Say in plain words what is asked, who decides and what comes of it."""
    pack = _read(file)
    kinds = [_kind(pack, kind)] if kind else list(pack.kinds.values())
    if answer and not kind:
        raise Refused("Say which kind the answers are for: --kind NAME.")
    chosen = _asker(pack, asker, trust, _answers(kinds[0], answer or []))
    if kind or chosen:
        typer.echo(text([explain.kind(pack, each, chosen) for each in kinds]))
    else:
        typer.echo(text(documents.policy(pack)))


@app.command(hidden=True)
def docs(folder: Annotated[Path, typer.Argument(file_okay=False)] = Path("docs")) -> None:
    """Write what docs/ says of the packs that come along."""
    for name, written in documents.documents([_read(name) for name in packs.names()]).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(written, "utf-8")
        typer.echo(f"Wrote {folder / name}.")


def _read(which: str) -> Pack:
    try:
        return packfile.read(packs.bundled(which) if which in packs.names() else _bytes(which))
    except BadPack as error:
        raise Refused(*map(str, error.found)) from None


def _bytes(file: str) -> bytes:
    """No more of it than shows that it is too long."""
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError:  # a NUL in its name
        raise Refused("That is no name that a file can have.") from None


def _asker(pack: Pack, name: str, trust: bool | None, answers: dict[str, str]) -> Asker | None:
    """Who asks; nobody in particular where nothing is said of them."""
    if not name and trust is None and not answers:
        return None
    known = (TEACHER, CENTRAL, OWNER, *pack.roles)
    if name and name not in known:
        raise Refused(f"This pack does not know the asker “{name}”. Known are: {', '.join(known)}.")
    return Asker(name or TEACHER, trust, answers)


def _kind(pack: Pack, name: str) -> Kind:
    """A kind of the pack's, or one that any school knows and this policy says nothing of."""
    found = kind_of(pack, name)
    if found is None:
        raise Refused(f"There is no kind “{name}”. This pack has: {', '.join(pack.kinds)}.")
    return found


def _answers(kind: Kind, given: list[str]) -> dict[str, str]:
    """FIELD=VALUE, each a question with choices of this kind and one of them."""
    choices = {q.id: [o.id for o in q.options if not o.never] for q in kind.questions if q.options}
    answers: dict[str, str] = {}
    for each in given:
        name, _, value = each.partition("=")
        if name not in choices:
            raise Refused(f"“{name}” is no question with choices. These are: {', '.join(choices) or 'none'}.")
        if value not in choices[name]:
            raise Refused(f"“{value}” is no answer to {name}. These are: {', '.join(choices[name])}.")
        answers[name] = value
    return answers
