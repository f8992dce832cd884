"""A case as one viewer may see it: checks run, rights asked, names looked up; then the card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cards import permission as permission_cards
from cards import request as cards
from cards import told
from cards.action import Verb
from cards.card import Card
from cards.guidance import COLLEAGUE
from cards.permission import Question, Work
from cards.post import Asked, CheckSeen, Confirmation
from cards.view import View
from cards.words import Calendar
from handlers import packs, sites
from handlers.rules import checks, kinds, lifecycle, pack, rights
from handlers.rules.pack import Kind
from handlers.rules.route import Stage
from storage import asks, people, register, request
from storage.database import Unit
from storage.tables import Case, Person, State, Viewer

OFFERED = (
    Verb.SEND, Verb.EDIT, Verb.MEANT, Verb.TAKE_OUT, Verb.DISCARD, Verb.APPROVE, Verb.GRANT, Verb.REPLY, Verb.TRAIN,
    Verb.TRAINED, Verb.DONE, Verb.CHANGES, Verb.DECLINE, Verb.PASS_ON, Verb.TAKE_BACK, Verb.LIVE, Verb.PUBLISH,
    Verb.ADDRESS, Verb.WITHDRAW, Verb.HURRY,
)
"""What a card may have buttons for."""


def card_for(u: Unit, case: Case, viewer: Viewer) -> Card:
    """The request's card for this viewer; next to nothing for whom it does not concern any more."""
    seen = view(u, case, viewer)
    if not rights.involved(viewer, case):
        return told.gone(seen)
    return cards.card(seen)


def fresh(u: Unit, request_id: str) -> Case | None:
    """The case as it stands now, after whatever this unit has written."""
    return request.find(u, request_id)


def held(u: Unit, request_id: str) -> Case | None:
    """The same, and nobody else changes it before this unit is over."""
    request.hold(u, request_id)
    return request.find(u, request_id)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every card about one kind of one pack stands on; neither ever changes, so it is made once."""

    rules: pack.Pack
    kind: Kind
    said: permission_cards.Kind
    asked: Asked
    offered: tuple[Verb, ...]
    checks: tuple[CheckSeen, ...]
    """Those of a post's, as they are where nothing trips over them."""


_grounds: dict[tuple[str, str], Ground] = {}


def ground(u: Unit, case: Case) -> Ground:
    """The pack that the request was made under, and its kind in there."""
    name = case.request.kind
    known = (case.request.pack_version, name)
    if known not in _grounds:
        rules = packs.of(u, case.request.pack_version)
        kind = kinds.kind_of(rules, name)
        assert kind is not None, f"nobody knows the kind {name}"
        offered = tuple(verb for verb in OFFERED if lifecycle.suits(verb, kind))
        _grounds[known] = Ground(rules, kind, kind_said(name, kind), asked(kind), offered, checks_said(kind))
    return _grounds[known]


def view(u: Unit, case: Case, viewer: Viewer) -> View:
    """Everything that the card of this case says to this viewer."""
    on, case = ground(u, case), as_seen(case, viewer)
    rules, kind = on.rules, on.kind
    asked_of = {ask.role for ask in case.asks} | {task.role for task in case.tasks}
    return View(
        case=case, viewer_id=viewer.id, verbs=rights.among(on.offered, viewer, case),
        kind=on.said, asked=on.asked, checks=_checks(case, on),
        calendar=Calendar(u.zone, u.at), roles={role: rules.role_title(role) for role in asked_of},
        names={} if kind.publishes else names_in(u, case.revision.content), work=_work(case, kind, viewer),
        publish_clause=kind.publish_clause, among=_among(rules, case), unapproved=_unapproved(u, case, kind),
        administrators=tuple(people.holders(u, rules.administrator, None)) if _stuck(case) else (),
    )


def as_seen(case: Case, viewer: Viewer) -> Case:
    """The case as this viewer may know it: of a question whose asker is not to be named, without their name."""
    if viewer.id == case.request.asker_id or not case.revision.content.get("unnamed"):
        return case
    somebody = case.asker.model_copy(update={"name": COLLEAGUE, "email": ""})
    return replace(case, asker=somebody, people={**case.people, case.request.asker_id: somebody})


def asked(kind: Kind) -> Asked:
    """What the kind's form asks, for the cards."""
    return Asked(
        confirmations(kind), tuple((p.id, p.text) for p in kind.permissions), kind.permission_clause,
    )


def confirmations(kind: Kind) -> tuple[Confirmation, ...]:
    """The boxes of the kind's form."""
    return tuple(Confirmation(c.id, c.text, c.short, c.clause) for c in kind.confirmations)


