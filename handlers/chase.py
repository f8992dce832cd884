"""Nobody has decided yet: they are reminded, then whoever is above them is asked as well. Silence never approves."""

from datetime import datetime

from cards import told as cards
from cards.card import Card
from handlers import hours, view
from handlers.answer import Answer, Silence
from handlers.owed import hand, tell_missing
from handlers.rules import chase as rules
from handlers.rules import rights
from handlers.rules.hours import always, next_working, working
from handlers.rules.packtimes import Clocks
from storage import asks, audit, outbox, request
from storage.database import Unit
from storage.tables import PERSONAL, Ask, Case, Person, State, Viewer

REMINDED, RAISED, ASKED_TOO = "undecided", "undecided_above", "asked_above"
"""The notices to whoever has not decided, to whoever is above them, and to the asker, who is now asked as well."""
MOST_ABOVE = 5
"""So many, one above the other, are looked through at once for somebody who is not away."""


def chase(u: Unit, subject: str) -> Answer:
    """The clock looks whether it is decided, in working hours; what it does, it does once."""
    case = view.held(u, subject)
    if case is None or case.request.nudge_at is None or case.request.nudge_at > u.at:
        return Silence()
    now, at_work = case.request, hours.of_case(u, case)
    if now.due_at is None or now.due_at <= u.at:
        return Silence()  # it runs out instead
    begin = min(next_working(each, u.at) for each in at_work)
    if begin > u.at:
        request.nudged(u, now, begin, now.nudges)
        return Silence()
    clocks, meant = _clocks(u, case), now.nudge_at or u.at
    last, looks = rules.is_last(clocks, now.nudges), now.nudges + 1
    request.nudged(u, now, rules.due(clocks, looks, u.at, now.due_at, at_work), looks)
    if looks == 0:
        outbox.replace(u, now.id)  # whoever decides hears of it now: its asker's card says so
    elif not last or not _raise(u, case):
        _remind(u, case, meant)
    return Silence()


def if_all_away(u: Unit, case: Case) -> None:
    """Where everybody whom it waits for is away, and nobody can stand in, whoever is above is asked at once."""
    if _together(case) and any(copy.card == RAISED for copy in outbox.copies(u, case.request.id)):
        return  # they know; nothing else comes of it
    for _ in range(MOST_ABOVE):
        left = [ask for ask in case.present if ask.answered_by is None]
        if case.request.state != State.SUBMITTED or not left or not case.absences:
            return
        alone = [_nobody_there(case, ask) for ask in left if ask.role not in PERSONAL]
        if not (any(alone) if _together(case) else alone and all(alone)) or not _raise(u, case) or _together(case):
            return
        case = request.afresh(u, case)


def card(u: Unit, case: Case, viewer: Viewer, notice: str, subject: str) -> Card | None:
    """What such a notice says as things stand; None where it waits for nobody any more."""
    if case.request.state != State.SUBMITTED:
        return None
    seen = view.view(u, case, viewer)
    if notice == REMINDED:
        return cards.undecided(seen) if rights.decides(viewer, case) else None
    if notice == RAISED:
        mine = {ask.number for ask in rights.answerable(viewer, case)}
        first = [ask for ask in case.present if ask.answered_by is None and ask.number not in mine]
        return cards.raised(seen, _names(case, first), bool(mine)) if mine or _together(case) else None
    names = _names(case, [ask for ask in case.present if str(ask.number) == subject.partition(":")[2]])
    return cards.asked_too(seen, names) if names else None


def _remind(u: Unit, case: Case, meant: datetime) -> None:
    """Whoever has not answered, and is at work, hears of it again; where nobody could, who looks after the staff list.

    `meant`: when it was due. Whoever is not at work has their card when they are, and no reminder beside it.
    """
    waited_for = _free(case, case.at_hand) or _free(case, case.deciders)
    there = [p for p in waited_for if any(working(each, u.at) for each in hours.of_case(u, case, p.id))]
    for person in there:
        outbox.send(u, person.id or 0, REMINDED, case.request.id, meant)
    if not waited_for:
        tell_missing(u, case.request.id)
    audit.append(u, "remind", None, case.request.id, people=len(there))


def _raise(u: Unit, case: Case) -> bool:
    """Whoever is above is asked as well, or told, where everybody who is asked has to agree; whether there is one."""
    left = [ask for ask in case.present if ask.answered_by is None]
    asked = {person.id for ask in case.present for person in case.could(ask)}
    roles, named = [ask.role for ask in left], _clocks(u, case).escalate_to
    for role, school in rules.higher(view.ground(u, case).rules, roles, case.request.school_id, named):
        found = [p for p in _free(case, asks.holders(u, role, school, None)) if p.id not in asked]
        if found:
            audit.append(u, "escalate", None, case.request.id, role=role, people=len(found), asks=not _together(case))
            if not _together(case):
                _ask_too(u, case, role, school)
            at_work = always(u.zone) if hours.urgent(u, case) else hours.of(u, school)
            for person in found:
                _tell(u, case, person.id or 0, rules.heard(at_work, u.at, case.request.due_at or u.at))
            return True
    return False


def _tell(u: Unit, case: Case, person: int, at: datetime) -> None:
    """Somebody above hears of it, and has its card where they can decide."""
    outbox.send(u, person, RAISED, case.request.id, at)
    if not _together(case):
        hand(u, case.request.id, person, at)


def _ask_too(u: Unit, case: Case, role: str, school: int | None) -> None:
    """From now on it waits for them as well, and every copy says so."""
    ask = asks.ask_too(u, case.asks, role, school)
    case.asks.append(ask)
    request.change(u, case.request)
    outbox.replace(u, case.request.id)
    outbox.send(u, case.request.asker_id, ASKED_TOO, f"{case.request.id}:{ask.number}")


def _clocks(u: Unit, case: Case) -> Clocks:
    on = view.ground(u, case)
    return on.rules.clocks_of(on.kind)


def _nobody_there(case: Case, ask: Ask) -> bool:
    """Whether whoever this is for is away, and nobody stands in who can answer it."""
    there = {p.id for p in _free(case, case.holders[ask.number])}
    away = {each.person.id for each in case.absences.get(ask.number, [])}
    return there <= away and not case.covered(ask)


def _together(case: Case) -> bool:
    return any(ask.together for ask in case.present)


def _free(case: Case, people: list[Person]) -> list[Person]:
    """Nobody decides on their own."""
    return [p for p in people if p.id not in case.own]


def _names(case: Case, asked: list[Ask]) -> str:
    """Whom these asks of the present step wait for, by name."""
    names = dict.fromkeys(p.name for ask in asked for p in _free(case, case.could(ask)))
    return (" and " if _together(case) else " or ").join(names)
