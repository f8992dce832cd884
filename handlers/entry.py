"""An entry of a register in chat: changed, handed over, closed; a review or a deletion confirmed."""

from collections.abc import Callable
from dataclasses import dataclass

from cards import entry as cards
from cards import permission as asked
from cards.card import Card, TextField
from handlers import account, effects, packs
from handlers.answer import Answer, Note, Open, Replace, Show
from handlers.rules import entry as rules
from handlers.rules import permission, post, rights
from handlers.rules.pack import Question
from handlers.rules.rights import Reason, Refused
from handlers.turn import Turn
from storage import audit, imports, outbox, people, publications, register, tasks
from storage.database import Unit
from storage.tables import Entry, Person, Task, Viewer

CARD = "entry"
YOURS = "entry_yours"
ENDED = "entry_ended"


@dataclass(slots=True)
class Held:
    """An entry with what is to do about it."""

    entry: Entry
    tasks: list[Task]

    @property
    def subject(self) -> str:
        """What actions and notices call it."""
        return cards.subject(self.entry)


def open_card(t: Turn) -> Answer:
    """One entry's card; where the whole is asked for, in the place of the card that has the first of it."""
    def opened(held: Held) -> Answer:
        if t.event.arg == cards.WHOLE:
            return Replace(cards.card(seen(t.unit, held, t.viewer), whole=True))
        return Show(card_for(t.unit, held, t.viewer))
    return _with(t, opened)


def change(t: Turn) -> Answer:
    """The form of an entry, as it stands."""
    return _with(t, lambda held: Open(cards.change_form(held.entry, _deputy(t, held.entry), {}, {})))


def save(t: Turn) -> Answer:
    """Keep what was changed. What cannot stay comes back, with nothing lost."""
    return _with(t, lambda held: _save(t, held))


def hand_over(t: Turn) -> Answer:
    """Somebody else runs it from now on; the form comes up first."""
    return _with(t, lambda held: _hand_over(t, held))


def close(t: Turn) -> Answer:
    """It is not used any more; it stays on record."""
    return _fresh(t, lambda held: _written(t, held, closed=True))


def keep(t: Turn) -> Answer:
    """Looked at again, and still needed as it stands."""
    def kept(held: Held) -> Answer:
        _finish(t, held, rules.REVIEW)
        return _written(t, held, review_on=effects.next_review(t.pack, t.unit.today))
    return _fresh(t, kept)


def used(t: Turn) -> Answer:
    """A device of one's own was used today: tomorrow the bot asks whether the pictures are gone."""
    def noted(held: Held) -> Answer:
        effects.ask_deleted(t, held.entry.id or 0, held.entry.owner_id, t.unit.today)
        return _written(t, held)
    return _fresh(t, noted)


def deleted(t: Turn) -> Answer:
    """The promise is kept: nothing is left on the device."""
    def confirmed(held: Held) -> Answer:
        _finish(t, held, rules.DELETE)
        return _written(t, held)
    return _fresh(t, confirmed)


def card_for(u: Unit, held: Held, viewer: Viewer) -> Card:
    """The entry's card for this viewer."""
    return cards.card(seen(u, held, viewer))


def seen(u: Unit, held: Held, viewer: Viewer) -> cards.View:
    """Everything that an entry's card says to this viewer."""
    entry, pack = held.entry, packs.current(u)
    named = people.people(u, {entry.owner_id, *([entry.deputy_id] if entry.deputy_id else [])})
    place = people.school(u, entry.school_id)
    verbs = frozenset(v for v in rules.OFFERED
                      if isinstance(rules.may(viewer, v, entry, held.tasks, pack.keepers), rights.Allowed))
    owner, device = named[entry.owner_id], pack.kinds.get("device")
    leaves = rules.leaves(owner, u.today)
    return cards.View(
        entry=entry, owner=owner.name, deputy=named[entry.deputy_id].name if entry.deputy_id else "",
        place=place.name if place else people.trust(u).name, verbs=verbs, tasks=tuple(held.tasks),
        is_owner=viewer.id == entry.owner_id, today=u.today, last_day=owner.last_day if leaves else None,
        posts=len(publications.waiting(u, entry.id or 0)) if leaves else 0,
        review_clause=pack.review.clause if pack.review else "", delete_clause=device.clause if device else "",
    )


def held(u: Unit, subject: str) -> Held | None:
    """The entry that a subject names, as it stands now, with what is to be done about it soon."""
    number = cards.number(subject)
    entry = register.get(u, number) if number is not None else None
    if entry is None or number is None:
        return None
    return Held(entry, rules.near(tasks.of_entry(u, number), u.at))


def _with(t: Turn, flow: Callable[[Held], Answer]) -> Answer:
    """Rights, then the flow."""
    found = held(t.unit, t.event.subject)
    if found is None:
        return Note(cards.unseen())
    allowed = rules.may(t.viewer, t.event.verb, found.entry, found.tasks, t.pack.keepers)
    if isinstance(allowed, Refused):
        return _refuse(t, found, allowed.reason)
    return flow(found)


def _fresh(t: Turn, flow: Callable[[Held], Answer]) -> Answer:
    """Rights, then freshness, then the flow: a stale press changes nothing."""
    def only_fresh(found: Held) -> Answer:
        if t.event.version != found.entry.version:
            return Replace(card_for(t.unit, found, t.viewer), cards.stale())
        return flow(found)
    return _with(t, only_fresh)


