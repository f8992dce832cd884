"""The form and the card that say that somebody is away, and who stands in: what is right on it holds."""

from dataclasses import dataclass
from datetime import date

from cards import cover as cards
from cards.action import Action, Verb
from handlers import cover, cover_said
from handlers.answer import Answer, Note, Open, Replace
from handlers.cover import Choice, Days
from handlers.rules import absence, post
from handlers.rules import cover as rules
from handlers.rules.names import called
from handlers.rules.rights import serves
from handlers.turn import Turn
from storage import audit, imports, outbox, people
from storage import cover as storage
from storage.tables import Person


@dataclass(frozen=True, slots=True)
class Carried:
    """What a button carries: who is away, the days, and the stand-ins; as far as it is known."""

    person: int | None = None
    days: Days | None = None
    stand_ins: tuple[int, ...] | None = None


def form(t: Turn) -> Answer:
    """The form: filled in as far as the card has it; for an administrator with the person, where that is open."""
    carried = read(t.event.arg)
    person = person_of(t, carried.person)
    if carried.person is None and cover_said.administers(t.unit, t.viewer):
        return _whose_form(t, {}, {})
    if person is None or not may(t, person):
        return refuse(t, person)
    if not cover.posts(t.unit, person):
        return Note(nothing(t, person))
    return _form(t, person, carried, {}, {})


def put(t: Turn) -> Answer:
    """What was understood is right, or the form is filled in: from now on it is so."""
    carried = read(t.event.arg)
    person = person_of(t, carried.person)
    if carried.person is None and cover_said.administers(t.unit, t.viewer):
        return _for_somebody(t)
    if person is None or not may(t, person):
        return refuse(t, person)
    if t.event.fields:
        return _from_form(t, person)
    if carried.days is None:
        return _form(t, person, carried, {}, {})
    days, wrong = clipped(t, carried.days), absence.wrong(absence.Days(*carried.days), t.unit.today)
    if wrong:
        return Replace(cards.unclear(named(t, person), wrong, str(person.id)))
    chosen = cover.choices(t.unit, person, days, _wanted(t, person, carried))
    if not chosen:
        return Replace(cards.unclear(named(t, person), "", str(person.id)), nothing(t, person))
    if lost := next((each for each in chosen if each.problem), None):
        who = lost.chosen.name if lost.chosen else ""
        plan = cover_said.planned(t.unit, person, days, cover.choices(t.unit, person, days), t.viewer, t.event.subject)
        return Replace(cards.proposal(plan, cover_said.administrators(t.unit)), cards.problem(lost.problem, who))
    return _set(t, person, days, chosen)


def read(arg: str) -> Carried:
    """What a button carries; nothing where nobody wrote it so."""
    parts = arg.split()
    if not parts or not post.is_number(parts[0]):
        return Carried()
    person = int(parts[0])
    if len(parts) != 4:
        return Carried(person)
    try:
        days = date.fromisoformat(parts[1]), date.fromisoformat(parts[2])
    except ValueError:
        return Carried(person)
    numbers = parts[3].split(",")
    stand_ins = tuple(int(each) for each in numbers) if all(post.is_number(each) for each in numbers) else None
    return Carried(person, days, stand_ins)


def _from_form(t: Turn, person: Person) -> Answer:
    """What was filled in, whole; or the form again, with what is wrong at its place."""
    fields = t.event.fields
    typed = {name: post.typed(fields, name) for name in ("first", "last")}
    days, errors = _days(t, typed)
    held = cover.posts(t.unit, person)
    given = [next(iter(post.chosen_in(fields, f"stand_in_{n}")), "") for n in range(len(held))]
    wanted = {each: int(said) for each, said in zip(held, given, strict=True) if post.is_number(said)}
    chosen = cover.choices(t.unit, person, days or (t.unit.today, t.unit.today), wanted)
    for number, each in enumerate(chosen):
        if each.problem and days:
            errors[f"stand_in_{number}"] = cards.problem(each.problem, each.chosen.name if each.chosen else "")
    if not held:
        return Note(nothing(t, person))
    if days is None or errors:
        carried = Carried(person.id, None, tuple(wanted.get(each, 0) for each in held))
        return _form(t, person, carried, typed, errors)
    plan = cover_said.planned(t.unit, person, days, chosen, t.viewer, t.event.subject)
    if plan.instead:
        return Replace(cards.proposal(plan, cover_said.administrators(t.unit)))
    return _set(t, person, days, chosen)


def _for_somebody(t: Turn) -> Answer:
    """An administrator has named somebody: who would stand in is shown, and holds once it is right."""
    typed = {name: post.typed(t.event.fields, name) for name in ("person", "first", "last")}
    found = called_so(t, typed["person"])
    days, errors = _days(t, {name: typed[name] for name in ("first", "last")})
    if len(found) != 1:
        errors["person"] = cards.problem("several" if found else "unknown")
    elif not cover.posts(t.unit, found[0]):
        errors["person"] = nothing(t, found[0])
    if errors or days is None:
        return _whose_form(t, typed, errors if t.event.fields else {})
    plan = cover_said.planned(t.unit, found[0], days, cover.choices(t.unit, found[0], days), t.viewer)
    return Replace(cards.proposal(plan, cover_said.administrators(t.unit)))


