"""The registers: official accounts, approved sites, devices, permissions granted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from storage.database import Stale, Unit
from storage.people import PERSON
from storage.statements import alter, of_trust
from storage.tables import Book, Entry, Person
from storage.tasks import TASK

ENTRY = Entry.__table__  # type: ignore[attr-defined]
_OURS = ENTRY.c.trust_id == bindparam("trust")
IN_USE: ColumnElement[bool] = literal_column("NOT entry.closed")
"""Written as the indexes of these say it; in other words they are passed by."""
OPEN = (
    select(ENTRY)
    .where(_OURS, ENTRY.c.book == bindparam("book"), ENTRY.c.closed.is_(False))
    .order_by(ENTRY.c.platform, ENTRY.c.name, ENTRY.c.id)
)
_EVERYTHING: BindParameter[bool] = bindparam("everything", type_=ENTRY.c.closed.type)
_SCHOOLS: BindParameter[int] = bindparam("schools", expanding=True)
_SEEN = (
    _OURS, ENTRY.c.book == bindparam("book"), ENTRY.c.closed.is_(False),
    or_(
        _EVERYTHING, ENTRY.c.owner_id == bindparam("owner"), ENTRY.c.deputy_id == bindparam("deputy"),
        ENTRY.c.school_id.in_(_SCHOOLS),
    ),
)
_OWN_FIRST = (
    case((ENTRY.c.school_id.is_not_distinct_from(bindparam("home", type_=ENTRY.c.school_id.type)), 0), else_=1),
    ENTRY.c.school_id.is_not(None), func.lower(ENTRY.c.platform), ENTRY.c.platform, ENTRY.c.name, ENTRY.c.id,
)
# That they are the trust's is said within only: said again, SQLite would read every entry of the trust.
SEEN = (
    select(ENTRY)
    .where(ENTRY.c.id.in_(
        select(ENTRY.c.id).where(*_SEEN).order_by(*_OWN_FIRST).limit(bindparam("most")).offset(bindparam("start"))
        .scalar_subquery()))
    .order_by(*_OWN_FIRST)
)
HOW_MANY = select(func.count()).select_from(ENTRY).where(*_SEEN)
PLATFORMS = (
    select(ENTRY.c.platform, ENTRY.c.name)
    .where(_OURS, ENTRY.c.book == "site", ENTRY.c.closed.is_(False), ENTRY.c.pending.is_(False))
    .order_by(ENTRY.c.platform, ENTRY.c.name, ENTRY.c.id)
)
EVERY = select(ENTRY).where(_OURS).order_by(ENTRY.c.book, ENTRY.c.platform, ENTRY.c.name, ENTRY.c.id)
BY_IDS = (
    select(ENTRY, PERSON)
    .join(PERSON, (PERSON.c.id == ENTRY.c.owner_id) & (PERSON.c.trust_id == ENTRY.c.trust_id))
    .where(of_trust(ENTRY), ENTRY.c.id.in_(bindparam("ids", expanding=True)))
)
NAMED = select(ENTRY).where(
    _OURS, ENTRY.c.book == "account", ENTRY.c.platform == bindparam("platform"), ENTRY.c.name == bindparam("name")
)
OF_REQUEST = select(ENTRY).where(_OURS, ENTRY.c.request_id == bindparam("request")).order_by(ENTRY.c.id)
ADD = insert(ENTRY)
CHANGEABLE = (
    "name", "address", "school_id", "owner_id", "deputy_id", "purpose", "audience", "settings", "credentials",
    "website", "conditions", "facts", "request_id", "pending", "closed", "until", "review_on",
)
CHANGE = (
    update(ENTRY)
    .where(_OURS, ENTRY.c.id == bindparam("which"), ENTRY.c.version == bindparam("was"))
    .values(
        version=bindparam("was") + 1,
        **{name: bindparam(f"new_{name}", type_=ENTRY.c[name].type) for name in CHANGEABLE},
    )
)
# The clock looks through every trust; each entry is then dealt with in its own.
TO_REVIEW = (
    select(ENTRY.c.trust_id, ENTRY.c.id)
    .where(ENTRY.c.review_on <= bindparam("day"), IN_USE)
    .order_by(ENTRY.c.review_on)
    .limit(bindparam("most"))
)
OVER = (
    select(ENTRY.c.trust_id, ENTRY.c.id)
    .where(ENTRY.c.until < bindparam("day"), IN_USE)
    .order_by(ENTRY.c.until)
    .limit(bindparam("most"))
)
_LEAVERS = select(PERSON.c.trust_id, PERSON.c.id).where(PERSON.c.last_day <= bindparam("day"))
LEFT = (
    select(ENTRY.c.trust_id, ENTRY.c.id)
    .where(
        tuple_(ENTRY.c.trust_id, ENTRY.c.owner_id).in_(_LEAVERS), ENTRY.c.closed.is_(False),
        ~exists().where(TASK.c.entry_id == ENTRY.c.id, TASK.c.what == "leaver", TASK.c.done_at.is_(None)),
    )
    .order_by(ENTRY.c.owner_id, ENTRY.c.id)
    .limit(bindparam("most"))
)


def accounts(u: Unit) -> list[Entry]:
    """Every open account of the trust, also those that are not in use yet."""
    return list(u.keep(Entry, u.once(OPEN, Entry, book=Book.ACCOUNT)))


def usable(u: Unit) -> list[Entry]:
    """Every account that can be posted on."""
    return [each for each in accounts(u) if not each.pending]


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody looks for in a register: all of it, or what is theirs, and their schools'.

    `home`: the school whose entries come first. `deputy`: also what they stand in for.
    """

    book: Book
    person: int
    home: int | None
    everything: bool = False
    deputy: bool = False
    schools: Collection[int] = ()

    @property
    def values(self) -> dict[str, Any]:
        """As the statements name them."""
        return {
            "book": self.book, "owner": self.person, "deputy": self.person if self.deputy else None,
            "everything": self.everything, "schools": sorted(self.schools),
        }


