"""What waits for somebody: to decide, to publish, to change, to do. One list, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from storage import cover
from storage.asks import ASK
from storage.database import Unit
from storage.people import PERSON, ROLE, serving
from storage.register import ENTRY
from storage.request import PUBLICATION, REQUEST
from storage.statements import shaped
from storage.tables import PERSONAL, Entry, Request, Viewer
from storage.tasks import TASK

SINCE = bindparam("at", type_=REQUEST.c.created_at.type)
POINT = tuple_(SINCE, bindparam("id"))
"""Where a page begins: a time, and the id that settles ties."""
IS_OPEN: ColumnElement[bool] = literal_column("ask.open")
"""Written into the SQL: as `open = 1` SQLite would pass by the indexes of these, and read every ask there ever was."""
STILL: ColumnElement[bool] = case((REQUEST.c.state == "approved", 1), else_=0) > 0
"""It is still approved. Said plainly, PostgreSQL takes it for rare among so few, and reads all of somebody's work."""
_ROLE: BindParameter[str] = bindparam("role")
_PLACE: BindParameter[int] = bindparam("school")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request, or an entry of a register, that waits; since when, and the id that settles ties."""

    since: datetime
    id: str
    request: Request | None = None
    entry: Entry | None = None


def _place(table: Any, at_trust: bool) -> Any:
    return table.c.school_id.is_(None) if at_trust else table.c.school_id == _PLACE


def _requests(source: Any, since: Any, key: Any, *conditions: Any, place: Any = None) -> Any:
    """`key`: the request's id in the table whose index has them in this order; elsewhere all would be sorted.

    `place`: the column before these, where the index has one: PostgreSQL does not know by itself that it is one value.
    """
    return (
        select(REQUEST, since.label("since"))
        .select_from(source)
        .where(*conditions, tuple_(since, key) > POINT)
        .order_by(*(() if place is None else (place,)), since, key)
        .limit(bindparam("most"))
    )


def _to_decide(*whose: Any, place: Any = None) -> Any:
    """What was asked of them; never their own."""
    return _requests(
        ASK.join(REQUEST, REQUEST.c.id == ASK.c.request_id), ASK.c.since, ASK.c.request_id,
        ASK.c.trust_id == bindparam("trust"), IS_OPEN, *whose,
        REQUEST.c.asker_id != bindparam("person"), REQUEST.c.editor_id != bindparam("person"), place=place,
    )


def _to_do(*whose: Any, place: Any = None) -> Any:
    """Work that an approval brought."""
    return _requests(
        TASK.join(REQUEST, REQUEST.c.id == TASK.c.request_id), TASK.c.since, TASK.c.request_id,
        TASK.c.trust_id == bindparam("trust"), TASK.c.done_at.is_(None), TASK.c.request_id.is_not(None), STILL, *whose,
        place=place,
    )


def _about_entries(*whose: Any) -> Any:
    """Reviews, and what a leaver leaves behind."""
    return (
        select(ENTRY, TASK.c.since.label("since"))
        .select_from(TASK.join(ENTRY, ENTRY.c.id == TASK.c.entry_id))
        .where(
            TASK.c.trust_id == bindparam("trust"), TASK.c.done_at.is_(None), TASK.c.entry_id.is_not(None),
            ENTRY.c.closed.is_(False),
            TASK.c.since <= bindparam("now", type_=REQUEST.c.created_at.type), TASK.c.since >= SINCE, *whose,
        )
        .order_by(TASK.c.since, TASK.c.id)
        .limit(bindparam("most"))
    )


DECIDERS = (
    select(REQUEST.c.id, PERSON.c.id.label("person_id"))
    .select_from(ASK.join(REQUEST, REQUEST.c.id == ASK.c.request_id))
    .outerjoin(ROLE, and_(
        ASK.c.person_id.is_(None), ROLE.c.trust_id == ASK.c.trust_id, ROLE.c.role == ASK.c.role,
        ROLE.c.school_id.is_not_distinct_from(ASK.c.school_id), serving(ROLE),
    ))
    .outerjoin(PERSON, and_(
        PERSON.c.id == func.coalesce(ASK.c.person_id, ROLE.c.person_id), serving(PERSON),
        PERSON.c.id.not_in([REQUEST.c.asker_id, REQUEST.c.editor_id]),
    ))
    .where(ASK.c.trust_id == bindparam("trust"), IS_OPEN)
    .order_by(ASK.c.since, REQUEST.c.id)
)
_OF_ROLE = (ASK.c.role == _ROLE, ASK.c.person_id.is_(None))
ASKED = {at: _to_decide(*_OF_ROLE, _place(ASK, at), place=ASK.c.school_id) for at in (True, False)}
_BESIDE = ASK.alias("beside")
_COVERED = (
    REQUEST.c.asker_id != bindparam("away"), REQUEST.c.editor_id != bindparam("away"),
    or_(ASK.c.together.is_(False), ~exists().where(
        _BESIDE.c.request_id == ASK.c.request_id, _BESIDE.c.step == ASK.c.step,
        _BESIDE.c.answered_by == bindparam("person"),
    )),
)
"""What was asked of somebody for whom they stand in: never for that person's own, nor a second time."""
COVERED = {at: _to_decide(*_OF_ROLE, _place(ASK, at), *_COVERED, place=ASK.c.school_id) for at in (True, False)}
COVERED_IN_PERSON = _to_decide(
    ASK.c.person_id == bindparam("away"), ASK.c.role.not_in([literal(each) for each in PERSONAL]), *_COVERED)
