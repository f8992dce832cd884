"""What people read about somebody who is away, and about whoever stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cards.action import Action, Verb
from cards.card import Button, Card, ChoiceField, Element, Field, Form, Text, TextField, WhenField
from cards.words import back, count, cut, listed, span, weekday

TITLE = "Away"
WHO_IS_AWAY, ALL = "Who is away", "all"
ASK = Button(WHO_IS_AWAY, Action(Verb.COVERS, arg=ALL))
STILL = "{who} can still decide meanwhile. Reports never go to whoever stands in."
PROBLEMS = {
    "backwards": "The last day is before the first one.",
    "past": "These days are over already.",
    "long": "Nobody stands in for more than 60 days. For longer, please have the staff list changed: whoever looks "
            "after it gives the role to somebody else for that time.",
    "far": "That is more than a year ahead. Please say so again nearer the time.",
    "missing": "Please choose the first and the last day.",
    "yourself": "Nobody stands in for themselves. Please choose somebody else.",
    "nobody": "Please choose one of those who may stand in.",
    "not yet": "{who} is not on the staff list from the first day on.",
    "leaves": "{who} leaves before the last day. Please choose somebody else.",
    "away": "{who} is away on some of these days as well, and whoever is away stands in for nobody. Please choose "
            "somebody else.",
    "unknown": "I find nobody of that name on the staff list. Please write the name as it stands there.",
    "several": "There are several people of that name. Please write the e-mail address.",
}
OWN = "Only {who}, or whoever looks after the staff list, can say that. Nothing was changed."
NOT_SET = "You are not down as away, so there is nothing to end."
OVER = "That is over already. Nothing was changed."
NOTHING = (
    "Thank you for saying so. Nothing waits for your decision here, so nobody has to stand in for you, and there is "
    "nothing else to do."
)
NOTHING_OF = "Nothing is decided by {who} here, so nobody has to stand in. There is nothing to do."


@dataclass(frozen=True, slots=True)
class Post:
    """One thing that somebody is asked as, and who stands in: "headteacher of Oakfield High"; empty: by name."""

    what: str
    stand_in: str
    """Empty: nobody may."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An absence, set or not yet, for cards. `arg`: what a button carries for it; `subject`: its own once it is set."""

    who: str
    own: bool
    """Whether the reader is the one who is away."""
    first: date
    last: date
    today: date
    posts: tuple[Post, ...]
    waiting: int
    """How many requests wait for them now."""
    arg: str
    subject: str = ""
    over: bool = False
    instead: tuple[tuple[date, date], ...] = ()
    """The days of earlier ones that this takes the place of."""

    @property
    def days(self) -> str:
        """From when to when."""
        return span(self.first, self.last, self.today)

    @property
    def name(self) -> str:
        """Who is away, from where the reader stands."""
        return "you" if self.own else self.who


def proposal(plan: Plan, administrators: str) -> Card:
    """What was understood; nothing of it holds before it is pressed right."""
    elements: list[Element] = [*_who_decides(plan, administrators)]
    if plan.waiting and any(post.stand_in for post in plan.posts):
        goes = "goes" if plan.waiting == 1 else "go"
        elements.append(Text(f"{count(plan.waiting, 'request').capitalize()} waiting now {goes} there as well."))
    elements += [Text(f"This takes the place of the absence {span(*each, plan.today)}.", "warning")
                 for each in plan.instead]
    returns = "You are" if plan.own else f"{plan.who} is"
    elements.append(Text(f"{returns} back on {weekday(back(plan.last), plan.today)}. {_still(plan)}", "quiet"))
    return Card(TITLE, "is this right?", f"{TITLE}: is this right?", tuple(elements), (
        Button("Right", Action(Verb.COVER, plan.subject, arg=plan.arg), "primary"), *_others(plan),
    ))


def standing(plan: Plan, administrators: str) -> Card:
    """An absence as it is set, for whoever is away, and for who set it."""
    title = TITLE if plan.own else f"{TITLE}: {plan.who}"
    if plan.over:
        return Card(title, "over", f"{title}: over", (Text("Nobody stands in any more.", "quiet"),))
    begun = plan.first <= plan.today
    elements = (*_who_decides(plan, administrators), Text(_still(plan), "quiet"))
    label = ("I'm back" if plan.own else f"{plan.who[:20]} is back") if begun else "Not away after all"
    return Card(title, plan.days, f"{title} {plan.days}", elements, (
        *_others(plan), Button(label, Action(Verb.BACK, plan.subject), "plain"),
    ))


def asked_to(plan: Plan, name: str) -> Card:
    """For whoever stands in: for whom, from when to when, in what, and what does not come with it."""
    title = f"You stand in for {plan.who}"
    if plan.over:
        return Card(title, "over", f"{title}: over", (
            Text(f"This is over: what {plan.who} is asked no longer comes to you.", "quiet"),
        ))
    what = [post.what for post in plan.posts if post.stand_in == name and post.what]
    role = f", as {listed(what)}," if what else ""
    waits = f"{count(plan.waiting, 'request').capitalize()} {'waits' if plan.waiting == 1 else 'wait'} now."
    now = waits if plan.waiting else "Nothing waits now."
    return Card(title, plan.days, f"{title} {plan.days}", (
        Text(f"What {plan.who}{role} is asked to decide comes to you as well {plan.days}. {now}"),
        Text(f"Never what you or {plan.who} ask for. {STILL.format(who=plan.who)}", "quiet"),
    ), (Button("What waits for me", Action(Verb.WAITING)),))