def checks_said(kind: Kind) -> tuple[CheckSeen, ...]:
    """The kind's checks, for the cards; nothing trips over them yet."""
    return tuple(CheckSeen(rule.find or rule.id, rule.text, rule.clause, (), rule.find is not None)
                 for rule in kind.checks)


def kind_said(name: str, kind: Kind) -> permission_cards.Kind:
    """The kind, as far as cards speak of it."""
    return permission_cards.Kind(
        name=name, title=kind.title, clause=kind.clause, effect=kind.effect, about=kind.about, first=kind.first,
        never=kind.never or "", silent=kind.silent, questions=questions(kind.questions),
        confirmations=confirmations(kind), replies=tuple((r.id, r.text, r.words) for r in kind.replies),
        conditions=kind.conditions, training=kind.training, work=tuple(work_said(work) for work in kind.work),
    )


def work_said(work: pack.Work) -> Work:
    """Some work, for the cards."""
    return Work(work.id, work.title, work.text, work.clause, questions(work.questions))


def questions(asked_: Iterable[pack.Question]) -> tuple[Question, ...]:
    """A form's questions, for the cards."""
    return tuple(
        Question(q.id, q.label, q.type, q.hint, q.required, tuple((o.id, o.text) for o in q.options)) for q in asked_
    )


def names_in(u: Unit, content: dict[str, object]) -> dict[str, str]:
    """The people and the accounts that stored answers name, by number."""
    staff, accounts = content.get("staff") or (), content.get("accounts") or ()
    assert isinstance(staff, Sequence), "staff is stored as a list"
    assert isinstance(accounts, Sequence), "accounts are stored as a list"
    return {
        **{str(number): person.name for number, person in people.people(u, set(staff)).items()},
        **{str(each.id): each.name for each in register.by_ids(u, list(accounts))},
    }


def names_of(u: Unit, stages: Sequence[Stage], asker: int) -> str:
    """Who decides first on this way, by name, without the asker; nothing where that is nobody."""
    if not stages:
        return ""
    found = [
        " or ".join(p.name for p in asks.holders(u, ask.role, ask.school_id, ask.person_id) if p.id != asker)
        for ask in stages[0].asks
    ]
    return (" and " if stages[0].together else " or ").join(dict.fromkeys(name for name in found if name))


def administrators(u: Unit) -> list[Person]:
    """Who looks after the staff list."""
    return people.holders(u, packs.current(u).administrator, None)


def _among(rules: pack.Pack, case: Case) -> tuple[tuple[str, str], ...]:
    """The kinds that a draft's words may mean, where that is still to be said."""
    names = case.revision.content.get("among") or () if case.request.state == State.DRAFT else ()
    return tuple((name, kind.title) for name in names if (kind := kinds.kind_of(rules, name)))


def _stuck(case: Case) -> bool:
    """Whether the present step is still to be taken, and nobody could."""
    own, present = case.own, case.present
    waited_for = [ask for ask in present if ask.answered_by is None]
    if present and not waited_for:
        return False
    return all(person.id in own for ask in waited_for for person in case.could(ask))


def _unapproved(u: Unit, case: Case, kind: Kind) -> tuple[str, str]:
    """The platform of an account that is asked for, and the clause, where that is not approved itself."""
    undecided = case.request.state in (State.DRAFT, State.SUBMITTED, State.CHANGES, State.TRAINING)
    if kind.effect != "account" or not undecided:
        return "", ""
    platform, number = next(iter(case.revision.content["answers"].get("platform", [])), ""), sites.clause(u)
    return (platform, number) if platform and number and not sites.approved(u, platform) else ("", "")


def _work(case: Case, kind: Kind, viewer: Viewer) -> Work | None:
    """The work that waits for this viewer."""
    if case.request.state != State.APPROVED:
        return None
    defined = {work.id: work for work in kind.work}
    mine = (defined[t.what] for t in case.tasks if t.what in defined and rights.has_task(viewer, t))
    found = next(mine, None)
    return work_said(found) if found else None


def _checks(case: Case, on: Ground) -> tuple[CheckSeen, ...]:
    if not on.kind.publishes or case.request.state not in (State.DRAFT, State.SUBMITTED):
        return ()  # they are shown while something can be done about them
    content = case.revision.content
    undescribed = tuple(picture["name"] for picture in content["pictures"] if not picture["alt"])
    known = [a.name for a in case.accounts] + [p.name for p in case.people.values()]
    if case.school:
        known.append(case.school.name)
    found = zip(on.checks, checks.run(checks.Draft(content["text"], undescribed, known), on.kind), strict=True)
    return tuple(replace(said, what=what) if what else said for said, what in found)
