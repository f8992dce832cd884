"""The words that a question shares with clauses, their headings and the sentences that introduce them (BM25)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from handlers.rules.policy.clause import Clause
from handlers.rules.search.topics import spelt_whole
from handlers.rules.search.words import Words, stem

FULL, STEM, HEADING = 1.0, 0.3, 0.5
"""What a word counts in the clause itself, in what introduces it, and in the heading over it."""
SOON, LONG = 1.2, 0.6
"""BM25's constants: how soon a repeated word stops to count, and how much a long clause is held back."""
RARE = 5.0
"""What a word weighs that the document does not hold."""


class Lexical:
    """A document's words, by clause."""

    def __init__(self, clauses: Sequence[Clause], words: Words) -> None:
        self.counts = [self._count(each, words) for each in clauses]
        self.lengths = [sum(each.values()) for each in self.counts]
        mean = sum(self.lengths) / max(1, len(self.lengths)) or 1.0
        holding = Counter(word for each in self.counts for word in each)
        n = len(clauses)
        self.rarity = {word: math.log(1 + (n - each + 0.5) / (each + 0.5)) for word, each in holding.items()}
        self.postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, counts in enumerate(self.counts):
            held = SOON * (1 - LONG + LONG * self.lengths[place] / mean)
            for word, count in counts.items():
                self.postings[word].append((place, self.rarity[word] * count * (SOON + 1) / (count + held)))

    @staticmethod
    def _count(clause: Clause, words: Words) -> Counter[str]:
        out: Counter[str] = Counter()
        parts = ((clause.text, FULL), (clause.stem, STEM), (clause.heading.split(" › ")[-1], HEADING))
        for text, weight in parts:
            for word in words.meant(spelt_whole(text)):
                out[stem(word)] += weight  # type: ignore[assignment]
        return out

    def scores(self, words: Iterable[str]) -> dict[int, float]:
        """For each clause that shares a word, how much of the question's weight it bears."""
        stems = {stem(word) for word in words}
        whole = sum(self.rarity.get(each, RARE) for each in stems) or 1.0
        out: dict[int, float] = defaultdict(float)
        for each in stems:
            for place, weight in self.postings.get(each, ()):
                out[place] += weight / whole
        return out
