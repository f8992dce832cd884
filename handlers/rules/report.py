"""Who hears a report: the pack's roles, round whoever it is about, and never anybody below or in place of them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.rules.pack import Concern, Pack

Held = tuple[str, int | None]
"""A role, and the school where it is held; None: for the trust."""
Holders = Callable[[str, int | None], Collection[int]]
"""Who holds a role there today, by number."""
SHORT = {
    "headteacher": ("head", "head teacher", "principal"), "dsl": ("safeguarding lead",), "deputy": ("deputy head",),
}
"""What people say for a role besides its title."""
AT_RISK = 1
"""In so many hours a report is to be read that says that somebody is at risk."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who hears a report: people by number, and the role for which they do."""

    role: str
    people: tuple[int, ...]


def desk(pack: Pack, concern: Concern, school: int | None, about: Mapping[int, Collection[Held]], holders: Holders,
         barred: Collection[int] = ()) -> Desk | None:
    """The first in line who may hear it; None where that is nobody, so that it must not be taken.

    `about`: the members of staff whom it concerns, with the roles that they hold. `barred`: people who are left out
    besides, such as the reporter and whoever recused themselves.
    """
    out = left_out(pack, school, about, holders) | set(about) | set(barred)
    for role in line(pack, concern, about):
        left = [person for person in holders(role, _place(pack, role, school)) if person not in out]
        if left:
            return Desk(role, tuple(sorted(left)))
    return None


def line(pack: Pack, concern: Concern, about: Mapping[int, Collection[Held]]) -> Iterator[str]:
    """The roles in the order in which they are asked: the pack's, then whoever manages those or the people named."""
    asked = [*concern.ask, *(role for held in about.values() for role, _ in held)]
    seen: dict[str, None] = dict.fromkeys(concern.ask)
    for role in asked:
        for each in above(pack, role):
            seen.setdefault(each)
    yield from seen


def above(pack: Pack, role: str) -> list[str]:
    """Everybody who manages this role, the nearest first."""
    found: list[str] = []
    manager = pack.roles[role].above if role in pack.roles else None
    while manager and manager not in found:
        found.append(manager)
        manager = pack.roles[manager].above
    return found


def left_out(pack: Pack, school: int | None, about: Mapping[int, Collection[Held]], holders: Holders) -> set[int]:
    """Whoever stands in for those concerned, and whoever they manage: neither is free to hear it."""
    found: set[int] = set()
    for held in about.values():
        for role, where in held:
            if role not in pack.roles:
                continue
            place = where if where is not None else school
            for each in {*pack.roles[role].cover, *_below(pack, role)}:
                found |= set(holders(each, _place(pack, each, place)))
    return found


def _below(pack: Pack, role: str) -> set[str]:
    """The roles that this one manages, over however many others."""
    return {name for name in pack.roles if role in above(pack, name)}


def _place(pack: Pack, role: str, school: int | None) -> int | None:
    return None if pack.roles[role].trust_wide else school


def managed(managers: Mapping[int, int | None], who: Collection[int]) -> set[int]:
    """Everybody whom these people manage, over however many others. `managers`: each person's own."""
    found: set[int] = set()
    while more := {each for each, manager in managers.items() if manager in {*who, *found}} - found:
        found |= more
    return found - set(who)


def within(concern: Concern | None, words: Mapping[str, Any]) -> int:
    """In so many hours it is to be read: the pack's, sooner where somebody is at risk, whatever day it is."""
    usual = concern.within_hours if concern else 24
    return min(usual, AT_RISK) if words.get("risk") == "yes" else usual


class Takes(StrEnum):
    """Which files go with a report."""

    UNKNOWN = "unknown"  # what it is about is not said yet: nothing is kept until it is
    REFUSED = "refused"  # it may be imagery of a child: words only, whoever asks, by whichever way
    NOWHERE = "nowhere"  # its readers could not open them here without others seeing them, too
    PICTURES = "pictures"  # what a preview shows: there is no way to save the whole file
    ALL = "all"

    @property
    def some(self) -> bool:
        """Whether any file is taken."""
        return self in (Takes.PICTURES, Takes.ALL)


def takes(concern: Concern | None, imagery: bool, previews: bool, linked: bool) -> Takes:
    """Which files may be given with a report of this kind.

    `imagery`: its words speak of pictures that must not be looked at, whatever kind was chosen. `previews`: the
    platform shows a picture to one person without keeping it. `linked`: there is an address at which a reader can
    save the file. Whoever asks gets the same answer: the kind alone decides, then what can be shown.
    """
    if concern is None:
        return Takes.UNKNOWN
    if imagery or not concern.pictures:
        return Takes.REFUSED
    if linked:
        return Takes.ALL
    return Takes.PICTURES if previews else Takes.NOWHERE
