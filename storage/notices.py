"""What a batch of notices is about and whom it goes to, read in a few statements for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TypeVar

from sqlalchemy import BindParameter, bindparam, or_, select

from storage import people, register, request
from storage.asks import ASK
from storage.database import Unit
from storage.people import IDENTITY, PERSON, ROLE, serving
from storage.register import ENTRY
from storage.request import DECISION, PUBLICATION, REQUEST, REVISION, Parts
from storage.statements import of_trust
from storage.tables import (
    Ask,
    Case,
    Decision,
    Entry,
    Identity,
    Person,
    Publication,
    Request,
    Revision,
    Role,
    Task,
    Viewer,
)
from storage.tasks import TASK

Part = TypeVar("Part", Ask, Decision, Publication, Task, Entry)

SUBJECTS: BindParameter[list[str]] = bindparam("subjects", expanding=True)
PEOPLE: BindParameter[list[int]] = bindparam("ids", expanding=True)

REVISIONS = (
    select(REVISION)
    .join(REQUEST, REQUEST.c.id == REVISION.c.request_id)
    .where(
        of_trust(REVISION), REVISION.c.request_id.in_(SUBJECTS),
        or_(REVISION.c.number == REQUEST.c.revision, REVISION.c.number == REQUEST.c.sent_before),
    )
)
DECISIONS = (
    select(DECISION)
    .where(of_trust(DECISION), DECISION.c.request_id.in_(SUBJECTS))
    .order_by(DECISION.c.id)
)
PUBLICATIONS = (
    select(PUBLICATION)
    .where(of_trust(PUBLICATION), PUBLICATION.c.request_id.in_(SUBJECTS))
    .order_by(PUBLICATION.c.id)
)
ASKS = (
    select(ASK)
    .where(of_trust(ASK), ASK.c.request_id.in_(SUBJECTS))
    .order_by(ASK.c.request_id, ASK.c.number)
)
TASKS = (
    select(TASK).where(of_trust(TASK), TASK.c.request_id.in_(SUBJECTS)).order_by(TASK.c.id)
)
ENTRIES = (
    select(ENTRY).where(of_trust(ENTRY), ENTRY.c.request_id.in_(SUBJECTS)).order_by(ENTRY.c.id)
)
# Locked: whoever changes one of these at this moment either is seen here, or sees the messages that were just kept.
VERSIONS = (
    select(REQUEST.c.id, REQUEST.c.version)
    .where(of_trust(REQUEST), REQUEST.c.id.in_(SUBJECTS))
    .order_by(REQUEST.c.id)
    .with_for_update(read=True)
)
ENTRY_VERSIONS = (
    select(ENTRY.c.id, ENTRY.c.version)
    .where(of_trust(ENTRY), ENTRY.c.id.in_(PEOPLE))
    .order_by(ENTRY.c.id)
    .with_for_update(read=True)
)
SERVING = select(PERSON).where(of_trust(PERSON), PERSON.c.id.in_(PEOPLE), serving(PERSON))
ROLES = select(ROLE).where(of_trust(ROLE), ROLE.c.person_id.in_(PEOPLE), serving(ROLE))
REACH = (
    select(IDENTITY)
    .where(of_trust(IDENTITY), IDENTITY.c.person_id.in_(PEOPLE))
    .order_by(IDENTITY.c.seen_at.desc(), IDENTITY.c.id.desc())
)


class Cases:
    """The requests of these ids with all that belongs to them; each is put together when it is first asked for."""

    def __init__(self, u: Unit, ids: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(ids))
        self._unit = u
        self._requests = {row.id: row for row in u.all(request.BY_IDS, Request, ids=wanted)}
        self._revisions = {(row.request_id, row.number): row for row in u.all(REVISIONS, Revision, subjects=wanted)}
        sent = [row.id for row in self._requests.values() if row.submitted_at]
        decided = [row.id for row in self._requests.values() if row.decided_at]
        self._decisions = _by_request(u.all(DECISIONS, Decision, subjects=sent) if sent else ())
        self._publications = _by_request(u.all(PUBLICATIONS, Publication, subjects=decided) if decided else ())
        self._asks = _by_request(u.all(ASKS, Ask, subjects=wanted))
        worked = [each for each in decided if each not in self._publications]
        self._tasks = _by_request(u.all(TASKS, Task, subjects=worked) if worked else ())
        self._entries = _by_request(u.all(ENTRIES, Entry, subjects=worked) if worked else ())
        chosen = {each for row in self._revisions.values() for each in row.content.get("accounts", ())}
        register.by_ids(u, sorted(chosen))
        self._parts = {each: self._of(row) for each, row in self._requests.items()}
        # Read at once; each case finds its own among them.
        people.people(u, {each for id_, row in self._requests.items() for each in self._parts[id_].named(row)})
        self._known: dict[str, Case] = {}

    def get(self, request_id: str) -> Case | None:
        """The request as it stands; None where there is none of this trust."""
        found = self._requests.get(request_id)
        if found is None:
            return None
        if request_id not in self._known:
            self._known[request_id] = request.around(self._unit, found, self._parts[request_id])
        return self._known[request_id]

    def _of(self, found: Request) -> Parts:
        revision, before = self._revisions[found.id, found.revision], found.sent_before or found.revision
        return Parts(
            revision, self._asks.get(found.id, []), self._decisions.get(found.id, []),
            self._publications.get(found.id, []), self._tasks.get(found.id, []), self._entries.get(found.id, []),
            self._revisions[found.id, before] if before != found.revision else None,
        )


def versions(u: Unit, ids: Iterable[str]) -> dict[str, int]:
    """The version of each of these requests and entries now; it stays so until the unit is over."""
    wanted = list(dict.fromkeys(ids))
    entries = [int(each.removeprefix("entry-")) for each in wanted if each.startswith("entry-")]
    found = {row.id: row.version for row in u.run(VERSIONS, {"subjects": wanted})} if wanted else {}
    kept = u.run(ENTRY_VERSIONS, {"ids": entries}) if entries else ()
    return found | {f"entry-{row.id}": row.version for row in kept}


def viewers(u: Unit, ids: Collection[int]) -> dict[int, Viewer]:
    """Those of these people who serve today, with today's roles."""
    found = u.keep(Person, u.all(SERVING, Person, ids=ids, day=u.today))
    roles: dict[int, list[Role]] = defaultdict(list)
    for role in u.all(ROLES, Role, ids=ids, day=u.today):
        roles[role.person_id].append(role)
    return {person.id: Viewer(person, tuple(roles[person.id])) for person in found if person.id is not None}


def reach(u: Unit, ids: Collection[int]) -> dict[int, list[Identity]]:
    """How each of these people can be reached, the way they last used first."""
    found: dict[int, list[Identity]] = defaultdict(list)
    for identity in u.all(REACH, Identity, ids=ids):
        found[identity.person_id].append(identity)
    return found


def _by_request(rows: Iterable[Part]) -> dict[str, list[Part]]:
    parts: dict[str, list[Part]] = defaultdict(list)
    for row in rows:
        parts[row.request_id or ""].append(row)
    return parts
