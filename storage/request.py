"""Requests with all that belongs to them, and the two lists that people look at."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal, select, tuple_, update

from storage import people, register
from storage.database import Stale, Unit
from storage.statements import alter
from storage.tables import Case, Decision, Publication, Request, Revision, State, StoredFile, Viewer

REQUEST = Request.__table__  # type: ignore[attr-defined]
REVISION = Revision.__table__  # type: ignore[attr-defined]
DECISION = Decision.__table__  # type: ignore[attr-defined]
PUBLICATION = Publication.__table__  # type: ignore[attr-defined]
FILE = StoredFile.__table__  # type: ignore[attr-defined]

LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
OF_TRUST = REQUEST.c.trust_id == bindparam("trust")

CREATE = insert(REQUEST)
BY_ID = select(REQUEST).where(OF_TRUST, REQUEST.c.id == bindparam("id"))
BY_IDS = select(REQUEST).where(OF_TRUST, REQUEST.c.id.in_(bindparam("ids", expanding=True)))
CHANGEABLE = tuple(c.name for c in REQUEST.c if c.name not in {"id", "trust_id", "kind", "asker_id", "created_at"})
CHANGE = (
    update(REQUEST)
    .where(OF_TRUST, REQUEST.c.id == bindparam("request"), REQUEST.c.version == bindparam("was"))
    .values({name: bindparam(f"new_{name}") for name in CHANGEABLE})
)
REVISE = insert(REVISION)
REVISIONS = select(REVISION).where(
    REVISION.c.trust_id == bindparam("trust"),
    REVISION.c.request_id == bindparam("request"),
    REVISION.c.number.in_(bindparam("numbers", expanding=True)),
)
DECIDE = insert(DECISION)
DECISIONS = (
    select(DECISION)
    .where(DECISION.c.trust_id == bindparam("trust"), DECISION.c.request_id == bindparam("request"))
    .order_by(DECISION.c.id)
)
ASSIGN = insert(PUBLICATION)
PUBLICATIONS = (
    select(PUBLICATION)
    .where(PUBLICATION.c.trust_id == bindparam("trust"), PUBLICATION.c.request_id == bindparam("request"))
    .order_by(PUBLICATION.c.id)
)
GO_LIVE = (
    update(PUBLICATION)
    .where(PUBLICATION.c.trust_id == bindparam("trust"), PUBLICATION.c.id == bindparam("publication"))
    .values(address=bindparam("url"), live_at=bindparam("at"))
)
UNASSIGN = delete(PUBLICATION).where(
    PUBLICATION.c.trust_id == bindparam("trust"),
    PUBLICATION.c.request_id == bindparam("request"),
    PUBLICATION.c.live_at.is_(None),
)
ADD_FILE = insert(FILE)
HAS_FILE = select(FILE.c.id).where(
    FILE.c.trust_id == bindparam("trust"), FILE.c.digest == bindparam("digest"), FILE.c.by_id == bindparam("person")
)
FILES_OF = select(FILE).where(
    FILE.c.trust_id == bindparam("trust"), FILE.c.by_id == bindparam("person"),
    func.substr(FILE.c.digest, 1, 16).in_(bindparam("starts", expanding=True)),
)

POINT = tuple_(bindparam("at", type_=REQUEST.c.created_at.type), bindparam("id"))
"""Where a page of a list begins: a time, and the id that settles ties."""

MINE = (
    select(REQUEST)
    .where(
        OF_TRUST,
        REQUEST.c.asker_id == bindparam("person"),
        tuple_(REQUEST.c.created_at, REQUEST.c.id) < POINT,
    )
    .order_by(REQUEST.c.created_at.desc(), REQUEST.c.id.desc())
    .limit(bindparam("most"))
)
"""What a person asked for, newest first, from before a point on."""

# The clock asks for every trust at once; each item is then handled within its own.
DUE = (
    select(REQUEST.c.trust_id, REQUEST.c.id, REQUEST.c.state, REQUEST.c.go_live_at, REQUEST.c.version)
    .where(REQUEST.c.due_at <= bindparam("now", type_=REQUEST.c.due_at.type))
    .order_by(REQUEST.c.due_at)
    .limit(bindparam("most"))
)


def get(u: Unit, request_id: str) -> Request | None:
    """One request of the trust."""
    return u.one(BY_ID, Request, id=request_id) if request_id else None


def create(u: Unit, kind: str, pack_version: str, asker_id: int, content: dict[str, Any], digest: str) -> Request:
    """A new draft with its first wording."""
    request = Request(
        id="".join(secrets.choice(LETTERS) for _ in range(8)), trust_id=u.trust, kind=kind, state=State.DRAFT,
        pack_version=pack_version, asker_id=asker_id, editor_id=asker_id, created_at=u.at,
    )
    u.insert(CREATE, [request.model_dump()])
    add_revision(u, request, content, digest)
    return request


def change(u: Unit, request: Request, **changes: object) -> None:
    """Write the request with `changes`, as its next version; Stale where somebody else came first."""
    was = request.version
    alter(request, {**changes, "version": was + 1})
    new = {f"new_{name}": getattr(request, name) for name in CHANGEABLE}
    if u.change(CHANGE, {"request": request.id, "was": was, **new}) != 1:
        raise Stale(request.id)


def add_revision(u: Unit, request: Request, content: dict[str, Any], digest: str) -> None:
    """Keep the wording that `request.revision` now counts."""
    u.insert(REVISE, [{
        "request_id": request.id, "number": request.revision, "by_id": request.editor_id, "at": u.at,
        "content": content, "digest": digest,
    }])


def decide(u: Unit, request: Request, revision: Revision, decider_id: int, outcome: str, note: str) -> None:
    """Record a decision on the wording as it stands."""
    u.insert(DECIDE, [{
        "request_id": request.id, "version": request.version, "revision": revision.number, "decider_id": decider_id,
        "as_role": request.ask_role, "outcome": outcome, "note": note, "digest": revision.digest, "at": u.at,
    }])


def assign(u: Unit, request: Request, owners: Sequence[tuple[int, int]]) -> None:
    """Make publishing the task of each account's owner: pairs of account and owner."""
    u.insert(ASSIGN, [{"request_id": request.id, "account_id": a, "owner_id": o} for a, o in owners])