def _whose_form(t: Turn, typed: dict[str, str], errors: dict[str, str]) -> Answer:
    return Open(cards.form("", typed, (), t.unit.zone.key, errors, Action(Verb.COVER)))


def _form(
    t: Turn, person: Person, carried: Carried, typed: dict[str, str], errors: dict[str, str]
) -> Answer:
    days = carried.days or (t.unit.today, t.unit.today)
    known = typed or ({"first": str(days[0]), "last": str(days[1])} if carried.days else {})
    chosen = cover.choices(t.unit, person, days, _wanted(t, person, carried))
    offered = []
    for each in chosen:
        options = [(str(p.id), p.name) for p in each.candidates[:100]]
        picked = each.chosen if each.chosen and not each.problem else None
        offered.append((cover_said.title(t.unit, each.held), options, str(picked.id) if picked else ""))
    action = Action(Verb.COVER, t.event.subject, arg=str(person.id))
    return Open(cards.form(named(t, person) or "you", known, offered, t.unit.zone.key, errors, action))


def _set(t: Turn, person: Person, days: Days, chosen: list[Choice]) -> Answer:
    """It is so from now on, on this card and on every other; pressed twice, it is so once."""
    same = _already(t, person, days, chosen)
    before = t.event.subject.removeprefix("cover-")
    own = {row.away for row in storage.of_person(t.unit, person.id or 0)}
    away = same or cover.put(t.unit, person, days, chosen, t.viewer.id, before if before in own else "")
    place = t.event.place
    if place and place.message:
        there = (place.team, place.channel, place.message)
        outbox.adopt(t.unit, t.viewer.id, place.platform, there, cover.CARD, cover.subject(away))
    plan = cover_said.said(t.unit, cover.of_subject(t.unit, cover.subject(away)), t.viewer)
    return Replace(cards.standing(plan, cover_said.administrators(t.unit)))


def _already(t: Turn, person: Person, days: Days, chosen: list[Choice]) -> str:
    """The absence that says all this already."""
    wanted = {(*each.held, each.chosen.id if each.chosen else None) for each in chosen}
    rows = [row for row in storage.of_person(t.unit, person.id or 0) if (row.first_day, row.last_day) == days]
    return rows[0].away if rows and {(row.role, row.school_id, row.stand_in_id) for row in rows} == wanted else ""


def _days(t: Turn, typed: dict[str, str]) -> tuple[Days | None, dict[str, str]]:
    """The days of the form, and what is wrong with them, at its field."""
    found = {name: absence.days(said, t.unit.today) for name, said in typed.items()}
    errors = {name: cards.problem("missing") for name, each in found.items() if each is None}
    first, last = found["first"], found["last"]
    if first is None or last is None:
        return None, errors
    days = first.first, last.first
    if wrong := absence.wrong(absence.Days(*days), t.unit.today):
        return None, {"first" if wrong == "far" else "last": cards.problem(wrong)}
    return clipped(t, days), {}


def _wanted(t: Turn, person: Person, carried: Carried) -> dict[rules.Held, int | None] | None:
    """The stand-ins that a button carries, by what they stand in for; None where it carries none that fit."""
    held = cover.posts(t.unit, person)
    if carried.stand_ins is None or len(carried.stand_ins) != min(len(held), 6):
        return None
    return {each: number or None for each, number in zip(held, carried.stand_ins, strict=False)}


def clipped(t: Turn, days: Days) -> Days:
    """Without the days that are over."""
    return max(days[0], t.unit.today), days[1]


def may(t: Turn, person: Person) -> bool:
    """Everybody for themselves; for others whoever looks after the staff list."""
    return person.id == t.viewer.id or cover_said.administers(t.unit, t.viewer)


def refuse(t: Turn, person: Person | None) -> Answer:
    """It is somebody else's, or nobody's; the record has that it was tried."""
    audit.append(t.unit, "refused", t.viewer.id, t.event.subject, tried=t.event.verb, reason="not theirs")
    return Note(cards.OWN.format(who=person.name if person else "whoever is away"))


def person_of(t: Turn, number: int | None) -> Person | None:
    """Whoever has this number, if they are on the list today."""
    if number is None:
        return None
    return next(iter(people.if_serving(t.unit, number)), None)


def called_so(t: Turn, who: str) -> list[Person]:
    """Whoever on the list is called so today, or has this e-mail."""
    return called(who, [p for p in imports.everybody(t.unit) if serves(p, t.unit.today)])


def named(t: Turn, person: Person) -> str:
    """Somebody's name; nothing for whoever looks."""
    return "" if person.id == t.viewer.id else person.name


def nothing(t: Turn, person: Person) -> str:
    """That nothing is ever decided by them."""
    return cards.NOTHING if person.id == t.viewer.id else cards.NOTHING_OF.format(who=person.name)
