"""The register of official accounts."""

from sqlalchemy import bindparam, select

from storage.database import Unit
from storage.tables import Account

ACCOUNT = Account.__table__  # type: ignore[attr-defined]
OPEN = (
    select(ACCOUNT)
    .where(ACCOUNT.c.trust_id == bindparam("trust"), ACCOUNT.c.closed.is_(False))
    .order_by(ACCOUNT.c.platform, ACCOUNT.c.name)
)
BY_IDS = (
    select(ACCOUNT)
    .where(ACCOUNT.c.trust_id == bindparam("trust"), ACCOUNT.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(ACCOUNT.c.id)
)


def accounts(u: Unit) -> list[Account]:
    """Every open account of the trust."""
    return u.once(OPEN, Account)


def by_ids(u: Unit, ids: list[int]) -> list[Account]:
    """These accounts of the trust, open or closed; numbers of others are left out."""
    return u.once(BY_IDS, Account, ids=tuple(ids)) if ids else []
