"""What administrators hear of what could not be delivered: one card a day, and one for each door that is shut.

Nothing here knows of reports: what concerns one is neither counted, named nor sent again.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from cards import refusals
from cards import undelivered as cards
from cards.card import Card
from cards.report_notice import LINES
from cards.words import Calendar
from handlers import hours, letters, view
from handlers.answer import Answer, Note, Replace
from handlers.turn import Turn
from storage import audit, doors, outbox, people
from storage.database import Unit
from storage.tables import Outbox, Viewer

BURIED = "buried"
DOOR = "door"
SUBJECT = "outbox-"
SAID = 12
"""So many people are named on the card; the command line lists all."""


def tell(u: Unit) -> None:
    """Something was given up: every administrator's card of today says so, when they are at work."""
    subject = f"{SUBJECT}{u.today}"
    for person in view.administrators(u):
        outbox.show(u, person.id or 0, BURIED, subject, hours.ping_person(u, person.id or 0))
    outbox.replace(u, subject)


def tell_of_door(u: Unit, door: str, mail: bool = False) -> None:
    """A door was shut, or is open again: administrators hear by another door, and by e-mail where they have none."""
    subject = about_door(door)
    shut = doors.shut(u)
    for person in view.administrators(u) if door in shut else ():
        outbox.show(u, person.id or 0, DOOR, subject)
        if mail and door != "mail" and all(each.platform in shut for each in people.reach(u, person.id or 0)):
            letters.owe(u, person.id or 0, subject)
    outbox.replace(u, subject)


def about_door(door: str) -> str:
    """The subject of what is told about a door."""
    return f"door-{door}"


def card(u: Unit, notice: Outbox, viewer: Viewer) -> Card | None:
    """The card as it stands now; None for who is no administrator, or where there is nothing to tell."""
    if not _looks_after(u, viewer):
        return None
    if notice.card == DOOR:
        return _door(u, notice)
    left = _left(u, notice.subject_id)
    if left is None or (not left and notice.message_id is None):
        return None
    return _shown(u, notice.subject_id, left)


def again(t: Turn) -> Answer:
    """Everything of that day's card is tried again, from the start."""
    left = _left(t.unit, t.event.subject)
    if left is None or not _looks_after(t.unit, t.viewer):
        audit.append(t.unit, "refused", t.viewer.id, "", tried=t.event.verb)
        return Note(refusals.unseen())
    number = try_again(t.unit, t.viewer.id, left)
    return Replace(_shown(t.unit, t.event.subject, ()), cards.tried_again(number))


def try_again(u: Unit, actor_id: int | None, those: Sequence[Outbox]) -> int:
    """These buried notices are due now; on the record, as far as it may know of them. How many."""
    known = [each for each in those if not secret(each)]
    number = outbox.try_again(u, {each.id or 0 for each in those})
    if known:
        audit.append(u, "outbox_again", actor_id, "", notices=len(known))
    for day in {each.due_at.astimezone(u.zone).date() for each in known}:
        outbox.replace(u, f"{SUBJECT}{day}")
    return number


def secret(notice: Outbox) -> bool:
    """It concerns a report, or may: nobody but the command line may know of it."""
    return notice.card in LINES or notice.card == letters.LETTER


def _looks_after(u: Unit, viewer: Viewer) -> bool:
    return viewer.id in {person.id for person in view.administrators(u)}


def _left(u: Unit, subject: str) -> list[Outbox] | None:
    """What was given up on that day and may be told; None where the subject names no day."""
    try:
        day = date.fromisoformat(subject.removeprefix(SUBJECT))
        begin = datetime.combine(day, time.min, u.zone)
        end = datetime.combine(day + timedelta(days=1), time.min, u.zone)
    except (ValueError, OverflowError):
        return None
    return [each for each in outbox.buried_between(u, begin, end) if not secret(each)]


def _shown(u: Unit, subject: str, left: Sequence[Outbox]) -> Card:
    reasons = {notice.person_id: notice.problem for notice in left}
    names = people.people(u, set(reasons))
    people_ = [(names[number].name, why) for number, why in reasons.items()]
    return cards.buried(subject, len(left), people_[:SAID], len(people_) - SAID)


def _door(u: Unit, notice: Outbox) -> Card | None:
    door = notice.subject_id.removeprefix("door-")
    shut = doors.shut(u).get(door)
    if shut is not None:
        return cards.shut(door, shut.problem, Calendar(u.zone, u.at).say(shut.since))
    return cards.opened(door) if notice.message_id is not None else None