def unassign(u: Unit, request: Request) -> None:
    """Nothing is to be published any more."""
    u.change(UNASSIGN, {"request": request.id})


def went_live(u: Unit, publication: Publication, address: str) -> None:
    """It is live on this account, there."""
    publication.address, publication.live_at = address, u.at
    u.change(GO_LIVE, {"publication": publication.id, "url": address, "at": u.at})


def add_file(u: Unit, by_id: int, picture: dict[str, Any]) -> None:
    """Enter a picture that this person gave, unless they gave it before."""
    if u.run(HAS_FILE, {"digest": picture["digest"], "person": by_id}).first() is None:
        u.insert(ADD_FILE, [{"by_id": by_id, "at": u.at, **picture}])


def files_of(u: Unit, person_id: int, starts: list[str]) -> list[StoredFile]:
    """The pictures that this person gave whose digests begin so (16 letters each)."""
    return u.all(FILES_OF, StoredFile, person=person_id, starts=starts) if starts else []


def case(u: Unit, request: Request) -> Case:
    """The request with everything that rules and cards need of it."""
    decisions = u.all(DECISIONS, Decision, request=request.id) if request.submitted_at else []
    before = request.sent_before or request.revision
    revisions = {r.number: r for r in u.all(
        REVISIONS, Revision, request=request.id, numbers=[request.revision, before])}
    accounts = register.by_ids(u, revisions[request.revision].content.get("accounts", []))
    deciders = people.holders(u, request.ask_role, request.ask_school_id) if request.ask_role else []
    publications = u.all(PUBLICATIONS, Publication, request=request.id) if request.decided_at else []
    ids = {request.asker_id, request.editor_id, *(a.owner_id for a in accounts), *(d.decider_id for d in decisions)}
    named = people.people(u, ids | {p.owner_id for p in publications})
    return Case(
        request=request, revision=revisions[request.revision], trust=people.trust(u), asker=named[request.asker_id],
        school=people.school(u, request.school_id), accounts=accounts, deciders=deciders,
        publications=publications, decisions=decisions,
        seen=revisions[before] if before != request.revision else None, people=named,
    )


