"""An adviser's answer as guidance for everybody: published, changed, withdrawn, looked at when the policy changes."""

from cards import guidance as cards
from cards import refusals
from cards.card import Card, Form
from handlers import policies, policy_ask, view
from handlers.answer import Answer, Note, Open
from handlers.rules.post import chosen_in, plain, typed
from handlers.turn import Turn
from storage import audit
from storage import question as storage
from storage.database import Unit
from storage.tables import Case, Guidance, State, Viewer

LIMITS = {"question": 500, "answer": 2000}
LABEL = 70


def give(t: Turn) -> Answer:
    """The form, filled in with the answer that was given; with its fields, what everybody reads from now on."""
    case = view.fresh(t.unit, t.event.subject)
    if case is None or not answers(t.viewer, case):
        return Note(refusals.unseen())
    given = storage.guidance_of(t.unit, case.request.id)
    if not t.event.fields:
        return Open(_form(t, case, *_begun(t, case, given), {}))
    question, answer = (plain(typed(t.event.fields, name)) for name in ("question", "answer"))
    clause = next(iter(chosen_in(t.event.fields, "clause")), "")
    errors = {name: cards.ERRORS[name] for name, words in (("question", question), ("answer", answer)) if not words}
    errors |= {name: cards.too_long(limit) for name, limit in LIMITS.items()
               if len({"question": question, "answer": answer}[name]) > limit}
    if errors:
        return Open(_form(t, case, question, answer, clause, errors))
    _publish(t, case, given, question, answer, clause)
    return Note(cards.published())


def drop(t: Turn) -> Answer:
    """Nobody is shown it any more."""
    given = _theirs(t)
    if given is None:
        return Note(refusals.unseen())
    storage.change(t.unit, given, withdrawn=True)
    audit.append(t.unit, t.event.verb, t.viewer.id, given.request_id)
    return Note(cards.withdrawn())


def keep(t: Turn) -> Answer:
    """It holds beside the newest document, too."""
    given, newest = _theirs(t), next(iter(policies.latest(t.unit)), "")
    standing = policies.by_digest(t.unit, newest)
    if given is None or standing is None:
        return Note(refusals.unseen())
    clause = given.clause if given.clause in standing.numbers else ""
    storage.change(t.unit, given, document=standing.digest, clause=clause, at=t.event.at)
    audit.append(t.unit, t.event.verb, t.viewer.id, given.request_id, document=standing.digest)
    return Note(cards.kept())


def answers(viewer: Viewer, case: Case) -> bool:
    """Whether this person's answer to a question stands."""
    return case.request.state == State.APPROVED and any(
        each.decider_id == viewer.id and each.reply and each.note for each in case.standing)


def card_for(u: Unit, request_id: str, viewer: Viewer) -> Card | None:
    """Guidance as its author sees it; None where it is withdrawn, or somebody else's."""
    given = storage.guidance_of(u, request_id)
    if given is None or given.withdrawn or given.author_id != viewer.id:
        return None
    changed = given.document not in policies.latest(u)[:1]
    return cards.card(request_id, policy_ask.guided(given, viewer.person.name, changed), changed)


def _theirs(t: Turn) -> Guidance | None:
    given = storage.guidance_of(t.unit, t.event.subject)
    return given if given and given.author_id == t.viewer.id and not given.withdrawn else None


def _begun(t: Turn, case: Case, given: Guidance | None) -> tuple[str, str, str]:
    """What the form starts with: the guidance as it is, else the question and the answer."""
    if given is not None:
        return given.question, given.answer, given.clause
    asked = case.revision.content.get("words") or next(iter(case.revision.content["answers"].get("what", [])), "")
    said = next(each.note for each in case.standing if each.decider_id == t.viewer.id and each.note)
    standing = policies.in_force(t.unit)
    near = standing.index.find(asked).answers if standing else ()
    return asked[: LIMITS["question"]], said[: LIMITS["answer"]], near[0].clause.number if near else ""


def _form(t: Turn, case: Case, question: str, answer: str, clause: str, errors: dict[str, str]) -> Form:
    standing = policies.in_force(t.unit)
    near = standing.index.find(question).answers if standing and question else ()
    labels = {each.clause.number: policies.label(each.clause, LABEL) for each in near}
    if standing and clause in standing.numbers:
        labels.setdefault(clause, policies.label(standing.clauses([clause])[0], LABEL))
    return cards.form(case.request.id, question, answer, list(labels.items()), clause, errors)


def _publish(t: Turn, case: Case, given: Guidance | None, question: str, answer: str, clause: str) -> None:
    standing = policies.in_force(t.unit)
    known = clause if standing and clause in standing.numbers else ""
    topic = standing.index.find(question).topic if standing else ""
    facts = {
        "author_id": t.viewer.id, "question": question, "answer": answer, "clause": known,
        "topic": topic, "document": standing.digest if standing else "",
    }
    if given is None:
        storage.publish(t.unit, case.request.id, **facts)
    else:
        storage.change(t.unit, given, **facts, at=t.event.at, withdrawn=False)
    audit.append(t.unit, t.event.verb, t.viewer.id, case.request.id, clause=known)
