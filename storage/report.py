"""Reports: sealed when written, opened only for whoever may read them (`handlers.rules.report` says who)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage import people
from storage.database import Stale, Unit
from storage.moment import Moment
from storage.request import LETTERS
from storage.statements import alter, shaped
from storage.tables import Person, Reader, Report, ReportState, ReportStep
from storage.vault import Unreadable, Vault

REPORT = Report.__table__  # type: ignore[attr-defined]
READER = Reader.__table__  # type: ignore[attr-defined]
STEP = ReportStep.__table__  # type: ignore[attr-defined]
_OURS = REPORT.c.trust_id == bindparam("trust")

CREATE = insert(REPORT)
BY_ID = select(REPORT).where(_OURS, REPORT.c.id == bindparam("id"))
CHANGEABLE = ("concern", "state", "school_id", "sealed", "mark", "sent_at", "closed_at", "due_at")
CHANGE = (
    update(REPORT)
    .where(_OURS, REPORT.c.id == bindparam("which"), REPORT.c.version == bindparam("was"))
    .values(
        version=bindparam("was") + 1,
        **{name: bindparam(f"new_{name}", type_=REPORT.c[name].type) for name in CHANGEABLE},
    )
)
MINE = (
    select(REPORT)
    .where(_OURS, REPORT.c.reporter_id == bindparam("person"), REPORT.c.sent_at.is_not(None))
    .order_by(REPORT.c.created_at.desc(), REPORT.c.id.desc())
    .limit(bindparam("most"))
)
TO_READ = (
    select(REPORT)
    .join(READER, READER.c.report_id == REPORT.c.id)
    .where(
        READER.c.trust_id == bindparam("trust"), READER.c.person_id == bindparam("person"), READER.c.ended_at.is_(None),
        REPORT.c.closed_at.is_(None),
    )
    .order_by(READER.c.since, READER.c.id)
    .limit(bindparam("most"))
)
ALIKE = select(REPORT).where(
    _OURS, REPORT.c.mark == bindparam("mark"), REPORT.c.id != bindparam("id"), REPORT.c.sent_at.is_not(None)
)
READERS = (
    select(READER)
    .where(READER.c.trust_id == bindparam("trust"), READER.c.report_id == bindparam("report"))
    .order_by(READER.c.id)
)
GRANT = insert(READER)
END = (
    update(READER)
    .where(
        READER.c.trust_id == bindparam("trust"), READER.c.report_id == bindparam("report"),
        READER.c.person_id == bindparam("person"), READER.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now", type_=Moment()))
)
STEPS = (
    select(STEP)
    .where(STEP.c.trust_id == bindparam("trust"), STEP.c.report_id == bindparam("report"))
    .order_by(STEP.c.id)
)
ADD_STEP = insert(STEP)
# The clock looks through every trust; each report is then dealt with in its own.
DUE = (
    select(REPORT.c.trust_id, REPORT.c.id, REPORT.c.version)
    .where(REPORT.c.due_at <= bindparam("now", type_=Moment()))
    .order_by(REPORT.c.due_at, REPORT.c.created_at, REPORT.c.id)
    .limit(bindparam("most"))
)


class Locked(Exception):
    """There are no keys, so nothing can be sealed or read."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, with what was said then; `altered`: that cannot be opened any more."""

    row: ReportStep
    words: Mapping[str, Any]
    altered: bool = False


@dataclass(slots=True)
class ReportCase:
    """A report opened, with all that belongs to it. For the flows alone: what leaves them is a confidential view."""

    report: Report
    words: dict[str, Any]
    readers: list[Reader]
    steps: list[Step]
    people: dict[int, Person]

    @property
    def reading(self) -> list[Reader]:
        """Who may read it now."""
        return [each for each in self.readers if each.ended_at is None]


def vault(u: Unit) -> Vault:
    """The keys; Locked where there are none."""
    if u.vault is None:
        raise Locked
    return u.vault


