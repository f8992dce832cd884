"""What the database has of a request: found by the token in its words."""

from sqlalchemy import String, bindparam, cast, select

from cards.action import Verb
from storage.audit import AUDIT
from storage.database import Unit
from storage.request import REQUEST, REVISION
from storage.tables import Audit, Request

OF_TOKEN = (
    select(REQUEST)
    .where(REQUEST.c.id.in_(
        select(REVISION.c.request_id)
        .where(REVISION.c.trust_id == bindparam("trust"), cast(REVISION.c.content, String).contains(bindparam("token")))
    ))
)
ABOUT = (
    select(AUDIT)
    .where(AUDIT.c.trust_id == bindparam("trust"), AUDIT.c.subject_id == bindparam("subject"))
    .order_by(AUDIT.c.seq)
)


def requests(u: Unit, token: str) -> list[Request]:
    """The requests whose words have this token: one, where all is well."""
    return [Request(**row._mapping) for row in u.run(OF_TOKEN, {"token": token})]


def entries(u: Unit, request: Request) -> list[Audit]:
    """The request's entries in the record, in order."""
    return u.all(ABOUT, Audit, subject=request.id)


def acts(u: Unit, token: str) -> list[str]:
    """What people did with it, as the record has it."""
    found = [entry.verb for request in requests(u, token) for entry in entries(u, request) if entry.actor_id]
    return [Verb.ASK if each == Verb.SAY else each for each in found]
