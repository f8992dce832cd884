"""What is well-formed in a pack and yet cannot work: unknown names, routes to nobody, clocks that never fire."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from handlers.rules import chase, contacts, hours, reading
from handlers.rules.pack import CENTRAL, RELATIONS, Kind, Line, Pack, Question, Step
from handlers.rules.packlines import Path
from handlers.rules.packtimes import Clocks
from handlers.rules.route import Facts, line_for

NEEDED = {
    "account": ("platform", "name", "purpose"), "site": ("name",), "device": ("name",),
    "publish": (), "grant": (), "answer": (),
}
"""The questions without which an approval cannot have its effect."""
MOST_ANSWERS = 200
PERHAPS_NOBODY = {"line_manager"}
"""A relation that not everybody has."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and under which key."""

    path: Path
    reason: str


def faults(pack: Pack) -> list[Fault]:
    """All that keeps this pack from working; none for a good one."""
    found = [*_names(pack), *_circles(pack), *_review(pack), *_concerns(pack), *_clocks(pack, ("clocks",), pack.clocks)]
    found += _twice(("reports",), pack.reports) + _twice(("duties",), pack.duties)
    found += _twice(("sites",), pack.sites, "name")
    found += [Fault(*each) for each in (*contacts.wrong(pack), *reading.wrong(pack), *hours.wrong(pack))]
    if "post" not in pack.kinds:
        found.append(Fault(("kinds",), "lacks the kind post: what may be posted is what everybody asks"))
    for name, kind in pack.kinds.items():
        found += _kind(pack, name, kind)
    silence = Kind(title="silence", clause="none", route=pack.silence.route)
    return found + _route(pack, ("silence", "route"), silence)


def _names(pack: Pack) -> Iterator[Fault]:
    """Every role that is named outside the kinds."""
    named: list[tuple[Path, str]] = [(("administrator",), pack.administrator)]
    named += [(("keepers", i), role) for i, role in enumerate(pack.keepers)]
    named += [(("safeguarding", i), role) for i, role in enumerate(pack.safeguarding)]
    for name, role in pack.roles.items():
        named += [(("roles", name, "above"), role.above)] if role.above else []
        named += [(("roles", name, "cover", i), each) for i, each in enumerate(role.cover)]
    named += [(("duties", i, "who"), duty.who) for i, duty in enumerate(pack.duties) if duty.who != "everyone"]
    named += [(("reports", i, "ask", n), r) for i, c in enumerate(pack.reports) for n, r in enumerate(c.ask)]
    named += [(("reading", "sees", i), role) for i, role in enumerate(pack.reading.sees)]
    if pack.review:
        named.append((("review", "escalate_to"), pack.review.escalate_to))
    for path, role_name in named:
        if role_name not in pack.roles:
            yield _unknown(path, role_name)
    if pack.administrator in pack.roles and not pack.roles[pack.administrator].trust_wide:
        yield Fault(("administrator",), f"the role {pack.administrator} has to be trust_wide, to look after every list")


def _unknown(path: Path, role: str) -> Fault:
    return Fault(path, f"names the role {role!r}, which [roles] does not have")


def _circles(pack: Pack) -> Iterator[Fault]:
    """Nobody manages or stands in for themselves, over however many others."""
    above = {name: (role.above,) if role.above else () for name, role in pack.roles.items()}
    cover = {name: role.cover for name, role in pack.roles.items()}
    for name in pack.roles:
        for key, graph in (("above", above), ("cover", cover)):
            if name in _reached(name, graph):
                yield Fault(("roles", name, key), f"goes round in a circle back to {name}")


def _reached(start: str, graph: Mapping[str, tuple[str, ...]]) -> set[str]:
    reached: set[str] = set()
    todo = list(graph.get(start, ()))
    while todo:
        each = todo.pop()
        if each not in reached:
            reached.add(each)
            todo += graph.get(each, ())
    return reached


def _review(pack: Pack) -> Iterator[Fault]:
    review = pack.review
    if review and review.remind_days >= review.escalate_days:
        yield Fault(("review", "remind_days"), "never fires: it is told to somebody else before anybody is reminded")
    if review and review.escalate_days >= review.every_months * 28:
        yield Fault(("review", "escalate_days"), "never fires: the next review comes first")


def _clocks(pack: Pack, path: Path, clocks: Clocks, urgent: bool = False) -> Iterator[Fault]:
    """Looks that come too late, or in another order than they are meant."""
    if clocks.escalate_to and clocks.escalate_to not in pack.roles:
        yield _unknown((*path, "escalate_to"), clocks.escalate_to)
    yield from (Fault((*path, key), reason) for key, reason in chase.wrong(clocks, pack.hours, urgent))


