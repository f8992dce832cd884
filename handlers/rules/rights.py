"""May this person do this, here, now? Asked once for the buttons that a card shows, and again when one is pressed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cards.action import Verb
from handlers.rules.chase import UNHEARD
from handlers.rules.lifecycle import LEADS_TO, By
from storage.tables import PERSONAL, Ask, Case, Outcome, Person, State, Task, Viewer


class Reason(StrEnum):
    """Why not."""

    NOT_NOW = "not now"  # it stands otherwise than this verb needs
    NOT_YOURS = "not yours"  # only the asker can
    NOT_APPROVER = "not approver"
    OWN_POST = "own post"
    NOT_OWNER = "not owner"
    NOT_WORKER = "not whose work it is"
    NOT_KEEPER = "not who keeps the register"
    NOT_DECIDER = "not the one who decided"
    UNSEEN = "unseen"  # none of their business at all
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Go ahead."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why."""

    reason: Reason


YES = Allowed()
ALONE = frozenset({
    Verb.APPROVE, Verb.GRANT, Verb.TRAIN, Verb.CHANGES, Verb.REQUEST_CHANGES, Verb.DECLINE, Verb.REFUSE,
})
"""Decisions that mean the same, whatever a colleague decided beside."""


def may(viewer: Viewer, verb: Verb, case: Case) -> Allowed | Refused:
    """Whether `viewer` may do `verb` to the request as it stands. Unknown is refused."""
    reason = _against(viewer, verb, case) if involved(viewer, case) else Reason.UNSEEN
    return Refused(reason) if reason else YES


def among(verbs: Iterable[Verb], viewer: Viewer, case: Case) -> frozenset[Verb]:
    """Those of `verbs`, moves all of them, that `viewer` may do: what a card has buttons for."""
    if not involved(viewer, case):
        return frozenset()
    now = case.request.state
    fitting = [(verb, move) for verb in verbs if now in (move := LEADS_TO[verb]).start]
    whose = {by for by in {move.by for _, move in fitting} if _not_by(viewer, by, case) is None}
    whose -= {by for by in whose if _too_late(viewer, by, case)}
    return frozenset(verb for verb, move in fitting if move.by in whose and not _needless(move.verb, case))


def involved(viewer: Viewer, case: Case) -> bool:
    """The asker, who decides or decided, and the accounts' owners once it was sent. Nobody else sees a request."""
    if viewer.id in case.own:
        return True
    if case.request.submitted_at is None:
        return False
    deciders = {p.id for p in case.deciders} | {d.decider_id for d in case.decisions}
    if any(ask.passed_by_id == viewer.id for ask in case.asks):
        return True
    begun = [ask for ask in case.asks if ask.since is not None and ask.step <= case.request.step]
    asked = any(_asked(viewer, ask, case) for ask in begun)
    return asked or viewer.id in deciders | owners(case) or any(has_task(viewer, task) for task in case.tasks)


def owners(case: Case) -> set[int]:
    """Who publishes: the accounts' owners once it is approved."""
    return {p.owner_id for p in case.publications}


def decides(viewer: Viewer, case: Case) -> bool:
    """Whoever asks or last edited cannot decide (LT2 7.3.5); the holder of the asked role today can."""
    return bool(answerable(viewer, case))


def answerable(viewer: Viewer, case: Case) -> list[Ask]:
    """What of the present step this viewer can answer: nothing of their own, and nothing that is answered."""
    if viewer.id in case.own:
        return []
    mine = [ask for ask in case.present if ask.answered_by is None and _asked(viewer, ask, case)]
    own = [ask for ask in mine if case.absence(ask, viewer.id) is None]
    # Where all of several have to agree, who stands in for two of them answers for one.
    return own or (mine[:1] if mine and mine[0].together else mine)


def passable(viewer: Viewer, case: Case) -> list[Ask]:
    """What of that they can hand to somebody else: what they are asked themselves, and not for their own consent."""
    mine = answerable(viewer, case)
    return [ask for ask in mine if case.absence(ask, viewer.id) is None and ask.role not in PERSONAL]


