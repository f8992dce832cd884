"""The notices that are owed about a request, and to whoever looks after the staff list."""

from datetime import datetime

from handlers import hours, view
from handlers.rules import chase
from storage import outbox
from storage.database import Unit
from storage.tables import Case

CARD = "request"
HELD = "held"
"""The notice with somebody's card who is not at work: it comes when they are, if it concerns them then."""
SENT_AGAIN = "sent_again"
NEWS = "news"
REMINDER = "reminder"
WORK = "work"
MISSING = "missing_decider"


def tell_missing(u: Unit, request_id: str) -> None:
    """Whoever looks after the staff list hears that a role is missing from it, for this request."""
    for person in view.administrators(u):
        if person.id is not None:
            outbox.send(u, person.id, MISSING, request_id, hours.ping_person(u, person.id))


def tell(u: Unit, case: Case, person: int) -> None:
    """Owe the card to somebody whom the present step asks: now, or when they are at work."""
    hand(u, case.request.id, person, _hears(u, case, person))


def tell_also(u: Unit, case: Case, person: int) -> None:
    """The same for somebody who can decide as well by now, unless they have the card."""
    show(u, case.request.id, person, _hears(u, case, person))


def show(u: Unit, subject: str, person: int, at: datetime) -> None:
    """Owe it to somebody who has no copy yet, at this time."""
    if at <= u.at:
        outbox.show(u, person, CARD, subject)
    elif not any(copy.person_id == person and copy.card == CARD for copy in outbox.copies(u, subject)):
        hand(u, subject, person, at)


def hand(u: Unit, subject: str, person: int, at: datetime) -> None:
    """Owe somebody the card of what waits for them, at this time; what was to come before comes no more."""
    outbox.spare(u, person, HELD, subject)
    outbox.send(u, person, HELD if at > u.at else CARD, subject, at)


def _hears(u: Unit, case: Case, person: int) -> datetime:
    until = case.request.due_at or u.at
    return min(chase.heard(each, u.at, until) for each in hours.of_case(u, case, person))
