"""The life of a request, whatever its kind: sent, decided, taken back, withdrawn, run out of time. Who hears of it."""

from datetime import datetime, timedelta

from cards import request as cards
from cards.action import Verb
from cards.card import Form
from handlers import view
from handlers.answer import Answer, Coming, Open, Replace, Silence
from handlers.rules.lifecycle import BY_VERB
from handlers.rules.post import plain
from handlers.turn import Turn
from storage import audit, outbox, request
from storage.database import Unit
from storage.tables import Case, Outcome, State

CARD = "request"
NEWS = "news"
REMINDER = "reminder"
MISSING = "missing_decider"


def show(t: Turn, note: str = "") -> Answer:
    """The request as it stands after this turn, in the place of the pressed card."""
    case = request.case(t.unit, t.request)
    return Replace(view.card_for(t.unit, case, t.viewer), note)


def open_card(t: Turn) -> Answer:
    """Its card, anew, in the chat; where the pressed card is one already, that is shown as it stands."""
    place = t.event.place
    copies = outbox.copies(t.unit, t.request.id)
    if place and any(c.ref == place.message and c.channel == place.channel and c.card == CARD for c in copies):
        return show(t)
    outbox.send(t.unit, t.viewer.id, CARD, t.request.id)
    return Coming(cards.HERE)


def approve(t: Turn) -> Answer:
    """It may be published, exactly as it stands; each account's owner hears."""
    _decide(t, Outcome.APPROVED)
    owners = [(a.id, a.owner_id) for a in t.case.accounts if a.id is not None]
    request.assign(t.unit, t.request, owners)
    for owner in {owner for _, owner in owners}:
        if owner not in (t.request.asker_id, t.viewer.id):
            outbox.send(t.unit, owner, CARD, t.request.id)
        outbox.remind(t.unit, owner, REMINDER, t.request.id, _remind_at(t))
    if t.request.asker_id != t.viewer.id:
        outbox.send(t.unit, t.request.asker_id, NEWS, t.request.id)
    return _moved(t)


def ask_note(t: Turn) -> Answer:
    """The form for the note or the reason that goes with a decision."""
    verb = Verb.REFUSE if t.event.verb == Verb.DECLINE else Verb.REQUEST_CHANGES
    return Open(_note_form(t, verb, {}))


def request_changes(t: Turn) -> Answer:
    """Back to the asker, with what should change."""
    return _decide_with_note(t, Outcome.CHANGES)


def refuse(t: Turn) -> Answer:
    """It will not be published, and why."""
    return _decide_with_note(t, Outcome.DECLINED)


def take_back(t: Turn) -> Answer:
    """The approver's undo, until it is live: it waits for a decision again."""
    _record(t, Outcome.TAKEN_BACK, "")
    request.unassign(t.unit, t.request)
    request.change(t.unit, t.request, state=State.SUBMITTED, approved_digest=None, decided_at=t.event.at,
                   due_at=deadline(t, t.request.go_live_at))
    outbox.send(t.unit, t.request.asker_id, NEWS, t.request.id)
    return _moved(t)


def withdraw(t: Turn) -> Answer:
    """The asker's own end to it. Whoever had it sees that nothing is to be done."""
    request.unassign(t.unit, t.request)
    request.change(t.unit, t.request, state=State.WITHDRAWN, approved_digest=None, due_at=None)
    return _moved(t)


def run_out(u: Unit, case: Case, verb: Verb) -> Answer:
    """The clock's move: nobody decided, or nobody published. Silence never approves."""
    if case.request.state not in BY_VERB[verb].start or case.request.due_at is None or case.request.due_at > u.at:
        return Silence()
    before = case.request.state
    audit.append(u, verb, None, case.request.id, was=before)
    tell = {case.request.asker_id, *(p.owner_id for p in case.publications)}
    request.unassign(u, case.request)
    request.change(u, case.request, state=BY_VERB[verb].end, approved_digest=None, due_at=None)
    outbox.replace(u, case.request.id)
    for person in sorted(tell):
        outbox.send(u, person, NEWS, case.request.id)
    return Silence()


def deadline(t: Turn, go_live: datetime | None) -> datetime:
    """When an undecided request runs out: at its go-live time, else after the pack's days."""
    return go_live or t.event.at + timedelta(days=t.kind.clocks.expire_days)


def _remind_at(t: Turn) -> datetime:
    return max(t.request.go_live_at or t.event.at, t.event.at) + timedelta(hours=t.kind.clocks.remind_publish_hours)


def _decide_with_note(t: Turn, outcome: Outcome) -> Answer:
    typed = t.event.fields.get("note", "")
    note = plain(typed)[:2000] if isinstance(typed, str) else ""
    if not note:
        return Open(_note_form(t, t.event.verb, {"note": cards.note_needed(t.event.verb)}))
    _decide(t, outcome, note)
    if t.request.asker_id != t.viewer.id:
        outbox.send(t.unit, t.request.asker_id, NEWS, t.request.id)
    return _moved(t)


def _decide(t: Turn, outcome: Outcome, note: str = "") -> None:
    _record(t, outcome, note)
    approved = outcome == Outcome.APPROVED
    live_by = max(t.request.go_live_at or t.event.at, t.event.at) + timedelta(days=t.kind.clocks.publish_days)
    expiry = t.event.at + timedelta(days=t.kind.clocks.expire_days)
    due = {Outcome.APPROVED: live_by, Outcome.CHANGES: expiry}.get(outcome)
    request.change(
        t.unit, t.request, state=BY_VERB[t.event.verb].end, decided_at=t.event.at, due_at=due,
        approved_digest=t.case.revision.digest if approved else None,
    )


def _record(t: Turn, outcome: Outcome, note: str) -> None:
    """The decision, bound to the wording's digest, and its entry in the record. Before the version moves on."""
    request.decide(t.unit, t.request, t.case.revision, t.viewer.id, outcome, note)


def _moved(t: Turn) -> Answer:
    """Record the move, have every copy show it, and answer with the card."""
    facts = {"state": t.request.state, "revision": t.request.revision, "digest": t.case.revision.digest}
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, **facts)
    outbox.replace(t.unit, t.request.id)
    return show(t)


def _note_form(t: Turn, verb: Verb, errors: dict[str, str]) -> Form:
    typed = t.event.fields.get("note", "")
    return cards.note_form(t.case, verb, errors, typed if isinstance(typed, str) else "")
