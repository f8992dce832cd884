"""What changed between two versions of a document, clause by clause."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers.rules.policy.clause import Clause

ALIKE = 0.6
"""Clauses that share so much of their words are one, changed and moved."""
KIN = 0.25
"""With the same number, so much is enough."""
MOST_PAIRS = 1_000_000
QUOTES = str.maketrans("‘’“”–—", "''\"\"--")


class What(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENUMBERED = "renumbered"


@dataclass(frozen=True, slots=True)
class Change:
    """One clause that is not as it was. A changed one may have a new number as well."""

    what: What
    before: Clause | None
    after: Clause | None


def changes(old: Sequence[Clause], new: Sequence[Clause]) -> list[Change]:
    """Everything that changed, in the order of the new document; what was removed stands where it stood."""
    pairs = _matched(old, new)
    found: list[tuple[float, Change]] = []
    for before, after in pairs.items():
        if said := _change(old[before], new[after]):
            found.append((after, said))
    taken = set(pairs.values())
    found += [(place, Change(What.ADDED, None, each)) for place, each in enumerate(new) if place not in taken]
    last = -0.5
    for place, each in enumerate(old):
        if place in pairs:
            last = pairs[place] + 0.5
        else:
            found.append((last, Change(What.REMOVED, each, None)))
    return [change for _, change in sorted(found, key=lambda each: each[0])]


def _change(before: Clause, after: Clause) -> Change | None:
    if _words(before) != _words(after):
        return Change(What.CHANGED, before, after)
    return None if before.number == after.number else Change(What.RENUMBERED, before, after)


def _matched(old: Sequence[Clause], new: Sequence[Clause]) -> dict[int, int]:
    """Which clause became which: the same words first, then the same number, then much the same words."""
    pairs: dict[int, int] = {}
    _by(old, new, pairs, lambda each: (each.number, _words(each)))
    _by(old, new, pairs, _words)
    numbers = {each.number: place for place, each in enumerate(new)}
    taken = set(pairs.values())
    for place, each in enumerate(old):
        other = numbers.get(each.number, -1)
        if place not in pairs and other >= 0 and other not in taken and likeness(each, new[other]) >= KIN:
            pairs[place] = other
            taken.add(other)
    _much_the_same(old, new, pairs)
    return pairs


def _by(old: Sequence[Clause], new: Sequence[Clause], pairs: dict[int, int], key: Callable[[Clause], object]) -> None:
    """Pair what has the same key, each with the first that is left."""
    taken = set(pairs.values())
    left: dict[object, list[int]] = defaultdict(list)
    for place, each in enumerate(new):
        if place not in taken:
            left[key(each)].append(place)
    for place, each in enumerate(old):
        if place not in pairs and left[key(each)]:
            pairs[place] = left[key(each)].pop(0)


def _much_the_same(old: Sequence[Clause], new: Sequence[Clause], pairs: dict[int, int]) -> None:
    """Pair the most alike of what is left; of a document in which nearly all is left, nothing is."""
    taken = set(pairs.values())
    before = [place for place in range(len(old)) if place not in pairs]
    after = [place for place in range(len(new)) if place not in taken]
    if len(before) * len(after) > MOST_PAIRS:
        return
    bags = {place: _bag(new[place]) for place in after}
    alike: list[tuple[float, int, int]] = []
    for place in before:
        bag = _bag(old[place])
        alike += [(-score, place, other) for other in after if (score := _overlap(bag, bags[other])) >= ALIKE]
    for _, place, other in sorted(alike):
        if place not in pairs and other not in taken:
            pairs[place] = other
            taken.add(other)


def likeness(one: Clause, other: Clause) -> float:
    """How much of their words two clauses share, from 0 to 1."""
    return _overlap(_bag(one), _bag(other))


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _bag(clause: Clause) -> Counter[str]:
    return Counter(re.findall(r"\w+", _words(clause).lower()))


def _words(clause: Clause) -> str:
    """A clause's words, whatever the spaces, quotes and bullets of an export."""
    plain = re.sub(r"^\W+(?=\w)", "", clause.text, flags=re.MULTILINE)
    return " ".join(plain.translate(QUOTES).split())
