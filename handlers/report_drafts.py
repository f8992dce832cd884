"""A picture that came without a word was taken for a post: in one press it is none, and nothing of it is kept."""

from cards import report_evidence as cards
from cards.action import Verb
from handlers import view
from handlers.rules import rights
from handlers.rules.rights import Allowed
from handlers.turn import Turn
from storage import audit, named, outbox, request
from storage.tables import State


def withdraw(t: Turn) -> str:
    """The draft that the event names is given up with its pictures; what to say of it, nothing where there is none."""
    case = view.fresh(t.unit, t.event.subject) if t.event.subject else None
    if case is None or not isinstance(rights.may(t.viewer, Verb.DISCARD, case), Allowed):
        return ""
    digests = named.give_up(t.unit, case.request.id, t.viewer.id)
    t.unit.unnamed |= digests
    request.change(t.unit, case.request, state=State.WITHDRAWN, approved_digest=None, due_at=None)
    audit.append(t.unit, Verb.DISCARD, t.viewer.id, case.request.id, state=State.WITHDRAWN)
    outbox.replace(t.unit, case.request.id)
    return cards.WITHDRAWN if digests else ""
