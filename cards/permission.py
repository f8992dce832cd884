"""What people read about every permission that is not a post: its form, its facts, its answer, the work it brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cards import behalf, post
from cards.action import Action, Verb
from cards.card import (
    Button,
    Card,
    Change,
    Check,
    ChoiceField,
    ConfirmField,
    Copy,
    Element,
    Facts,
    Field,
    Form,
    Text,
    TextField,
    WhenField,
)
from cards.post import Confirmation
from cards.words import SITES, clause, cut, day, listed, site
from storage.tables import Case


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form. `type`: line, text, choice, choices, day, person or account."""

    id: str
    label: str
    type: str
    hint: str
    required: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody does once it is approved."""

    id: str
    title: str
    text: str
    clause: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request, as far as cards speak of it. `silent`: the policy does not."""

    name: str
    title: str
    clause: str
    effect: str
    about: str
    first: str
    never: str
    silent: bool
    questions: tuple[Question, ...]
    confirmations: tuple[Confirmation, ...]
    replies: tuple[tuple[str, str, bool], ...]
    conditions: bool
    training: bool
    work: tuple[Work, ...]

    @property
    def send_back(self) -> str:
        """What it is called to want more of whoever asks."""
        return "Ask back" if self.effect == "answer" else "Ask for changes"

    @property
    def publishes(self) -> bool:
        """Whether it is a post."""
        return self.effect == "publish"


SILENT = "The policy does not say"


def answer(question: Question, given: Sequence[str], names: Mapping[str, str]) -> str:
    """An answer in words. `names`: people and accounts by number."""
    if question.type in ("choice", "choices"):
        options = dict(question.options)
        return listed(options.get(each, each) for each in given)
    if question.type in ("person", "account"):
        return listed(names.get(each, each) for each in given)
    if question.type == "day" and given:
        return day(date.fromisoformat(given[0][:10]))
    return listed(given)


def facts(kind: Kind, content: Mapping[str, Any], names: Mapping[str, str]) -> list[Element]:
    """What was asked: short answers as facts, long ones as paragraphs."""
    rows = tuple(
        (cut(q.label.rstrip("?"), 40), answer(q, given, names))
        for q in kind.questions
        if q.type != "text" and (given := content["answers"].get(q.id))
    )
    long = [
        each
        for q in kind.questions
        if q.type == "text" and (given := content["answers"].get(q.id))
        for each in (Text(q.label, "quiet"), Text(given[0]))
    ]
    return [*([Facts(rows)] if rows else []), *long]


