"""What the search has learnt, as it is kept in files: named sections of bytes behind one line that lists them."""

import json
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MAGIC = "canipost-search-1"


@dataclass(frozen=True)
class Kept:
    """A file's facts, and its sections."""

    facts: Mapping[str, Any]
    sections: Mapping[str, bytes]

    def lines(self, name: str) -> list[str]:
        """A section of words, one a line."""
        return self.sections[name].decode().split("\n")

    def numbers(self, name: str, kind: str) -> "array[Any]":
        """A section of numbers."""
        out: array[Any] = array(kind)
        out.frombytes(self.sections[name])
        return out


def wrap(facts: Mapping[str, Any], sections: Mapping[str, bytes]) -> bytes:
    """The file that keeps them."""
    head = {"kind": MAGIC, "facts": facts, "sections": [(name, len(data)) for name, data in sections.items()]}
    return json.dumps(head, sort_keys=True, ensure_ascii=False).encode() + b"\n" + b"".join(sections.values())


def unwrap(data: bytes) -> Kept:
    """What is in such a file. ValueError where it is none."""
    head, at = json.loads(data[: data.index(b"\n")]), data.index(b"\n") + 1
    if head["kind"] != MAGIC:
        raise ValueError(head["kind"])
    sections = {}
    for name, length in head["sections"]:
        sections[name] = data[at : at + length]
        at += length
    return Kept(head["facts"], sections)


@dataclass(frozen=True)
class Vectors:
    """Common English words, the commonest first, each with the direction of its meaning."""

    words: tuple[str, ...]
    size: int
    directions: "array[int]"

    @classmethod
    def read(cls, data: bytes) -> "Vectors":
        """From their file."""
        kept = unwrap(data)
        return cls(tuple(kept.lines("words")), kept.facts["size"], kept.numbers("directions", "b"))

    @cached_property
    def rank(self) -> dict[str, int]:
        """Each word's place."""
        return {word: place for place, word in enumerate(self.words)}

    def of(self, word: str) -> "array[int] | None":
        """The word's direction; None for a word that is not common."""
        place = self.rank.get(word)
        return None if place is None else self.directions[place * self.size : (place + 1) * self.size]
