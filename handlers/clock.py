"""What the clock brings up: reviews that are due, what has run out, a leaver's accounts, work that is not done yet.

Whoever is to hear of it does when they are at work.
"""

from datetime import timedelta

from cards import entry as cards
from cards.card import Card
from handlers import account, entry, hours, packs
from handlers.answer import Answer, Silence
from handlers.owed import WORK, tell_missing
from handlers.rules import entry as rules
from handlers.rules import rights
from handlers.rules.pack import Pack
from storage import audit, outbox, people, register, tasks
from storage.database import Unit
from storage.tables import Book, Entry, Person, Task, Viewer

AGAIN = timedelta(days=7)
"""How often what has been told to somebody else is told again, and the owner reminded after the first time."""
DELETE_AGAIN, DELETE_TOLD = timedelta(days=3), timedelta(days=6)
"""When somebody is asked again whether pictures are deleted, and when somebody else hears."""
ESCALATED = "entry_escalated"


def review(u: Unit, subject: str) -> Answer:
    """An entry's time is over, and it ends; or it is to be looked at again, and its owner is asked.

    A review comes up once; keeping the entry sets the next day.
    """
    found = entry.held(u, subject)
    if found is None or found.entry.closed:
        return Silence()
    if rules.over(found.entry, u.today):
        _end(u, found.entry, "ended")
        outbox.send(u, found.entry.owner_id, entry.ENDED, found.subject, hours.ping_person(u, found.entry.owner_id))
        return Silence()
    rule, item = packs.current(u).review, found.entry
    if rule is None or item.review_on is None or item.review_on > u.today:
        return Silence()
    register.change(u, item, review_on=None)
    owner = people.people(u, {item.owner_id})[item.owner_id]
    if rights.serves(owner, u.today) and not rules.open_tasks(found.tasks, rules.REVIEW):
        later = u.at + timedelta(days=min(rule.remind_days, rule.escalate_days))
        tasks.add(u, [{"what": rules.REVIEW, "entry_id": item.id, "person_id": item.owner_id, "next_at": later}])
        audit.append(u, "review_due", None, found.subject)
        _tell(u, item, [item.owner_id], entry.CARD)
    return Silence()


def leave(u: Unit, subject: str) -> Answer:
    """Whoever answers for it leaves: it needs somebody else, or is closed. Devices and permissions end with them."""
    found = entry.held(u, subject)
    if found is None or found.entry.closed or rules.open_tasks(found.tasks, rules.LEAVER):
        return Silence()
    owner = people.people(u, {found.entry.owner_id})[found.entry.owner_id]
    if not rules.leaves(owner, u.today):
        return Silence()
    if found.entry.book in (Book.ACCOUNT, Book.SITE):
        tasks.drop_of_entry(u, found.entry.id or 0)
        _look_after(u, found.entry)
    elif not rights.serves(owner, u.today):
        _end_of_leaver(u, found)
    return Silence()


def nudge(u: Unit, subject: str) -> Answer:
    """Something is not done yet: whoever has it is reminded; after that it goes to somebody above as well."""
    task = tasks.get(u, int(subject))
    if task is None or task.done_at is not None or task.next_at is None or task.next_at > u.at:
        return Silence()
    if task.request_id is not None:
        workers = people_of(u, task)
        for person in workers:
            outbox.send(u, person, WORK, task.request_id, hours.ping_person(u, person, task.next_at))
        if not workers:
            tell_missing(u, task.request_id)
        tasks.pass_on(u, task, u.at + AGAIN)
        return Silence()
    found = entry.held(u, f"entry-{task.entry_id}")
    if found is None or found.entry.closed:
        tasks.drop_one(u, task.id or 0)
    else:
        (_nudge_leaver if task.what == rules.LEAVER else _nudge_owner)(u, found.entry, task)
    return Silence()


def escalated(u: Unit, found: entry.Held, viewer: Viewer) -> Card:
    """For whoever hears of what an owner has not answered."""
    return cards.reminder(entry.seen(u, found, viewer), escalated=True)


def people_of(u: Unit, task: Task) -> list[int]:
    """Everybody who has a task: the role's holders, and the person."""
    held = people.holders(u, task.role, task.school_id) if task.role else []
    there = people.if_serving(u, task.person_id) if task.person_id else []
    return list(dict.fromkeys(p.id for p in (*held, *there) if p.id))


