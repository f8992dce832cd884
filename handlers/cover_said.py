"""An absence in words: for the cards of everybody whom it concerns, and for the command line."""

from collections.abc import Collection, Iterable, Sequence

from cards import cover as cards
from cards.card import Card
from cards.words import listed, span
from handlers import packs, view
from handlers.cover import MISSING, Choice, Days, of_subject, subject
from handlers.rules import cover as rules
from handlers.rules.cover import Held
from storage import cover, people, request
from storage.database import Unit
from storage.tables import Cover, Person, Request, Viewer
from storage.waiting import waiting_on


def waits(u: Unit, person: Person, held: Iterable[Held], also_not: Collection[int] = ()) -> list[Request]:
    """What waits for somebody's decision as these, and is not their own (nor asked by `also_not`)."""
    ids = [each for role, school in held for each in waiting_on(u, role, school, person.id or 0)]
    found = u.all(request.BY_IDS, Request, ids=list(dict.fromkeys(ids))) if ids else []
    out = {person.id, *also_not}
    return [each for each in found if not {each.asker_id, each.editor_id} & out]


def notice(u: Unit, card: str, named: str, viewer: Viewer) -> Card | None:
    """What a notice about an absence says now; None where it is none of theirs any more."""
    rows = of_subject(u, named)
    if not rows:
        return None
    plan = said(u, rows, viewer)
    if card == MISSING:
        return cards.missing(plan) if not plan.over and any(not each.stand_in for each in plan.posts) else None
    if viewer.id == rows[0].person_id or administers(u, viewer):
        return cards.standing(plan, administrators(u))
    stands_in = any(row.stand_in_id == viewer.id for row in cover.of(u, rows[0].away))
    if stands_in and not any(row.stand_in_id == viewer.id for row in rows):
        plan = said(u, [row.model_copy(update={"live": False}) for row in rows], viewer)
    return cards.asked_to(plan, viewer.person.name) if stands_in else None


def said(u: Unit, rows: Sequence[Cover], viewer: Viewer) -> cards.Plan:
    """An absence that is set, for cards."""
    person = people.people(u, {rows[0].person_id})[rows[0].person_id]
    mine = [row for row in rows if row.stand_in_id == viewer.id] or rows
    stand_ins = {row.id: there(u, row) for row in rows}
    arg = words(person, (rows[0].first_day, rows[0].last_day), [row.stand_in_id for row in rows])
    return cards.Plan(
        who=person.name, own=viewer.id == person.id, first=rows[0].first_day, last=rows[0].last_day, today=u.today,
        posts=tuple(cards.Post(title(u, (row.role, row.school_id)), stand_ins[row.id]) for row in rows),
        waiting=len(waits(u, person, [(row.role, row.school_id) for row in mine], {viewer.id})),
        arg=arg, subject=subject(rows[0].away), over=not any(row.live for row in rows),
    )


def planned(
    u: Unit, person: Person, days: Days, chosen: Sequence[Choice], viewer: Viewer, named: str = ""
) -> cards.Plan:
    """An absence that is not set yet, for cards."""
    earlier = {row.away: (row.first_day, row.last_day)
               for row in rules.clash(days, cover.of_person(u, person.id or 0)) if subject(row.away) != named}
    return cards.Plan(
        who=person.name, own=viewer.id == person.id, first=days[0], last=days[1], today=u.today,
        posts=tuple(cards.Post(title(u, each.held), each.chosen.name if each.chosen else "") for each in chosen),
        waiting=len(waits(u, person, [each.held for each in chosen])), subject=named,
        arg=words(person, days, [each.chosen.id if each.chosen else None for each in chosen]),
        instead=tuple(earlier.values()),
    )


def words(person: Person, days: Days, stand_ins: Sequence[int | None]) -> str:
    """An absence as a button carries it: who, from, to, the stand-ins in the order of what they stand in for."""
    return f"{person.id} {days[0]} {days[1]} {','.join(str(each or 0) for each in stand_ins[:6])}"


def title(u: Unit, held: Held) -> str:
    """What somebody is asked as: "headteacher of Oakfield High"; empty where it is by name."""
    role, school = held
    place = people.school(u, school)
    return f"{packs.current(u).role_title(role)}{f' of {place.name}' if place else ''}" if role else ""


def administrators(u: Unit) -> str:
    """Who looks after the staff list, by name."""
    return listed(person.name for person in view.administrators(u))


def administers(u: Unit, viewer: Viewer) -> bool:
    """Whether they look after the staff list."""
    return viewer.holds(packs.current(u).administrator, None)


def listing(u: Unit) -> list[str]:
    """All that is set, a line each."""
    rows = cover.every(u)
    names = people.people(u, {each for row in rows for each in (row.person_id, row.stand_in_id) if each})
    return [
        f"{names[row.person_id].name} {span(row.first_day, row.last_day, u.today)}"
        f"{f' ({title(u, (row.role, row.school_id))})' if row.role else ' (by name)'}: "
        f"{names[row.stand_in_id].name if row.stand_in_id else 'nobody stands in'}"
        for row in rows
    ]


def there(u: Unit, row: Cover) -> str:
    """The name of whoever stands in; nothing where they have left, or are away as well."""
    if row.stand_in_id is None:
        return ""
    stand_in = people.people(u, {row.stand_in_id})[row.stand_in_id]
    gone = rules.unfit(stand_in, row.person_id, (max(row.first_day, u.today), row.last_day), ())
    also = rules.clash((max(row.first_day, u.today), row.last_day), cover.of_person(u, row.stand_in_id))
    return "" if row.live and (gone or also) else stand_in.name
