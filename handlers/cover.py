"""Somebody is away and somebody else decides beside them: set, begun, ended; who hears of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers import chase, hours, owed, packs, view
from handlers.answer import Answer, Silence
from handlers.rules import cover as rules
from handlers.rules.cover import BY_NAME, Held
from handlers.rules.hours import next_working
from handlers.rules.rights import serves
from storage import audit, cover, imports, outbox, people, register
from storage.database import Unit
from storage.tables import Cover, Person
from storage.waiting import waiting_on

CARD, MISSING = "cover", "cover_missing"
CARDS = (CARD, MISSING)
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Choice:
    """Who may stand in for somebody in one thing that they are asked as, and who is to. `problem`: why not they."""

    held: Held
    candidates: tuple[Person, ...]
    chosen: Person | None
    problem: str = ""


def subject(away: str) -> str:
    """What actions and notices call an absence."""
    return f"cover-{away}"


def of_subject(u: Unit, named: str) -> list[Cover]:
    """The rows of the absence that a subject names: those that hold, else those that held last."""
    found = cover.of(u, named.removeprefix("cover-")) if named.startswith("cover-") else []
    live = [row for row in found if row.live]
    latest = max((row.at for row in found), default=u.at)
    return live or [row for row in found if row.at == latest]


def posts(u: Unit, person: Person) -> list[Held]:
    """What somebody is asked as, last by name; nothing where nothing is ever decided by them."""
    viewer, pack = people.viewer(u, person.id or 0), packs.current(u)
    held = [(r.role, r.school_id) for r in viewer.roles if rules.decides(pack, r.role)] if viewer else []
    held = list(dict.fromkeys(held))
    return [*held, BY_NAME] if held or _asked_by_name(u, person) else []


def choices(u: Unit, person: Person, days: Days, chosen: Mapping[Held, int | None] | None = None) -> list[Choice]:
    """Who may stand in, and who is to: the first who can, or whoever is `chosen`, also where they cannot.

    What is asked of them by name goes with the first of their roles.
    """
    held, found = posts(u, person), list[Choice]()
    for each in held:
        if each == BY_NAME and found:
            found.append(Choice(each, (), found[0].chosen))
            continue
        there = candidates(u, person, each)
        problems = [_problem(u, other, person, days) for other in there]
        if chosen is None or each not in chosen:
            found.append(Choice(each, tuple(there), rules.first_fit(there, problems)))
            continue
        wanted = chosen[each]
        known = {other.id: (other, problem) for other, problem in zip(there, problems, strict=True)}
        named, problem = known.get(wanted, (None, "nobody" if wanted else ""))
        found.append(Choice(each, tuple(there), named, problem))
    return found


def put(
    u: Unit, person: Person, days: Days, chosen: Sequence[Choice], by: int | None, instead_of: str = ""
) -> str:
    """From now on it is so, in the place of whatever was set for any of these days; the absence's id.

    `instead_of`: the absence that this is another form of; it keeps its id, and its cards.
    """
    cover.hold(u, person.id or 0)
    earlier = {row.away for row in rules.clash(days, cover.of_person(u, person.id or 0))} | {instead_of} - {""}
    before = [row for away in sorted(earlier) for row in cover.of(u, away) if row.live]
    for away in earlier:
        cover.over(u, away)
        outbox.replace(u, subject(away))
    today, ends = days[0] <= u.today, _midnight(u, days[1] + timedelta(days=1))
    rows = [{"role": each.held[0], "school_id": each.held[1], "stand_in_id": each.chosen.id if each.chosen else None}
            for each in chosen]
    begins = _begins(u, person.id or 0, days[0])
    away = cover.add(u, person.id or 0, days, rows, by, ends if today else min(begins, ends), instead_of)
    audit.append(
        u, "cover", by, subject(away), person=person.id, first=str(days[0]), last=str(days[1]),
        stand_ins=[row["stand_in_id"] for row in rows], instead_of=sorted(earlier),
    )
    set_ = cover.of(u, away)
    _tell(u, away, [row for row in set_ if row.live], before, by)
    lost = _lose(u, person, days)
    renew(u, [*before, *((*set_, *lost) if today else ())])
    return away


def end(u: Unit, rows: Sequence[Cover], by: int | None) -> bool:
    """They are back, or not away after all; whether it still held."""
    if not rows or not cover.over(u, rows[0].away):
        return False
    audit.append(u, "cover_ends", by, subject(rows[0].away), person=rows[0].person_id)
    outbox.replace(u, subject(rows[0].away))
    renew(u, [*rows, *_standing(u, rows[0].person_id)])
    return True


def look(u: Unit, named: str) -> Answer:
    """The clock: from today on somebody stands in; or nobody does any more. Late, it is done once."""
    rows = [row for row in of_subject(u, named) if row.live]
    due = rows[0].due_at if rows else None
    if due is None or due > u.at:
        return Silence()
    if rows[0].last_day < u.today:
        end(u, rows, None)
        return Silence()
    if rows[0].first_day > u.today:
        cover.next_look(u, rows[0].away, due, _begins(u, rows[0].person_id, rows[0].first_day))
        return Silence()
    cover.next_look(u, rows[0].away, due, _midnight(u, rows[0].last_day + timedelta(days=1)))
    audit.append(u, "cover_in_force", None, named, person=rows[0].person_id)
    renew(u, [*rows, *_standing(u, rows[0].person_id)])
    return Silence()


def mind_leavers(u: Unit, there_before: set[int]) -> None:
    """The staff list has changed: who was to stand in, and leaves first, does not; whoever is to know hears."""
    gone = there_before - staying(u)
    lost = [row for row in cover.every(u) if row.stand_in_id in gone]
    last = {person.id: person.last_day for person in imports.everybody(u) if person.id in gone}
    for away, row in sorted({row.away: row for row in lost}.items()):
        outbox.replace(u, subject(away))
        tell_missing(u, away)
        leaves = _midnight(u, (last[row.stand_in_id or 0] or row.last_day) + timedelta(days=1))
        if row.due_at and leaves < row.due_at:
            cover.next_look(u, away, row.due_at, leaves)  # then it goes up, where nobody else is there
    renew(u, [row for row in lost if row.first_day <= u.today])


def staying(u: Unit) -> set[int]:
    """Those who stand in, or are to, and are on the list for as long."""
    rows = [row for row in cover.every(u) if row.stand_in_id]
    last = {person.id: person.last_day for person in imports.everybody(u)} if rows else {}
    leave = {row.stand_in_id for row in rows if (last[row.stand_in_id] or row.last_day) < row.last_day}
    return {row.stand_in_id for row in rows if row.stand_in_id} - leave


def renew(u: Unit, rows: Sequence[Cover]) -> None:
    """Every card of what waits on these says how it is today; who stands in has one; where nobody can, it goes up."""
    ids = {each for row in rows for each in waiting_on(u, row.role, row.school_id, row.person_id)}
    for request_id in sorted(ids):  # as they are locked one after the other
        outbox.replace(u, request_id)
        case = view.held(u, request_id)
        if case is None:
            continue
        for ask in case.present:
            for absence in case.covered(ask) if ask.answered_by is None else ():
                if absence.stand_in and absence.stand_in.id:
                    owed.tell_also(u, case, absence.stand_in.id)
        chase.if_all_away(u, case)


def _asked_by_name(u: Unit, person: Person) -> bool:
    """Whether somebody is asked for what they are to others: line managers, who runs an account; or was by name."""
    if waiting_on(u, *BY_NAME, person.id or 0):
        return True
    runs = any(person.id in (each.owner_id, each.deputy_id) for each in register.accounts(u))
    return runs or any(each.manager_id == person.id and serves(each, u.today) for each in imports.everybody(u))


def candidates(u: Unit, person: Person, held: Held) -> list[Person]:
    """Who may stand in, the likeliest first. By name: whoever may in a role of theirs; else the line manager."""
    pack = packs.current(u)
    asked = posts(u, person) if held == BY_NAME else [held]
    roles = [each for one in asked for each in rules.stand_ins(pack, one)]
    found = {p.id: p for role, school in roles for p in people.holders(u, role, school) if p.id != person.id}
    if not found and held == BY_NAME and person.manager_id:
        found = {p.id: p for p in people.if_serving(u, person.manager_id)}
    return list(found.values())


def _problem(u: Unit, stand_in: Person, person: Person, days: Days) -> str:
    return rules.unfit(stand_in, person.id or 0, days, cover.of_person(u, stand_in.id or 0))


def _tell(u: Unit, away: str, rows: Sequence[Cover], before: Sequence[Cover], by: int | None) -> None:
    """Whoever stands in hears; so does whoever is away, where somebody else said it; and where nobody stands in."""
    there = {row.stand_in_id for row in before if row.away == away}
    told = {row.stand_in_id for row in rows if row.stand_in_id} - there
    told |= {rows[0].person_id} if by != rows[0].person_id and not before else set()
    for person in sorted(each for each in told if each and each != by):
        outbox.send(u, person, CARD, subject(away), hours.ping_person(u, person))
    if any(row.stand_in_id is None for row in rows if row.role):
        tell_missing(u, away)


def tell_missing(u: Unit, away: str) -> None:
    """Administrators hear that nobody stands in there."""
    for person in view.administrators(u):
        outbox.send(u, person.id or 0, MISSING, subject(away), hours.ping_person(u, person.id or 0))


def _standing(u: Unit, person: int) -> list[Cover]:
    """Where somebody stands in today, or would if they were not away as well."""
    return [row for row in cover.of_stand_in(u, person) if row.first_day <= u.today <= row.last_day]


def _lose(u: Unit, person: Person, days: Days) -> list[Cover]:
    """For whom this person was to stand in on these days: they and the administrators hear that nobody does.

    Those of it that hold today.
    """
    lost = rules.clash(days, cover.of_stand_in(u, person.id or 0))
    for away, whose in sorted({(row.away, row.person_id) for row in lost}):
        outbox.replace(u, subject(away))
        tell_missing(u, away)
        if serves(people.people(u, {whose})[whose], u.today):
            outbox.send(u, whose, MISSING, subject(away), hours.ping_person(u, whose))
    return [row for row in lost if row.first_day <= u.today]


def _begins(u: Unit, person: int, day: date) -> datetime:
    """When people are at work on that day, or next."""
    return next_working(hours.of_person(u, person), _midnight(u, day))


def _midnight(u: Unit, day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), u.zone)
