"""Requests with all that belongs to them, and what a person asked for."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, tuple_, update

from storage import asks, people, register, tasks
from storage.database import Stale, Unit
from storage.moment import Moment
from storage.statements import alter, of_trust, shaped
from storage.tables import (
    Ask,
    Case,
    Decision,
    Entry,
    Person,
    Publication,
    Request,
    Revision,
    School,
    State,
    StoredFile,
    Task,
)
from storage.unit import Row

REQUEST = Request.__table__  # type: ignore[attr-defined]
REVISION = Revision.__table__  # type: ignore[attr-defined]
DECISION = Decision.__table__  # type: ignore[attr-defined]
PUBLICATION = Publication.__table__  # type: ignore[attr-defined]
FILE = StoredFile.__table__  # type: ignore[attr-defined]

LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
OF_TRUST = REQUEST.c.trust_id == bindparam("trust")

CREATE = insert(REQUEST)
BY_ID = select(REQUEST).where(OF_TRUST, REQUEST.c.id == bindparam("id"))
HOLD = select(REQUEST.c.id).where(OF_TRUST, REQUEST.c.id == bindparam("id")).with_for_update(key_share=True)
BY_IDS = select(REQUEST).where(of_trust(REQUEST), REQUEST.c.id.in_(bindparam("ids", expanding=True)))
CHANGEABLE = tuple(c.name for c in REQUEST.c if c.name not in {"id", "trust_id", "asker_id", "created_at"})
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
WHOLE = (
    select(REQUEST, REVISION, people.PERSON, people.SCHOOL, asks.ASK)
    .join(REVISION, (REVISION.c.request_id == REQUEST.c.id) & (REVISION.c.trust_id == REQUEST.c.trust_id))
    .join(people.PERSON, (people.PERSON.c.id == REQUEST.c.asker_id) & (people.PERSON.c.trust_id == REQUEST.c.trust_id))
    .outerjoin(
        people.SCHOOL, (people.SCHOOL.c.id == REQUEST.c.school_id) & (people.SCHOOL.c.trust_id == REQUEST.c.trust_id)
    )
    .outerjoin(asks.ASK, (asks.ASK.c.request_id == REQUEST.c.id) & (asks.ASK.c.trust_id == REQUEST.c.trust_id))
    .where(
        OF_TRUST, REQUEST.c.id == bindparam("id"),
        or_(REVISION.c.number == REQUEST.c.revision, REVISION.c.number == REQUEST.c.sent_before),
    )
    .order_by(asks.ASK.c.number)
)
"""A request with its wordings, each beside each of its asks."""
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
UNDECIDED = (
    select(REQUEST.c.trust_id, REQUEST.c.id)
    .where(REQUEST.c.nudge_at <= bindparam("now", type_=Moment()))
    .order_by(REQUEST.c.nudge_at)
    .limit(bindparam("most"))
)
NUDGE = (
    update(REQUEST)
    .where(
        OF_TRUST, REQUEST.c.id == bindparam("request"), REQUEST.c.nudge_at == bindparam("was", type_=Moment()),
    )
    .values(nudge_at=bindparam("later", type_=Moment()), nudges=bindparam("times"))
)


def get(u: Unit, request_id: str) -> Request | None:
    """One request of the trust."""
    return u.one(BY_ID, Request, id=request_id) if request_id else None


def hold(u: Unit, request_id: str) -> None:
    """Whoever else would change it waits until this unit is over, and nobody for each other. SQLite has one writer."""
    if u.dialect.name == "postgresql":
        u.run(HOLD, {"id": request_id})


def create(
    u: Unit, kind: str, pack_version: str, asker_id: int, content: dict[str, Any], digest: str,
    way: Sequence[Mapping[str, Any]], **more: object,
) -> Case:
    """A new request with its first wording and its way (see `asks.add`): a draft, but for what `more` says of it."""
    row = {
        **dict.fromkeys(REQUEST.c.keys()), "trust_id": u.trust, "kind": kind, "state": State.DRAFT, "version": 1,
        "revision": 1, "step": 0, "nudges": 0, "why_now": "", "pack_version": pack_version, "asker_id": asker_id,
        "editor_id": asker_id, "created_at": u.at, **more, "id": "".join(secrets.choice(LETTERS) for _ in range(8)),
    }
    u.insert(CREATE, [row])
    request = shaped(Request, row.items())
    u.begun.add(request.id)
    parts = Parts(add_revision(u, request, content, digest), asks.add(u, request.id, way))
    return around(u, request, parts)


def change(u: Unit, request: Request, **changes: object) -> None:
    """Write the request with `changes`, as its next version; Stale where somebody else came first.

    What waits for nobody is not chased any more.
    """
    was = request.version
    alter(request, {**changes, "version": was + 1})
    if request.state != State.SUBMITTED:
        alter(request, {"nudge_at": None})
    new = {f"new_{name}": getattr(request, name) for name in CHANGEABLE}
    u.later(CHANGE, {"request": request.id, "was": was, **new}, one=True)


def add_revision(u: Unit, request: Request, content: dict[str, Any], digest: str) -> Revision:
    """Keep the wording that `request.revision` now counts."""
    row = {
        "request_id": request.id, "number": request.revision, "by_id": request.editor_id, "at": u.at,
        "content": content, "digest": digest,
    }
    u.insert(REVISE, [row])
    return _written(u, Revision, row)


def decide(
    u: Unit, case: Case, decider_id: int, as_role: str, outcome: str, note: str = "", reply: str = "",
    conditions: str = "", for_id: int | None = None,
) -> Decision:
    """Record a decision on the wording and at the step as they stand; `for_id`: for whom, if somebody stood in."""
    request = case.request
    row = {
        "request_id": request.id, "version": request.version, "revision": case.revision.number, "step": request.step,
        "decider_id": decider_id, "for_id": for_id, "as_role": as_role, "outcome": outcome, "note": note,
        "reply": reply, "conditions": conditions, "digest": case.revision.digest, "at": u.at,
    }
    u.insert(DECIDE, [row])
    return _written(u, Decision, row)


def assign(u: Unit, request: Request, owners: Sequence[tuple[int, int]]) -> list[Publication]:
    """Make publishing the task of each account's owner: pairs of account and owner."""
    rows = [{"request_id": request.id, "account_id": a, "owner_id": o, "address": "", "live_at": None}
            for a, o in owners]
    u.insert(ASSIGN, rows)
    return [_written(u, Publication, row) for row in rows]


