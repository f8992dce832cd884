"""A kind of request in plain words, for an asker or for everybody: what is asked, who decides, what comes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from cards import explain as say
from cards.explain import Who
from cards.page import Page, Part
from handlers.rules.pack import CENTRAL, RELATIONS, Kind, Line, Pack, Step
from handlers.rules.packcheck import has_accounts, looked_at
from handlers.rules.packtimes import Clocks
from handlers.rules.route import Facts, asker_is, line_for

TEACHER = "teacher"
"""An asker at a school who has no role."""
OWNER = "account_owner"
"""An asker who runs the account that it is about."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose way is explained: a role, CENTRAL, OWNER or TEACHER. `trust`: for the trust or a school; None: either."""

    name: str = TEACHER
    trust: bool | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


def kind(pack: Pack, this: Kind, asker: Asker | None = None, alone: bool = True) -> Page:
    """One kind of request, from its first question to what comes of it. `alone`: with what all of them share."""
    title = say.with_clause(this.title, this.clause)
    if this.never:
        return Page(title, (Part("", (say.ruled_out(this.never),), plain=True),))
    about = tuple(words for words in (this.about, this.first) if words)
    parts = (
        Part("", about, plain=True),
        Part("What is asked", tuple(_asked(this))),
        Part("What the asker confirms", tuple(say.with_clause(c.text, c.clause) for c in this.confirmations)),
        Part(say.with_clause("What the asker says of people in it", this.permission_clause), tuple(
            permission.text for permission in this.permissions
        )),
        Part("What it is looked through for", tuple(say.check(c.text, c.clause, bool(c.find)) for c in this.checks)),
        Part(say.heading(this.effect == "answer", _who_asks(pack, asker)), tuple(ways(pack, this, asker))),
        Part("What comes of it", tuple(_effects(pack, this, alone))),
    )
    return Page(title, tuple(part for part in parts if part.lines))


def _who_asks(pack: Pack, asker: Asker | None) -> str:
    if asker is None:
        return ""
    return "a teacher" if asker.name == TEACHER else _asking(pack, asker.name)


def _asked(kind: Kind) -> Iterator[str]:
    if kind.publishes:
        yield say.POST
    for question in kind.questions:
        options = [(option.text, option.never or "") for option in question.options]
        yield say.question(question.label, question.required, options, question.every)


# --- who decides ------------------------------------------------------------------------------------------------


def ways(pack: Pack, kind: Kind, asker: Asker | None = None) -> Iterator[str]:
    """The lines of the route in words: all of them, or those that this asker can come to."""
    reached = _reached(pack, kind, asker) if asker else []
    lines = [line for line in kind.route if asker is None or line in reached]
    for line in lines:
        decides = steps(pack, line, asker)
        if asker and len(lines) == 1:
            yield say.decided(decides)
            continue
        where = say.place(line.account == "trust", has_accounts(kind)) if line.account and _open(asker) else ""
        yield say.way(
            list(_conditions(pack, kind, line, asker)), where, decides,
            say.ANYBODY if len(lines) == 1 else say.OTHERWISE,
        )


def _open(asker: Asker | None) -> bool:
    """Whether it is for a school or the trust is not known."""
    return asker is None or asker.trust is None


def _reached(pack: Pack, kind: Kind, asker: Asker) -> list[Line]:
    found = (line_for(kind, facts) for facts in _facts(pack, kind, asker))
    return [line for line in found if line]


def _facts(pack: Pack, kind: Kind, asker: Asker) -> Iterator[Facts]:
    """Every request of this kind that the asker could make."""
    accounts = has_accounts(kind)
    role = pack.roles.get(asker.name)
    wide = asker.name == CENTRAL or (role is not None and role.trust_wide)
    places = [wide] if asker.trust is None or not (accounts or wide) else [asker.trust]
    if accounts and asker.trust is None:
        places = [wide, not wide]
    questions = looked_at(kind)
    choices = [[(o.id,) for o in q.options if not o.never] + ([] if q.required else [()]) for q in questions]
    for trust, chosen in product(places, product(*choices)):
        answers = {q.id: answer for q, answer in zip(questions, chosen, strict=True)}
        if all(name not in answers or value in answers[name] for name, value in asker.answers.items()):
            is_central = wide and (accounts or trust)
            who_asks = asker_is({asker.name} if role else set(), central=is_central, owner=asker.name == OWNER)
            yield Facts(who_asks, None if trust else 1, answers)


def _conditions(pack: Pack, kind: Kind, line: Line, asker: Asker | None) -> Iterator[str]:
    """What has to be so for this line, apart from what is known of the asker."""
    if line.asker and asker is None:
        yield say.asked_by([_asking(pack, name) for name in line.asker])
    questions = {question.id: question for question in kind.questions}
    for name, meant in line.field.items():
        if asker is None or name not in asker.answers:
            texts = {option.id: option.text for option in questions[name].options}
            yield say.answered(questions[name].label, [texts[each] for each in meant])


def _asking(pack: Pack, name: str) -> str:
    if name in pack.roles:
        return say.one(pack.roles[name].title, pack.roles[name].trust_wide)
    return say.CENTRAL if name == CENTRAL else say.OWNER


def steps(pack: Pack, line: Line, asker: Asker | None = None) -> str:
    """Who decides by this line, in words."""
    asking = (asker.name,) if asker else line.asker
    return say.steps([(_step(pack, step, asking), step.clause) for step in line.steps])


def _step(pack: Pack, step: Step, asking: Sequence[str]) -> str:
    """Nobody decides on their own: where one with the asker's role can decide, that is another one."""
    roles = [role for role in step.roles if role not in RELATIONS or role not in asking]
    people = [say.another(pack.role_title(role)) if role in asking else who(pack, role) for role in roles]
    return say.all_of(people) if step.all else say.any_of(people)


def who(pack: Pack, role: str) -> Who:
    """A role or relation by its title."""
    return Who(RELATIONS[role]) if role in RELATIONS else say.decider(pack.role_title(role))


# --- what comes of it -------------------------------------------------------------------------------------------


def _effects(pack: Pack, kind: Kind, alone: bool) -> Iterator[str]:
    clocks = pack.clocks_of(kind)
    if kind.training:
        yield say.training()
    if kind.conditions:
        yield say.conditions()
    if kind.publishes:
        yield say.published(kind.publish_clause, clocks.publish_days, clocks.remind_publish_hours)
    if kind.replies:
        yield say.replies([say.reply(reply.text, reply.words) for reply in kind.replies])
    until = any(question.id == "until" for question in kind.questions)
    if effect := say.effect(kind.effect, until):
        yield effect
    for work in kind.work:
        doer = "whoever asked" if work.who == "asker" else who(pack, work.who).words
        yield say.work(doer, work.title, work.text, work.clause, [question.label for question in work.questions])
    if kind.work and effect:
        yield say.work_first()
    if pack.review and kind.effect in ("account", "site", "device"):
        yield say.reviewed(pack.review.every_months, pack.review.clause)
    if kind.urgent:
        yield say.urgent()
    if alone or kind.clocks or kind.urgent:
        if said := chased(pack, clocks, kind.urgent):
            yield said
        yield say.expires(clocks.expire_days)


def chased(pack: Pack, clocks: Clocks, urgent: bool = False) -> str:
    """When whoever has not decided hears of it again, and who else does."""
    looks = (clocks.remind_hours, clocks.remind_again_hours, clocks.escalate_hours)
    return say.chased(looks, pack.role_title(clocks.escalate_to) if clocks.escalate_to else "", urgent)
