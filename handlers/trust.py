"""Trusts: taken on with a pack, and bound to the workspaces and tenants that are theirs."""

from datetime import datetime

from handlers.packs import load
from storage import audit, people
from storage import trust as trusts
from storage.database import Unit
from storage.tables import Platform, Trust


class AlreadyThere(Exception):
    """A trust goes by this pack already."""


class OthersWorkspace(Exception):
    """The workspace or tenant is bound to another trust."""


def add(u: Unit, pack: str, name: str, zone: str, at: datetime) -> Trust:
    """Take on the trust whose rules are in `pack`; NoSuchPack where there is none, AlreadyThere if it is there."""
    title = load(pack).title
    if trusts.of_pack(u, pack) is not None:
        raise AlreadyThere(pack)
    trust = trusts.add(u, pack, name or title, zone, at)
    audit.append(u, "trust_add", None, pack=pack)
    return trust


def bind(u: Unit, platform: Platform, team: str) -> None:
    """From now on who writes from this workspace or tenant belongs to the unit's trust."""
    if not trusts.bind(u, platform, team):
        raise OthersWorkspace(team)
    audit.append(u, "trust_bind", None, team, platform=platform)


def bound(u: Unit) -> list[tuple[Trust, list[str]]]:
    """Every trust, with what is bound to it."""
    found = []
    for trust in people.trusts(u):
        u.act_for(trust, trust.created_at)
        found.append((trust, [f"{each.platform} {each.team}" for each in trusts.workspaces(u)]))
    return found
