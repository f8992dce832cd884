"""When schools are closed: term dates, INSET days, and whatever else the trust's calendar says."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from storage.database import Unit
from storage.people import TRUST
from storage.tables import Closure

CLOSURE = Closure.__table__  # type: ignore[attr-defined]
EVERY = (
    select(CLOSURE)
    .where(CLOSURE.c.trust_id == bindparam("trust"))
    .order_by(CLOSURE.c.first_day, CLOSURE.c.last_day, CLOSURE.c.id)
)
ADD = insert(CLOSURE)
DROP = delete(CLOSURE).where(
    CLOSURE.c.trust_id == bindparam("trust"), CLOSURE.c.id.in_(bindparam("ids", expanding=True))
)
SEAL = update(TRUST).where(TRUST.c.id == bindparam("trust")).values(terms=bindparam("digest"))


def every(u: Unit) -> list[Closure]:
    """Every closure of the trust, by its days."""
    return u.all(EVERY, Closure)


def change(u: Unit, gone: Collection[int], new: Sequence[Mapping[str, object]]) -> None:
    """Take these out and these in: school_id, central, first_day, last_day, title."""
    if gone:
        u.run(DROP, {"ids": sorted(gone)})
    u.insert(ADD, new)
    facts = [(row.school_id, row.central, row.first_day, row.last_day) for row in every(u)]
    digest = hashlib.sha256(repr(facts).encode()).hexdigest() if facts else ""
    u.run(SEAL, {"digest": digest})
    if u.whose is not None:
        u.whose.terms = digest
