"""Whom to ring where somebody is at risk: what a pack names, for the trust or one of its schools."""

import re
from collections.abc import Iterator

from handlers.rules.pack import Contact, Pack
from handlers.rules.packlines import Path

NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{1,24}(?: ?(?:ext\.?|x) ?[0-9]{1,6})?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
ADDRESS = re.compile(r"https://[^\s/]+\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)


def numbers(pack: Pack, school: str) -> list[tuple[str, str, str]]:
    """Who, how to reach them and when, for whoever works at this school: the school's own before the trust's."""
    ours = [each for each in pack.contacts if _named(each.school) == _named(school) and each.school]
    everybodys = [each for each in pack.contacts if not each.school]
    return [(each.name, each.number, each.when) for each in (*ours, *everybodys)]


def wrong(pack: Pack) -> Iterator[tuple[Path, str]]:
    """What nobody could ring, and what stands there twice."""
    seen: set[tuple[str, str]] = set()
    for i, each in enumerate(pack.contacts):
        if not _reachable(each):
            yield ("contacts", i, "number"), (
                f"{each.number!r} is no telephone number, no e-mail address and no https:// address")
        key = (_named(each.name), _named(each.school))
        if key in seen:
            yield ("contacts", i, "name"), f"{each.name!r} is there already"
        seen.add(key)


def _reachable(each: Contact) -> bool:
    return any(shape.fullmatch(each.number) for shape in (NUMBER, EMAIL, ADDRESS))


def _named(said: str) -> str:
    return " ".join(said.casefold().split())
