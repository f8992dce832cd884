"""What does the policy say? The clauses that answer, or that it is silent and who decides; a person instead."""

from collections.abc import Sequence
from dataclasses import replace

from cards import policy_ask as cards
from cards import report as report_cards
from cards.action import Action, Verb
from cards.card import Button
from cards.request import HERE
from handlers import permission, policies, post, routing, sending, view
from handlers.answer import Answer, Coming, Note, Open, Show
from handlers.report_desk import concern_of
from handlers.rules import heard, kinds, questions, words, worries
from handlers.rules.permission import PermissionContent
from handlers.rules.policy.clause import Clause
from handlers.rules.post import plain, typed
from handlers.rules.search.clauses import Answer as Quotable
from handlers.rules.search.clauses import Found
from handlers.rules.words import Meaning
from handlers.turn import POST, Turn
from storage import people
from storage import question as storage
from storage.tables import Guidance, Question

SHOWN = 3
"""Clauses in an answer; what else was found is kept for whom those do not help."""
FAR = 0.2
"""A clause that scores less than so much of the best one is left out of the answer."""
SECTION_LETTERS = 6000
MOST_GUIDANCE = 2


def ask(t: Turn) -> Answer:
    """The command, or the form: with a question its answer, else the form."""
    said = plain(typed(t.event.fields, "question") if "question" in t.event.fields else t.event.text)
    if said and len(said) <= cards.LIMIT:
        return answer(t, said) or Note(cards.EMPTY)
    if "question" in t.event.fields:
        return Open(cards.form(said, cards.TOO_LONG if said else cards.EMPTY))
    return Note(cards.TOO_LONG) if said else Open(cards.form())


def instead(t: Turn, meant: Meaning) -> Answer | None:
    """The answer where plain words ask what holds rather than for something; None where they do not."""
    said = plain(t.event.text)
    if meant.verb == Verb.ASK_POLICY:
        return answer(t, meant.text) if meant.text else Show(cards.invitation())
    if not said or len(said) > cards.LIMIT or t.event.files or policies.in_force(t.unit) is None:
        return None
    if meant.verb == Verb.HELP or meant.kinds == (permission.ADVICE,):
        return answer(t, said, only_if_found=not questions.wonders(said) and "?" not in said)
    rule = meant.verb == Verb.REQUEST or (meant.verb == Verb.REPORT and worries.makes_contact(said))
    return answer(t, said) if rule and questions.wonders(said) else None


def answer(t: Turn, said: str, *, only_if_found: bool = False) -> Answer | None:
    """At most three clauses, or that the policy does not say; None where there is neither and that was asked for."""
    standing = policies.in_force(t.unit)
    who = _adviser(t)
    if standing is None:
        return Note(cards.no_document([p.name for p in view.administrators(t.unit)]))
    found = standing.index.find(said)
    if only_if_found and not found.answers:
        return None
    numbers = [each.clause.number for each in found.answers]
    kept = storage.ask(t.unit, t.viewer.id, said, found.topic, numbers, standing.digest)
    given, meant = _guidance(t, found.topic, numbers[:SHOWN]), _meant(t, said, kept.id)
    source = policies.source(standing, t.unit.today)
    if not numbers and questions.foreign(said):
        return Note(cards.NOT_ENGLISH)
    if not numbers:
        return Show(cards.silent(kept.id, source, given, meant, who))
    quotes = policies.quoted([(each.clause, each.quote) for each in _near(found)], t.unit.today)
    return Show(cards.answer(kept.id, quotes, source, given, meant, who))


def _near(found: Found) -> list[Quotable]:
    """The best clauses, without those that are far from the very best."""
    return [each for each in found.answers[:SHOWN] if each.score >= found.answers[0].score * FAR]


def helped(t: Turn) -> Answer:
    """Was this it? Where it was not: what else came near, and who can be asked."""
    asked = _own(t)
    if asked is None:
        return Note(cards.GONE)
    yes = t.event.arg == "yes"
    storage.judge(t.unit, asked, yes)
    if yes:
        return Note(cards.THANKS)
    standing = policies.by_digest(t.unit, asked.document)
    found = standing.index.find(asked.words) if standing else None
    near = found.answers[len(_near(found)):] if found else ()
    quotes = policies.quoted([(each.clause, each.quote) for each in near], t.unit.today)
    return Show(cards.not_it(asked.id, quotes, _adviser(t)))


