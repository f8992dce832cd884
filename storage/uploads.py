"""Which files a platform already has, under which id of its own."""

from collections.abc import Iterable

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.request import FILE
from storage.tables import Platform, Upload

UPLOAD = Upload.__table__  # type: ignore[attr-defined]
KNOWN = select(UPLOAD.c.digest, UPLOAD.c.external_id).where(
    UPLOAD.c.platform == bindparam("platform"),
    UPLOAD.c.team == bindparam("team"),
    UPLOAD.c.digest.in_(bindparam("digests", expanding=True)),
)
KEEP = {
    "sqlite": sqlite.insert(UPLOAD).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(UPLOAD).on_conflict_do_nothing(),
}

# What lies with a platform is there for every trust of it.
UNNAMED = (
    ~exists().where(FILE.c.digest == UPLOAD.c.digest), ~exists().where(FILE.c.thumb == UPLOAD.c.digest),
)
SPARE = update(UPLOAD).where(UPLOAD.c.digest.in_(bindparam("digests", expanding=True)), *UNNAMED).values(spare=True)


def known(u: Unit, platform: Platform, team: str, digests: Iterable[str]) -> dict[str, str]:
    """The platform's id of each of these files that it has."""
    found = u.across(KNOWN, {"platform": platform, "team": team, "digests": list(digests)})
    return {row.digest: row.external_id for row in found}


def keep(u: Unit, platform: Platform, team: str, digest: str, external_id: str) -> None:
    """Remember that the platform has this file."""
    u.across(
        KEEP[u.dialect.name],
        {"platform": platform, "team": team, "digest": digest, "external_id": external_id, "spare": False},
    )
    spare(u, [digest])


def spare(u: Unit, digests: Iterable[str]) -> None:
    """Those of these files that no row names are not needed there any more."""
    u.across(SPARE, {"digests": list(digests)})
