"""Who has not confirmed: the pack says who sees that, of their school or of all; nobody else sees anything."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cards import reading_who as cards
from cards.card import Button, Card
from cards.reading import Paper
from cards.reading_who import Counted, Place
from handlers import packs, reading
from handlers.answer import Answer, Note, Show
from handlers.reading_round import wanted
from handlers.rules import reading as rules
from handlers.rules.reading import Sight
from handlers.rules.spreadsheet import write
from handlers.turn import Turn
from storage import audit, people
from storage import reading as storage
from storage.database import Unit
from storage.tables import Confirmation, Person, Reading, Viewer

NAMES, PLACES = 20, 10
"""People, and schools, on a page."""
CENTRAL = 0
"""Stands for the school of those who belong to none."""


@dataclass(frozen=True, slots=True)
class Export:
    """A spreadsheet, and how many lines it has."""

    data: bytes
    lines: int


def readers(t: Turn) -> Answer:
    """How many have confirmed, school by school; or the names of one (`arg`: which, and from whom on)."""
    seen = rules.sight(packs.current(t.unit), t.viewer)
    if not seen:
        audit.append(t.unit, "refused", t.viewer.id, "", tried=t.event.verb)
        return Note(cards.NOT_YOURS)
    place, _, start = t.event.arg.partition(" ")
    left = _left(t.unit, seen)
    if place.isascii() and place.isdigit() and len(place) < 9 and seen.has(int(place) or None):
        return Show(_names(t.unit, int(place), left.get(int(place), []), _number(start)))
    return Show(_numbers(t.unit, seen, left, _number(start) if place == "all" else 0))


def button(u: Unit, viewer: Viewer) -> tuple[Button, ...]:
    """The way there, for those who may see it, once somebody was asked to read."""
    return (cards.ASK,) if rules.sight(packs.current(u), viewer) and wanted(u) else ()


def export(u: Unit) -> Export:
    """Everybody on the list, what they were asked to read, and when they confirmed it, as a spreadsheet."""
    given = {(c.person_id, c.document, c.digest, c.year): c for c in storage.confirmed(u)}
    schools = {number: school.name for number, school in people.schools(u).items()}
    title = packs.current(u).policy
    rows = []
    for who, what in storage.everybody(u):
        if what.ended in ("", "confirmed"):
            done = given.get((who.id or 0, what.document, what.digest, what.year))
            rows.append(_line(u, who, what, done, schools.get(who.school_id or 0, ""), what.document or title))
    audit.append(u, "reading_export", None, lines=len(rows))
    return Export(write(cards.COLUMNS, rows), len(rows))


def _line(
    u: Unit, who: Person, what: Reading, done: Confirmation | None, school: str, title: str
) -> dict[str, str]:
    asked = what.at.astimezone(u.zone)
    said = done.at.astimezone(u.zone) if done else None
    cells = (
        who.name, who.email, school, title, what.version, what.digest, str(what.year or ""), f"{asked:%d/%m/%Y}",
        f"{what.due_on:%d/%m/%Y}", f"{said:%d/%m/%Y %H:%M}" if said else "", str(what.reminded),
    )
    return dict(zip(cards.COLUMNS, cells, strict=True))


def _left(u: Unit, seen: Sight) -> dict[int, list[tuple[Person, list[Reading]]]]:
    """Who of those whom the viewer may see has still something to read, by school."""
    found: dict[int, dict[int, tuple[Person, list[Reading]]]] = defaultdict(dict)
    for who, what in storage.waiting_for(u):
        if seen.has(who.school_id):
            found[who.school_id or CENTRAL].setdefault(who.id or 0, (who, []))[1].append(what)
    return {school: list(each.values()) for school, each in found.items()}


def _numbers(
    u: Unit, seen: Sight, left: dict[int, list[tuple[Person, list[Reading]]]], start: int
) -> Card:
    names = {number: school.name for number, school in people.schools(u).items()} | {CENTRAL: cards.CENTRAL}
    every = sorted(left, key=lambda number: (number == CENTRAL, names[number]))
    places = [
        Place(str(number), names[number], len(left[number]),
              sum(any(row.due_on < u.today for row in rows) for _, rows in left[number]))
        for number in every[start : start + PLACES]
    ]
    more = f"all {start + PLACES}" if len(every) > start + PLACES else ""
    return cards.numbers(_counted(u, seen), places, more)


def _counted(u: Unit, seen: Sight) -> list[Counted]:
    """Of each document as it is to be confirmed now."""
    now = {(each.document, each.digest, each.year): each.name for each in wanted(u)}
    asked: dict[tuple[str, str, int], int] = defaultdict(int)
    done: dict[tuple[str, str, int], int] = defaultdict(int)
    for document, digest, year, ended, school, people_ in storage.counted(u):
        if seen.has(school):
            asked[document, digest, year] += people_
            done[document, digest, year] += people_ if ended == "confirmed" else 0
    return [Counted(name, asked[key], done[key]) for key, name in now.items() if asked[key]]


def _names(u: Unit, place: int, left: Sequence[tuple[Person, list[Reading]]], start: int) -> Card:
    school = people.school(u, place or None)
    rows = [row for _, each in left for row in each]
    papers: dict[int, Paper] = {each.id: each for each in reading.papers(u, rows)}
    shown = [(who.name, [papers[row.id or 0] for row in each]) for who, each in left[start : start + NAMES]]
    more = f"{place} {start + NAMES}" if len(left) > start + NAMES else ""
    return cards.names(school.name if school else cards.CENTRAL, shown, start, len(left), more)


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