def fresh_versions(viewer: Viewer, verb: Verb, case: Case) -> set[int]:
    """The versions of a card on which this press still means what its reader saw.

    Where several decide together, the others' approvals of the same wording take nothing from it. Only whoever
    answers a question has to see first what a colleague answered.
    """
    fresh = {case.request.version}
    if verb not in ALONE or not any(ask.together for ask in answerable(viewer, case)):
        return fresh
    beside = {
        d.version for d in case.decisions
        if d.outcome == Outcome.APPROVED and (d.step, d.revision) == (case.request.step, case.request.revision)
    }
    while (before := min(fresh) - 1) in beside:
        fresh.add(before)
    return fresh


def has_task(viewer: Viewer, task: Task) -> bool:
    """Whether this is still to do, and theirs to do."""
    if task.done_at is not None:
        return False
    return task.person_id == viewer.id or bool(task.role and viewer.holds(task.role, task.school_id))


def _asked(viewer: Viewer, ask: Ask, case: Case) -> bool:
    """Whether it is asked of them: by name, by what they are today, or of somebody for whom they stand in."""
    own = ask.person_id == viewer.id if ask.person_id is not None else viewer.holds(ask.role, ask.school_id)
    return own or case.absence(ask, viewer.id) is not None


def _against(viewer: Viewer, verb: Verb, case: Case) -> Reason | None:
    """Why somebody who is involved may not."""
    if verb == Verb.OPEN:
        return None
    move = LEADS_TO.get(verb)
    if move is None or move.by == By.CLOCK:
        return Reason.UNKNOWN
    if reason := _not_by(viewer, move.by, case):
        return reason
    late = case.request.state not in move.start or _too_late(viewer, move.by, case)
    return Reason.NOT_NOW if late or _needless(move.verb, case) else None


def _needless(verb: Verb, case: Case) -> bool:
    """Nobody is to be hurried who has it already; what has its effect is withdrawn, and asked for anew."""
    if verb == Verb.HURRY:
        return case.request.nudges != UNHEARD
    return verb == Verb.SAVE and case.request.state == State.APPROVED and not case.publications


def _not_by(viewer: Viewer, by: By, case: Case) -> Reason | None:
    own = viewer.id in case.own
    if by == By.ASKER:
        return None if viewer.id == case.request.asker_id else Reason.NOT_YOURS
    if by in (By.OWNER, By.PUBLISHER):
        return None if viewer.id in owners(case) else Reason.NOT_OWNER
    if by == By.WORKER:
        return None if any(has_task(viewer, task) for task in case.tasks) else Reason.NOT_WORKER
    if own:
        return Reason.OWN_POST
    if by == By.LAST_DECIDER:
        mine = bool(case.decisions) and case.decisions[-1].decider_id == viewer.id
        still = any(_asked(viewer, ask, case) for ask in case.present)
        return None if mine and still and not live_anywhere(case) and not worked(case) else Reason.NOT_DECIDER
    return None if any(_asked(viewer, ask, case) for ask in case.present) else Reason.NOT_APPROVER


def _too_late(viewer: Viewer, by: By, case: Case) -> bool:
    """What is live in one place stays as it is; an owner says so once, and one answers once."""
    if by == By.DECIDER:
        return not answerable(viewer, case)
    if by == By.ASKED:
        return not passable(viewer, case)
    if by == By.OWNER:
        return not any(p.owner_id == viewer.id and not p.live_at for p in case.publications)
    return by == By.ASKER and live_anywhere(case)


def worked(case: Case) -> bool:
    """Whether some of the work that its approval brought is done already."""
    return any(task.done_at for task in case.tasks)


def serves(person: Person, day: date) -> bool:
    """Whether they are on the staff list that day."""
    return (person.first_day or day) <= day <= (person.last_day or day)


def live_anywhere(case: Case) -> bool:
    """Whether it can be read on at least one account already."""
    return any(p.live_at for p in case.publications)
