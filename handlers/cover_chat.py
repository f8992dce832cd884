"""Saying in the chat that somebody is away, asking who stands in, and that they are back."""

from cards import cover as cards
from cards.words import span
from handlers import cover, cover_said
from handlers.answer import Answer, Note, Replace, Show
from handlers.cover_form import called_so, clipped, may, named, nothing, person_of, refuse
from handlers.rules import absence
from handlers.rules.absence import Absent
from handlers.turn import Turn
from storage import cover as storage
from storage import people
from storage.tables import Person


def heard(t: Turn) -> Answer | None:
    """What is done about words that say that somebody is away, or back; None where they say something else."""
    said = t.event.text
    if absence.asks_cover(said):
        return mine(t)
    if (who := absence.is_back(said)) is not None:
        found = _whose(t, who)
        return _returned(t, found) if isinstance(found, Person) else found
    meant = absence.absent(said)
    return _away(t, meant) if meant else None


def back(t: Turn) -> Answer:
    """Nobody stands in any more."""
    rows = cover.of_subject(t.unit, t.event.subject)
    person = person_of(t, rows[0].person_id) if rows else None
    if person is None or not may(t, person):
        return refuse(t, person)
    ended = cover.end(t.unit, rows, t.viewer.id)
    now = cover.of_subject(t.unit, t.event.subject)
    card = cards.standing(cover_said.said(t.unit, now, t.viewer), cover_said.administrators(t.unit))
    return Replace(card, (cards.ended("") if person.id == t.viewer.id else "") if ended else cards.OVER)


def mine(t: Turn) -> Answer:
    """Who stands in for the writer, and for whom the writer does."""
    own = storage.of_person(t.unit, t.viewer.id)
    absences = {row.away: [each for each in own if each.away == row.away] for row in own}
    plans = [cover_said.said(t.unit, rows, t.viewer) for rows in absences.values()]
    rows = {row.away: row for row in storage.of_stand_in(t.unit, t.viewer.id)}
    names = people.people(t.unit, {row.person_id for row in rows.values()})
    others = [
        (names[row.person_id].name, span(row.first_day, row.last_day, t.unit.today)) for row in rows.values()]
    return Show(cards.overview(plans, others, str(t.viewer.id), cover_said.administers(t.unit, t.viewer)))


def _away(t: Turn, meant: Absent) -> Answer:
    person = _whose(t, meant.who)
    if not isinstance(person, Person):
        return person
    if not cover.posts(t.unit, person):
        return Note(nothing(t, person))
    found = absence.days(meant.when, t.unit.today)
    wrong = absence.wrong(found, t.unit.today) if found else ""
    if found is None or wrong:
        return Show(cards.unclear(named(t, person), wrong, str(person.id)))
    days = clipped(t, (found.first, found.last))
    plan = cover_said.planned(t.unit, person, days, cover.choices(t.unit, person, days), t.viewer)
    return Show(cards.proposal(plan, cover_said.administrators(t.unit)))


def _returned(t: Turn, person: Person) -> Answer:
    """Back from what has begun; of what has not, the card that ends it is shown."""
    rows = storage.of_person(t.unit, person.id or 0)
    begun = [row for row in rows if row.first_day <= t.unit.today]
    if begun:
        cover.end(t.unit, [row for row in begun if row.away == begun[0].away], t.viewer.id)
        return Note(cards.ended(""))
    if not rows:
        return Note(cards.NOT_SET)
    plan = cover_said.said(t.unit, [row for row in rows if row.away == rows[0].away], t.viewer)
    return Show(cards.standing(plan, cover_said.administrators(t.unit)))


def _whose(t: Turn, who: str) -> Person | Answer:
    """Whose absence the words are about; a refusal where that is nobody, or none of the writer's business."""
    if not who:
        return t.viewer.person
    found = called_so(t, who)
    if len(found) == 1 and may(t, found[0]):
        return found[0]
    if not cover_said.administers(t.unit, t.viewer):
        return refuse(t, found[0] if len(found) == 1 else None)
    return Note(cards.problem("several" if found else "unknown"))
