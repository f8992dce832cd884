"""An administrator hands over, in the chat, all that waits for somebody who leaves: shown first, then done whole.

Nothing here knows of reports: what is shown and done is the same with them and without.
"""

from collections import Counter
from collections.abc import Collection

from cards import leaving as cards
from cards.card import Button
from cards.cover import ASK
from cards.leaving import HandOver
from cards.words import listed, span
from handlers import cover_said, handing_over, packs, view
from handlers.answer import Answer, Note, Open, Replace, Show
from handlers.handing_over import Left
from handlers.rules import leaving as rules
from handlers.rules.names import called
from handlers.rules.post import is_number, plain, typed
from handlers.rules.rights import serves
from handlers.turn import Turn
from storage import audit, imports, people, register
from storage import cover as covers
from storage.tables import Person


def heard(t: Turn) -> Answer | None:
    """What is done about words that say that somebody leaves; None where they say something else."""
    meant = rules.leaving(t.event.text)
    if meant is None:
        return None
    found = _called(t, meant.leaver) if meant.leaver else [t.viewer.person]
    if not found and not meant.titled:
        return None
    if not cover_said.administers(t.unit, t.viewer):
        return _refuse(t) if meant.leaver else Note(_only(t))
    follows = _called(t, meant.to) if meant.to else []
    if len(found) != 1 or (meant.to and len(follows) != 1):
        return Note(cards.problem("several" if len(found) > 1 or len(follows) > 1 else "unknown"))
    leaver = found[0]
    if follows:
        wrong = _wrong(t, leaver, follows[0])
        return Note(wrong) if wrong else Show(cards.proposal(_over(t, leaver, follows[0])))
    return Show(cards.who_follows(leaver.name, str(leaver.id), handing_over.anything(t.unit, leaver)))


def form(t: Turn) -> Answer:
    """The form: who leaves, and who takes over, as far as the button has it."""
    if not cover_said.administers(t.unit, t.viewer):
        return _refuse(t)
    there = [_of(t, each) for each in t.event.arg.split()[:2]]
    known = dict(zip(("leaver", "to"), (each.name if each else "" for each in there), strict=False))
    return Open(cards.form(known, {}))


def hand_on(t: Turn) -> Answer:
    """The form's answers: what would go is shown. From that card: it goes, if it is still the same."""
    if not cover_said.administers(t.unit, t.viewer):
        return _refuse(t)
    parts = t.event.arg.split()
    if t.event.fields or len(parts) != 3:
        return _from_form(t)
    leaver, to = _of(t, parts[0]), _of(t, parts[1])
    if leaver is None or to is None:
        return _from_form(t)
    if wrong := _wrong(t, leaver, to):
        return Note(wrong)
    left = handing_over.plan(t.unit, leaver, to)
    over = _said(t, leaver, to, left)
    if left.mark != parts[2] or left.empty:
        return Replace(cards.proposal(over), "" if left.empty else cards.CHANGED)
    handing_over.apply(t.unit, leaver, to, left, t.viewer.id)
    return Replace(cards.done(over))


def buttons(t: Turn) -> tuple[Button, ...]:
    """The way to it, and to who is away, for those who look after the staff list."""
    return (ASK, cards.ASK) if cover_said.administers(t.unit, t.viewer) else ()


def _from_form(t: Turn) -> Answer:
    given = {name: plain(typed(t.event.fields, name)) for name in ("leaver", "to")}
    found = {name: _called(t, said) for name, said in given.items()}
    errors = {name: cards.problem("several" if each else "unknown") for name, each in found.items() if len(each) != 1}
    if not errors and (wrong := _wrong(t, found["leaver"][0], found["to"][0])):
        errors["to"] = wrong
    if errors:
        return Open(cards.form(given, errors if t.event.fields else {}))
    return Replace(cards.proposal(_over(t, found["leaver"][0], found["to"][0])))


def _wrong(t: Turn, leaver: Person, to: Person) -> str:
    """Why an administrator cannot hand over from one to the other, as a sentence; empty where they can."""
    others = [person.name for person in view.administrators(t.unit) if person.id != t.viewer.id]
    why = rules.unfit(leaver, to, t.unit.today)
    if not why and to.id == t.viewer.id:
        why = "yourself"
    if not why and leaver.id == t.viewer.id and not others:
        why = "last"
    return cards.problem(why, leaver.name, to.name, listed(others, "or")) if why else ""


def _over(t: Turn, leaver: Person, to: Person) -> HandOver:
    return _said(t, leaver, to, handing_over.plan(t.unit, leaver, to))


def _said(t: Turn, leaver: Person, to: Person, left: Left) -> HandOver:
    """What would go, for cards: of requests no more than how many."""
    return HandOver(
        leaver=leaver.name, to=to.name, today=t.unit.today, decide=len(left.decide), do=len(left.do),
        run=tuple(entry.name for entry in register.by_ids(t.unit, list(left.run))),
        stand_in=_absences(t, leaver, left.stand_in), alone=_absences(t, leaver, left.alone),
        stay=tuple(Counter(why for _, why in left.stay).items()), roles=_roles(t, leaver), last_day=leaver.last_day,
        leaver_arg=str(leaver.id), arg=f"{leaver.id} {to.id} {left.mark}",
    )


def _absences(t: Turn, leaver: Person, which: Collection[int]) -> tuple[str, ...]:
    """Who is away, and when, of these in which the leaver stands in; each once."""
    rows = [row for row in covers.of_stand_in(t.unit, leaver.id or 0) if row.id in which]
    names = people.people(t.unit, {row.person_id for row in rows})
    days = {row.away: span(row.first_day, row.last_day, t.unit.today) for row in rows}
    whose = {row.away: names[row.person_id].name for row in rows}
    return tuple(f"{name} {days[away]}" for away, name in whose.items())


def _roles(t: Turn, leaver: Person) -> tuple[str, ...]:
    """What they are today, as cards name it."""
    viewer, known = people.viewer(t.unit, leaver.id or 0), packs.current(t.unit).roles
    held = [(each.role, each.school_id) for each in viewer.roles if each.role in known] if viewer else []
    return tuple(cover_said.title(t.unit, each) for each in dict.fromkeys(held))


def _called(t: Turn, who: str) -> list[Person]:
    """Whoever on the list is called so today; where nobody is, whoever was."""
    everybody = imports.everybody(t.unit)
    return called(who, [p for p in everybody if serves(p, t.unit.today)]) or called(who, everybody)


def _of(t: Turn, number: str) -> Person | None:
    return people.people(t.unit, {int(number)}).get(int(number)) if is_number(number) else None


def _only(t: Turn) -> str:
    return cards.only(cover_said.administrators(t.unit))


def _refuse(t: Turn) -> Answer:
    """It is for whoever looks after the staff list; the record has that it was tried."""
    audit.append(t.unit, "refused", t.viewer.id, "", tried=t.event.verb, reason="not theirs")
    return Note(_only(t))