def create(
    u: Unit, concern: str, pack_version: str, reporter_id: int, words: Mapping[str, Any], **more: object
) -> Report:
    """A draft, sealed."""
    row = {
        **dict.fromkeys(REPORT.c.keys()), "trust_id": u.trust, "concern": concern, "pack_version": pack_version,
        "state": ReportState.DRAFT, "version": 1, "reporter_id": reporter_id, "created_at": u.at,
        "sealed": vault(u).seal(words), **more, "id": "".join(secrets.choice(LETTERS) for _ in range(16)),
    }
    u.insert(CREATE, [row])
    return shaped(Report, row.items())


def get(u: Unit, report_id: str) -> Report | None:
    """One report of the trust, still sealed."""
    return u.one(BY_ID, Report, id=report_id) if report_id else None


def change(u: Unit, report: Report, words: Mapping[str, Any] | None = None, **changes: object) -> None:
    """Write the report with `changes`, as its next version; Stale where somebody else came first."""
    was = report.version
    sealed = {"sealed": vault(u).seal(words)} if words is not None else {}
    alter(report, {**changes, **sealed, "version": was + 1})
    new = {f"new_{name}": getattr(report, name) for name in CHANGEABLE}
    if u.change(CHANGE, {"which": report.id, "was": was, **new}) != 1:
        raise Stale(report.id)


def case(u: Unit, report: Report) -> ReportCase:
    """The report, opened; Unreadable where it was altered, or sealed with another key. A step alone stops nothing."""
    words = vault(u).open(report.sealed)
    readers = readers_of(u, report.id)
    steps = [_opened(u, row) for row in u.all(STEPS, ReportStep, report=report.id)]
    named = {report.reporter_id, *words.get("staff", ()), *(r.person_id for r in readers)}
    named |= {step.row.by_id for step in steps if step.row.by_id}
    return ReportCase(report, words, readers, steps, people.people(u, named))


def _opened(u: Unit, row: ReportStep) -> Step:
    try:
        return Step(row, vault(u).open(row.sealed))
    except Unreadable:
        return Step(row, {}, altered=True)


def readers_of(u: Unit, report_id: str) -> list[Reader]:
    """Everybody who may or could read it."""
    return u.all(READERS, Reader, report=report_id)


def grant(u: Unit, report_id: str, person_ids: Sequence[int], role: str, granted_by: int | None) -> None:
    """From now on these people may read it, for this role."""
    u.insert(GRANT, [
        {"report_id": report_id, "person_id": person, "role": role, "since": u.at, "granted_by": granted_by,
         "ended_at": None}
        for person in person_ids
    ])


def end(u: Unit, report_id: str, person_id: int) -> None:
    """This person may not read it any more."""
    u.change(END, {"report": report_id, "person": person_id, "now": u.at})


def step(u: Unit, report_id: str, by_id: int | None, what: str, words: Mapping[str, Any]) -> None:
    """Note something that happened with it."""
    u.insert(ADD_STEP, [
        {"report_id": report_id, "at": u.at, "by_id": by_id, "what": what, "sealed": vault(u).seal(words)},
    ])


def mine(u: Unit, person_id: int, most: int) -> list[Report]:
    """What a person reported, newest first."""
    return u.all(MINE, Report, person=person_id, most=most)


def to_read(u: Unit, person_id: int, most: int) -> list[Report]:
    """What a person may read and is not closed, oldest first."""
    return u.all(TO_READ, Report, person=person_id, most=most)


def alike(u: Unit, report: Report) -> list[Report]:
    """Other reports about the same address, the oldest first, whichever of the keys they were marked with."""
    if report.mark is None:
        return []
    address = str(vault(u).open(report.sealed).get("address", ""))
    marks = dict.fromkeys((report.mark, *(vault(u).marks(address) if address else ())))
    found = [other for mark in marks for other in u.all(ALIKE, Report, mark=mark, id=report.id)]
    return sorted(found, key=lambda each: (each.created_at, each.id))


def due(u: Unit, now: datetime, most: int) -> list[Any]:
    """Reports of any trust that the clock should look at: trust_id, id, version."""
    return list(u.across(DUE, {"now": now, "most": most}))