def _concerns(pack: Pack) -> Iterator[Fault]:
    """A report about somebody who would hear it has to reach somebody else."""
    for i, concern in enumerate(pack.reports):
        for role in concern.ask:
            others = set(concern.ask) - {role}
            if not others and role in pack.roles and not pack.roles[role].above:
                reason = f"a report about the {role} ends at nobody: give roles.{role} an above, or ask one more role"
                yield Fault(("reports", i, "ask"), reason)


def _kind(pack: Pack, name: str, kind: Kind) -> list[Fault]:
    path: Path = ("kinds", name)
    found = [*_shape(path, kind), *_questions(path, kind), *_work(pack, path, kind)]
    for part in ("questions", "confirmations", "permissions", "checks", "replies", "work"):
        found += _twice((*path, part), getattr(kind, part))
    if kind.clocks:
        found += _clocks(pack, (*path, "clocks"), kind.clocks, kind.urgent)
    return found if kind.never else found + _route(pack, (*path, "route"), kind)


def _shape(path: Path, kind: Kind) -> Iterator[Fault]:
    """What belongs together in a kind."""
    if kind.silent:
        yield Fault((*path, "silent"), "is not for packs: leave the kind out where the policy is silent")
    if kind.never and kind.route:
        yield Fault((*path, "never"), "rules it out, so nobody can be asked: leave the route out")
    if not kind.never and not kind.route:
        yield Fault((*path, "route"), "is missing: nobody would be asked")
    if kind.publishes and not kind.never and not kind.permissions:
        yield Fault((*path, "permissions"), "are missing: a post says whether anybody can be recognised")
    if not kind.publishes and kind.permissions:
        yield Fault((*path, "permissions"), 'are only for what is published (effect = "publish")')
    if kind.effect == "answer" and not kind.replies:
        yield Fault((*path, "replies"), "are missing: how can it be answered?")
    if kind.effect != "answer" and kind.replies:
        yield Fault((*path, "replies"), 'are only for questions (effect = "answer")')


def _questions(path: Path, kind: Kind) -> Iterator[Fault]:
    known = {question.id: question for question in kind.questions}
    for needed in NEEDED[kind.effect]:
        if not kind.never and (needed not in known or not known[needed].required):
            yield Fault((*path, "questions"), f"lacks the required question {needed!r}, which the register needs")
    for i, question in enumerate(kind.questions):
        yield from _options((*path, "questions", i), question)


def _options(path: Path, question: Question) -> list[Fault]:
    found = _twice((*path, "options"), question.options)
    if question.options and all(option.never for option in question.options):
        found.append(Fault((*path, "options"), "are all ruled out, so that nothing could be answered"))
    elif question.every and any(option.never for option in question.options):
        found.append(Fault((*path, "every"), "could never be done: one of the options is ruled out"))
    return found


def _work(pack: Pack, path: Path, kind: Kind) -> Iterator[Fault]:
    for i, work in enumerate(kind.work):
        if work.who != "asker" and work.who not in pack.roles:
            yield _unknown((*path, "work", i, "who"), work.who)
        for n, question in enumerate(work.questions):
            yield from _options((*path, "work", i, "questions", n), question)
        yield from _twice((*path, "work", i, "questions"), work.questions)


def _twice(path: Path, parts: Iterable[object], key: str = "id") -> list[Fault]:
    """The same id a second time."""
    found: list[Fault] = []
    seen: set[str] = set()
    for i, part in enumerate(parts):
        name = str(getattr(part, key))
        if name in seen:
            found.append(Fault((*path, i, key), f"{name!r} is there already"))
        seen.add(name)
    return found


def _route(pack: Pack, path: Path, kind: Kind) -> list[Fault]:
    """Every asker, at every place, with every answer, comes to somebody else than themselves."""
    unknown = [fault for i, line in enumerate(kind.route) for fault in _line(pack, (*path, i), kind, line)]
    if unknown or not kind.route:
        return unknown
    if prod(len(q.options) + 1 for q in looked_at(kind)) > MOST_ANSWERS:
        return [Fault(path, "looks at too many answers together: nobody could say who decides")]
    found: dict[tuple[Path, str], Fault] = {}
    used: set[int] = set()
    for facts in _askers(pack, kind):
        line = line_for(kind, facts)
        if line is None:
            found.setdefault((path, "nobody"), Fault(path, f"ends at nobody for {_who(facts)}: no line fits"))
            continue
        place = kind.route.index(line)
        used.add(place)
        for i, step in enumerate(line.steps):
            for fault in _step(pack, (*path, place, "steps", i), step, facts):
                found.setdefault((fault.path, fault.reason.split(":")[0]), fault)
    idle = [Fault((*path, i), "never comes up: earlier lines take all that it would")
            for i in range(len(kind.route)) if i not in used]
    return [*found.values(), *idle]


