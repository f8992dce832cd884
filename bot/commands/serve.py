"""serve and demo: the bot itself; check: whether it could."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import logs
from bot.commands.ground import Refused, connected, current, listed, opened
from bot.settings import Settings, load
from handlers.vacancies import vacancies
from storage import people, report_seals
from storage.database import Database, Unit

TAKEN = "can be taken"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
"""These by themselves; `bot.commands.every` has them among all the others."""
WORDS = (["demo"], ["serve"], ["check"])
NOT_TAKEN = "cannot be taken, as there is no key. Make one with: canipost keys new"


@app.command()
def serve() -> None:
    """Serve Slack and Teams, whichever are configured, until stopped."""
    settings = load()
    if not (settings.slack or settings.teams):
        raise Refused(
            "Neither Slack nor Teams is configured, so nobody could write to the bot.",
            "Set CANIPOST_SLACK_… or CANIPOST_TEAMS_… (see the README), or try the console: canipost demo",
        )
    with opened(settings) as database:
        if locked := _locked(settings, database):
            raise Refused(*locked)
        from bot.app import serve as run

        logs.set_up()
        run(settings, database)


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the console listens, on this machine.")] = 3979,
    browser: Annotated[bool, typer.Option(help="Open the console in the browser.")] = True,
    database: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Keep the sample trust in this file; else it is not kept.")
    ] = None,
) -> None:
    """Try Can I Post in the browser: a sample trust with invented people, on this machine only."""
    from bot.app import demo as run

    logs.set_up()
    if database is not None:
        run(port, browser, database, typer.echo)
        return
    with tempfile.TemporaryDirectory(prefix="canipost-demo-") as folder:
        run(port, browser, Path(folder) / "demo.db", typer.echo)


@app.command()
def check() -> None:
    """Say whether the bot could serve: its settings, database, trusts, reports and doors."""
    settings = load()
    typer.echo("settings: all right")
    database = connected(settings)
    try:
        current(database)
        typer.echo(f"database: {database.engine.dialect.name}, at the newest schema")
        missing = database.run_now(_staffed)
        locked = _locked(settings, database)
        if not locked:
            typer.echo(f"reports: {TAKEN if settings.vault else NOT_TAKEN}")
    finally:
        database.close()
    missing += [*locked, *_doors(settings)]
    if missing:
        raise Refused(*missing)


def _staffed(u: Unit) -> list[str]:
    """What is missing before anybody could use it; what is there is said."""
    trusts = people.trusts(u)
    missing = [] if trusts else ["trusts: none yet. Run: canipost trust add lt2 (or another pack's name)"]
    for trust in trusts:
        u.act_for(trust, datetime.now(UTC))
        count = people.count(u)
        if count:
            typer.echo(f"trust {trust.pack}: {count} on the staff list")
            listed("  nobody is the following, so that what goes to them cannot be sent", vacancies(u))
        else:
            missing.append(f"trust {trust.pack}: nobody on the staff list. Run: canipost staff import staff.csv")
    return missing


def _locked(settings: Settings, database: Database) -> list[str]:
    """Why the bot must not start: there are reports, and its keys open none of them.

    Where they open some, the others were altered or lack their key: that is said, and each says so where it is shown.
    """
    count, whole = database.run_now(report_seals.unreadable), database.run_now(report_seals.count)
    if settings.vault is not None and count < whole:
        if count:
            typer.echo(f"reports: {count} of {whole} open with none of the keys: altered, or a key is missing")
        return []
    if not count:
        return []
    if settings.vault is None:
        return [
            "There are reports in the database, and no key to read them with.",
            "Set CANIPOST_REPORT_KEYS to the keys that they were sealed with.",
        ]
    return [
        f"There are {count} reports in the database that open with none of the keys.",
        "Add the key that they were sealed with to CANIPOST_REPORT_KEYS, behind the others.",
    ]


def _doors(settings: Settings) -> list[str]:
    """Which doors are configured; none is a mistake."""
    if settings.slack:
        typer.echo(f"slack: configured, {'Socket Mode' if settings.socket_mode else 'HTTP at /slack/events'}")
    if settings.teams:
        whose = "the Emulator on this machine" if settings.emulated else "configured"
        typer.echo(f"teams: {whose}, HTTP at /api/messages")
    if settings.mail:
        typer.echo(f"mail: configured as the last resort, through {settings.mail.host}")
    if settings.slack or settings.teams:
        return []
    return ["doors: neither Slack nor Teams is configured; the README says how"]
