"""trust: the trusts that the bot serves."""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from bot.commands.ground import Refused, WhichTrust, act_for, opened, pack_bytes
from handlers import packs, trust
from handlers.rules.packfile import BadPack
from storage.database import Unit
from storage.tables import Platform

app = typer.Typer(help="The trusts that the bot serves.", no_args_is_help=True)
SLACK_TEAM = re.compile(r"[TE][A-Z0-9]{6,20}")


@app.command()
def add(
    pack: Annotated[str, typer.Argument(help="The pack with the trust's rules: a name such as lt2, or a file.")],
    name: Annotated[str, typer.Option(help="The trust's name, where it is not the pack's.")] = "",
    zone: Annotated[str, typer.Option(help="The time zone its times are shown in.")] = "Europe/London",
) -> None:
    """Take on a trust; its staff list is next."""
    _known(zone)
    data = pack_bytes(pack)
    with opened() as database:
        try:
            made = database.run_now(lambda u: trust.add(u, data, name, zone, datetime.now(UTC)))
        except BadPack as error:
            raise Refused(*map(str, error.found)) from None
        except trust.AlreadyThere:
            raise Refused(f"The trust with the pack “{pack}” is there already.") from None
    typer.echo(f"Added {made.name}. Next: canipost staff import staff.csv")


@app.command()
def adopt(
    pack: Annotated[str, typer.Argument(help="The new rules: a pack's file, or the name of one that comes along.")],
    which: WhichTrust = None,
) -> None:
    """Go by new rules from now on. What was asked before keeps those that it was asked under."""
    data = pack_bytes(pack)

    def take(u: Unit) -> tuple[str, str]:
        meant = act_for(u, which)
        adopted = packs.adopt(u, data)
        return meant.name, adopted.version

    with opened() as database:
        try:
            name, version = database.run_now(take)
        except BadPack as error:
            raise Refused(*map(str, error.found), "Nothing was changed.") from None
        except packs.OthersPack as error:
            raise Refused(f"This is the pack {error}, and the trust goes by another. Nothing was changed.") from None
    typer.echo(f"{name} goes by {version} from now on.")


@app.command()
def zone(
    name: Annotated[str, typer.Argument(help="A name such as Europe/London.")],
    which: WhichTrust = None,
) -> None:
    """Set the time zone in which a trust's times are shown, and its hours of work counted."""
    _known(name)

    def change(u: Unit) -> str:
        meant = act_for(u, which)
        trust.rezone(u, name)
        return meant.name

    with opened() as database:
        typer.echo(f"{database.run_now(change)} is in {name} from now on.")


@app.command("list")
def list_all() -> None:
    """Show the trusts, and the workspaces and tenants bound to them."""
    with opened() as database:
        found = database.run_now(trust.bound)
    for each, places in found:
        typer.echo(f"{each.pack}: {each.name}, {each.zone}{''.join(f'; {place}' for place in places)}")
    if not found:
        typer.echo("There is no trust yet. Run: canipost trust add lt2")


@app.command()
def bind(
    pack: Annotated[str, typer.Argument(help="The trust's pack.")],
    slack: Annotated[str, typer.Option(help="The Slack workspace's id, T…")] = "",
    teams: Annotated[str, typer.Option(help="The Microsoft tenant's id.")] = "",
) -> None:
    """Say whose a workspace or tenant is. Needless while there is one trust."""
    teams = _tenant(teams)
    if slack and not SLACK_TEAM.fullmatch(slack):
        raise Refused(f"“{slack}” is no workspace's id. It begins with T and stands in the workspace's address.")
    places = [(platform, team) for platform, team in ((Platform.SLACK, slack), (Platform.TEAMS, teams)) if team]
    if not places:
        raise Refused("Say what to bind: --slack T… or --teams TENANT.")
    with opened() as database:
        try:
            database.run_now(lambda u: _bind(u, pack, places))
        except trust.OthersWorkspace as error:
            raise Refused(f"{error} is bound to another trust.") from None
    typer.echo(f"Bound to {pack}: {', '.join(team for _, team in places)}.")


def _known(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"I do not know the time zone “{zone}”. Use a name such as Europe/London.") from None


def _bind(u: Unit, pack: str, places: list[tuple[Platform, str]]) -> None:
    act_for(u, pack)
    for platform, team in places:
        trust.bind(u, platform, team)


def _tenant(given: str) -> str:
    try:
        return str(UUID(given)) if given else ""
    except ValueError:
        raise Refused(f"“{given}” is no tenant's id. It looks like 8-4-4-4-12 characters, 0-9 and a-f.") from None
