"""manifest: what an administrator installs in Slack or Teams."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.ground import Refused
from bot.manifests import BadAddress, slack_manifest, teams_package

app = typer.Typer(help="What an administrator installs.", no_args_is_help=True)


@app.command()
def slack(
    url: Annotated[str, typer.Option(help="Where Slack reaches the bot, such as https://canipost.example.org")],
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write it there instead of showing it.")] = None,
) -> None:
    """Write the Slack app's manifest: api.slack.com, Your Apps, Create New App, From a manifest."""
    try:
        text = slack_manifest(url)
    except BadAddress as error:
        raise Refused(str(error)) from None
    if out is None:
        typer.echo(text, nl=False)
        return
    _write(out, text.encode())


@app.command()
def teams(
    app_id: Annotated[str, typer.Option(help="The app registration's application (client) id.")],
    domain: Annotated[str, typer.Option(help="The bot's host, such as canipost.example.org")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The package to write.")] = Path("canipost.zip"),
) -> None:
    """Write the Teams app's package: Teams admin centre, Manage apps, Upload new app."""
    try:
        package = teams_package(app_id, domain)
    except BadAddress as error:
        raise Refused(str(error)) from None
    _write(out, package)


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    typer.echo(f"Wrote {out}.")