def unassign(u: Unit, request: Request) -> None:
    """Nothing is to be published any more, but for what is live."""
    u.change(UNASSIGN, {"request": request.id})


def _written(u: Unit, model: type[Row], values: Mapping[str, object]) -> Row:
    """A row as it was just inserted; only its number is not known."""
    return shaped(model, {**values, "id": None, "trust_id": u.trust}.items())


def went_live(u: Unit, publication: Publication, address: str) -> None:
    """It is live on this account, there; since when stays as it was first said."""
    publication.address, publication.live_at = address, publication.live_at or u.at
    u.change(GO_LIVE, {"publication": publication.id, "url": address, "at": publication.live_at})


def add_file(u: Unit, by_id: int, picture: dict[str, Any]) -> None:
    """Enter a picture that this person gave, unless they gave it before."""
    if u.run(HAS_FILE, {"digest": picture["digest"], "person": by_id}).first() is None:
        u.insert(ADD_FILE, [{"by_id": by_id, "at": u.at, **picture}])


def files_of(u: Unit, person_id: int, starts: list[str]) -> list[StoredFile]:
    """The pictures that this person gave whose digests begin so (16 letters each)."""
    return u.all(FILES_OF, StoredFile, person=person_id, starts=starts) if starts else []


@dataclass(slots=True)
class Parts:
    """What belongs to a request, as it was read or just written."""

    revision: Revision
    asks: list[Ask]
    decisions: list[Decision] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    seen: Revision | None = None

    def named(self, request: Request) -> set[int]:
        """Everybody whom a card of the request may name, but for those who run its accounts."""
        named: set[int | None] = {request.asker_id, request.editor_id, *self.revision.content.get("staff", ())}
        for ask in self.asks:
            named |= {ask.answered_by, ask.passed_by_id, ask.person_id} if ask.passed_at else {ask.answered_by}
        for decision in self.decisions:
            named |= {decision.decider_id, decision.for_id}
        named.update(publication.owner_id for publication in self.publications)
        named.update(entry.owner_id for entry in self.entries)
        named.update(task.done_by for task in self.tasks)
        return {each for each in named if each}


