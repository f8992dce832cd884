"""`python -m bench.policy_train [--check]`: learns policies/words/weights.bin from the bank in policies/topics.

Wants scikit-learn (`pip install scikit-learn`); the search itself does not. The same bank gives the same
weights, but for rounding. With --check a fifth of the questions is kept back first, and the file says what was found.
"""

import argparse
import hashlib
import math
import tomllib
from array import array
from collections import Counter
from pathlib import Path
from typing import Any

from handlers.rules.search.clauses import WORTH
from handlers.rules.search.model import Model, grams, phrases
from handlers.rules.search.topics import Topic, topics
from handlers.rules.search.weights import Vectors, unwrap, wrap
from handlers.rules.search.words import Lexicon, Words, slips, spelt

ROOT = Path(__file__).parents[1] / "policies"
WEIGHTS = ROOT / "words" / "weights.bin"
OFTEN = 3
"""A word that the bank holds so often is spelt right."""
LEAST = {"phrases": 2, "grams": 3}
"""In so many questions a feature has to stand to be weighed."""
GRAM_WEIGHT, DENSE_WEIGHT = 0.5, 1.0
STRENGTH, ROUNDS = 25.0, 60
SMALL = 0.015
"""Of the largest weight, what is too little to keep."""
FACTS = {"sharpness": 1.33, "said": 0.15, "said_unmapped": 0.35}
"""How sure to be; and of what may be meant, how much a policy has to speak of to be worth quoting."""


def digest() -> str:
    """Of all that the weights are learnt from."""
    files = sorted([*(ROOT / "topics").glob("*.toml"), ROOT / "words" / "lexicon.toml", ROOT / "words" / "vectors.bin"])
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()


def bank() -> list[Topic]:
    """Every topic with its questions."""
    return topics(tomllib.loads(each.read_text("utf-8")) for each in sorted((ROOT / "topics").glob("*.toml")))


class Learner:
    """Turns texts into numbers, and numbers into the file."""

    def __init__(self, known_topics: list[Topic], texts: list[str]) -> None:
        self.topics = known_topics
        self.vectors = Vectors.read((ROOT / "words" / "vectors.bin").read_bytes())
        self.lexicon = Lexicon.read(tomllib.loads((ROOT / "words" / "lexicon.toml").read_text("utf-8")))
        counted = Counter(word for text in texts for word in spelt(text))
        self.common = [word for word, count in counted.most_common() if self.right(word, counted)]
        self.words = Words(self.lexicon, self.common, self.vectors.rank)
        split = [self.words.of(text) for text in texts]
        self.rows: dict[str, dict[str, int]] = {}
        self.rarity: dict[str, Any] = {}
        for name, of in (("phrases", phrases), ("grams", grams)):
            holding = Counter(each for words in split for each in set(of(words)))
            kept = sorted(each for each, count in holding.items() if count >= LEAST[name])
            self.rows[name] = {each: place for place, each in enumerate(kept)}
            self.rarity[name] = array("f", (math.log((1 + len(texts)) / (1 + holding[each])) + 1 for each in kept))
        self.empty = self.model(dict.fromkeys(self.rows), None, None)

    def right(self, word: str, counted: Counter[str]) -> bool:
        """Whether a word of the bank is spelt right: slips of the fingers stand in it, too."""
        if not word.isalpha() or counted[word] < 2:
            return False
        if word in self.vectors.rank:
            return True
        return counted[word] >= OFTEN and max(map(counted.__getitem__, slips(word)), default=0) < counted[word] * OFTEN

    def matrix(self, texts: list[str]) -> Any:
        """What the model weighs of each text."""
        import numpy as np
        from scipy import sparse

        split = [self.words.of(text) for text in texts]
        parts = []
        for name, of, weight in (("phrases", phrases, 1.0), ("grams", grams, GRAM_WEIGHT)):
            block = getattr(self.empty, name)
            values = [block.values(of(words)) for words in split]
            starts = np.cumsum([0, *map(len, values)])
            data = np.array([weight * each for row in values for each in row.values()], np.float32)
            columns = [column for row in values for column in row]
            parts.append(sparse.csr_matrix((data, columns, starts), (len(texts), len(block.rows))))
        dense = np.array([self.empty.direction(words) for words in split], np.float32) * DENSE_WEIGHT
        return sparse.hstack([*parts, sparse.csr_matrix(dense)]).tocsr()

    def model(self, blocks: dict[str, Any], dense: Any, bias: Any) -> Model:
        """As the search will read it."""
        return Model.read(unwrap(self.file(blocks, dense, bias, {})), self.vectors, self.lexicon)

    def file(self, blocks: dict[str, Any], dense: Any, bias: Any, facts: dict[str, Any]) -> bytes:
        """The file of the weights."""
        n, size = len(self.topics), self.vectors.size
        named = [(each.id, each.meaning, each.says) for each in self.topics]
        kept: dict[str, Any] = {"topics": named, **FACTS, **facts}
        sections = {"common": "\n".join(self.common).encode()}
        for name, block in blocks.items():
            small = pruned(block) if block is not None else nothing(self.rows[name])
            starts, columns, weights, kept[f"{name}.scale"] = small
            sections |= {
                f"{name}.rows": "\n".join(self.rows[name]).encode(), f"{name}.rarity": self.rarity[name].tobytes(),
                f"{name}.starts": starts, f"{name}.columns": columns, f"{name}.weights": weights,
            }
        sections["bias"] = array("f", bias if bias is not None else [0.0] * n).tobytes()
        sections["dense"] = array("f", dense if dense is not None else [0.0] * n * size).tobytes()
        return wrap(kept, sections)

    def learn(self, texts: list[str], meant: list[int], facts: dict[str, Any]) -> bytes:
        """The file that comes of these texts."""
        from sklearn.linear_model import LogisticRegression

        fitted = LogisticRegression(C=STRENGTH, max_iter=ROUNDS).fit(self.matrix(texts), meant)
        middle, end = len(self.rows["phrases"]), len(self.rows["phrases"]) + len(self.rows["grams"])
        weights = fitted.coef_.T
        blocks = {"phrases": weights[:middle], "grams": weights[middle:end] * GRAM_WEIGHT}
        dense = (weights[end:].T * DENSE_WEIGHT).astype("f").ravel()
        return self.file(blocks, dense, fitted.intercept_.astype("f"), facts)


