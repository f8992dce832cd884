"""What every command stands on: the settings, the open database, the trust that is meant, and how it stops politely."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings, load
from handlers import packs
from storage import people, schema
from storage.database import Database, Unit
from storage.schema import Standing
from storage.tables import Person, Trust

Item = TypeVar("Item")
WhichTrust = Annotated[
    str | None, typer.Option("--trust", metavar="PACK", help="Which trust, where there are several: its pack's name.")
]
WhosePolicy = Annotated[
    str | None,
    typer.Option("--trust", "--pack", metavar="PACK", help="Which trust, where there are several: its pack's name."),
]
"""The same for the policy's commands, whose questions in a file name it as `pack`, too."""
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


REMEDIES = {
    Standing.EMPTY: ("The database has no tables yet. Run: canipost db upgrade",),
    Standing.OLDER: ("The database is not at the newest schema. Keep a copy of it, then run: canipost db upgrade",),
    Standing.NEWER: (
        "The database was upgraded by a newer version of Can I Post, which this one could only damage.",
        "Run that version again, or put back the copy that was made before the upgrade.",
    ),
    Standing.PARTLY: (
        "The database is not whole: some of its tables are missing, or nothing says which schema it has.",
        "Put back the last copy of it. An upgrade leaves all or nothing, so something else did this.",
    ),
    Standing.FOREIGN: (
        "The database has another program's tables. It was not touched.",
        "Give Can I Post a database of its own, and name it in CANIPOST_DATABASE_URL.",
    ),
}
"""What is wrong with a database, and what to do."""


class Refused(Exception):
    """The command cannot be carried out. `sentences` say why and what to do; nothing was changed."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Database]:
    """The database, reachable and at the newest schema; Refused, with the remedy, if it is not."""
    database = connected(settings or load())
    try:
        current(database)
        yield database
    finally:
        database.close()


def connected(settings: Settings) -> Database:
    """The database as set; not looked at yet."""
    return Database(settings.database_url, settings.vault)


def current(database: Database) -> None:
    """Go on where the schema is at the newest revision; Refused, with the remedy, where it is not, or not reached."""
    try:
        standing = schema.standing(database.engine)
    except SQLAlchemyError as error:
        raise unreachable(error) from None
    if standing != Standing.READY:
        raise Refused(*REMEDIES[standing])


def unreachable(error: SQLAlchemyError) -> Refused:
    """The database did not answer: its own reason, which names no password."""
    reason = str(getattr(error, "orig", None) or type(error).__name__).strip().split("\n")[0]
    return Refused(f"The database cannot be used: {reason}", "Check CANIPOST_DATABASE_URL.")


def act_for(u: Unit, pack: str | None) -> Trust:
    """The unit acts for the trust that is meant: the named one, or the only one."""
    trusts = people.trusts(u)
    if not trusts:
        raise Refused("There is no trust yet. Run: canipost trust add lt2 (or another pack's name)")
    meant = [trust for trust in trusts if pack in {None, trust.pack}]
    if len(meant) != 1:
        raise Refused(f"Say which trust: --trust {' or --trust '.join(trust.pack for trust in trusts)}")
    u.act_for(meant[0], datetime.now(UTC))
    return meant[0]


def person_at(u: Unit, email: str) -> Person:
    """Whoever is on the list with this e-mail, also if they have left; Refused where nobody is."""
    found = people.by_email(u, email)
    if found is None:
        raise Refused(f"Nobody on the staff list has the e-mail “{email[:80]}”. Nothing was changed.")
    return found


def pack_bytes(which: str) -> bytes:
    """The text of a pack, by the name of one that comes along or by its file; Refused where there is neither."""
    if which in packs.names():
        return packs.bundled(which)
    try:
        return Path(which).read_bytes()
    except OSError as error:
        raise Refused(
            f"{which} cannot be read ({error.strerror}), and no pack is called so.",
            f"The packs that come along: {', '.join(packs.names())}.",
        ) from None


def agreed(question: str, yes: bool) -> None:
    """Go on if told to; else stop without having done anything."""
    if not yes and not typer.confirm(question):
        raise Refused("Nothing was changed.")


def listed(title: str, items: Sequence[str]) -> None:
    """A heading with its lines below, or nothing."""
    if not items:
        return
    typer.echo(f"{title} ({len(items)}):")
    for item in items:
        typer.echo(f"  {item}")


def still_free(file: Path | None) -> None:
    """Refused where something is in the place of a file that is to be written."""
    if file and file.exists():
        raise Refused(f"{file} is there already, and was not touched. Please give another name.")


def write_out(file: Path | None, data: bytes) -> bool:
    """Write a new file, or to the terminal where none is named; whether it is a file. Refused where it cannot be."""
    if file is None:
        typer.echo(data, nl=False)
        return False
    try:
        with file.open("xb") as out:
            out.write(data)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None
    return True