def section(t: Turn) -> Answer:
    """All that the document says in the section of the first clause."""
    asked = _own(t)
    standing = policies.by_digest(t.unit, asked.document) if asked else None
    if asked is None or standing is None or not asked.found:
        return Note(cards.GONE)
    whole = standing.section(asked.found[0])
    shown: list[Clause] = []
    letters = 0
    for each in whole:
        letters += len(each.text)
        if letters > SECTION_LETTERS and shown:
            break
        shown.append(each)
    quotes = policies.quoted([(each, each.text) for each in shown], t.unit.today)
    heading = shown[0].heading if shown else ""
    return Show(cards.section(heading, quotes, policies.source(standing, t.unit.today), len(shown) < len(whole)))


def ask_person(t: Turn) -> Answer:
    """The same words as a request for advice, from here on like any other; unnamed where that is wished.

    Or as the draft of a post, where they are one.
    """
    asked = _own(t)
    if asked is None:
        return Note(cards.GONE)
    if t.event.place:  # the answer stays as it is, and the draft's card comes below it
        t.event = replace(t.event, place=replace(t.event.place, message=""))
    wording = words.asking(asked.words)
    if t.event.arg == POST and wording:
        return post.draft(t, wording.text, wording.sites)
    t.asked = permission.ADVICE
    content = permission.begun(t, asked.words).model_copy(update={"unnamed": t.event.arg == "unnamed"})
    sending.draft(t, content)
    return Coming(HERE)


def _own(t: Turn) -> Question | None:
    return storage.own(t.unit, t.event.subject, t.viewer.id)


def _adviser(t: Turn) -> str:
    """Who answers such questions, by name, if somebody does."""
    before, t.asked = t.asked, permission.ADVICE
    names = view.names_of(t.unit, routing.way(t, PermissionContent()), t.viewer.id)
    t.asked = before
    return names


def _meant(t: Turn, said: str, question: str) -> cards.Meant | None:
    """What the words are about besides: a post, something to report, or a permission that the policy knows."""
    wording = words.asking(said)
    if wording and wording.text:
        return cards.Meant(cards.A_POST, "", Button("Ask to post it", Action(Verb.ASK_PERSON, question, arg=POST)))
    if worries.worries(said):
        return _reported(t, said)
    name = next(iter(heard.kinds(said)), "")
    kind = kinds.kind_of(t.pack, name) if name and name != permission.ADVICE else None
    if kind is None or kind.silent:
        return None
    button = Button("Ask for permission", Action(Verb.REQUEST, arg=name), "primary")
    if kind.never:
        return cards.Meant(kind.never, kind.clause, Button("Ask for advice", Action(Verb.COMPOSE, arg="advice")))
    return cards.Meant(kind.first or "", kind.clause, button)


def _reported(t: Turn, said: str) -> cards.Meant:
    concern = concern_of(t.pack, report_cards.CONTACT) if worries.makes_contact(said) else None
    arg = concern.id if concern else ""
    whom = concern.ask[0] if concern and concern.ask else ""
    label = cards.tells(t.pack.role_title(whom) if whom else "")
    button = Button(label, Action(Verb.REPORT, arg=arg), "primary", private=True)
    return cards.Meant(concern.text if concern else "", concern.clause if concern else "", button)


def _guidance(t: Turn, topic: str, numbers: Sequence[str]) -> list[cards.Guided]:
    """What advisers answered to the same before."""
    fitting = [
        each for each in storage.guidance(t.unit)
        if (topic and each.topic == topic) or (not each.topic and each.clause and each.clause in numbers)
    ][:MOST_GUIDANCE]
    names = people.people(t.unit, {each.author_id for each in fitting})
    fresh = policies.latest(t.unit) if fitting else []
    return [guided(each, names[each.author_id].name, each.document not in fresh) for each in fitting]


def guided(given: Guidance, by: str, stale: bool) -> cards.Guided:
    """Guidance as cards show it."""
    return cards.Guided(given.question, given.answer, given.clause, by, given.at.date(), stale)
