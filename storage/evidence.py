"""The files of reports: rows that name them, and what opens them."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.database import Unit
from storage.report import REPORT, vault
from storage.request import LETTERS
from storage.tables import Evidence, EvidencePiece, Report, ReportState
from storage.vault import Unreadable

EVIDENCE = Evidence.__table__  # type: ignore[attr-defined]
PIECE = EvidencePiece.__table__  # type: ignore[attr-defined]
_OURS = EVIDENCE.c.trust_id == bindparam("trust")

ADD = insert(EVIDENCE)
ADD_PIECES = insert(PIECE)
OF_REPORT = select(EVIDENCE).where(_OURS, EVIDENCE.c.report_id == bindparam("report")).order_by(
    EVIDENCE.c.at, EVIDENCE.c.number, EVIDENCE.c.id)
BY_ID = select(EVIDENCE).where(_OURS, EVIDENCE.c.id == bindparam("id"))
PIECES = (
    select(PIECE)
    .where(PIECE.c.trust_id == bindparam("trust"), PIECE.c.evidence_id == bindparam("evidence"))
    .order_by(PIECE.c.number)
)
DROP_PIECES = delete(PIECE).where(PIECE.c.trust_id == bindparam("trust"), PIECE.c.evidence_id == bindparam("evidence"))
DROP = delete(EVIDENCE).where(_OURS, EVIDENCE.c.id == bindparam("which"))
# The keys are the same for every trust, and so is their renewal.
EVERY_SEAL = select(EVIDENCE.c.id, EVIDENCE.c.sealed).with_for_update()
RESEAL = update(EVIDENCE).where(EVIDENCE.c.id == bindparam("which")).values(sealed=bindparam("anew"))

MOST_OPEN = 20
OPEN = (
    select(REPORT)
    .where(
        REPORT.c.trust_id == bindparam("trust"), REPORT.c.reporter_id == bindparam("person"),
        REPORT.c.closed_at.is_(None), REPORT.c.state != ReportState.WITHDRAWN,
    )
    .order_by(REPORT.c.created_at.desc(), REPORT.c.id.desc())
    .limit(bindparam("most"))
)
COUNT_OPEN = (
    select(func.count())
    .select_from(EVIDENCE.join(REPORT, REPORT.c.id == EVIDENCE.c.report_id))
    .where(_OURS, REPORT.c.reporter_id == bindparam("person"), REPORT.c.closed_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A file of a report: what it is, where its sealed pieces lie, and the key that opens them, which is never shown.

    `digest`: the SHA-256 of the bytes as they were given; empty where the row was altered, so that nothing opens it.
    `id`: empty as long as no row names it.
    """

    name: str
    media_type: str
    size: int
    digest: str
    pieces: tuple[str, ...]
    key: str = field(repr=False)
    id: str = ""


def add(u: Unit, report_id: str, given: Exhibit, number: int) -> Exhibit:
    """From here on it belongs to the report, sealed; `number` orders those that come at one time."""
    facts = {name: value for name, value in asdict(given).items() if name not in ("pieces", "id")}
    row = {"id": "".join(secrets.choice(LETTERS) for _ in range(16)), "report_id": report_id, "at": u.at}
    u.insert(ADD, [{**row, "number": number, "sealed": vault(u).seal(facts)}])
    u.insert(ADD_PIECES, [
        {"evidence_id": row["id"], "number": number, "digest": digest} for number, digest in enumerate(given.pieces)
    ])
    return Exhibit(**facts, pieces=given.pieces, id=str(row["id"]))


def of_report(u: Unit, report_id: str) -> list[Exhibit]:
    """The files of a report, in the order in which they came."""
    return [_opened(u, row) for row in u.all(OF_REPORT, Evidence, report=report_id)]


def get(u: Unit, evidence_id: str) -> tuple[str, Exhibit] | None:
    """One file with the number of its report; None where there is none."""
    row = u.one(BY_ID, Evidence, id=evidence_id)
    return (row.report_id, _opened(u, row)) if row is not None else None


def drop(u: Unit, report_id: str, those: Sequence[str] | None = None) -> int:
    """No trace of the report's files, or of `those`, is left: key and row now, the noise on disk after the commit."""
    rows = [row for row in u.all(OF_REPORT, Evidence, report=report_id) if those is None or row.id in those]
    for row in rows:
        u.unnamed |= {piece.digest for piece in u.all(PIECES, EvidencePiece, evidence=row.id)}
        u.change(DROP_PIECES, {"evidence": row.id})
        u.change(DROP, {"which": row.id})
    return len(rows)


def renew(u: Unit) -> int:
    """Seal the keys of all files anew with the vault's first key; the files themselves stay as they are."""
    key, rows = vault(u), list(u.across(EVERY_SEAL))
    for row in rows:
        u.connection.execute(RESEAL, {"which": row.id, "anew": key.renew(row.sealed)})
    return len(rows)


def _opened(u: Unit, row: Evidence) -> Exhibit:
    pieces = tuple(piece.digest for piece in u.all(PIECES, EvidencePiece, evidence=row.id))
    try:
        return Exhibit(**vault(u).open(row.sealed), pieces=pieces, id=row.id)
    except Unreadable:
        return Exhibit("", "", 0, "", pieces, "", row.id)


def open_reports(u: Unit, person_id: int) -> list[Report]:
    """What this person has written and can still add to, the newest first."""
    return u.all(OPEN, Report, person=person_id, most=MOST_OPEN)


def count_open(u: Unit, person_id: int) -> int:
    """How many files of theirs lie with reports that are not closed."""
    return int(u.run(COUNT_OPEN, {"person": person_id}).scalar_one())
