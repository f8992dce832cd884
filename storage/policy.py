"""The documents of a trust's policy: what each version says, and which holds on a day. Rows are only ever added."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, insert, select

from storage.database import Unit
from storage.tables import PolicyText, PolicyVersion

TEXT = PolicyText.__table__  # type: ignore[attr-defined]
VERSION = PolicyVersion.__table__  # type: ignore[attr-defined]
# A text is known by its digest and holds nothing of a trust's own, so it belongs to none.
BY_DIGEST = select(TEXT).where(TEXT.c.digest == bindparam("digest"))
KEEP = insert(TEXT)
_OURS = VERSION.c.trust_id == bindparam("trust")
_LATEST = (VERSION.c.effective.desc(), VERSION.c.id.desc())
EVERY = select(VERSION).where(_OURS).order_by(VERSION.c.document, VERSION.c.effective, VERSION.c.id)
OF = select(VERSION).where(_OURS, VERSION.c.document == bindparam("document")).order_by(*_LATEST)
HOLDING = (
    select(VERSION)
    .where(_OURS, VERSION.c.document == bindparam("document"), VERSION.c.effective <= bindparam("day"))
    .order_by(*_LATEST)
    .limit(1)
)
ADD = insert(VERSION)


class Lost(LookupError):
    """A document that a row names is not there."""


def every(u: Unit) -> list[PolicyVersion]:
    """Every version of every document, each document's oldest first."""
    return u.all(EVERY, PolicyVersion)


def versions(u: Unit, document: str = "") -> list[PolicyVersion]:
    """Every version of a document, whichever holds last first."""
    return u.all(OF, PolicyVersion, document=document)


def in_force(u: Unit, day: date, document: str = "") -> PolicyVersion | None:
    """The version that holds on a day; of two from the same day, the one imported last."""
    return u.one(HOLDING, PolicyVersion, document=document, day=day)


def text(u: Unit, digest: str) -> PolicyText:
    """The document under this digest; Lost where it is not there."""
    row = u.across(BY_DIGEST, {"digest": digest}).first()
    if row is None:
        raise Lost(digest)
    return PolicyText(**row._mapping)


def keep(u: Unit, digest: str, words: str, clauses: Sequence[Sequence[object]]) -> None:
    """Keep a document, unless it is there."""
    if u.across(BY_DIGEST, {"digest": digest}).first() is None:
        row = {"digest": digest, "text": words, "clauses": [list(each) for each in clauses], "at": u.at}
        u.connection.execute(KEEP, row)


def add(u: Unit, version: PolicyVersion) -> None:
    """One more version."""
    u.insert(ADD, [version.model_dump(exclude={"id", "trust_id"})])
