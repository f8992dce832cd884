"""A case as one viewer may see it: checks run, rights asked, names looked up; then the card."""

from cards import request as cards
from cards.action import Verb
from cards.card import Card
from cards.post import Asked, CheckSeen, Confirmation
from handlers import packs
from handlers.rules import checks, rights
from handlers.rules.pack import Kind
from handlers.rules.post import PostContent
from handlers.rules.rights import Allowed
from storage import people, request
from storage.database import Unit
from storage.tables import Case, Person, Viewer

OFFERED = (
    Verb.SEND, Verb.EDIT, Verb.DISCARD, Verb.APPROVE, Verb.CHANGES, Verb.DECLINE, Verb.TAKE_BACK, Verb.LIVE,
    Verb.PUBLISH, Verb.WITHDRAW,
)
"""What a card may have buttons for."""


def card_for(u: Unit, case: Case, viewer: Viewer) -> Card:
    """The request's card for this viewer; next to nothing for whom it does not concern any more."""
    if not rights.involved(viewer, case):
        return cards.gone(case)
    return cards.card(view(u, case, viewer))


def fresh(u: Unit, request_id: str) -> Case | None:
    """The case as it stands now, after whatever this unit has written."""
    found = request.get(u, request_id)
    return request.case(u, found) if found else None


def view(u: Unit, case: Case, viewer: Viewer) -> cards.View:
    """Everything that the card of this case says to this viewer."""
    pack = packs.load(u.pack)
    kind = pack.kinds[case.request.kind]
    verbs = frozenset(verb for verb in OFFERED if isinstance(rights.may(viewer, verb, case), Allowed))
    role = case.request.ask_role or ""
    rule = next((r for r in kind.route if r.ask == role), None)
    return cards.View(
        case=case, viewer_id=viewer.id, verbs=verbs, asked=asked(kind), checks=_checks(case, kind), zone=u.zone,
        role=pack.role_title(role), clause=rule.clause if rule else kind.clause,
        publish_clause=kind.publish_clause,
        administrators=tuple(people.holders(u, pack.administrator, None)) if not _decidable(case) else (),
    )


def asked(kind: Kind) -> Asked:
    """What the kind's form asks, for the cards."""
    return Asked(
        tuple(Confirmation(c.id, c.text, c.short, c.clause) for c in kind.confirmations),
        tuple((p.id, p.text) for p in kind.permissions),
        kind.permission_clause,
    )


def administrators(u: Unit) -> list[Person]:
    """Who looks after the staff list."""
    return people.holders(u, packs.load(u.pack).administrator, None)


def _decidable(case: Case) -> bool:
    asking = {case.request.asker_id, case.request.editor_id}
    return any(p.id not in asking for p in case.deciders)


def _checks(case: Case, kind: Kind) -> tuple[CheckSeen, ...]:
    content = PostContent.model_validate(case.revision.content)
    known = {a.name for a in case.accounts} | {p.name for p in case.people.values()}
    if case.school:
        known.add(case.school.name)
    return tuple(
        CheckSeen(f.rule.find or f.rule.id, f.rule.text, f.rule.clause, f.what, f.rule.find is not None)
        for f in checks.run(content, kind, known)
    )
