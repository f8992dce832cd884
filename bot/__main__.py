"""canipost: the command line. A mistake of the user's gets a sentence and exit code 1, never a traceback."""

# ruff: noqa: E402
import gc
import sys

gc.disable()  # nothing imported can be thrown away: looking for it takes a sixth of the start (`app.steady`)

import typer
from sqlalchemy.exc import DBAPIError

from bot.commands import serve
from bot.commands.ground import REMEDIES, Refused, unreachable
from bot.settings import SettingsError
from storage.schema import Unfit


def main() -> None:
    """Run one command."""
    commands = _commands()
    if not gc.isenabled():
        gc.freeze()  # nor at the end: Python would look through all of it once more
    try:
        _all_text(sys.argv)
        commands()
    except Refused as error:
        _stop(error.sentences)
    except SettingsError as error:
        _stop(error.problems)
    except Unfit as error:
        _stop(REMEDIES[error.standing])
    except DBAPIError as error:
        _stop(unreachable(error).sentences)
    except OSError as error:
        if error.filename is None:
            raise
        _stop([f"{str(error.filename)[:200]} cannot be used: {error.strerror}."])


def _all_text(words: list[str]) -> None:
    """Refused where a word holds bytes that are no text: no file is written so, and no database takes it."""
    if any("\ud800" <= letter <= "\udfff" for word in words for letter in word):
        raise Refused("What you typed is not all text (UTF-8). Nothing was changed.")


def _commands() -> typer.Typer:
    """Those among which is the one that was asked for. The bot itself does not wait until all the others are loaded."""
    if sys.argv[1:2] in serve.WORDS:
        return serve.app
    from bot.commands.every import app

    return app


def _stop(sentences: list[str] | tuple[str, ...]) -> None:
    for sentence in sentences:
        typer.echo(sentence, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
