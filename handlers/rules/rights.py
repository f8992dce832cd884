"""May this person do this, here, now? Asked once for the buttons that a card shows, and again when one is pressed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cards.action import Verb
from handlers.rules.lifecycle import BY_VERB, OPENS, By
from storage.tables import Case, Person, Viewer


class Reason(StrEnum):
    """Why not."""

    NOT_NOW = "not now"  # it stands otherwise than this verb needs
    NOT_YOURS = "not yours"  # only the asker can
    NOT_APPROVER = "not approver"
    OWN_POST = "own post"
    NOT_OWNER = "not owner"
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


def may(viewer: Viewer, verb: Verb, case: Case) -> Allowed | Refused:
    """Whether `viewer` may do `verb` to the request as it stands. Unknown is refused."""
    if not involved(viewer, case):
        return Refused(Reason.UNSEEN)
    if verb == Verb.OPEN:
        return YES
    move = BY_VERB.get(OPENS.get(verb, verb))
    if move is None or move.by == By.CLOCK:
        return Refused(Reason.UNKNOWN)
    reason = _not_by(viewer, move.by, case)
    if reason is None and (case.request.state not in move.start or _too_late(viewer, move.by, case)):
        reason = Reason.NOT_NOW
    return Refused(reason) if reason else YES


def involved(viewer: Viewer, case: Case) -> bool:
    """The asker, who decides or decided, and the accounts' owners once it was sent. Nobody else sees a request."""
    if viewer.id in (case.request.asker_id, case.request.editor_id):
        return True
    if case.request.submitted_at is None:
        return False
    deciders = {p.id for p in case.deciders} | {d.decider_id for d in case.decisions}
    return viewer.id in deciders | owners(case)


def owners(case: Case) -> set[int]:
    """Who publishes: the accounts' owners once it is approved."""
    return {p.owner_id for p in case.publications}


def decides(viewer: Viewer, case: Case) -> bool:
    """Whoever asks or last edited cannot decide (LT2 7.3.5); the holder of the asked role today can."""
    if viewer.id in (case.request.asker_id, case.request.editor_id):
        return False
    role = case.request.ask_role
    return role is not None and viewer.holds(role, case.request.ask_school_id)


def _not_by(viewer: Viewer, by: By, case: Case) -> Reason | None:
    own = viewer.id in (case.request.asker_id, case.request.editor_id)
    if by == By.ASKER:
        return None if viewer.id == case.request.asker_id else Reason.NOT_YOURS
    if by == By.OWNER:
        return None if viewer.id in owners(case) else Reason.NOT_OWNER
    if own:
        return Reason.OWN_POST
    if by == By.LAST_DECIDER:
        mine = bool(case.decisions) and case.decisions[-1].decider_id == viewer.id
        return None if mine and not live_anywhere(case) and decides(viewer, case) else Reason.NOT_DECIDER
    return None if decides(viewer, case) else Reason.NOT_APPROVER


def _too_late(viewer: Viewer, by: By, case: Case) -> bool:
    """What is live in one place stays as it is; an owner says so once."""
    if by == By.OWNER:
        return not any(p.owner_id == viewer.id and not p.live_at for p in case.publications)
    return by == By.ASKER and live_anywhere(case)


def serves(person: Person, day: date) -> bool:
    """Whether they are on the staff list that day."""
    return (person.first_day or day) <= day <= (person.last_day or day)


def live_anywhere(case: Case) -> bool:
    """Whether it can be read on at least one account already."""
    return any(p.live_at for p in case.publications)
