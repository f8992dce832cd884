"""Looking up what a register has: a page of it, the reader's own school first; whether there is something."""

import re
from collections.abc import Sequence

from cards import listing as cards
from cards.card import Card
from handlers import sites
from handlers.answer import Answer, Show
from handlers.rules import entry as rules
from handlers.rules import rights, words
from handlers.turn import Turn
from storage import people, register
from storage.tables import Book, Entry

PAGE = 8
MINE = "mine"
OWN = re.compile(r"\b(?:my|i)\b", re.IGNORECASE)
"""Words that mean somebody's own, where a register is no business of everybody's."""


def look_up(t: Turn) -> Answer:
    """What a register has: `arg` is "book offset about", where `about` is a site's usual name, or MINE."""
    book, offset, about = [*t.event.arg.split(" "), "", "", ""][:3]
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 7 else 0
    known = about if about == MINE or about in words.SITES else ""
    return Show(page(t, Book(book) if book in set(Book) else Book.ACCOUNT, start, known))


def meant(t: Turn, book: Book, named: Sequence[str]) -> Card:
    """The first page of what plain words ask for."""
    own = book in (Book.DEVICE, Book.PERMISSION) and OWN.search(t.event.text)
    return page(t, book, 0, MINE if own else next(iter(named), ""))


def page(t: Turn, book: Book, start: int, about: str) -> Card:
    """A page of a register, the reader's own school first; of accounts, those on the site that is named."""
    school = t.viewer.person.school_id
    there = _there(t, book, about)
    shown, start, total = _part(there, start) if there else _found(t, book, start, about)
    names = people.people(t.unit, {e.owner_id for e in shown})
    running = {n: p.name if rights.serves(p, t.unit.today) else "" for n, p in names.items()}
    own = people.school(t.unit, school)
    return cards.page(cards.Page(
        book=book, about="" if about == MINE else about, own=about == MINE,
        lines=tuple((e, running[e.owner_id]) for e in shown),
        start=start, total=total, there=bool(there),
        here=any(e.school_id == school for e in there), school=own.name if own else people.trust(t.unit).name,
        standing=tuple((each.name, each.clause) for each in t.pack.sites),
        approved=sites.approved(t.unit, about), ruled=bool(sites.clause(t.unit)),
    ))


def _there(t: Turn, book: Book, about: str) -> list[Entry]:
    """The accounts on the site that is meant, the reader's own school's first."""
    if book != Book.ACCOUNT or about in ("", MINE):
        return []
    school = t.viewer.person.school_id
    found = [e for e in register.accounts(t.unit) if rules.approved(e.platform, [about])]
    return sorted(found, key=lambda e: (e.school_id != school, e.school_id is not None, e.platform.casefold()))


def _part(every: Sequence[Entry], start: int) -> tuple[Sequence[Entry], int, int]:
    """A page of these, where it begins, and how many there are; the first one for a page that there is not."""
    start = start if start < len(every) else 0
    return every[start : start + PAGE], start, len(every)


def _found(t: Turn, book: Book, start: int, about: str) -> tuple[Sequence[Entry], int, int]:
    """The same of all that the reader may see, or of what is theirs alone."""
    everything, schools = (False, frozenset[int]()) if about == MINE else rules.sight(t.viewer, book, t.pack.keepers)
    sight = register.Sight(
        book, t.viewer.id, t.viewer.person.school_id, everything, deputy=about != MINE, schools=schools)
    total = register.how_many(t.unit, sight)
    start = start if start < total else 0
    return register.seen(t.unit, sight, start, PAGE), start, total
