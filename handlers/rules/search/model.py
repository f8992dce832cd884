"""Which topic a question is about: a linear model whose weights `bench/policy_train.py` learns from the bank."""

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from handlers.rules.search.topics import Topic
from handlers.rules.search.weights import Kept, Vectors
from handlers.rules.search.words import Lexicon, Words, stem

GRAMS = (3, 4)
UNSEEN = 8.0
"""How rare a word is taken to be that the bank does not hold."""


def grams(words: Sequence[str]) -> list[str]:
    """The pieces of words, which slips of the fingers leave in part."""
    bounded = [f"<{word}>" for word in words]
    return [word[at : at + n] for word in bounded for n in GRAMS for at in range(len(word) - n + 1)]


def phrases(words: Sequence[str]) -> list[str]:
    """Stems, and pairs of them."""
    stems = [stem(word) for word in words]
    return [*stems, *(f"{one} {two}" for one, two in zip(["<", *stems], [*stems, ">"], strict=True))]


@dataclass(frozen=True)
class Block:
    """Features of one sort: each one's rarity, and the weights it lends to topics."""

    rows: Mapping[str, int]
    rarity: "array[float]"
    starts: "array[int]"
    columns: "array[int]"
    weights: "array[int]"
    scale: float

    @classmethod
    def read(cls, kept: Kept, name: str) -> "Block":
        """From the sections that bear its name."""
        return cls(
            {word: place for place, word in enumerate(kept.lines(f"{name}.rows"))},
            kept.numbers(f"{name}.rarity", "f"), kept.numbers(f"{name}.starts", "I"),
            kept.numbers(f"{name}.columns", "H"), kept.numbers(f"{name}.weights", "b"), kept.facts[f"{name}.scale"],
        )

    def values(self, features: Sequence[str]) -> dict[int, float]:
        """How much of each known feature there is: rarer counts more, all together have the length one."""
        counts = Counter(row for each in features if (row := self.rows.get(each)) is not None)
        raw = {row: (1 + math.log(count)) * self.rarity[row] for row, count in counts.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {row: value / length for row, value in raw.items()}

    def lend(self, features: Sequence[str], scores: list[float]) -> None:
        """Add to each topic's score what these features say for it."""
        for row, value in self.values(features).items():
            strength = value * self.scale
            run = slice(self.starts[row], self.starts[row + 1])
            for column, weight in zip(self.columns[run], self.weights[run], strict=True):
                scores[column] += strength * weight


@dataclass(frozen=True)
class Model:
    """Topics, and what of a question speaks for each."""

    topics: tuple[Topic, ...]
    words: Words
    vectors: Vectors
    phrases: Block
    grams: Block
    bias: "array[float]"
    dense: tuple["array[float]", ...]
    sharpness: float
    facts: Mapping[str, Any]

    @classmethod
    def read(cls, kept: Kept, vectors: Vectors, lexicon: Lexicon) -> "Model":
        """From the file of its weights."""
        flat, size = kept.numbers("dense", "f"), vectors.size
        return cls(
            tuple(Topic(name, meaning, (), says) for name, meaning, says in kept.facts["topics"]),
            Words(lexicon, kept.lines("common"), vectors.rank),
            vectors, Block.read(kept, "phrases"), Block.read(kept, "grams"), kept.numbers("bias", "f"),
            tuple(flat[at : at + size] for at in range(0, len(flat), size)), kept.facts["sharpness"], kept.facts,
        )

    def direction(self, words: Sequence[str]) -> list[float]:
        """Where the words point together, rarer ones more; nothing where none is common."""
        out = [0.0] * self.vectors.size
        for word in words:
            if vector := self.vectors.of(word):
                row = self.phrases.rows.get(stem(word))
                rarity = UNSEEN if row is None else self.phrases.rarity[row]
                out = [so_far + rarity * each for so_far, each in zip(out, vector, strict=True)]
        length = math.sqrt(sum(each * each for each in out)) or 1.0
        return [each / length for each in out]

    def chances(self, words: Sequence[str]) -> list[float]:
        """How likely each topic is meant; together one."""
        scores = list(self.bias)
        self.phrases.lend(phrases(words), scores)
        self.grams.lend(grams(words), scores)
        direction = self.direction(words)
        scores = [score + sum(map(mul, row, direction)) for score, row in zip(scores, self.dense, strict=True)]
        most = max(scores)
        raised = [math.exp(self.sharpness * (score - most)) for score in scores]
        total = sum(raised)
        return [each / total for each in raised]