def headline(kind: Kind, content: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The first answer: what tells one request of a kind from another."""
    wanted = ("name", "what", "purpose")
    questions = sorted(kind.questions, key=lambda q: wanted.index(q.id) if q.id in wanted else len(wanted))
    said = (answer(q, given, names) for q in questions if (given := content["answers"].get(q.id)))
    return next(said, content.get("words", ""))


def changes(kind: Kind, case: Case, names: Mapping[str, str]) -> list[Element]:
    """What changed since it was last decided on."""
    if case.seen is None:
        return []
    old, new = case.seen.content["answers"], case.revision.content["answers"]
    found: list[Element] = [
        Change(q.label, answer(q, old.get(q.id, []), names), answer(q, new.get(q.id, []), names))
        for q in kind.questions
        if old.get(q.id, []) != new.get(q.id, [])
    ]
    heading = Text("Changed since you last saw it", "strong") if found else Text("Nothing was changed.", "quiet")
    return [heading, *found]


def confirmed(kind: Kind, done: Sequence[str], who: str) -> list[Element]:
    """The boxes that were ticked, in a line; and those that are still to tick."""
    ticked = [c for c in kind.confirmations if c.id in done]
    todo = [c for c in kind.confirmations if c.id not in done]
    found: list[Element] = []
    if todo:
        found.append(Check(f"To confirm: {listed(c.short for c in todo)}", _clauses(todo), "ask"))
    if ticked:
        start = "You confirm" if who == "you" else f"{who} confirms"
        found.append(Check(f"{start}: {listed(c.short for c in ticked)}", _clauses(ticked), "good"))
    return found


def _clauses(parts: Sequence[Confirmation]) -> str:
    return ", ".join(dict.fromkeys(part.clause for part in parts))


def invitation(kind: Kind, who: str, arg: str) -> Card:
    """What the policy asks of such a request, before the form. `who` decides, in words."""
    elements: list[Element] = []
    if kind.first:
        elements.append(Text(kind.first, "warning"))
    if kind.about:
        elements.append(Text(kind.about))
    elements.append(says(kind, who))
    buttons = (Button("Fill it in", Action(Verb.COMPOSE, arg=arg), "primary"), Button("Not now", Action(Verb.HELP)))
    return Card(kind.title, "not sent yet", f"{kind.title}: {kind.first or kind.about}", tuple(elements), buttons)


def says(kind: Kind, who: str) -> Element:
    """Who decides, and by which clause; or that the policy does not say."""
    decides = "answers" if kind.effect == "answer" else "decides"
    if kind.silent:
        asked = f" {who} {decides} then" if who else " It can be asked for all the same"
        return Text(f"{SILENT} anything about this.{asked}, and the record says that the policy did not.")
    if kind.effect == "answer":
        return Check(f"{who} {decides}." if who else "It needs an answer.", kind.clause, "ask")
    return Check(f"It needs permission. {who} {decides}." if who else "It needs permission.", kind.clause, "ask")


def ruled_out(title: str, never: str, number: str, who: str) -> Card:
    """The policy rules such a thing out altogether."""
    ask = f"If you think that this case is different, ask {who} for advice." if who else ""
    elements: list[Element] = [Check(never, number, "warning")]
    if ask:
        elements.append(Text(ask, "quiet"))
    return Card(title, "not allowed", f"{title}: {never}", tuple(elements), (
        Button("Ask for advice", Action(Verb.COMPOSE, arg="advice")),
    ))


def form(
    kind: Kind, subject: str, number: int, version: int, content: Mapping[str, Any], names: Mapping[str, str],
    accounts: Sequence[tuple[str, str]], zone: str, errors: Mapping[str, str], note: str = "",
) -> Form:
    """The form of a request, filled in with what is known. `accounts`: (number, label) to choose from."""
    intro = [Text(kind.first, "warning")] if kind.first else []
    intro += [Text(note, "quiet")] if note else []
    fields: list[Field] = [
        *intro,
        *(field(q, content["answers"].get(q.id, []), names, accounts, zone) for q in kind.questions),
        *(
            ConfirmField(f"confirm_{c.id}", f"{c.text} {clause(c.clause)}", c.id in content["confirmed"])
            for c in kind.confirmations
        ),
    ]
    cancel = Action(Verb.OPEN, subject, version) if subject else Action(Verb.HELP)
    action = Action(Verb.SAVE, subject, number, "" if subject else kind.name)
    return Form(kind.title, "Send", action, tuple(fields), cancel, dict(errors))


def field(
    question: Question, given: Sequence[str], names: Mapping[str, str], accounts: Sequence[tuple[str, str]], zone: str,
) -> Field:
    """The form's field for a question, with what was given so far."""
    name, value = f"q_{question.id}", next(iter(given), "")
    if question.type in ("choice", "choices"):
        several = question.type == "choices"
        return ChoiceField(
            name, question.label, question.options, tuple(given), question.hint, question.required, several)
    if question.type == "account":
        return ChoiceField(name, question.label, tuple(accounts), tuple(given), question.hint, question.required)
    if question.type == "day":
        return WhenField(name, question.label, zone, value, question.hint, True, question.required)
    hint = question.hint
    if question.type == "person":
        value, hint = names.get(value, value), hint or "A colleague's name or e-mail address."
    lines = question.type == "text"
    return TextField(name, question.label, value, hint, question.required, lines, 3000 if lines else 150)


def replied(kind: Kind, reply: str, note: str, by: str) -> list[Element]:
    """The answer that was given, word for word."""
    label = next((text for name, text, _words in kind.replies if name == reply), "")
    said: list[Element] = [Text(f"{by} answered: {label}." if label else f"{by} answered:", "good")]
    return [*said, Copy(note)] if note else said


def suggested(kind: Kind, case: Case, to_asker: bool) -> list[Element]:
    """What was said to it so far. Whoever asks hears who has had it, and the words once they are final."""
    labels = {name: text for name, text, _words in kind.replies}
    found: list[Element] = []
    for decision in case.standing:
        by = behalf.by(case, decision)
        if to_asker or decision.reply not in labels:
            found.append(Text(f"{by} has seen it and passed it on.", "good"))
            continue
        found.append(Text(f"{by} suggests: {labels[decision.reply]}", "strong"))
        found += [Copy(decision.note)] if decision.note else []
    return found


ERRORS = {
    "empty answer": "Please answer this.",
    "too long answer": "This is too long. Please shorten it.",
    "no day": "I cannot read this as a date.",
    "past day": "That day has passed.",
    "nobody": "I find nobody of that name on the staff list. Their e-mail address always works.",
    "several people": "Several people on the staff list are called that. Please give the e-mail address.",
    "yourself": "Please name somebody else than yourself.",
}





def error(why: str) -> str:
    """What is said at a field."""
    return ERRORS.get(why) or post.error(why)


def there_already() -> str:
    """The register has such an account."""
    return "There is an account of this name on the register already."


def approved_sites(names: Sequence[str], number: str) -> str:
    """Above the form of a new account: where it can be, and what comes first elsewhere."""
    so_far = f"Approved so far: {listed(names)}. " if names else "No site is approved yet. "
    return f"{so_far}{'Any other' if names else 'It'} is asked for first, as a new platform {clause(number)}."


def unapproved(name: str, number: str, mine: bool) -> Check:
    """A platform that nobody has approved yet; whoever asks gets a button to ask for it."""
    known = name.lower() if name.lower() in SITES else ""
    ask = Button("Ask to approve the site", Action(Verb.REQUEST, arg=f"site {known}".strip())) if mine else None
    said = f"{cut(site(name), 60)} is not on the list of approved sites. It needs approval first."
    return Check(said, number, "warning", ask)


def no_work() -> str:
    """Somebody else did it meanwhile, or it was taken back."""
    return "Nothing of this is left for you to do."
