"""policy ask: what the policy says, on the command line; one question, or a file of them for measuring."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.ground import Refused, WhosePolicy, act_for, opened
from cards import policy_find as cards
from handlers import policies
from handlers.policies import Standing
from handlers.rules.search.clauses import Found
from storage import policy
from storage.database import Database, Unit

Question = Annotated[str, typer.Argument(metavar="QUESTION", help="In your own words.")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as one line of JSON.")]
Batch = Annotated[
    Path | None,
    typer.Option("--batch", metavar="FILE.jsonl", help="A question a line: id, pack, question; an answer a line out."),
]

TEXTS = ("pack", "question")


def ask(question: Question = "", pack: WhosePolicy = None, as_json: Json = False, batch: Batch = None) -> None:
    """Ask what the policy says. It is quoted, or it does not say."""
    if bool(question.strip()) == bool(batch):
        raise Refused(cards.ONE_OF)
    with opened() as database:
        if batch:
            _all(database, batch)
            return
        standing = database.run_now(lambda u: _standing(u, pack))
    found = standing.index.find(question)
    if as_json:
        typer.echo(json.dumps(told(found), ensure_ascii=False))
        return
    for each in found.answers[:3]:
        typer.echo(cards.quoted(each.clause.number, each.clause.heading, each.quote))
    if not found.answers:
        typer.echo(cards.SILENT)
    typer.echo(cards.source(standing.title, standing.version, standing.since))


def told(found: Found) -> dict[str, Any]:
    """An answer as programs read it."""
    answers = [{"clause": each.clause.number, "quote": each.quote, "score": each.score} for each in found.answers]
    return {"answered": bool(answers), "answers": answers}


def _all(database: Database, batch: Path) -> None:
    asked = list(_lines(batch))
    standing = {pack: database.run_now(partial(_standing, pack=pack)) for pack in {line["pack"] for line in asked}}
    for line in asked:
        found = standing[line["pack"]].index.find(line["question"])
        typer.echo(json.dumps({"id": line["id"], **told(found)}, ensure_ascii=False))


def _lines(batch: Path) -> Iterator[dict[str, Any]]:
    """The questions of a file; Refused at the first line that holds none."""
    try:
        text = batch.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise Refused(cards.UNREADABLE.format(batch, getattr(error, "strerror", None) or "it is not text")) from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except ValueError:
            asked = None
        whole = isinstance(asked, dict) and "id" in asked and all(isinstance(asked.get(each), str) for each in TEXTS)
        if not whole:
            raise Refused(cards.BAD_LINE.format(batch, number))
        yield asked


def _standing(u: Unit, pack: str | None) -> Standing:
    """The document that holds today, or will be the first to."""
    act_for(u, pack)
    found = policies.in_force(u)
    if found is None and (known := policy.versions(u)):
        found = policies.by_digest(u, known[-1].digest)
    if found is None:
        raise Refused(cards.NO_DOCUMENT.format(u.pack))
    return found
