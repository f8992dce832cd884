"""Approved posts that wait to be published on an account: whoever runs it now publishes them, or nobody does."""

from sqlalchemy import bindparam, delete, select, update

from storage.database import Unit
from storage.request import PUBLICATION, REQUEST
from storage.tables import Request

_ON = (
    PUBLICATION.c.trust_id == bindparam("trust"), PUBLICATION.c.account_id == bindparam("account"),
    PUBLICATION.c.live_at.is_(None),
)
WAITING = (
    select(REQUEST)
    .join(PUBLICATION, PUBLICATION.c.request_id == REQUEST.c.id)
    .where(*_ON, REQUEST.c.state == "approved")
    .order_by(REQUEST.c.id)
)
HAND_ON = update(PUBLICATION).where(*_ON).values(owner_id=bindparam("to"))
DROP = delete(PUBLICATION).where(*_ON, PUBLICATION.c.request_id == bindparam("request"))


def waiting(u: Unit, account_id: int) -> list[Request]:
    """What is approved, and not live on this account yet."""
    return u.all(WAITING, Request, account=account_id)


def hand_on(u: Unit, account_id: int, person_id: int) -> None:
    """From now on this person is to publish all of it."""
    u.change(HAND_ON, {"account": account_id, "to": person_id})


def drop(u: Unit, account_id: int, request_id: str) -> None:
    """This is not to be published on the account any more."""
    u.change(DROP, {"account": account_id, "request": request_id})
