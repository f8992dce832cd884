"""Who has not confirmed: how many, and who, for those whose business it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.action import Action, Verb
from cards.card import Button, Card, Element, Facts, Item, Text
from cards.reading import Paper
from cards.words import cut, day, listed

TITLE = "Who has not confirmed"
ASK = Button(TITLE, Action(Verb.READERS))
COLUMNS = (
    "name", "e-mail", "school", "document", "version", "digest", "year", "asked on", "due on", "confirmed on",
    "reminders",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A document: how many were asked, and how many of them have confirmed."""

    name: str
    asked: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Place:
    """A school, or the central staff: `people` there have something left, `late` of them past its day."""

    key: str
    name: str
    people: int
    late: int


def numbers(counted: Sequence[Counted], places: Sequence[Place], more: str) -> Card:
    """Each document, then each school. `more`: where the next page begins."""
    elements: list[Element] = [Facts(tuple((cut(each.name, 60), _of(each)) for each in counted))] if counted else []
    elements += [
        Item(each.name, _left(each), Button("Names", Action(Verb.READERS, arg=f"{each.key} 0"))) for each in places
    ]
    if not places:
        elements.append(Text(EVERYBODY if counted else NOTHING))
    buttons = (Button("More schools", Action(Verb.READERS, arg=more)),) if more else ()
    return Card(TITLE, "", TITLE, tuple(elements), buttons)


def names(place: str, people: Sequence[tuple[str, Sequence[Paper]]], start: int, total: int, more: str) -> Card:
    """A page of those of one school who have not confirmed, each with what is left."""
    elements: list[Element] = [Text(_person(name, papers)) for name, papers in people]
    state = f"{start + 1} to {start + len(people)} of {total}" if total > len(people) else _count(total)
    buttons = (Button("More names", Action(Verb.READERS, arg=more), "primary"),) if more else ()
    return Card(f"{TITLE}: {place}", state, TITLE, tuple(elements) or (Text(EVERYBODY),), buttons)


def _count(total: int) -> str:
    return {0: "nobody", 1: "one person"}.get(total, f"{total} people")


def _person(name: str, papers: Sequence[Paper]) -> str:
    return f"{name}: {listed(f'{each.name} ({_due(each)})' for each in papers)}"


def _due(paper: Paper) -> str:
    return f"was due on {day(paper.due)}" if paper.late else f"by {day(paper.due)}"


def _of(each: Counted) -> str:
    return f"{each.confirmed} of {each.asked} have confirmed"


def _left(place: Place) -> str:
    late = f", {place.late} of them late" if place.late else ""
    return f"{place.people} {'has' if place.people == 1 else 'have'} not confirmed{late}"


CENTRAL = "Central staff"
EVERYBODY = "Everybody has confirmed."
NOTHING = "Nobody was asked to confirm anything yet."
NOT_YOURS = "Only those can see this whose business it is: heads for their school, and whoever the policy names."
CONFIDENTIAL = "It names people: please keep it where only those find it who need it."
