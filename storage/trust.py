"""The trusts that the bot serves, and which workspace or tenant is whose."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.people import TRUST, WORKSPACE
from storage.statements import shaped
from storage.tables import AuditHead, Platform, Trust, Workspace

HEAD = AuditHead.__table__  # type: ignore[attr-defined]
# A trust is made, and a pack found, before the unit can act for it.
ADD = insert(TRUST).returning(TRUST.c.id)
FIRST_LINK = insert(HEAD)
SET_ZONE = update(TRUST).where(TRUST.c.id == bindparam("trust")).values(zone=bindparam("name"))
OF_PACK = select(TRUST).where(TRUST.c.pack == bindparam("pack"))
BIND = {
    name: dialect.insert(WORKSPACE).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
BOUND_TO = select(WORKSPACE.c.trust_id).where(
    WORKSPACE.c.platform == bindparam("platform"), WORKSPACE.c.team == bindparam("team")
)
WORKSPACES = select(WORKSPACE).where(WORKSPACE.c.trust_id == bindparam("trust")).order_by(WORKSPACE.c.id)


def add(u: Unit, pack: str, pack_version: str, name: str, zone: str, at: datetime) -> Trust:
    """A new trust with an empty record; the unit acts for it from here on. `pack_version`: its pack's digest."""
    values = {"pack": pack, "pack_version": pack_version, "name": name, "zone": zone, "created_at": at}
    trust = shaped(Trust, values.items())
    trust.id = u.across(ADD, values).scalar_one()
    u.across(FIRST_LINK, {"trust_id": trust.id, "seq": 0, "hash": ""})
    u.act_for(trust, at)
    return trust


def of_pack(u: Unit, pack: str) -> Trust | None:
    """The trust that goes by this pack."""
    row = u.across(OF_PACK, {"pack": pack}).first()
    return Trust(**row._mapping) if row is not None else None


def bind(u: Unit, platform: Platform, team: str) -> bool:
    """From now on this workspace or tenant belongs to the unit's trust; False where it belongs to another."""
    u.across(BIND[u.dialect.name], {"trust_id": u.trust, "platform": platform, "team": team})
    return bool(u.across(BOUND_TO, {"platform": platform, "team": team}).scalar_one() == u.trust)


def set_zone(u: Unit, zone: str) -> None:
    """From now on the unit's trust has this time zone."""
    u.run(SET_ZONE, {"name": zone})


def workspaces(u: Unit) -> list[Workspace]:
    """The workspaces and tenants bound to the unit's trust."""
    return u.all(WORKSPACES, Workspace)
