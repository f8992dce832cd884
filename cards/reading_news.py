"""What people read of a new version: from when it holds, and what it changes, clause by clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cards.action import Action, Verb
from cards.card import Button, Card, Change, Element, Quote, Text
from cards.reading import Paper, place, read_button
from cards.words import cut, day, listed

SHOWN = 5
"""So many changes stand in the message itself."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One clause that is not as it was. `what`: added, removed, changed or renumbered.

    `old`, `new`: its numbers. `before`, `after`: its words, where they differ; empty where there are none.
    """

    what: str
    old: str
    new: str
    heading: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class News:
    """A version that was imported. `before`: the version it is compared with. `reason`: why it comes so soon."""

    id: int
    name: str
    label: str
    since: date
    reason: str
    before: str
    changes: Sequence[Changed]

    @property
    def title(self) -> str:
        """The document and its version."""
        return cut(f"{self.name}, version {self.label}", 140)


def news(new: News, today: date, paper: Paper | None, others: Sequence[str], confirmed: date | None) -> Card:
    """The announcement. `paper`: as its reader has to read it, with the `others` that they have to; None: no more."""
    elements: list[Element] = [Text(_when(new, today), "strong")]
    if new.reason and new.before:
        elements.append(Text(f"It comes sooner than usual, because: {new.reason}", "warning"))
    elements += _changes(new)
    if confirmed:
        elements.append(Text(f"You have confirmed on {day(confirmed)} that you have read and understood it.", "good"))
    if paper:
        also = f" Please read and confirm this as well: {listed(others)}." if others else ""
        elements.append(Text(f"Please read it, and confirm that you have, by {day(paper.due)}.{also}"))
    buttons = (*((read_button(paper),) if paper else ()), *_see_all(new))
    return Card(new.title, "confirmed" if confirmed and not paper else "", _summary(new), tuple(elements), buttons)


def every_change(new: News, changes: Sequence[Changed], start: int) -> Card:
    """A page of all that changes, from the change of this number on."""
    elements: list[Element] = []
    for each in changes:
        elements += changed(each)
    last = start + len(changes)
    total = len(new.changes)
    buttons = []
    if last < total:
        buttons.append(Button("More changes", Action(Verb.READ_CHANGES, f"version-{new.id}", arg=str(last)), "primary"))
    state = f"changes {start + 1} to {last} of {total}" if total else ""
    return Card(new.title, state, _summary(new), tuple(elements) or (Text(SAME),), tuple(buttons))


def changed(each: Changed) -> list[Element]:
    """One clause: what it was, and what it is."""
    where = f" ({place(each.heading)})" if each.heading else ""
    if each.what == "renumbered":
        return [Text(f"{each.old} is {each.new} now, in the same words.")]
    if each.what == "changed":
        number = each.new if each.old == each.new else f"{each.old}, now {each.new}"
        return [Change(f"Changed: {number}{where}", each.before, each.after)]
    word, words = ("New", each.after) if each.what == "added" else ("No longer there", each.before)
    return [Text(f"{word}: {each.new or each.old}{where}", "strong"), Quote(words)]


def _changes(new: News) -> list[Element]:
    if not new.before:
        return [Text("It is the first version that I have, so please read all of it.")]
    if not new.changes:
        return [Text(SAME)]
    shown: list[Element] = [Text(f"This changes since version {new.before}:")]
    for each in new.changes[:SHOWN]:
        shown += changed(each)
    left = len(new.changes) - SHOWN
    return [*shown, Text(f"And {left} more.", "quiet")] if left > 0 else shown


def _see_all(new: News) -> tuple[Button, ...]:
    if not new.changes:
        return ()
    return (Button("See all changes in full", Action(Verb.READ_CHANGES, f"version-{new.id}")),)


def _when(new: News, today: date) -> str:
    if new.since > today:
        return f"A new version of the {new.name} holds from {day(new.since)}."
    return f"This version of the {new.name} has held since {day(new.since)}."


def _summary(new: News) -> str:
    return f"{new.name}: version {new.label}, from {day(new.since)}"


SAME = "Every clause says what it said before."
GONE = "I cannot find that version. Nothing was changed."
