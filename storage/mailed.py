"""When somebody was last written to by e-mail, so that a restart does not do it again."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from storage.database import Unit
from storage.tables import Mailed

MAILED = Mailed.__table__  # type: ignore[attr-defined]
_OF = (
    MAILED.c.trust_id == bindparam("trust"), MAILED.c.person_id == bindparam("person"),
    MAILED.c.about == bindparam("what"),
)
LAST = select(MAILED).where(*_OF)
FORGET = delete(MAILED).where(*_OF)
NOTE = insert(MAILED)


def last(u: Unit, person_id: int, about: str) -> datetime | None:
    """When this person was last written to about this."""
    row = u.one(LAST, Mailed, person=person_id, what=about)
    return row.at if row else None


def note(u: Unit, person_id: int, about: str) -> None:
    """They are written to now."""
    u.change(FORGET, {"person": person_id, "what": about})
    u.insert(NOTE, [{"person_id": person_id, "about": about, "at": u.at}])