ASKED_IN_PERSON = _to_decide(ASK.c.person_id == bindparam("person"))
WORK = {at: _to_do(TASK.c.role == _ROLE, _place(TASK, at), place=TASK.c.school_id) for at in (True, False)}
OWN_WORK = _to_do(TASK.c.person_id == bindparam("person"))
CARE = {True: _about_entries(TASK.c.role == _ROLE, _place(TASK, True)),
        False: _about_entries(TASK.c.role == _ROLE, _place(TASK, False))}
OWN_CARE = _about_entries(TASK.c.person_id == bindparam("person"))
TO_PUBLISH = _requests(
    PUBLICATION.join(REQUEST, REQUEST.c.id == PUBLICATION.c.request_id), REQUEST.c.decided_at, REQUEST.c.id,
    PUBLICATION.c.trust_id == bindparam("trust"), PUBLICATION.c.owner_id == bindparam("person"),
    PUBLICATION.c.live_at.is_(None), REQUEST.c.state == "approved",
).distinct()
TO_CHANGE: ColumnElement[bool] = literal_column("request.state IN ('changes requested', 'training first')")
"""Written into the SQL: with parameters SQLite would pass by the index of these."""
TO_REVISE = _requests(
    REQUEST, REQUEST.c.decided_at, REQUEST.c.id, REQUEST.c.trust_id == bindparam("trust"),
    TO_CHANGE, REQUEST.c.asker_id == bindparam("person"),
)
_ON = select(ASK.c.request_id).where(ASK.c.trust_id == bindparam("trust"), IS_OPEN).order_by(ASK.c.since)
ON_ROLE = {
    at_trust: _ON.where(*_OF_ROLE, _place(ASK, at_trust)) for at_trust in (True, False)
}
ON_PERSON = _ON.where(ASK.c.person_id == bindparam("person"))


def deciders(u: Unit) -> dict[str, frozenset[int]]:
    """Every request that waits for a decision, by its id, with who can decide it today."""
    found: dict[str, set[int]] = {}
    for row in u.run(DECIDERS, {"day": u.today}):
        found.setdefault(row.id, set()).update([row.person_id] if row.person_id else [])
    return {request_id: frozenset(people) for request_id, people in found.items()}


def waiting(u: Unit, viewer: Viewer, after: tuple[datetime, str], most: int) -> list[Waiting]:
    """What waits for this person, oldest first, later than `after`."""
    point = {"at": after[0], "id": after[1], "most": most, "now": u.at}
    found: dict[str, Waiting] = {}
    for statement, values in (*_requests_for(viewer), *_covered(u, viewer)):
        for row in u.run(statement, {**values, **point}):
            cells = dict(row._mapping)
            since = cells.pop("since")
            found.setdefault(cells["id"], Waiting(since, cells["id"], shaped(Request, cells.items())))
    for statement, values in _entries_for(viewer):
        for row in u.run(statement, {**values, **point}):
            cells = dict(row._mapping)
            since, key = cells.pop("since"), f"entry-{cells['id']}"
            if (since, key) > after:
                found.setdefault(key, Waiting(since, key, entry=shaped(Entry, cells.items())))
    return sorted(found.values(), key=lambda each: (each.since, each.id))[:most]


def _requests_for(viewer: Viewer) -> list[tuple[Any, dict[str, Any]]]:
    own = [(each, {"person": viewer.id}) for each in (ASKED_IN_PERSON, OWN_WORK, TO_PUBLISH, TO_REVISE)]
    return [*_by_role(viewer, ASKED), *_by_role(viewer, WORK), *own]


def _covered(u: Unit, viewer: Viewer) -> list[tuple[Any, dict[str, Any]]]:
    """What waits for those for whom this person stands in today."""
    found = cover.mine(u, viewer.id)
    return [
        (COVERED[row.school_id is None] if row.role else COVERED_IN_PERSON,
         {"person": viewer.id, "away": row.person_id, "role": row.role, "school": row.school_id})
        for row in found
    ]


def waiting_on(u: Unit, role: str, school_id: int | None, person_id: int) -> list[str]:
    """The requests that wait for who has this role there; without a role, for this person by name."""
    statement = ON_ROLE[school_id is None] if role else ON_PERSON
    values = {"role": role, "school": school_id, "person": person_id}
    return list(dict.fromkeys(row.request_id for row in u.run(statement, values)))


def _entries_for(viewer: Viewer) -> list[tuple[Any, dict[str, Any]]]:
    return [*_by_role(viewer, CARE), (OWN_CARE, {"person": viewer.id})]


def _by_role(viewer: Viewer, statements: dict[bool, Any]) -> list[tuple[Any, dict[str, Any]]]:
    roles = sorted({(role.role, role.school_id) for role in viewer.roles}, key=str)
    return [(statements[s is None], {"person": viewer.id, "role": r, "school": s}) for r, s in roles]
