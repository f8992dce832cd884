"""What people read where somebody leaves, and all that waits for them by name goes to a successor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cards.action import Action, Verb
from cards.card import Button, Card, Element, Facts, Form, Text, TextField
from cards.passing import HINDRANCES
from cards.words import count, cut, listed, weekday

TITLE = "Hand-over"
ASK = Button("Somebody is leaving", Action(Verb.LEAVING))
CHANGED = "Something changed meanwhile, so nothing was handed over yet. This is how it is now."
PROBLEMS = {
    "unknown": "I find nobody of that name on the staff list. Please write the name as it stands there.",
    "several": "There are several people of that name. Please write the e-mail address.",
    "same": "That is one and the same person. Please choose somebody else.",
    "not there": "{to} is not on the staff list today. Please choose somebody else.",
    "leaves": "{to} does not stay longer than {leaver}. Please choose somebody else.",
    "yourself": "Nobody hands over to themselves. Please choose somebody else, or ask {others} to do this one.",
    "last": "Nobody but you looks after the staff list. Please have that given to somebody else first: else nobody "
            "hears where something goes wrong.",
}
ROLES = "What somebody is asked for their role goes to whoever has that role next on the staff list."
NAMES = 12
"""So many accounts, or days, are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What goes from whom to whom, for cards. `arg`: what the buttons carry for it.

    What a request says is not part of it, nor what somebody has in confidence, whether there is any or not.
    """

    leaver: str
    to: str
    today: date
    decide: int
    do: int
    run: tuple[str, ...]
    stand_in: tuple[str, ...]
    alone: tuple[str, ...]
    """Days away that nobody stands in for any more, as the successor cannot."""
    stay: tuple[tuple[str, int], ...]
    """Why some requests cannot be decided by the successor, and how many."""
    roles: tuple[str, ...]
    """What the leaver is, which goes on with the staff list."""
    last_day: date | None
    leaver_arg: str
    arg: str

    @property
    def empty(self) -> bool:
        """Whether nothing would go."""
        return not (self.decide or self.do or self.run or self.stand_in or self.alone)


def only(administrators: str) -> str:
    """For whoever does not look after the staff list."""
    who = administrators or "whoever looks after the staff list"
    return f"Only {who} can hand over all that waits for somebody who leaves. Please tell them. Nothing was changed."


def problem(name: str, leaver: str = "", to: str = "", others: str = "") -> str:
    """What is wrong, as a sentence."""
    who = others or "whoever runs Can I Post"
    return PROBLEMS[name].format(leaver=leaver, to=to, others=who)


def who_follows(leaver: str, arg: str, anything: bool) -> Card:
    """Somebody leaves; who takes over is not said yet. `anything`: whether there is something to take over."""
    if not anything:
        nothing = f"Nothing waits for {leaver} by name, so there is nothing to hand over."
        return Card(TITLE, "nothing to hand over", nothing, (Text(nothing), Text(ROLES, "quiet")))
    asked = f"Who takes over from {leaver}?"
    return Card(TITLE, "nothing is moved yet", asked, (
        Text(asked, "strong"),
        Text("All that waits for them by name can go to one successor at once: you see first what that is.", "quiet"),
    ), (Button("Choose a successor", Action(Verb.LEAVING, arg=arg), "primary"),))


def form(typed: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Who leaves, and who follows."""
    hint = "The name as on the staff list."
    return Form("Somebody is leaving", "Show what would go", Action(Verb.HAND_ON), (
        TextField("leaver", "Who leaves?", typed.get("leaver", ""), hint),
        TextField("to", "Who takes over?", typed.get("to", ""), hint),
    ), None, dict(errors))


def proposal(over: HandOver) -> Card:
    """What would go; nothing is done before it is pressed."""
    other = Button("Somebody else", Action(Verb.LEAVING, arg=over.leaver_arg))
    if over.empty:
        nothing = f"Nothing waits for {over.leaver} by name that {over.to} could take over."
        return Card(TITLE, "nothing to hand over", nothing, (Text(nothing), *_stays(over), *_besides(over)), (other,))
    asked = f"From {over.leaver} to {over.to}: is this right?"
    return Card(TITLE, "nothing is moved yet", asked, (
        Text(asked, "strong"), *_goes(over), *_stays(over), Text("All of it goes at once.", "quiet"), *_besides(over),
    ), (Button("Hand over", Action(Verb.HAND_ON, arg=over.arg), "primary"), other))


def done(over: HandOver) -> Card:
    """It is done, and who hears of it."""
    said = f"Handed over from {over.leaver} to {over.to}"
    rest = Button("The rest to somebody else", Action(Verb.LEAVING, arg=over.leaver_arg))
    return Card(TITLE, "done", said, (
        Text(f"{said}.", "good"), *_goes(over), *_stays(over),
        Text(f"{over.to} has a card of each of these. Whoever asked for something sees there that {over.to} has it "
             "now. The record keeps both names, and yours.", "quiet"),
        *_besides(over),
    ), (rest,) if over.stay else ())


def _goes(over: HandOver) -> list[Element]:
    rows = (
        ("Requests to decide", str(over.decide or "")), ("Things to do", str(over.do or "")),
        ("Accounts and sites to run", _named(over.run)), ("Days away to stand in for", _named(over.stand_in)),
    )
    some = tuple((label, said) for label, said in rows if said)
    return [Facts(some)] if some else []


def _named(names: Sequence[str]) -> str:
    left = len(names) - NAMES
    shown = [cut(each, 80) for each in names[:NAMES]]
    return listed([*shown, f"{left} more"]) if left > 0 else listed(shown)


def _stays(over: HandOver) -> list[Element]:
    """What the successor cannot have."""
    alone = f"Nobody stands in any more for {_named(over.alone)}: {over.to} cannot."
    return [
        *([Text(alone, "warning")] if over.alone else []),
        *(Text(f"{count(number, 'request').capitalize()} {'stays' if number == 1 else 'stay'} with {over.leaver}: "
             f"{HINDRANCES[why].format(who=over.to)}", "warning")
          for why, number in over.stay),
    ]


def _besides(over: HandOver) -> list[Element]:
    """What no hand-over moves."""
    said = [f"The staff list has no last day for {over.leaver}: please have it put there."]
    if over.last_day:
        said = [f"Their last day {'was' if over.last_day < over.today else 'is'} {weekday(over.last_day, over.today)}."]
    if over.roles:
        said.append(f"What {over.leaver} is asked as {listed(over.roles)} goes to whoever has that role next.")
    said.append("Drafts stay theirs, and nothing that is confidential is ever part of a hand-over.")
    return [Text(" ".join(said), "quiet")]
