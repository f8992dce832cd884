"""Who decides: the pack's first line that fits the asker, the place and the answers; its steps, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.rules.pack import CENTRAL, RELATIONS, Kind, Line, Pack, Step


@dataclass(frozen=True, slots=True)
class Ask:
    """Whoever holds `role` at the school (None: for the trust); or, for a relation, this person."""

    role: str
    school_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A step for one request: one of these asks decides, or all of them `together`, by this clause."""

    asks: tuple[Ask, ...]
    together: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a route looks at. `asker`: their roles, CENTRAL and "account_owner" where that is so.

    `school_id`: whose it is for (None: the trust's). `answers`: field → the answers chosen.
    `related`: relation → the people who are that.
    """

    asker: frozenset[str]
    school_id: int | None
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    related: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def stages(pack: Pack, kind: Kind, facts: Facts) -> tuple[Stage, ...]:
    """Every step of the way that this request goes; none where no line fits."""
    line = line_for(kind, facts)
    return tuple(_stage(pack, step, facts) for step in line.steps) if line else ()


def line_for(kind: Kind, facts: Facts) -> Line | None:
    """The first line that fits."""
    return next((line for line in kind.route if fits(line, facts)), None)


def fits(line: Line, facts: Facts) -> bool:
    """Whether this line is meant for such a request."""
    if line.account is not None and (line.account == "trust") != (facts.school_id is None):
        return False
    if line.asker and not facts.asker.intersection(line.asker):
        return False
    return all(set(facts.answers.get(name, ())) & set(meant) for name, meant in line.field.items())


def asker_is(roles: set[str], central: bool, owner: bool) -> frozenset[str]:
    """What an asker is, for `Facts`."""
    return frozenset(roles | ({CENTRAL} if central else set()) | ({"account_owner"} if owner else set()))


def _stage(pack: Pack, step: Step, facts: Facts) -> Stage:
    asks = tuple(ask for role in step.roles for ask in _asks(pack, role, facts))
    return Stage(asks, bool(step.all), step.clause)


def _asks(pack: Pack, role: str, facts: Facts) -> list[Ask]:
    """A relation that nobody is in stays as an ask that nobody can answer: it must not fall out of an all-of."""
    if role in RELATIONS:
        people = facts.related.get(role, ())
        return [Ask(role, person_id=person) for person in people] or [Ask(role)]
    return [Ask(role, None if pack.roles[role].trust_wide else facts.school_id)]