def mine(u: Unit, person_id: int, before: tuple[datetime, str], most: int) -> list[Request]:
    """What a person asked for, newest first, older than `before`."""
    return u.all(MINE, Request, person=person_id, at=before[0], id=before[1], most=most)


def waiting(u: Unit, viewer: Viewer, after: tuple[datetime, str], most: int) -> list[tuple[datetime, Request]]:
    """What waits for this person, oldest first, later than `after`, with since when."""
    found: dict[str, tuple[datetime, Request]] = {}
    for statement, values in _waiting(viewer):
        point = {"at": after[0], "id": after[1], "most": most}
        for row in u.run(statement, {**values, **point}):
            cells = dict(row._mapping)
            found.setdefault(cells["id"], (cells.pop("since"), Request(**cells)))
    return sorted(found.values(), key=lambda pair: (pair[0], pair[1].id))[:most]


def due(u: Unit, now: datetime, most: int) -> list[Any]:
    """Requests of any trust whose time has run out: trust_id, id, state, go_live_at, version."""
    return list(u.across(DUE, {"now": now, "most": most}))


def _list(since: Any, *conditions: Any) -> Any:
    return (
        select(REQUEST, since.label("since"))
        .where(OF_TRUST, *conditions, tuple_(since, REQUEST.c.id) > POINT)
        .order_by(since, REQUEST.c.id)
        .limit(bindparam("most"))
    )


def _to_decide(at_trust: bool) -> Any:
    place = REQUEST.c.ask_school_id.is_(None) if at_trust else REQUEST.c.ask_school_id == bindparam("school")
    return _list(
        REQUEST.c.submitted_at, REQUEST.c.state == literal("submitted", literal_execute=True),
        REQUEST.c.ask_role == bindparam("role"), place,
        REQUEST.c.asker_id != bindparam("person"), REQUEST.c.editor_id != bindparam("person"),
    )


TO_DECIDE = {True: _to_decide(True), False: _to_decide(False)}
TO_PUBLISH = (
    select(REQUEST, REQUEST.c.decided_at.label("since"))
    .select_from(PUBLICATION.join(REQUEST, REQUEST.c.id == PUBLICATION.c.request_id))
    .where(
        PUBLICATION.c.trust_id == bindparam("trust"), PUBLICATION.c.owner_id == bindparam("person"),
        PUBLICATION.c.live_at.is_(None), REQUEST.c.state == "approved",
        tuple_(REQUEST.c.decided_at, REQUEST.c.id) > POINT,
    )
    .distinct()
    .order_by(REQUEST.c.decided_at, REQUEST.c.id)
    .limit(bindparam("most"))
)
TO_REVISE = _list(
    REQUEST.c.decided_at, REQUEST.c.state == literal("changes requested", literal_execute=True),
    REQUEST.c.asker_id == bindparam("person"),
)


def _waiting(viewer: Viewer) -> list[tuple[Any, dict[str, Any]]]:
    person = {"person": viewer.id}
    roles = {(role.role, role.school_id) for role in viewer.roles}
    lists = [(TO_DECIDE[s is None], {**person, "role": r, "school": s}) for r, s in sorted(roles, key=str)]
    return [*lists, (TO_PUBLISH, person), (TO_REVISE, person)]
