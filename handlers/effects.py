"""What an approval brings about: a post to publish, an entry in a register, work for somebody."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cards import entry as cards
from cards import permission as permission_cards
from cards.words import cut
from handlers import view
from handlers.rules import entry as rules
from handlers.rules import permission
from handlers.rules.pack import Pack, Question
from handlers.rules.permission import PermissionContent
from handlers.rules.rights import serves
from handlers.turn import Turn
from storage import audit, outbox, people, register, request, tasks
from storage.database import Unit
from storage.tables import Book, Case, Entry

WORK_DAYS = 7
"""After so long, undone work is reminded of."""
KEPT = ("website", "credentials", "address")
"""Answers of some work that have a column of their own on the register."""
DEPUTY = "entry_deputy"
"""The notice to somebody who stands in from now on."""
NAME_LIMIT = 100
NEW = "entry_new"
"""The notice to somebody who runs an account from now on that was asked for by somebody else."""


def apply(t: Turn, conditions: str) -> None:
    """Do what the approval of this kind of request does."""
    if t.kind.publishes:
        owners = [(a.id, publisher(t.unit, a)) for a in t.case.accounts if a.id is not None]
        t.case.publications += request.assign(t.unit, t.request, owners)
        return
    content = PermissionContent.model_validate(t.case.revision.content)
    if make := MAKES.get(t.kind.effect):
        entry = _enter(t, {**_common(t, conditions), **make(t, content)})
        _promise(t, content, entry)
    tasks.add(t.unit, [_work(t, work.id, work.who) for work in t.kind.work])
    t.case.entries = register.of_request(t.unit, t.request.id)
    t.case.tasks = tasks.of_request(t.unit, t.request.id)
    if not t.kind.work:
        _tell_owners(t, t.case.entries)


def take_off(t: Turn) -> None:
    """What it brought into the registers is closed again."""
    for entry in t.case.entries:
        if entry.closed:
            continue
        register.change(t.unit, entry, closed=True)
        tasks.drop_of_entry(t.unit, entry.id or 0)
        audit.append(t.unit, "entry_off", t.viewer.id, cards.subject(entry), request=t.request.id)
        outbox.replace(t.unit, cards.subject(entry))


def publisher(u: Unit, account: Entry) -> int:
    """Who publishes on it today: its owner; where they have left, its deputy."""
    if account.deputy_id is None or people.if_serving(u, account.owner_id):
        return account.owner_id
    return account.deputy_id if people.if_serving(u, account.deputy_id) else account.owner_id


def settle(t: Turn, case: Case) -> None:
    """All the work is done: what it was done for can be used from now on."""
    answers = {question: said for task in case.tasks for question, said in task.answers.items()}
    known = {name: answers.pop(name) for name in KEPT if name in answers}
    labels = {question.id: question.label for work in t.kind.work for question in work.questions}
    noted = {labels.get(question, question): said for question, said in answers.items() if said}
    entries = register.of_request(t.unit, t.request.id)
    for entry in entries:
        register.change(t.unit, entry, pending=False, facts={**entry.facts, **noted}, **known)
        outbox.replace(t.unit, cards.subject(entry))
    _tell_owners(t, entries)


def next_review(pack: Pack, today: date) -> date | None:
    """When an entry made today is looked at again."""
    return today + timedelta(days=round(pack.review.every_months * 30.44)) if pack.review else None


def _common(t: Turn, conditions: str) -> dict[str, Any]:
    """What every entry that comes from a request has."""
    return {
        "request_id": t.request.id, "school_id": t.request.school_id, "owner_id": t.request.asker_id,
        "conditions": conditions, "pending": bool(t.kind.work), "review_on": next_review(t.pack, t.unit.today),
    }


def _enter(t: Turn, entry: dict[str, Any]) -> int:
    """The entry's number. An account that was closed opens again; one that is there already stays as it is."""
    there = register.named(t.unit, entry["platform"], entry["name"]) if entry["book"] == Book.ACCOUNT else None
    if there is None:
        number = register.add(t.unit, entry)
        audit.append(t.unit, "entry_add", t.viewer.id, f"entry-{number}", request=t.request.id)
        return number
    if there.closed:
        kept = {name: said for name, said in entry.items() if name not in ("book", "platform")}
        register.change(t.unit, there, **{**kept, "closed": False})
        audit.append(t.unit, "entry_again", t.viewer.id, cards.subject(there), request=t.request.id)
    else:
        audit.append(t.unit, "account_there", t.viewer.id, t.request.id, account=there.id)
    outbox.replace(t.unit, cards.subject(there))
    return there.id or 0


