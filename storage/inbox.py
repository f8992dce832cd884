"""The keys of the events that were acted on: a repeat finds its key and does nothing."""

from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import Inbox

INBOX = Inbox.__table__  # type: ignore[attr-defined]
TAKE = {
    "sqlite": sqlite.insert(INBOX).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(INBOX).on_conflict_do_nothing(),
}
RELEASE = delete(INBOX).where(INBOX.c.key == bindparam("key"))
FORGET = delete(INBOX).where(INBOX.c.at < bindparam("before"))


def take(u: Unit, key: str, at: datetime) -> bool:
    """Whether this key is new; it is from now on taken, if the unit commits."""
    return u.change(TAKE[u.dialect.name], {"key": key, "at": at}) == 1


def release(u: Unit, key: str) -> None:
    """A refused form leaves no key behind: its next try is not a repeat."""
    u.across(RELEASE, {"key": key})


def forget(u: Unit, before: datetime) -> int:
    """Drop keys so old that no platform repeats them any more."""
    return u.change(FORGET, {"before": before})