def _refuse(t: Turn, found: Held, reason: Reason) -> Answer:
    if reason == Reason.NOT_NOW:
        return Replace(card_for(t.unit, found, t.viewer), cards.not_now())
    audit.append(t.unit, "refused", t.viewer.id, found.subject, tried=t.event.verb, reason=reason)
    if reason != Reason.NOT_KEEPER or not rules.sees(t.viewer, found.entry, found.tasks, t.pack.keepers):
        return Note(cards.unseen())
    return Note(cards.not_keeper(_name(t, found.entry.owner_id), [t.pack.role_title(r) for r in t.pack.keepers]))


def _save(t: Turn, found: Held) -> Answer:
    """Only what the form asks for; the deputy by name."""
    deputy = _deputy(t, found.entry)
    now, form = cards.known(found.entry, deputy), cards.change_form(found.entry, deputy, {}, {})
    limits = {f.id: f.limit for f in form.fields if isinstance(f, TextField) and f.id in t.event.fields}
    typed = {name: post.plain(post.typed(t.event.fields, name)) for name in limits}
    other = {name: said for name, said in typed.items() if said != now[name]}
    errors = {name: cards.too_long(limits[name]) for name, said in other.items() if len(said) > limits[name]}
    for name in ("address", "website"):
        if other.get(name) and not post.is_address(other[name]):
            errors[name] = cards.no_address()
    if rules.SECRET.search(other.get("credentials", "")):
        errors["credentials"] = cards.no_secret()
    changes: dict[str, object] = {name: said for name, said in other.items() if name != "deputy"}
    if "deputy" in other:
        changes["deputy_id"], problem = _somebody(t, other["deputy"], found) if other["deputy"] else (None, "")
        errors |= {"deputy": problem} if problem else {}
    if t.event.version != found.entry.version:
        errors = {name: cards.changed_elsewhere(now[name]) for name in other} | errors
    if errors:
        return Open(cards.change_form(found.entry, deputy, errors, typed))
    if not changes:
        return Replace(card_for(t.unit, found, t.viewer))
    answer = _written(t, found, **changes)
    if changes.get("deputy_id") not in (None, t.viewer.id):
        effects.tell_deputy(t.unit, found.entry, t.viewer.id)
    return answer


def _hand_over(t: Turn, found: Held) -> Answer:
    entry = found.entry
    typed = post.plain(post.typed(t.event.fields, "owner"))
    person, problem = _somebody(t, typed, found) if typed else (None, "")
    if person is not None and t.event.version != entry.version:
        problem = cards.other_owner(_name(t, entry.owner_id))
    if person is None or problem:
        owner = people.people(t.unit, {entry.owner_id})[entry.owner_id]
        likely = _deputy(t, entry) if rules.leaves(owner, t.unit.today) else ""
        return Open(cards.hand_over_form(entry, typed or likely, {"owner": problem} if problem else {}))
    for what in (rules.LEAVER, rules.REVIEW):
        _finish(t, found, what)
    for told in {person, *(p.id or 0 for p in people.if_serving(t.unit, entry.owner_id))} - {t.viewer.id}:
        outbox.send(t.unit, told, YOURS, f"{found.subject}:{t.viewer.id}")
    account.hand_on(t.unit, entry, person)
    deputy = None if entry.deputy_id == person else entry.deputy_id
    return _written(t, found, owner_id=person, deputy_id=deputy, review_on=effects.next_review(t.pack, t.unit.today))


def _written(t: Turn, found: Held, **changes: object) -> Answer:
    """The change, its entry in the record, every copy of the card, and the card as it is now."""
    register.change(t.unit, found.entry, **changes)
    if found.entry.closed:
        tasks.drop_of_entry(t.unit, found.entry.id or 0)
        account.close(t.unit, found.entry)
    audit.append(t.unit, t.event.verb, t.viewer.id, found.subject, changed=sorted(changes))
    outbox.replace(t.unit, found.subject)
    now = held(t.unit, found.subject)
    assert now is not None
    return Replace(card_for(t.unit, now, t.viewer))


def _finish(t: Turn, found: Held, what: str) -> None:
    for task in rules.open_tasks(found.tasks, what):
        tasks.finish(t.unit, task.id or 0, t.viewer.id, {})


def _somebody(t: Turn, typed: str, found: Held) -> tuple[int | None, str]:
    """The member of staff who is meant, or what is wrong with what was typed: the owner has it already."""
    who = Question(id="who", label="Who", type="person")
    staff = [p for p in imports.everybody(t.unit) if _stays(t, p)]
    content, problems = permission.read({"q_who": typed}, (who,), (), staff)
    if problems:
        return None, asked.error(problems["q_who"])
    person = int(content.said("who"))
    if person == found.entry.owner_id:
        return None, cards.runs_already(_name(t, person))
    return person, ""


def _stays(t: Turn, person: Person) -> bool:
    """Whether they are there, and not only for the rest of today."""
    return rights.serves(person, t.unit.today) and not rules.leaves(person, t.unit.today)


def _deputy(t: Turn, entry: Entry) -> str:
    """The deputy's name, if they are still there."""
    there = people.if_serving(t.unit, entry.deputy_id) if entry.deputy_id else []
    return there[0].name if there else ""


def _name(t: Turn, person_id: int) -> str:
    return people.people(t.unit, {person_id})[person_id].name
