"""Doors that are shut: a platform, or a mail server, that does not take what the bot signs in with."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from storage.database import Unit
from storage.moment import Moment
from storage.statements import shaped
from storage.tables import ShutDoor

DOOR = ShutDoor.__table__  # type: ignore[attr-defined]

# A door is the whole bot's: these belong to no trust.
SHUT_DOORS = select(DOOR).order_by(DOOR.c.door)
SHUT = insert(DOOR)
STILL_SHUT = (
    update(DOOR).where(DOOR.c.door == bindparam("which"))
    .values(problem=bindparam("why"), until=bindparam("later", type_=Moment()))
)
OPENED = delete(DOOR).where(DOOR.c.door == bindparam("which"))
TRY_NOW = update(DOOR).values(until=bindparam("now", type_=Moment()))


def shut(u: Unit) -> dict[str, ShutDoor]:
    """Every door that is shut."""
    rows = (shaped(ShutDoor, row._mapping.items()) for row in u.across(SHUT_DOORS))
    return {row.door: row for row in rows}


def shut_one(u: Unit, door: str, why: str, now: datetime, until: datetime) -> bool:
    """This door is shut until then; whether that is news."""
    news = door not in shut(u)
    if news:
        u.across(SHUT, {"door": door, "problem": why, "since": now, "until": until})
    else:
        u.across(STILL_SHUT, {"which": door, "why": why, "later": until})
    return news


def open_one(u: Unit, door: str) -> bool:
    """This door is open; whether that is news."""
    news = door in shut(u)
    if news:
        u.across(OPENED, {"which": door})
    return news


def try_now(u: Unit, now: datetime) -> None:
    """Whatever is shut is tried at once: the bot was started anew, perhaps with another token."""
    u.across(TRY_NOW, {"now": now})

