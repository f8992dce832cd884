"""Every command, put together."""

from importlib import metadata
from typing import Annotated

import typer

from bot.commands import (
    cover,
    database,
    keys,
    lists,
    manifest,
    outbox,
    packs,
    policy,
    policy_ask,
    policy_asked,
    policy_readers,
    record,
    serve,
    terms,
    trust,
)

app = typer.Typer(
    help="Can I Post: a school trust's social media policy, made to happen in Slack and Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell(asked: bool) -> None:
    if asked:
        typer.echo(f"canipost {metadata.version('canipost')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=_tell, help="Say which version this is.")]


@app.callback()
def _whole(version: Version = False) -> None:
    """What can be said before any command."""


app.command()(serve.demo)
app.command()(serve.serve)
app.command()(serve.check)
app.add_typer(outbox.app, name="outbox")
app.add_typer(database.app, name="db")
app.command()(database.backup)
app.add_typer(trust.app, name="trust")
app.add_typer(packs.app, name="pack")
app.add_typer(policy.app, name="policy")
policy.app.command()(policy_ask.ask)
policy.app.command()(policy_asked.asked)
policy.app.command()(policy_readers.readers)
app.add_typer(lists.staff, name="staff")
app.add_typer(cover.app, name="cover")
app.command()(cover.reassign)
app.add_typer(lists.accounts, name="register")
app.add_typer(terms.app, name="terms")
app.add_typer(keys.app, name="keys")
app.add_typer(manifest.app, name="manifest")
app.add_typer(record.app, name="audit")
