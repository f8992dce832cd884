"""Trusts: taken on with a pack, and bound to the workspaces and tenants that are theirs."""

from datetime import datetime

from handlers import packs
from handlers.rules import packfile
from storage import audit, people
from storage import trust as trusts
from storage.database import Unit
from storage.tables import Platform, Trust


class AlreadyThere(Exception):
    """A trust goes by this pack already."""


class OthersWorkspace(Exception):
    """The workspace or tenant is bound to another trust."""


def add(u: Unit, data: bytes, name: str, zone: str, at: datetime) -> Trust:
    """Take on the trust whose pack this is; BadPack where it cannot work, AlreadyThere if it is there."""
    pack = packfile.read(data)
    if trusts.of_pack(u, pack.name) is not None:
        raise AlreadyThere(pack.name)
    u.at = at
    digest = packs.keep(u, data)
    trust = trusts.add(u, pack.name, digest, name or pack.title, zone, at)
    audit.append(u, "trust_add", None, pack=pack.name, version=pack.version, digest=digest)
    return trust


def bind(u: Unit, platform: Platform, team: str) -> None:
    """From now on who writes from this workspace or tenant belongs to the unit's trust."""
    if not trusts.bind(u, platform, team):
        raise OthersWorkspace(team)
    audit.append(u, "trust_bind", None, team, platform=platform)


def rezone(u: Unit, zone: str) -> None:
    """From now on the unit's trust has its hours in this time zone."""
    trusts.set_zone(u, zone)
    audit.append(u, "trust_zone", None, was=u.zone.key, zone=zone)


def bound(u: Unit) -> list[tuple[Trust, list[str]]]:
    """Every trust, with what is bound to it."""
    found = []
    for trust in people.trusts(u):
        u.act_for(trust, trust.created_at)
        found.append((trust, [f"{each.platform} {each.team}" for each in trusts.workspaces(u)]))
    return found
