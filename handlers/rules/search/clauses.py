"""The clauses that answer a question, or that the policy does not say."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.rules import questions
from handlers.rules.policy.clause import Clause
from handlers.rules.search.lexical import Lexical
from handlers.rules.search.links import Link, Links
from handlers.rules.search.model import Model
from handlers.rules.search.quote import quotation
from handlers.rules.search.topics import Places
from handlers.rules.search.words import spelt

MOST = 5
"""Clauses in an answer."""
WORTH = (1.0, 0.75, 0.6, 0.5, 0.4, 0.3)
"""What a topic's first, second, third … clause is worth."""
SHARED, MORE = 0.02, 2.0
"""What words in common add by themselves, and how much more a topic's clause is worth that has them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A clause, and the span of it to quote."""

    clause: Clause
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What answers a question, best first; nothing where the policy does not say."""

    answers: tuple[Answer, ...]
    topic: str
    """The likeliest topic of the bank. Empty for a question without English words."""
    meaning: str
    """What that topic is, in a line."""


class Index:
    """A document's clauses, ready to be asked. Built once a version; `places`: None where there are none."""

    def __init__(self, clauses: Sequence[Clause], model: Model, places: Places | None) -> None:
        self.clauses, self.model = tuple(clauses), model
        self.lexical = Lexical(self.clauses, model.words)
        self.threshold = float(model.facts["said" if places else "said_unmapped"])
        self.links = self._links(places)

    def _links(self, places: Places | None) -> list[list[Link]]:
        """For each topic the clauses that answer it, and what each is worth."""
        found = places.found(self.clauses) if places else {}
        open_ends = [topic for topic in self.model.topics if places is None or found.get(topic.id) == []]
        near = Links(self.clauses, self.model, self.lexical) if open_ends else None
        linked = {topic.id: near.of(topic) for topic in open_ends if near}
        return [linked.get(topic.id) or weighed(found.get(topic.id, ())) for topic in self.model.topics]

    def find(self, question: str) -> Found:
        """The clauses that answer it; none where the policy is silent, or where nothing is asked in English."""
        words = self._words(question)
        if not words or not self.clauses:
            return Found((), "", "")
        chances = self.model.chances(words)
        likeliest = self.model.topics[max(range(len(chances)), key=chances.__getitem__)]
        scores, said = self._scores(words, chances)
        if said < self.threshold:
            return Found((), likeliest.id, likeliest.meaning)
        best = sorted((place for place in scores if scores[place] > 0), key=lambda place: (-scores[place], place))
        answers = tuple(
            Answer(self.clauses[place], quotation(self.clauses[place].text, words, self.model.words),
                   round(scores[place], 4))
            for place in best[:MOST]
        )
        return Found(answers, likeliest.id, likeliest.meaning)

    def _words(self, question: str) -> list[str]:
        """The question's plain words; none where it is in another language."""
        known, written = self.model.words, spelt(question)
        mended = list(map(known.mended, written))
        unread = known.strange(mended) or (known.strange(written) and questions.foreign(question))
        return [] if unread else known.meant(mended)

    def _scores(self, words: Sequence[str], chances: Sequence[float]) -> tuple[dict[int, float], float]:
        """Each clause's score, and how much of what may be meant the policy speaks of."""
        shared = self.lexical.scores(words)
        scores: dict[int, float] = {place: SHARED * each for place, each in shared.items()}
        said = 0.0
        for chance, links in zip(chances, self.links, strict=True):
            said += chance if links else 0.0
            for place, worth in links:
                scores[place] = scores.get(place, 0.0) + chance * worth * (1 + MORE * shared.get(place, 0.0))
        return scores, said


def weighed(places: Sequence[int]) -> list[Link]:
    """A topic's clauses, best first, with what each is worth."""
    return [(place, WORTH[min(rank, len(WORTH) - 1)]) for rank, place in enumerate(places)]
