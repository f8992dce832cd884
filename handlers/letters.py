"""E-mail as the last resort: that something waits, never what; now and then, not each time."""

from datetime import timedelta

from cards import letter as cards
from cards.card import Card
from handlers import view
from storage import doors, mailed, outbox
from storage.database import Unit
from storage.tables import Viewer

LETTER = "letter"
WAITING = "waiting"
EVERY = timedelta(hours=12)
"""Nobody is written to about the same more often."""


def owe(u: Unit, person_id: int, about: str = WAITING) -> None:
    """Write to this person, unless that was done lately."""
    last = mailed.last(u, person_id, about)
    if last is not None and abs(u.at - last) < EVERY:
        return
    mailed.note(u, person_id, about)
    outbox.send(u, person_id, LETTER, about)


def written(u: Unit, about: str, viewer: Viewer) -> Card | None:
    """The same words for everybody, whatever waits; only administrators are told of a door that is shut."""
    helping = {person.id: person.name for person in view.administrators(u)}
    if about == WAITING:
        return cards.waiting(list(helping.values()))
    shut = doors.shut(u).get(about.removeprefix("door-"))
    return cards.door(shut.door, shut.problem) if shut and viewer.id in helping else None
