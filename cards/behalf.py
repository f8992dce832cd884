"""For whom somebody decided, or decides: who is away, and until when."""

from collections.abc import Sequence

from cards.words import back, listed, weekday
from storage.tables import Absence, Ask, Case, Decision


def of(case: Case, decision: Decision, viewer_id: int = 0) -> str:
    """What follows a decision that was made for somebody: ", for Mrs Patel, who is away until Monday 9 November"."""
    if decision.for_id is None:
        return ""
    whom = "you" if decision.for_id == viewer_id else case.people[decision.for_id].name
    absence = next((a for each in case.absences.values() for a in each if a.person.id == decision.for_id), None)
    return f", for {whom}{f', who {_until(absence, whom)}' if absence else ''}"


def by(case: Case, decision: Decision) -> str:
    """Who decided, and for whom, in the middle of a sentence: "Mr Reid, for Mrs Patel,"."""
    name = case.people[decision.decider_id].name
    return f"{name}, for {case.people[decision.for_id].name}," if decision.for_id else name


def who_can(case: Case) -> str:
    """Everybody who can decide it today: "Mrs Patel, or Mr Reid while Mrs Patel is away,"; nothing for nobody."""
    asks = [ask for ask in case.present if ask.answered_by is None]
    held = dict.fromkeys(p.name for ask in asks for p in case.holders.get(ask.number, []) if p.id not in case.own)
    covers = dict.fromkeys(
        f"{each.stand_in.name} while {each.person.name} is away"
        for ask in asks for each in case.covered(ask) if each.stand_in)
    return " or ".join(held) + (f", or {' or '.join(covers)}," if covers else "")


def away(case: Case, asks: Sequence[Ask], viewer_id: int) -> str:
    """Who of those who are asked is away, until when, and who stands in; nothing where everybody is there."""
    found = {a.person.id: (ask, a) for ask in asks for a in case.absences.get(ask.number, [])}
    said = [_said(case, ask, absence, viewer_id) for ask, absence in found.values()
            if absence.person.id not in case.own]
    return " ".join(said)


def _said(case: Case, ask: Ask, absence: Absence, viewer_id: int) -> str:
    covers = [each.stand_in for each in case.covered(ask) if each.stand_in and each.person.id == absence.person.id]
    if any(p.id == viewer_id for p in covers):
        return f"You stand in for {absence.person.name}, who {_until(absence, '')}."
    whom = "You" if absence.person.id == viewer_id else absence.person.name
    stands = f"; {listed(p.name for p in covers)} can decide as well" if covers else ""
    return f"{whom} {_until(absence, whom)}{stands}."


def _until(absence: Absence, whom: str) -> str:
    first = back(absence.last_day)
    return f"{'are' if whom.lower() == 'you' else 'is'} away until {weekday(first, absence.last_day)}"