def _look_after(u: Unit, item: Entry) -> None:
    """It comes to whoever is above its owner, and to its deputy, who publishes from now on."""
    role, school = _above(u, item)
    deputy = people.if_serving(u, item.deputy_id)[:1] if item.deputy_id else []
    task = {"what": rules.LEAVER, "entry_id": item.id, "role": role, "school_id": school,
            "person_id": deputy[0].id if deputy else None, "next_at": u.at + AGAIN}
    register.change(u, item)  # of two clocks at once one is stale, looks again, and finds the task
    tasks.add(u, [task])
    audit.append(u, "owner_leaves", None, cards.subject(item), role=role)
    if deputy and deputy[0].id:
        account.hand_on(u, item, deputy[0].id)
    found = people.holders(u, role, school)
    _tell(u, item, [p.id for p in (*found, *deputy) if p.id and p.id != item.owner_id], entry.CARD)


def _end_of_leaver(u: Unit, found: entry.Held) -> None:
    """It ends; where pictures may still be on a device, somebody is asked to make sure first."""
    if rules.open_tasks(found.tasks, rules.DELETE):
        _look_after(u, found.entry)
        return
    _end(u, found.entry, "left")


def _end(u: Unit, item: Entry, why: str) -> None:
    register.change(u, item, closed=True)
    tasks.drop_of_entry(u, item.id or 0)
    audit.append(u, why, None, cards.subject(item))
    outbox.replace(u, cards.subject(item))


def _nudge_leaver(u: Unit, item: Entry, task: Task) -> None:
    """It still needs somebody; unless its owner stays after all. Who looks after it may be others by now."""
    owner = people.people(u, {item.owner_id})[item.owner_id]
    if not rules.leaves(owner, u.today):
        tasks.drop_one(u, task.id or 0)
        audit.append(u, "owner_stays", None, cards.subject(item))
        outbox.replace(u, cards.subject(item))
        return
    role, school = _above(u, item)
    tasks.pass_on(u, task, u.at + AGAIN, role, school)
    _tell(u, item, [p for p in people_of(u, _with(task, role, school)) if p != item.owner_id], entry.CARD)


def _nudge_owner(u: Unit, item: Entry, task: Task) -> None:
    """The owner is asked again; when that was for nothing, whoever is above them hears, and goes on hearing."""
    again, patience = _patience(packs.current(u), task)
    told = people.if_serving(u, task.person_id) if task.person_id else []
    _tell(u, item, [p.id for p in told if p.id], entry.CARD)
    if task.since + patience > u.at:
        tasks.pass_on(u, task, min(u.at + again, task.since + patience))
        return
    role, school = _above(u, item)
    if not task.role:
        audit.append(u, "escalated", None, cards.subject(item), what=task.what, role=role)
    tasks.pass_on(u, task, u.at + AGAIN, role, school)
    above = [p.id for p in people.holders(u, role, school) if p.id and p.id != task.person_id]
    _tell(u, item, above, ESCALATED)


def _patience(pack: Pack, task: Task) -> tuple[timedelta, timedelta]:
    """When an owner is asked again, and when somebody else hears that they have not answered."""
    if task.what != rules.REVIEW or pack.review is None:
        return DELETE_AGAIN, DELETE_TOLD
    return AGAIN, timedelta(days=pack.review.escalate_days)


def _with(task: Task, role: str, school: int | None) -> Task:
    """The task as it is once it was passed on."""
    return task.model_copy(update={"role": role, "school_id": school})


def _tell(u: Unit, item: Entry, who: list[int], card: str) -> None:
    subject = cards.subject(item)
    outbox.replace(u, subject)
    for person in dict.fromkeys(who):
        outbox.send(u, person, card, subject, hours.ping_person(u, person))


def _above(u: Unit, item: Entry) -> tuple[str, int | None]:
    """Who hears when an entry's owner does not answer, or leaves: a role that somebody else holds, and where.

    From the pack's role upwards; where nobody is left, whoever looks after the staff list.
    """
    pack = packs.current(u)
    role: str | None = pack.review.escalate_to if pack.review else pack.administrator
    seen: set[str] = set()
    while role is not None and role not in seen:
        seen.add(role)
        school = None if pack.roles[role].trust_wide else item.school_id
        placed = pack.roles[role].trust_wide or school is not None
        if placed and _others(people.holders(u, role, school), item):
            return role, school
        role = pack.roles[role].above
    return pack.administrator, None


def _others(found: list[Person], item: Entry) -> bool:
    return any(person.id != item.owner_id for person in found)
