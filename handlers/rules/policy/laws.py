"""Laws that a policy may still cite although they were repealed or replaced."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Law:
    """A law that no longer stands: what it was called, since when it is gone, and what stands in its place."""

    name: str
    since: date
    now: str
    pattern: re.Pattern[str]


def laws(data: bytes) -> tuple[Law, ...]:
    """The table of such laws."""
    return tuple(
        Law(each["name"], each["since"], each["now"], _pattern([each["name"], *each.get("also", ())]))
        for each in tomllib.loads(data.decode())["law"]
    )


def cited(text: str, known: Sequence[Law], day: date) -> list[Law]:
    """The laws that these words cite and that are gone on this day."""
    return [each for each in known if each.since <= day and each.pattern.search(text)]


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Any of these names, however it is spaced and written."""
    written = (r"\s+".join(map(re.escape, name.split())) for name in names)
    return re.compile(rf"\b(?:{'|'.join(written)})(?!\w)", re.IGNORECASE)