def missing(plan: Plan) -> Card:
    """For whoever looks after the staff list: somebody is away, and nobody stands in."""
    title, who = (TITLE, "You are") if plan.own else (f"{TITLE}: {plan.who}", f"{plan.who}{{role}} is")
    lacking = [post.what for post in plan.posts if not post.stand_in and post.what]
    role = f" ({listed(lacking)})" if lacking else ""
    return Card(title, "nobody stands in", f"{title}: nobody stands in", (
        Text(f"{who.format(role=role)} away {plan.days}, and nobody who may stand in is there."),
        Text("What waits goes to whoever is above, where there is somebody. You can choose another stand-in.", "quiet"),
    ), _others(plan))


def unclear(who: str, problem: str, arg: str) -> Card:
    """The days were not understood, or cannot be: the form has them."""
    asked = f"From when to when {f'is {who}' if who else 'are you'} away?"
    said = Text(PROBLEMS[problem], "warning") if problem else Text("Then I ask somebody to stand in.", "quiet")
    return Card(TITLE, "not set", asked, (Text(asked, "strong"), said), (
        Button("Choose the days", Action(Verb.AWAY, arg=arg), "primary"),
    ))


def overview(plans: Sequence[Plan], stands_for: Sequence[tuple[str, str]], arg: str, others: bool = False) -> Card:
    """Who stands in for the reader, and for whom the reader does: (name, days). `others`: may say it for anybody."""
    elements: list[Element] = [Text(f"You are away {plan.days}. {_sentence(plan)}") for plan in plans]
    elements += [Text(f"You stand in for {name} {days}.") for name, days in stands_for]
    if not elements:
        elements.append(Text("You are not down as away, and stand in for nobody."))
    elements.append(Text("Write “away tomorrow until Friday”, say, and I ask who stands in.", "quiet"))
    buttons = tuple(Button("I'm back", Action(Verb.BACK, plan.subject)) for plan in plans[:1])
    else_ = (Button("Somebody else is away", Action(Verb.AWAY)),) if others else ()
    return Card("Standing in", "", "Standing in", tuple(elements), (
        Button("Choose the days", Action(Verb.AWAY, arg=arg), "plain" if plans else "primary"), *buttons, *else_, ASK,
    ))


def form(
    who: str, typed: Mapping[str, str], choices: Sequence[tuple[str, Sequence[tuple[str, str]], str]], zone: str,
    errors: Mapping[str, str], action: Action,
) -> Form:
    """The days, and who stands in, for each thing that they are asked as. `who` empty: asked for as well."""
    fields: list[Field] = []
    if not who:
        fields.append(TextField("person", "Who is away?", typed.get("person", ""), "The name as on the staff list."))
    fields += [
        WhenField("first", "First day away", zone, typed.get("first", ""), day_only=True, required=True),
        WhenField("last", "Last day away", zone, typed.get("last", ""), "This day is included.",
                  day_only=True, required=True),
    ]
    fields += [
        ChoiceField(f"stand_in_{number}", _who(what), tuple(options), (chosen,) if chosen else (), required=False)
        for number, (what, options, chosen) in enumerate(choices) if options
    ]
    title = "Away" if who in ("", "you") else f"Away: {who}"[:24]
    return Form(title, "Continue" if not who else "That is right", action, tuple(fields), None, dict(errors))


def _who(what: str) -> str:
    return cut(f"Who stands in {f'as {what}' if what else 'for what is asked by name'}?", 75)


def problem(name: str, who: str = "") -> str:
    """What is wrong, as a sentence."""
    return PROBLEMS[name].format(who=who)


def ended(who: str) -> str:
    """They are back."""
    return f"Welcome back. {who}" if who else "Welcome back. Nobody stands in for you any more."


def _who_decides(plan: Plan, administrators: str) -> list[Element]:
    elements: list[Element] = [Text(_sentence(plan), "strong")]
    if any(not post.stand_in for post in plan.posts if post.what):
        elements.append(Text(
            f"What waits then goes to whoever is above, if there is somebody; "
            f"{administrators or 'whoever looks after the staff list'} hears of it.", "warning"))
    return elements


def _sentence(plan: Plan) -> str:
    """Who decides for them, in what, and from when to when; what is asked by name goes without saying."""
    whom: dict[str, list[str]] = {}
    for post in [post for post in plan.posts if post.what] or plan.posts:
        whom.setdefault(post.stand_in, []).append(post.what)
    named = {name: [what for what in whats if what] for name, whats in whom.items()}
    if len(named) == 1 and "" not in named:
        return f"{next(iter(named))} decides for {plan.name} {plan.days}."
    said = [
        f"{name or 'nobody'} decides for {plan.name}{f' as {listed(whats)}' if whats else ''}"
        for name, whats in named.items()
    ]
    return f"{plan.days[:1].upper()}{plan.days[1:]}: {'; '.join(said)}."


def _still(plan: Plan) -> str:
    return STILL.format(who="You" if plan.own else plan.who)


def _others(plan: Plan) -> tuple[Button, ...]:
    to = Action(Verb.AWAY, plan.subject, arg=plan.arg)
    return (Button("Someone else", to), Button("Other days", to))
