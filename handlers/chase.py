"""Nobody has decided yet: they are reminded, then whoever is above them is asked as well. Silence never approves."""

from cards import told as cards
from cards.card import Card
from handlers import view
from handlers.answer import Answer, Silence
from handlers.request import CARD, tell_missing
from handlers.rules import chase as rules
from handlers.rules import rights
from handlers.rules.reading import next_working, working
from storage import asks, audit, outbox, request
from storage.database import Unit
from storage.tables import Ask, Case, Person, State, Viewer

REMINDED, RAISED, ASKED_TOO = "undecided", "undecided_above", "asked_above"
"""The notices to whoever has not decided, to whoever is above them, and to the asker, who is now asked as well."""


def chase(u: Unit, subject: str) -> Answer:
    """The clock looks whether it is decided, in working hours; what it does, it does once."""
    case = view.held(u, subject)
    if case is None or case.request.nudge_at is None or case.request.nudge_at > u.at:
        return Silence()
    now = case.request
    if now.due_at is None or now.due_at <= u.at:
        return Silence()  # it runs out instead
    if not working(u.at, u.zone):
        request.nudged(u, now, next_working(u.at, u.zone), now.nudges)
        return Silence()
    on = view.ground(u, case)
    clocks = on.rules.clocks_of(on.kind)
    last = rules.is_last(clocks, now.nudges)
    request.nudged(u, now, rules.due(clocks, now.nudges + 1, u.at, now.due_at, u.zone), now.nudges + 1)
    if not last or not _raise(u, case):
        _remind(u, case)
    return Silence()


def card(u: Unit, case: Case, viewer: Viewer, notice: str, subject: str) -> Card | None:
    """What such a notice says as things stand; None where it waits for nobody any more."""
    if case.request.state != State.SUBMITTED:
        return None
    seen, number = view.view(u, case, viewer), subject.partition(":")[2]
    if notice == REMINDED:
        return cards.undecided(seen) if rights.decides(viewer, case) else None
    if notice == RAISED:
        decides = rights.decides(viewer, case)
        first = [ask for ask in case.present if ask.answered_by is None and str(ask.number) != number]
        return cards.raised(seen, _names(case, first), decides) if decides or _together(case) else None
    names = _names(case, [ask for ask in case.present if str(ask.number) == number])
    return cards.asked_too(seen, names) if names else None


def _remind(u: Unit, case: Case) -> None:
    """Whoever has not answered hears of it again; where that is nobody, whoever looks after the staff list."""
    waited_for = _free(case, case.deciders)
    for person in waited_for:
        outbox.send(u, person.id or 0, REMINDED, case.request.id)
    if not waited_for:
        tell_missing(u, case.request.id)
    audit.append(u, "remind", None, case.request.id, people=len(waited_for))


def _raise(u: Unit, case: Case) -> bool:
    """Whoever is above is asked as well, or told, where everybody who is asked has to agree; whether there is one."""
    left = [ask for ask in case.present if ask.answered_by is None]
    rules_of = view.ground(u, case).rules
    asked = {person.id for ask in case.present for person in case.holders[ask.number]}
    for role, school in rules.higher(rules_of, [ask.role for ask in left], case.request.school_id):
        found = [p for p in _free(case, asks.holders(u, role, school, None)) if p.id not in asked]
        if found:
            audit.append(u, "escalate", None, case.request.id, role=role, people=len(found), asks=not _together(case))
            number = "" if _together(case) else _ask_too(u, case, role, school)
            for person in found:
                outbox.send(u, person.id or 0, RAISED, f"{case.request.id}:{number}")
                if not _together(case):
                    outbox.send(u, person.id or 0, CARD, case.request.id)
            return True
    return False


def _ask_too(u: Unit, case: Case, role: str, school: int | None) -> int:
    """From now on it waits for them as well, and every copy says so; the number of the ask."""
    ask = asks.ask_too(u, case.asks, role, school)
    request.change(u, case.request)
    outbox.replace(u, case.request.id)
    outbox.send(u, case.request.asker_id, ASKED_TOO, f"{case.request.id}:{ask.number}")
    return ask.number


def _together(case: Case) -> bool:
    return any(ask.together for ask in case.present)


def _free(case: Case, people: list[Person]) -> list[Person]:
    """Nobody decides on their own."""
    return [p for p in people if p.id not in (case.request.asker_id, case.request.editor_id)]


def _names(case: Case, asked: list[Ask]) -> str:
    """Whom these asks of the present step wait for, by name."""
    names = dict.fromkeys(p.name for ask in asked for p in _free(case, case.holders[ask.number]))
    return (" and " if _together(case) else " or ").join(names)