def _tell_owners(t: Turn, entries: Sequence[Entry]) -> None:
    """Whoever was named as the owner or the deputy hears of it, once it can be used."""
    asker = t.request.asker_id
    for entry in entries:
        if entry.book == Book.ACCOUNT and entry.owner_id != asker:
            outbox.send(t.unit, entry.owner_id, NEW, f"{cards.subject(entry)}:{asker}")
        if entry.deputy_id not in (None, asker):
            tell_deputy(t.unit, entry, asker)


def tell_deputy(u: Unit, entry: Entry, by: int) -> None:
    """Whoever stands in from now on hears of it."""
    assert entry.deputy_id is not None, "only where there is one"
    outbox.send(u, entry.deputy_id, DEPUTY, f"{cards.subject(entry)}:{by}")


def _named(t: Turn, content: PermissionContent, question: str) -> int | None:
    """The member of staff whom an answer names, if they are still there."""
    said = content.said(question)
    person = people.people(t.unit, {int(said)}).get(int(said)) if said.isdigit() else None
    return person.id if person and serves(person, t.unit.today) else None


def _account(t: Turn, content: PermissionContent) -> dict[str, Any]:
    """Whoever was named runs it; where they have left meanwhile, the deputy, or the asker."""
    owner, deputy = _named(t, content, "owner"), _named(t, content, "deputy")
    if owner is None and content.said("owner"):
        audit.append(t.unit, "owner_left", None, t.request.id, named=content.said("owner"))
        owner = deputy
    said = {name: content.said(name) for name in ("name", "purpose", "website", "credentials")}
    owner = owner or t.request.asker_id
    return {
        **said, "book": Book.ACCOUNT, "platform": rules.platform(content.said("platform")),
        "audience": worded(t.kind.questions, content, "audience") or worded(t.kind.questions, content, "key_stage"),
        "settings": worded(t.kind.questions, content, "settings"),
        "owner_id": owner, "deputy_id": deputy if deputy != owner else None,
    }


def _site(t: Turn, content: PermissionContent) -> dict[str, Any]:
    name = rules.platform(content.said("name"))
    return {
        "book": Book.SITE, "platform": name, "name": name, "address": content.said("address"),
        "purpose": content.said("purpose"), "school_id": None,
    }


def _device(_t: Turn, content: PermissionContent) -> dict[str, Any]:
    return {"book": Book.DEVICE, "name": content.said("name"), "purpose": content.said("purpose")}


def _grant(t: Turn, content: PermissionContent) -> dict[str, Any]:
    asked = [q for q in t.kind.questions if q.type not in ("person", "account") and content.said(q.id)]
    said = {q.label: worded(t.kind.questions, content, q.id) for q in asked}
    row = t.case.revision.content
    headline = permission_cards.headline(view.kind_said(t.request.kind, t.kind), row, view.names_in(t.unit, row))
    return {
        "book": Book.PERMISSION, "kind": t.request.kind, "facts": said,
        "name": cut(f"{t.kind.title}: {headline}" if headline else t.kind.title, NAME_LIMIT),
        "until": permission.day(content.said("until")), "review_on": None,
    }


MAKES: Mapping[str, Callable[[Turn, PermissionContent], dict[str, Any]]] = {
    "account": _account, "site": _site, "device": _device, "grant": _grant,
}


def _promise(t: Turn, content: PermissionContent, entry: int) -> None:
    """Pictures are deleted from one's own device after each use: on the day after, the bot asks."""
    used = permission.day(content.said("use_on")) if t.kind.effect == "device" else None
    if used:
        ask_deleted(t, entry, t.request.asker_id, used)


def ask_deleted(t: Turn, entry: int, owner: int, used: date) -> None:
    """Have the owner confirm, from the day after it was used, that nothing is left on it."""
    at = t.event.at + max(used - t.unit.today, timedelta(0)) + timedelta(days=1)
    tasks.add(t.unit, [{"what": rules.DELETE, "entry_id": entry, "person_id": owner, "since": at, "next_at": at}])


def _work(t: Turn, what: str, who: str) -> dict[str, Any]:
    if who == "asker":
        whose: dict[str, Any] = {"person_id": t.request.asker_id}
    else:
        whose = {"role": who, "school_id": None if t.pack.roles[who].trust_wide else t.request.school_id}
    return {"what": what, "request_id": t.request.id, "next_at": t.event.at + timedelta(days=WORK_DAYS), **whose}


def worded(questions: Sequence[Question], content: PermissionContent, question_id: str) -> str:
    """An answer as people read it."""
    question = next((q for q in questions if q.id == question_id), None)
    options = {o.id: o.text for o in question.options} if question else {}
    return ", ".join(options.get(each, each) for each in content.answers.get(question_id, []))