def case(u: Unit, request: Request) -> Case:
    """The request with everything that rules and cards need of it."""
    numbers = [request.revision, request.sent_before or request.revision]
    return _with(u, request, u.all(REVISIONS, Revision, request=request.id, numbers=numbers), asks.of(u, request.id))


def find(u: Unit, request_id: str) -> Case | None:
    """The same, as it is stored now; None where the trust has no such request."""
    found = u.joined(WHOLE, Request, Revision, Person, School, Ask, id=request_id) if request_id else []
    if not found:
        return None
    request, _, asker, school, _ = found[0]
    u.keep(Person, [asker])
    u.keep(School, [school] if school else [])
    asked = {ask.number: ask for *_, ask in found if ask}
    return _with(u, request, [revision for _, revision, *_ in found], list(asked.values()))


def _with(u: Unit, request: Request, wordings: Sequence[Revision], asked: list[Ask]) -> Case:
    revisions = {revision.number: revision for revision in wordings}
    before = request.sent_before or request.revision
    parts = Parts(revisions[request.revision], asked)
    parts.seen = revisions[before] if before != request.revision else None
    if request.decided_at:
        parts.decisions = u.all(DECISIONS, Decision, request=request.id)
        parts.publications = u.all(PUBLICATIONS, Publication, request=request.id)
        if not parts.publications:
            parts.tasks, parts.entries = tasks.of_request(u, request.id), register.of_request(u, request.id)
    return around(u, request, parts)


def afresh(u: Unit, case: Case) -> Case:
    """The case with the people, accounts and school that it concerns since this unit changed its rows."""
    return around(u, case.request, Parts(
        case.revision, case.asks, case.decisions, case.publications, case.tasks, case.entries, case.seen))


def around(u: Unit, request: Request, parts: Parts) -> Case:
    """The case of a request: its parts, with the people, accounts and school that they name."""
    accounts = register.by_ids(u, parts.revision.content.get("accounts", []))
    known = people.people(u, parts.named(request) | {a.owner_id for a in accounts})
    present = [ask for ask in parts.asks if ask.step == request.step]
    asked = {ask.number: asks.asked(u, ask.role, ask.school_id, ask.person_id) for ask in present}
    return Case(
        request=request, revision=parts.revision, trust=people.trust(u), asker=known[request.asker_id],
        school=people.school(u, request.school_id), accounts=accounts, asks=parts.asks,
        holders={number: found for number, (found, _) in asked.items()},
        absences={number: away for number, (_, away) in asked.items() if away},
        publications=parts.publications, decisions=parts.decisions, tasks=parts.tasks, entries=parts.entries,
        workers={t.id: people.if_serving(u, t.person_id) if t.person_id else people.holders(u, t.role, t.school_id)
                 for t in parts.tasks if t.id and t.done_at is None},
        seen=parts.seen, people=known,
    )


def mine(u: Unit, person_id: int, before: tuple[datetime, str], most: int) -> list[Request]:
    """What a person asked for, newest first, older than `before`."""
    return u.all(MINE, Request, person=person_id, at=before[0], id=before[1], most=most)


def due(u: Unit, now: datetime, most: int) -> list[Any]:
    """Requests of any trust whose time has run out: trust_id, id, state, go_live_at, version."""
    return list(u.across(DUE, {"now": now, "most": most}))



def undecided(u: Unit, now: datetime, most: int) -> list[Any]:
    """Requests of any trust that are to be chased: trust_id, id."""
    return list(u.across(UNDECIDED, {"now": now, "most": most}))


def nudged(u: Unit, request: Request, next_at: datetime | None, times: int) -> None:
    """When the clock looks at it next, and how often it has; Stale where another clock came first."""
    if u.change(NUDGE, {"request": request.id, "was": request.nudge_at, "later": next_at, "times": times}) != 1:
        raise Stale(request.id)
    alter(request, {"nudge_at": next_at, "nudges": times})
