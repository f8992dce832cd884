"""The record: append-only rows, each with the hash of the one before it in its trust."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage.database import Unit
from storage.tables import Audit, AuditHead

AUDIT = Audit.__table__  # type: ignore[attr-defined]
HEAD = AuditHead.__table__  # type: ignore[attr-defined]
APPEND = insert(AUDIT)
HEAD_OF = select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.trust_id == bindparam("trust")).with_for_update()
MOVE_HEAD = update(HEAD).where(HEAD.c.trust_id == bindparam("trust")).values(seq=bindparam("n"), hash=bindparam("h"))
CHAIN = select(AUDIT).where(AUDIT.c.trust_id == bindparam("trust")).order_by(AUDIT.c.seq)


def append(u: Unit, verb: str, actor_id: int | None, subject: str = "", **detail: object) -> None:
    """Record one thing. `detail` holds facts, never content: states, roles, counts, digests."""
    # One unit of delivery serves several trusts: each has a chain of its own.
    chain = f"audit of {u.trust}"
    closing = u.closing.get(chain)
    if not isinstance(closing, _Closing):
        closing = u.closing[chain] = _Closing(u)
    closing.rows.append({"at": u.at, "actor_id": actor_id, "verb": verb, "subject_id": subject, "detail": detail})


def verify(u: Unit) -> int | None:
    """The number of the first row that is altered, missing or out of order in this trust; None if all is well."""
    seq, previous = 0, ""
    for row in u.all(CHAIN, Audit):
        seq += 1
        fields = {name: getattr(row, name) for name in ("at", "actor_id", "verb", "subject_id", "detail")}
        if row.seq != seq or row.previous != previous or row.hash != _link(previous, u.trust, seq, fields):
            return seq
        previous = row.hash
    head = u.run(HEAD_OF).one()
    return None if (head.seq, head.hash) == (seq, previous) else seq + 1


class _Closing:
    """One trust's rows of a unit, chained just before it commits, so that the chain is locked for a moment only."""

    def __init__(self, u: Unit) -> None:
        self.unit, self.trust = u, u.trust
        self.rows: list[dict[str, Any]] = []

    def __call__(self) -> None:
        acting, self.unit.trust = self.unit.trust, self.trust
        if self.unit.driver.holds_changes:
            self.unit.driver.flush()  # every unit locks its rows before the chain: else two wait for each other
        head = self.unit.one(HEAD_OF, AuditHead)
        assert head is not None, "every trust is made with its first link"
        seq, previous = head.seq, head.hash
        chained = []
        for row in self.rows:
            seq += 1
            link = _link(previous, self.trust, seq, row)
            chained.append({**row, "seq": seq, "previous": previous, "hash": link})
            previous = link
        self.unit.insert(APPEND, chained)
        self.unit.later(MOVE_HEAD, {"n": seq, "h": previous})
        self.unit.trust = acting


def _link(previous: str, trust: int, seq: int, row: dict[str, Any]) -> str:
    parts: Iterable[object] = (
        previous, trust, seq, row["at"].astimezone(UTC).isoformat(), row["actor_id"], row["verb"], row["subject_id"],
        row["detail"],
    )
    return hashlib.sha256(json.dumps(list(parts), sort_keys=True).encode()).hexdigest()
