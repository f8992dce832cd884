"""What staff ask about, and in which clauses of a policy each of it is answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.rules.policy.clause import Clause
from handlers.rules.search.words import spelt, stem

ENOUGH = 2 / 3
"""Of a clause's marks, how many another clause must bear to be taken for it in another edition."""

FITTING = 0.6
"""So many of the marked clauses a document must have for the places to be its own."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that staff ask about."""

    id: str
    meaning: str
    asks: tuple[str, ...] = ()
    """How staff ask it."""
    says: str = ""
    """How a policy would put it. Empty for what policies do not speak of."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a trust's policy answers: for each topic its clauses, best first; and the words that mark each clause."""

    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, Any]]) -> "Places":
        """As the file has them."""
        topics = {topic: tuple(numbers) for topic, numbers in data["topics"].items()}
        return cls(topics, {number: tuple(marks.split()) for number, marks in data["marks"].items()})

    def where(self, clauses: Sequence[Clause]) -> dict[str, int]:
        """Which of these clauses each number means.

        One that no longer bears its marks is another edition's: it is looked for by them, and left out where nothing
        bears them.
        """
        stems = [{stem(word) for word in spelt_whole(each.text)} for each in clauses]
        at = {each.number: place for place, each in reversed(list(enumerate(clauses)))}
        found = {number: self._place(number, at, stems) for number in self.marks}
        return {number: place for number, place in found.items() if place is not None}

    def found(self, clauses: Sequence[Clause]) -> dict[str, list[int]]:
        """The places, among these clauses, that answer each topic; none for one whose clauses are not there."""
        where = self.where(clauses)
        return {
            topic: list(dict.fromkeys(where[each] for each in numbers if each in where))
            for topic, numbers in self.topics.items()
        }

    def _place(self, number: str, at: Mapping[str, int], stems: Sequence[set[str]]) -> int | None:
        marks = self.marks[number]
        place = at.get(number)
        if place is not None and all(mark in stems[place] for mark in marks):
            return place
        borne = [sum(mark in each for mark in marks) for each in stems]
        most = max(borne, default=0)
        if not marks or most < len(marks) * ENOUGH or borne.count(most) > 1:
            return None
        return borne.index(most)


def fitting(known: Iterable[Places], clauses: Sequence[Clause]) -> Places | None:
    """Of the places that are known, those that were written for a document of these words; None where none were."""
    shares = [(len(each.where(clauses)) / max(1, len(each.marks)), each) for each in known]
    best = max(shares, key=lambda share: share[0], default=(0.0, None))
    return best[1] if best[0] >= FITTING else None


def topics(files: Iterable[Mapping[str, Mapping[str, Any]]]) -> list[Topic]:
    """Every topic of the bank, in the order of its files."""
    return [
        Topic(name, each["meaning"], tuple(each["asks"]), each.get("says", ""))
        for file in files for name, each in file.items()
    ]


def spelt_whole(text: str) -> list[str]:
    """The words of a clause, however long it is."""
    return [word for at in range(0, len(text), 1500) for word in spelt(text[at : at + 1500])]
