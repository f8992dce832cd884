"""How a request moves: one table for every kind, from which the README's diagram and the property test are made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.action import Verb
from storage.tables import State


class By(StrEnum):
    """Who makes a move."""

    ASKER = "asker"
    DECIDER = "approver"
    LAST_DECIDER = "approver who decided"
    OWNER = "account's owner"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Move:
    """`verb`, done by `by`, takes a request from any of `start` to `end`."""

    verb: Verb
    by: By
    start: frozenset[State]
    end: State


def _move(verb: Verb, by: By, start: Iterable[State], end: State) -> Move:
    return Move(verb, by, frozenset(start), end)


S = State
MOVES: tuple[Move, ...] = (
    _move(Verb.SEND, By.ASKER, [S.DRAFT, S.CHANGES, S.LAPSED, S.EXPIRED], S.SUBMITTED),
    _move(
        Verb.SAVE, By.ASKER,
        [S.DRAFT, S.SUBMITTED, S.CHANGES, S.APPROVED, S.LAPSED, S.EXPIRED], S.SUBMITTED,
    ),
    _move(Verb.APPROVE, By.DECIDER, [S.SUBMITTED], S.APPROVED),
    _move(Verb.REQUEST_CHANGES, By.DECIDER, [S.SUBMITTED], S.CHANGES),
    _move(Verb.REFUSE, By.DECIDER, [S.SUBMITTED], S.DECLINED),
    _move(Verb.TAKE_BACK, By.LAST_DECIDER, [S.APPROVED, S.CHANGES, S.DECLINED], S.SUBMITTED),
    _move(Verb.PUBLISH, By.OWNER, [S.APPROVED], S.PUBLISHED),
    _move(Verb.DISCARD, By.ASKER, [S.DRAFT], S.WITHDRAWN),
    _move(Verb.WITHDRAW, By.ASKER, [S.SUBMITTED, S.CHANGES, S.APPROVED], S.WITHDRAWN),
    _move(Verb.EXPIRE, By.CLOCK, [S.SUBMITTED, S.CHANGES], S.EXPIRED),
    _move(Verb.LAPSE, By.CLOCK, [S.SUBMITTED, S.APPROVED], S.LAPSED),
)
BY_VERB = {move.verb: move for move in MOVES}
OPENS = {
    Verb.EDIT: Verb.SAVE,
    Verb.CHANGES: Verb.REQUEST_CHANGES,
    Verb.DECLINE: Verb.REFUSE,
    Verb.LIVE: Verb.PUBLISH,
}
"""A verb that only opens a form, and the verb that the form's answers go to."""


def runs_out_by(state: str, go_live_at: datetime | None) -> Verb:
    """A go-live time that passes makes it lapse; so does an approval that nobody used. Else it expires."""
    lapses = state == State.APPROVED or (state == State.SUBMITTED and go_live_at is not None)
    return Verb.LAPSE if lapses else Verb.EXPIRE


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> draft: ask"]
    for move in MOVES:
        for start in sorted(move.start):
            label = f"{move.verb.replace('_', ' ')} ({move.by})"
            lines.append(f"    {_node(start)} --> {_node(move.end)}: {label}")
    return "\n".join(lines)


def _node(state: State) -> str:
    return state.replace(" ", "_")
