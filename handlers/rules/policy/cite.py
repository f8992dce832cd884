"""Clauses as packs cite them ("7.3.5", "App. B 3, C 1"), held against those that a document has."""

import re
from collections.abc import Iterable, Iterator

from handlers.rules.pack import Pack

TOKENS = re.compile(r"App\.? ?[A-Z\d]|¶\d+|\d+|\([a-z]+\)")
OWN = re.compile(r"(?:App\. )?(?:[A-Z](?= |$)(?: \d+)?|\d+(?:\.\d+)*)")
"""What is a clause's number, where "good practice" is none."""


def missing(pack: Pack, numbers: Iterable[str]) -> list[str]:
    """The clauses that a pack cites and a document does not have."""
    known = {path[:length] for path in map(_path, numbers) for length in range(1, len(path) + 1)}
    wanted = dict.fromkeys(each for label in cited(pack.model_dump()) for each in split(label))
    return [each for each in wanted if _path(each) not in known]


def within(number: str, wanted: str) -> bool:
    """Whether a clause is the one that is wanted, or stands in the section that is."""
    path, asked = _path(number), _path(wanted)
    return bool(asked) and path[: len(asked)] == asked


def cited(part: object) -> Iterator[str]:
    """Every clause that a part of a pack names, as it is written there."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key.endswith("clause") and isinstance(value, str):
                yield value
            else:
                yield from cited(value)
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from cited(each)


def split(label: str) -> list[str]:
    """"App. A, B 3" as "App. A" and "App. B 3"; nothing for what is no clause of the policy."""
    found: list[str] = []
    for each in label.split(", "):
        if not OWN.fullmatch(each):
            continue
        letter = each[:1].isupper() and not each.startswith("App")
        found.append(f"App. {each}" if letter else each)
    return found


def _path(number: str) -> tuple[str, ...]:
    """The steps down to a clause: "§7.3(5)" and "7.3.5" are 7, 3 and 5."""
    return tuple(each.replace(".", "").replace(" ", "").strip("()") for each in TOKENS.findall(number))
