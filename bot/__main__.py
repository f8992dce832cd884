"""canipost: the command line. A mistake of the user's gets a sentence and exit code 1, never a traceback."""

# ruff: noqa: E402
import gc
import sys

gc.disable()  # nothing imported can be thrown away: looking for it takes a sixth of the start (`app.steady`)

import typer
from sqlalchemy.exc import DBAPIError

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
from bot.commands.ground import REMEDIES, Refused, unreachable
from bot.settings import SettingsError
from storage.schema import Unfit

app = typer.Typer(
    help="Can I Post: a school trust's social media policy, made to happen in Slack and Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
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


def main() -> None:
    """Run one command."""
    try:
        app()
    except Refused as error:
        _stop(error.sentences)
    except SettingsError as error:
        _stop(error.problems)
    except Unfit as error:
        _stop(REMEDIES[error.standing])
    except DBAPIError as error:
        _stop(unreachable(error).sentences)


def _stop(sentences: list[str] | tuple[str, ...]) -> None:
    for sentence in sentences:
        typer.echo(sentence, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
