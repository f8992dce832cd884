"""A question's words as the search compares them: plain, mended, without endings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LETTERS = 1500
"""What is read of a question; whoever writes more has said what it is about."""
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_MENDED, LENGTHY = 4, 5
STRANGE = 0.6
ALIKE = 0.6
"""So many of their pairs of letters two words must share to be taken for one."""
ENDINGS = (
    ("ational", "ate"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("isation", "ise"),
    ("ization", "ise"), ("izing", "ise"), ("ized", "ise"), ("ize", "ise"), ("ements", ""), ("ement", ""),
    ("ations", ""), ("ation", ""), ("ments", ""), ("ment", ""), ("ities", ""), ("ity", ""), ("ness", ""),
    ("ingly", ""), ("edly", ""), ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("ed", ""), ("ers", ""),
    ("er", ""), ("es", ""), ("ly", ""), ("s", ""), ("e", ""),
)
LEAST_LEFT = 3


@dataclass(frozen=True)
class Lexicon:
    """How staff write, and what is meant."""

    phrases: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, str]]) -> "Lexicon":
        """The lexicon as its file has it: what is meant, and how it is written."""
        phrases = {way: meant for meant, ways in data["phrases"].items() for way in ways.split("|")}
        words = {way: meant for meant, ways in data["words"].items() for way in ways.split()}
        return cls(phrases, words)

    @property
    def longest(self) -> int:
        """Words in the longest phrase."""
        return max((way.count(" ") + 1 for way in self.phrases), default=1)


def spelt(text: str) -> list[str]:
    """The words of a text as they are written, small."""
    text = text[:LETTERS].lower().replace("’", "'").replace("`", "'")
    found = WORD.findall(text)
    return [re.sub(r"(.)\1{2,}", r"\1\1", word.replace("'", "")) for word in found]


def stem(word: str) -> str:
    """The word without its ending, so that "posting" and "posts" are one."""
    if len(word) <= LEAST_LEFT or word[-1].isdigit():
        return word
    for ending, left in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST_LEFT:
            if ending == "s" and word.endswith("ss"):
                return word
            word = word[: len(word) - len(ending)] + left
            break
    if len(word) > LEAST_LEFT and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > LEAST_LEFT else word


class Words:
    """Turns a text into the words that are compared.

    `common` is how staff write, the commonest word first; `known` is spelt right as well, and `mend` looks no further.
    """

    def __init__(self, lexicon: Lexicon, common: Sequence[str], known: Mapping[str, int]) -> None:
        self.lexicon, self.known = lexicon, known
        self.places = {word: place for place, word in enumerate(common)}
        self.longest = lexicon.longest
        self.alike: dict[tuple[str, int], list[tuple[str, frozenset[str]]]] = {}
        for word in common:
            if len(word) > LENGTHY:
                self.alike.setdefault((word[0], len(word)), []).append((word, pairs(word)))

    def of(self, text: str) -> list[str]:
        """The plain words meant by a text, in their order."""
        return self.meant(list(map(self.mended, spelt(text))))

    def meant(self, words: Sequence[str]) -> list[str]:
        """Slang and shortenings as the words that they stand for; the longest phrase first."""
        out: list[str] = []
        place = 0
        while place < len(words):
            for length in range(min(self.longest, len(words) - place), 1, -1):
                if plain := self.lexicon.phrases.get(" ".join(words[place : place + length])):
                    out.extend(plain.split())
                    place += length
                    break
            else:
                out.append(self.lexicon.words.get(words[place], words[place]))
                place += 1
        return out

    def mended(self, word: str) -> str:
        """The word that is one slip of the fingers away, the commonest first; or one that looks alike; else it."""
        if len(word) < SHORTEST_MENDED or not word.isalpha() or self.is_known(word):
            return word
        near = [each for each in slips(word) if self.is_known(each)]
        return min(near, key=self.rank) if near else self.likest(word)

    def likest(self, word: str) -> str:
        """The long word that shares most pairs of letters with this one; it, where none does."""
        own, best, most = pairs(word), word, ALIKE
        for length in range(len(word) - 2, len(word) + 3):
            for each, letters in self.alike.get((word[0], length), ()):
                share = 2 * len(own & letters) / (len(own) + len(letters))
                if share > most:
                    best, most = each, share
        return best

    def strange(self, words: Sequence[str]) -> bool:
        """Whether hardly half of the words are spelt as people spell them here."""
        telling = [word for word in words if len(word) >= LEAST_LEFT and word.isalpha()]
        return bool(telling) and sum(map(self.is_known, telling)) <= len(telling) * STRANGE

    def is_known(self, word: str) -> bool:
        """Whether it is spelt as people do."""
        return word in self.places or word in self.known or word in self.lexicon.words

    def rank(self, word: str) -> int:
        """What staff write often comes before what is common elsewhere."""
        return self.places.get(word, len(self.places) + self.known.get(word, 0))


def pairs(word: str) -> frozenset[str]:
    """Its neighbouring letters, two by two."""
    return frozenset(one + two for one, two in zip(f"<{word}", f"{word}>", strict=True))


def slips(word: str) -> Iterable[str]:
    """Every word that one letter dropped, doubled, swapped or mistaken turns into this one; the first letter stands."""
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ALPHABET:
            yield head + letter + tail
            if tail and tail[0] != letter:
                yield head + letter + tail[1:]