def _line(pack: Pack, path: Path, kind: Kind, line: Line) -> Iterator[Fault]:
    """What one line names."""
    for i, role in enumerate(line.asker):
        if role not in pack.roles and role not in (CENTRAL, "account_owner"):
            yield _unknown((*path, "asker", i), role)
    choices = {q.id: {o.id for o in q.options} for q in kind.questions if q.options}
    for name, meant in line.field.items():
        if name not in choices:
            yield Fault((*path, "field", name), f"is no choice among the questions: {name!r}")
        for answer in set(meant) - choices.get(name, set(meant)):
            yield Fault((*path, "field", name), f"has no answer {answer!r}")
    asked: set[str] = set()
    for n, step in enumerate(line.steps):
        where: Path = (*path, "steps", n)
        for i, role in enumerate(step.roles):
            if role not in pack.roles and role not in RELATIONS:
                yield _unknown((*where, "all" if step.all else "any", i), role)
        for role in asked.intersection(step.roles):
            yield Fault(where, f"asks the {role} a second time: the route goes in a circle")
        asked |= set(step.roles)
        if "named_person" in step.roles and not any(q.type == "person" for q in kind.questions):
            yield Fault(where, "asks the person whom it is about, but no question of type person names one")
        if "account_owner" in step.roles and not has_accounts(kind):
            yield Fault(where, "asks the account's owner, but no required question of type account names one")


def has_accounts(kind: Kind) -> bool:
    """Whether each request of this kind is about accounts, whose place counts and not the asker's."""
    return kind.publishes or any(q.type == "account" and q.required for q in kind.questions)


def _step(pack: Pack, path: Path, step: Step, facts: Facts) -> Iterator[Fault]:
    """Whether this step comes to somebody, and not to the asker alone."""
    reached = {role for role in step.roles if _reachable(pack, role, facts)}
    if not reached or (step.all and len(reached) < len(step.all)):
        missing = " or ".join(role for role in step.roles if role not in reached)
        yield Fault(path, f"ends at nobody: there may be no {missing} for {_who(facts)}")
    others = reached - facts.asker
    if reached and (not others or (step.all and others != reached)):
        yield Fault(path, f"lets the asker decide: {_who(facts)} would be asked about their own request")


def _reachable(pack: Pack, role: str, facts: Facts) -> bool:
    if role in RELATIONS:
        return role not in PERHAPS_NOBODY
    return pack.roles[role].trust_wide or facts.school_id is not None


def _askers(pack: Pack, kind: Kind) -> Iterator[Facts]:
    """Everybody who could ask, wherever, with every answer that a line looks at."""
    answers = list(_answers(kind))
    for asker, school in _places(pack, has_accounts(kind)):
        for chosen in answers:
            yield Facts(asker, school, chosen)


def _places(pack: Pack, accounts: bool) -> Iterator[tuple[frozenset[str], int | None]]:
    own = [frozenset({"account_owner"})] if accounts else []
    at_school = [frozenset[str](), *own, *(frozenset({name}) for name in pack.roles)]
    wide = [frozenset({name, CENTRAL}) for name, role in pack.roles.items() if role.trust_wide]
    central = [frozenset({CENTRAL}), *(who | {CENTRAL} for who in own), *wide]
    yield from ((who, 1) for who in at_school)
    yield from ((who, None) for who in central)
    if accounts:
        yield from ((who, None) for who in at_school)
        yield from ((who, 1) for who in central)


def _answers(kind: Kind) -> Iterator[dict[str, tuple[str, ...]]]:
    questions = looked_at(kind)
    choices = [[*((o.id,) for o in q.options if not o.never), *([] if q.required else [()])] for q in questions]
    for chosen in product(*choices):
        yield {question.id: answer for question, answer in zip(questions, chosen, strict=True)}


def looked_at(kind: Kind) -> list[Question]:
    """The questions whose answers the route depends on."""
    asked = {name for line in kind.route for name in line.field}
    return [question for question in kind.questions if question.id in asked]


def _who(facts: Facts) -> str:
    """An asker in words, for a fault."""
    roles = sorted(facts.asker - {CENTRAL, "account_owner"})
    who = f"the {roles[0]}" if roles else "central staff" if CENTRAL in facts.asker else "any member of staff"
    if "account_owner" in facts.asker:
        who = "the account's owner"
    place = "for the trust" if facts.school_id is None else "at a school"
    said = "".join(f", {name} = {' '.join(answer) or 'none'}" for name, answer in facts.answers.items())
    return f"{who} {place}{said}"