def nothing(rows: dict[str, int]) -> tuple[bytes, bytes, bytes, float]:
    """No weights at all."""
    return array("I", [0] * (len(rows) + 1)).tobytes(), b"", b"", 1.0


def pruned(block: Any) -> tuple[bytes, bytes, bytes, float]:
    """Weights as whole numbers, without those that are too small to matter."""
    import numpy as np

    scale = float(np.abs(block).max()) / 127
    whole = np.round(block / scale).astype(np.int8)
    whole[np.abs(block) < SMALL * np.abs(block).max()] = 0
    rows, columns = np.nonzero(whole)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(whole)))]).astype(np.uint32)
    return starts.tobytes(), columns.astype(np.uint16).tobytes(), whole[rows, columns].tobytes(), scale


def main() -> None:
    """Learn, and write the file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true", help="say what is found of a fifth that is kept back")
    given = asked.parse_args()
    known = bank()
    pairs = [(text, place) for place, each in enumerate(known) for text in each.asks]
    told = [(text, place) for place, each in enumerate(known) for text in (each.meaning, each.says) if text]
    facts: dict[str, Any] = {"bank": digest(), "questions": len(pairs)}
    if given.check:
        facts["check"] = checked(known, pairs, told)
        print(facts["check"])
    learner = Learner(known, [text for text, _ in pairs + told])
    WEIGHTS.write_bytes(learner.learn([text for text, _ in pairs + told], [place for _, place in pairs + told], facts))
    print(f"{len(known)} topics, {len(pairs)} questions, {WEIGHTS.stat().st_size:,} bytes")


def checked(known: list[Topic], pairs: list[tuple[str, int]], told: list[tuple[str, int]]) -> dict[str, Any]:
    """What is found of the fifth that was kept back: topics, and for each policy that is mapped clauses and silence."""
    back, kept = pairs[::5], [each for place, each in enumerate(pairs) if place % 5] + told
    learner = Learner(known, [text for text, _ in kept])
    data = learner.learn([text for text, _ in kept], [place for _, place in kept], {})
    model = Model.read(unwrap(data), learner.vectors, learner.lexicon)
    chances = [(model.chances(model.words.of(text)), place) for text, place in back]
    ranks = [sorted(each, reverse=True).index(each[place]) for each, place in chances]
    out: dict[str, Any] = {"questions": len(back), "topics": share(ranks)}
    for file in sorted((ROOT / "clauses").glob("*.toml")):
        places = tomllib.loads(file.read_text("utf-8"))["topics"]
        numbers = [places.get(topic.id, []) for topic in known]
        out[file.stem] = clauses_checked(chances, numbers)
    return out


def clauses_checked(chances: list[tuple[list[float], int]], numbers: list[list[str]]) -> dict[str, float]:
    """How often one of a topic's two best clauses comes first, and among three; and F1 of seeing that there is none."""
    ranks, right, wrong = [], 0, 0
    for each, meant in chances:
        scores: Counter[str] = Counter()
        for chance, places in zip(each, numbers, strict=True):
            for place, worth in zip(places, WORTH, strict=False):
                scores[place] += chance * worth  # type: ignore[assignment]
        said = sum(chance for chance, places in zip(each, numbers, strict=True) if places) >= FACTS["said"]
        right, wrong = right + (not said and not numbers[meant]), wrong + (said != bool(numbers[meant]))
        if numbers[meant]:
            best = [place for place, _ in scores.most_common(3)] if said else []
            ranks.append(next((rank for rank, place in enumerate(best) if place in numbers[meant][:2]), 3))
    return {**share(ranks), "silence": round(2 * right / (2 * right + wrong), 3)}


def share(ranks: list[int]) -> dict[str, float]:
    """How many are first, and how many among three."""
    return {"first": round(sum(rank == 0 for rank in ranks) / len(ranks), 3),
            "three": round(sum(rank < 3 for rank in ranks) / len(ranks), 3)}


if __name__ == "__main__":
    main()
