"""How a request moves: one table for every kind, from which the README's diagram and the property test are made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.action import Verb
from handlers.rules.pack import Kind
from storage.tables import State


class By(StrEnum):
    """Who makes a move."""

    ASKER = "asker"
    DECIDER = "approver"
    ASKED = "approver who is asked"
    LAST_DECIDER = "approver who decided"
    OWNER = "account's owner"
    PUBLISHER = "whoever published it"
    WORKER = "whoever has the work"
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
    _move(Verb.TAKE_OUT, By.ASKER, [S.DRAFT], S.DRAFT),
    _move(Verb.APPROVE, By.DECIDER, [S.SUBMITTED], S.APPROVED),
    _move(Verb.GRANT, By.DECIDER, [S.SUBMITTED], S.APPROVED),
    _move(Verb.REPLY, By.DECIDER, [S.SUBMITTED], S.APPROVED),
    _move(Verb.TRAIN, By.DECIDER, [S.SUBMITTED], S.TRAINING),
    _move(Verb.TRAINED, By.ASKER, [S.TRAINING], S.SUBMITTED),
    _move(Verb.REQUEST_CHANGES, By.DECIDER, [S.SUBMITTED], S.CHANGES),
    _move(Verb.REFUSE, By.DECIDER, [S.SUBMITTED], S.DECLINED),
    _move(Verb.REASSIGN, By.ASKED, [S.SUBMITTED], S.SUBMITTED),
    _move(Verb.TAKE_BACK, By.LAST_DECIDER, [S.APPROVED, S.TRAINING, S.CHANGES, S.DECLINED], S.SUBMITTED),
    _move(Verb.PUBLISH, By.OWNER, [S.APPROVED], S.PUBLISHED),
    _move(Verb.CORRECT, By.PUBLISHER, [S.PUBLISHED], S.PUBLISHED),
    _move(Verb.DONE, By.WORKER, [S.APPROVED], S.DONE),
    _move(Verb.DISCARD, By.ASKER, [S.DRAFT], S.WITHDRAWN),
    _move(Verb.WITHDRAW, By.ASKER, [S.SUBMITTED, S.TRAINING, S.CHANGES, S.APPROVED], S.WITHDRAWN),
    _move(Verb.HURRY, By.ASKER, [S.SUBMITTED], S.SUBMITTED),
    _move(Verb.EXPIRE, By.CLOCK, [S.SUBMITTED, S.TRAINING, S.CHANGES], S.EXPIRED),
    _move(Verb.LAPSE, By.CLOCK, [S.SUBMITTED, S.APPROVED], S.LAPSED),
)
BY_VERB = {move.verb: move for move in MOVES}
OPENS = {
    Verb.EDIT: Verb.SAVE,
    Verb.CHANGES: Verb.REQUEST_CHANGES,
    Verb.DECLINE: Verb.REFUSE,
    Verb.LIVE: Verb.PUBLISH,
    Verb.ADDRESS: Verb.CORRECT,
    Verb.PASS_ON: Verb.REASSIGN,
    Verb.MEANT: Verb.SAVE,
}
"""A verb that only leads to another one, such as a form to its answers: whoever may do that may do this."""
LEADS_TO = BY_VERB | {verb: BY_VERB[move] for verb, move in OPENS.items()}
"""The move that comes of each verb."""


def suits(verb: Verb, kind: Kind) -> bool:
    """Whether the verb is for this kind of request at all, whoever asks and however it stands."""
    answered = kind.effect == "answer"
    return {
        Verb.APPROVE: not answered,
        Verb.GRANT: kind.conditions and not answered,
        Verb.REPLY: answered,
        Verb.TRAIN: kind.training,
        Verb.TRAINED: kind.training,
        Verb.DONE: bool(kind.work),
        Verb.TAKE_OUT: kind.publishes,
        Verb.LIVE: kind.publishes,
        Verb.PUBLISH: kind.publishes,
        Verb.ADDRESS: kind.publishes,
        Verb.CORRECT: kind.publishes,
    }.get(verb, True)


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
