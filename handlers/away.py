"""Who is away, for anybody who asks: what the cards of what they ask for would say; to administrators, all of it."""

from collections.abc import Sequence

from cards import away as cards
from cards import cover as cover_cards
from cards.card import Card
from cards.cover import Post
from handlers import cover, cover_chat, cover_said
from handlers.answer import Answer, Note, Show
from handlers.cover_form import called_so, may, person_of, refuse
from handlers.rules import away as rules
from handlers.rules.post import is_number
from handlers.turn import Turn
from storage import cover as storage
from storage import people
from storage.tables import Cover, Person

PAGE = 15


def heard(t: Turn) -> Answer | None:
    """What is said to words that ask who is away, or whether somebody is; None where they ask something else."""
    asked = rules.asked(t.event.text)
    if asked is None or not asked.who:
        return Show(_page(t, today=asked.today)) if asked else None
    found = called_so(t, asked.who)
    if len(found) == 1:
        return Show(_page(t, found[0], asked.today))
    if not found and not asked.titled:
        return None
    return Note(cover_cards.problem("several" if found else "unknown"))


def covers(t: Turn) -> Answer:
    """Who is away, a page at a time; one absence, for whoever may change it; else what there is of the presser's."""
    if t.event.subject:
        return _one(t)
    which, _, start = t.event.arg.partition(" ")
    if which != cover_cards.ALL:
        return cover_chat.mine(t)
    return Show(_page(t, start=int(start) if is_number(start) else 0))


def _one(t: Turn) -> Answer:
    rows = cover.of_subject(t.unit, t.event.subject)
    person = person_of(t, rows[0].person_id) if rows else None
    if person is None or not may(t, person):
        return refuse(t, person)
    return Show(cover_cards.standing(cover_said.said(t.unit, rows, t.viewer), cover_said.administrators(t.unit)))


def _page(t: Turn, of: Person | None = None, today: bool = True, start: int = 0) -> Card:
    keeper = cover_said.administers(t.unit, t.viewer)
    every = storage.every(t.unit)
    rows = every if keeper else rules.told(t.pack, t.viewer, every, t.unit.today)
    absences: dict[str, list[Cover]] = {}
    for row in rows:
        if of is None or row.person_id == of.id:
            absences.setdefault(row.away, []).append(row)
    shown = list(absences.values())[start : start + PAGE]
    more = f"{cover_cards.ALL} {start + PAGE}" if len(absences) > start + PAGE else ""
    return cards.page(_gone(t, shown, keeper), keeper, of.name if of else "", more, today)


def _gone(t: Turn, absences: Sequence[Sequence[Cover]], keeper: bool) -> list[cards.Gone]:
    names = people.people(t.unit, {rows[0].person_id for rows in absences})
    return [
        cards.Gone(
            who=names[rows[0].person_id].name, own=rows[0].person_id == t.viewer.id, first=rows[0].first_day,
            last=rows[0].last_day, today=t.unit.today, subject=cover.subject(rows[0].away) if keeper else "",
            posts=tuple(Post(cover_said.title(t.unit, (row.role, row.school_id)), cover_said.there(t.unit, row))
                        for row in rows),
        )
        for rows in absences
    ]
