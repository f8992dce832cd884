"""Everything that waits for somebody who leaves goes to a successor: shown first, then done in one transaction."""

import hashlib
from dataclasses import dataclass

from cards import entry as entry_cards
from handlers import account, cover, packs, passing, view
from handlers.effects import next_review
from handlers.entry import CARD as ENTRY
from handlers.entry import YOURS
from handlers.owed import CARD
from handlers.rules import cover as rules
from handlers.rules.entry import LEAVER, REVIEW
from storage import audit, outbox, people, register, tasks
from storage import cover as covers
from storage.database import Stale, Unit
from storage.tables import PERSONAL, Ask, Book, Case, Cover, Entry, Person, Task
from storage.waiting import waiting_on

SHARED = (Book.ACCOUNT, Book.SITE)
"""What somebody else can answer for."""


@dataclass(frozen=True, slots=True)
class Left:
    """What somebody leaves behind. Drafts stay theirs; what they are asked for their role goes with the role.

    `stay`: requests that the successor cannot decide, with the reason why not. `alone`: what nobody stands in for any
    more, as the successor cannot.
    """

    decide: tuple[str, ...]
    stay: tuple[tuple[str, str], ...]
    do: tuple[int, ...]
    run: tuple[int, ...]
    stand_in: tuple[int, ...]
    alone: tuple[int, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to hand over."""
        return not (self.decide or self.do or self.run or self.stand_in or self.alone)

    @property
    def mark(self) -> str:
        """The same for the same, and short enough for a button."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


def anything(u: Unit, leaver: Person) -> bool:
    """Whether anything waits for them by name."""
    number = leaver.id or 0
    return bool(waiting_on(u, *rules.BY_NAME, number) or _to_do(u, leaver) or _run_by(u, leaver)
                or covers.of_stand_in(u, number))


def plan(u: Unit, leaver: Person, to: Person) -> Left:
    """What would go to the successor; nothing is changed."""
    cases = [(each, view.fresh(u, each)) for each in waiting_on(u, *rules.BY_NAME, leaver.id or 0)]
    standing = covers.of_stand_in(u, leaver.id or 0)
    hindered = [(number, passing.hindrance(u, case, to, leaver)) for number, case in cases]
    return Left(
        decide=tuple(number for number, why in hindered if not why),
        stay=tuple((number, why) for number, why in hindered if why),
        do=tuple(task.id or 0 for task in _to_do(u, leaver)),
        run=tuple(entry.id or 0 for entry in _run_by(u, leaver)),
        stand_in=tuple(row.id or 0 for row in standing if _fits(u, row, to)),
        alone=tuple(row.id or 0 for row in standing if not _fits(u, row, to)),
    )


def apply(u: Unit, leaver: Person, to: Person, shown: Left, by: int | None = None) -> None:
    """Do what was shown, whole. Stale where it would be something else by now. `by`: an administrator in chat.

    Whoever hands it over does not see what the requests say, so these carry no name besides the two.
    """
    if plan(u, leaver, to) != shown:
        raise Stale(leaver.id)
    audit.append(
        u, "hand_over_all", by, leaver=leaver.id, to=to.id, decide=len(shown.decide), do=len(shown.do),
        run=len(shown.run), stand_in=len(shown.stand_in),
        alone=len(shown.alone))
    for number in shown.decide:
        case = view.held(u, number)
        asked = _asked_of(case, leaver) if case else []
        if case is None or not asked:  # somebody else handed it on between the look and the lock
            raise Stale(number)
        passing.pass_on(u, case, asked, to, None)
    for entry in _run_by(u, leaver):
        _entry(u, entry, to, by)
    for task in _to_do(u, leaver):
        _task(u, task, to)
    for row in covers.of_stand_in(u, leaver.id or 0):
        _cover(u, row, to, by)


def _to_do(u: Unit, person: Person) -> list[Task]:
    """What they have to do by name, but for what is on their own devices."""
    found = tasks.of_person(u, person.id or 0)
    books = {entry.id: entry.book for entry in register.by_ids(u, [task.entry_id for task in found if task.entry_id])}
    return [task for task in found if task.entry_id is None or books[task.entry_id] in SHARED]


def _run_by(u: Unit, person: Person) -> list[Entry]:
    """The accounts and sites that they answer for; devices and permissions end with them."""
    return [e for e in register.every(u) if e.owner_id == person.id and not e.closed and e.book in SHARED]


def _asked_of(case: Case, person: Person) -> list[Ask]:
    return [ask for ask in case.present
            if ask.answered_by is None and ask.person_id == person.id and ask.role not in PERSONAL]


def _task(u: Unit, task: Task, to: Person) -> None:
    """Work after an approval, or the care for an entry."""
    tasks.hand_on(u, task.id or 0, to.id or 0)
    subject, card = (task.request_id, CARD) if task.request_id else (f"entry-{task.entry_id}", ENTRY)
    outbox.replace(u, subject)
    outbox.show(u, to.id or 0, card, subject)


def _entry(u: Unit, entry: Entry, to: Person, by: int | None) -> None:
    """They run it from now on, and publish what waits on it."""
    was, subject = entry.owner_id, entry_cards.subject(entry)
    for task in tasks.of_entry(u, entry.id or 0):
        if task.what in (LEAVER, REVIEW) and task.done_at is None:
            tasks.drop_one(u, task.id or 0)
    account.hand_on(u, entry, to.id or 0)
    deputy = None if entry.deputy_id == to.id else entry.deputy_id
    review = next_review(packs.current(u), u.today)
    register.change(u, entry, owner_id=to.id, deputy_id=deputy, review_on=review)
    audit.append(u, "hand_over", by, subject, was=was, to=to.id)
    outbox.replace(u, subject)
    outbox.send(u, to.id or 0, YOURS, f"{subject}:{was}")


def _cover(u: Unit, row: Cover, to: Person, by: int | None) -> None:
    """They stand in from now on; nobody does where they cannot, and administrators hear of it."""
    fits = _fits(u, row, to)
    covers.hand_on(u, row, to.id if fits else None)
    outbox.replace(u, cover.subject(row.away))
    away = people.people(u, {row.person_id})[row.person_id]
    audit.append(u, "cover", by, cover.subject(row.away), person=away.id, stand_ins=[to.id if fits else None])
    if fits:
        outbox.send(u, to.id or 0, cover.CARD, cover.subject(row.away))
    elif row.role:
        cover.tell_missing(u, row.away)
    cover.renew(u, [row])


def _fits(u: Unit, row: Cover, to: Person) -> bool:
    """Whether they can stand in there."""
    return not rules.unfit(to, row.person_id, (row.first_day, row.last_day), covers.of_person(u, to.id or 0))