def seen(u: Unit, sight: Sight, start: int, most: int) -> list[Entry]:
    """Some of the open entries of a register: their own school's first, then the trust's, by platform and name."""
    return u.all(SEEN, Entry, **sight.values, home=sight.home, start=start, most=most)


def how_many(u: Unit, sight: Sight) -> int:
    """How many there are."""
    return int(u.run(HOW_MANY, sight.values).scalar_one())


def platforms(u: Unit) -> list[str]:
    """What the register of sites has in use, as it is spelt there."""
    return [row.platform or row.name for row in u.run(PLATFORMS)]


def every(u: Unit) -> list[Entry]:
    """Every entry of every register, open or closed."""
    return u.all(EVERY, Entry)


def by_ids(u: Unit, ids: list[int]) -> list[Entry]:
    """These entries of the trust, open or closed; numbers of others are left out."""
    if missing := set(ids) - u.kept(Entry, ids).keys():
        found = u.joined(BY_IDS, Entry, Person, ids=sorted(missing))
        u.keep(Entry, [entry for entry, _ in found])
        u.keep(Person, [owner for _, owner in found])  # whoever reads an entry asks for its owner next
    return list(u.kept(Entry, ids).values())


def get(u: Unit, entry_id: int) -> Entry | None:
    """One entry as it stands now."""
    return next(iter(by_ids(u, [entry_id])), None)


def named(u: Unit, platform: str, name: str) -> Entry | None:
    """The account of exactly this name, open or closed: there is never a second one."""
    return u.one(NAMED, Entry, platform=platform, name=name)


def of_request(u: Unit, request_id: str) -> list[Entry]:
    """What a request brought into the registers."""
    return u.all(OF_REQUEST, Entry, request=request_id)


def add(u: Unit, entry: Mapping[str, Any]) -> int:
    """A new entry; returns its number."""
    blank = Entry(trust_id=u.trust, name="", owner_id=0).model_dump(exclude={"id", "trust_id"})
    return u.add(ADD, {**blank, **entry})


def change(u: Unit, entry: Entry, **changes: object) -> None:
    """Write the entry with `changes`, as its next version; Stale where somebody else came first."""
    was = entry.version
    alter(entry, {**changes, "version": was + 1})
    new = {f"new_{name}": getattr(entry, name) for name in CHANGEABLE}
    if u.change(CHANGE, {"which": entry.id, "was": was, **new}) != 1:
        raise Stale(entry.id)


def left(u: Unit, day: date, most: int) -> list[Any]:
    """Entries of any trust whose owner leaves by this day, and which nobody looks after yet: trust_id, id."""
    return list(u.across(LEFT, {"day": day, "most": most}))


def to_review(u: Unit, day: date, most: int) -> list[Any]:
    """Entries of any trust that are to be looked at again: trust_id, id."""
    return list(u.across(TO_REVIEW, {"day": day, "most": most}))


def over(u: Unit, day: date, most: int) -> list[Any]:
    """Entries of any trust that were granted until a day before this one: trust_id, id."""
    return list(u.across(OVER, {"day": day, "most": most}))
