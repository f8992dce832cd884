"""The texts of the packs that trusts have adopted; never altered."""

from sqlalchemy import bindparam, insert, select, update

from storage.database import Unit
from storage.people import TRUST
from storage.statements import alter
from storage.tables import PackText

PACK = PackText.__table__  # type: ignore[attr-defined]
# A text is known by its digest and holds nothing of a trust's own, so it belongs to none.
TEXT = select(PACK).where(PACK.c.digest == bindparam("digest"))
KEEP = insert(PACK)
ADOPT = update(TRUST).where(TRUST.c.id == bindparam("trust")).values(pack_version=bindparam("digest"))


class Lost(LookupError):
    """A pack that a row names is not there."""


def text(u: Unit, digest: str) -> str:
    """The text under this digest; Lost where it is not there."""
    row = u.across(TEXT, {"digest": digest}).first()
    if row is None:
        raise Lost(digest)
    return str(row._mapping["text"])


def keep(u: Unit, digest: str, words: str) -> None:
    """Keep a text, unless it is there."""
    if u.across(TEXT, {"digest": digest}).first() is None:
        u.connection.execute(KEEP, {"digest": digest, "text": words, "at": u.at})


def adopt(u: Unit, digest: str) -> None:
    """The unit's trust goes by this pack from now on."""
    u.run(ADOPT, {"digest": digest})
    assert u.whose is not None
    alter(u.whose, {"pack_version": digest})
