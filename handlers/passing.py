"""A decision handed to somebody else: by whoever is asked for it, or by an administrator who does not see it."""

from collections.abc import Sequence

from cards import passing as cards
from handlers import chase, cover, hours, packs, view
from handlers.answer import Answer, Open
from handlers.owed import CARD, SENT_AGAIN, tell
from handlers.request import show
from handlers.rules import chase as clocks
from handlers.rules import cover as rules
from handlers.rules import rights
from handlers.rules.cover import BY_NAME
from handlers.rules.post import chosen_in, is_number, plain, typed
from handlers.turn import Turn
from storage import asks, audit, outbox, people, request
from storage.database import Unit
from storage.tables import PERSONAL, Ask, Case, Person, State


def ask_whom(t: Turn) -> Answer:
    """The form: who else is to decide, of those who may."""
    return _form(t, {})


def reassign(t: Turn) -> Answer:
    """From now on they decide in the presser's place, who sees how it goes; the record has both."""
    chosen = next(iter(chosen_in(t.event.fields, "to")), "")
    found = next((p for p in eligible(t.unit, t.case, t.viewer.person) if str(p.id) == chosen), None)
    if found is None or not is_number(chosen):
        return _form(t, {"to": cards.CHOOSE} if t.event.fields else {})
    note = plain(typed(t.event.fields, "note"))[:500]
    pass_on(t.unit, t.case, rights.passable(t.viewer, t.case), found, t.viewer.id, note)
    return show(t)


def eligible(u: Unit, case: Case, person: Person) -> list[Person]:
    """Who may decide in this person's place: as for cover; nobody who asks, nor who can decide already."""
    viewer = people.viewer(u, person.id or 0)
    mine = rights.passable(viewer, case) if viewer else []
    held = [(ask.role, ask.school_id) if ask.role in packs.current(u).roles else BY_NAME for ask in mine]
    out = {*case.own, person.id, *(p.id for ask in case.present for p in case.could(ask)),
           *(ask.answered_by for ask in case.present)}
    found = {p.id: p for each in dict.fromkeys(held) for p in cover.candidates(u, person, each)}
    return [p for number, p in found.items() if number not in out]


def pass_on(u: Unit, case: Case, which: Sequence[Ask], to: Person, by: int | None, note: str = "") -> None:
    """These asks are this person's from now on, as a new card of theirs and every other copy says."""
    before = sorted({ask.person_id or 0 for ask in which} | {by or 0})
    for ask in which:
        asks.pass_on(u, ask, to.id or 0, by, note)
    now = case.request
    facts = {"roles": sorted({ask.role for ask in which}), "to": to.id, "was": [each for each in before if each]}
    audit.append(u, "reassign", by, now.id, **facts)
    on, case = view.ground(u, case), request.afresh(u, case)
    at_work = hours.of_case(u, case)
    due = clocks.due(on.rules.clocks_of(on.kind), 0, u.at, now.due_at, at_work) if now.due_at else None
    request.change(u, now, nudge_at=due, nudges=0)
    outbox.replace(u, now.id)
    outbox.outdate(u, to.id or 0, CARD, now.id, SENT_AGAIN)
    tell(u, case, to.id or 0)
    chase.if_all_away(u, case)


def left(case: Case) -> list[Ask]:
    """What of the present step is still to be decided, and could be by somebody else."""
    return [ask for ask in case.present if ask.answered_by is None and ask.role not in PERSONAL]


def hindrance(u: Unit, case: Case | None, to: Person, of: Person | None = None) -> str:
    """Why an administrator cannot hand this request to them, or what is asked `of` somebody; empty: they can."""
    if case is None or case.request.state != State.SUBMITTED:
        return "closed"
    if to.id in case.own:
        return "own"
    open_ = [ask for ask in left(case) if of is None or ask.person_id == of.id]
    if not open_:
        return "personal"
    if open_[0].together and len(case.present) > 1:
        return "together"
    if any(p.id == to.id for p in case.deciders):
        return "asked"
    return "" if all(_named_for(u, ask, to) for ask in open_) else "not named"


def _named_for(u: Unit, ask: Ask, to: Person) -> bool:
    """Whether the pack has them decide such a thing: they hold the role, may stand in for it, or are above it.

    Whom the pack asks for what they are to somebody, such as a line manager, can be succeeded by anybody.
    """
    if ask.role not in packs.current(u).roles:
        return True
    held = [(ask.role, ask.school_id), *rules.stand_ins(packs.current(u), (ask.role, ask.school_id))]
    return any(p.id == to.id for role, school in held for p in people.holders(u, role, school))


def _form(t: Turn, errors: dict[str, str]) -> Answer:
    options = [(str(p.id), p.name) for p in eligible(t.unit, t.case, t.viewer.person)]
    if not options:
        return show(t, cards.NOBODY)
    note = plain(typed(t.event.fields, "note"))[:500]
    return Open(cards.form(view.view(t.unit, t.case, t.viewer), options[:100], note, errors))
