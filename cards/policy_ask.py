"""What the policy says, quoted; or that it does not say, and who decides then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cards.action import Action, Verb
from cards.card import Button, Card, Divider, Element, Form, Quote, Text, TextField
from cards.words import clause, cut, day, listed

TITLE = "What the policy says"
LIMIT = 1000
"""Letters of a question."""
EXAMPLES = "Such as “can I follow a parent back?” or “who signs off a new account?”"


@dataclass(frozen=True, slots=True)
class Source:
    """The document that is quoted, as it is in force. `overdue`: the day by which it was to be reviewed."""

    title: str
    version: str
    since: date
    overdue: date | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """One clause. `laws`: (what it cites, what stands in its place today)."""

    number: str
    heading: str
    stem: str
    text: str
    laws: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Guided:
    """An adviser's answer. `stale`: the policy changed since."""

    question: str
    answer: str
    clause: str
    by: str
    on: date
    stale: bool


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question is about besides: a plain line of it, and the button that gets it going."""

    line: str
    clause: str
    button: Button


def answer(
    question: str, quotes: Sequence[Quoted], source: Source, given: Sequence[Guided], meant: Meant | None, who: str,
) -> Card:
    """The clauses, best first. `question`: its id; `who` is asked where they do not answer it."""
    elements: list[Element] = _besides(meant)
    for quoted in quotes:
        elements += _quoted(quoted)
    elements += [*_guidance(given), *_from(source), Divider(), Text("Was this it?", "quiet")]
    buttons = [
        *([meant.button] if meant else []),
        Button("Yes", Action(Verb.HELPED, question, arg="yes")),
        Button("No", Action(Verb.HELPED, question, arg="no")),
        *asks(question, who),
        Button("More from this section", Action(Verb.SECTION, question)),
    ]
    return Card(TITLE, "", f"{TITLE}: {quotes[0].number}", tuple(elements), tuple(buttons))


def silent(question: str, source: Source, given: Sequence[Guided], meant: Meant | None, who: str) -> Card:
    """The policy does not say."""
    elements: list[Element] = [*_besides(meant), Text(f"The {source.title} does not say.", "strong"), *_guidance(given)]
    if who:
        elements.append(Text(f"{who} can tell you how it is done here."))
    elements += _from(source)
    buttons = (*([meant.button] if meant else []), *asks(question, who))
    return Card(TITLE, "", f"The {source.title} does not say.", tuple(elements), buttons)


def not_it(question: str, quotes: Sequence[Quoted], who: str) -> Card:
    """The answer did not help: what else came near, and who can be asked."""
    if not quotes:
        words = f"Sorry about that. {who} can tell you." if who else "Sorry about that."
        return Card(TITLE, "", words, (Text(words),), asks(question, who))
    elements: list[Element] = [Text("Sorry about that. This came near, too:")]
    for quoted in quotes:
        elements += _quoted(quoted)
    return Card(TITLE, "", "What else came near", tuple(elements), asks(question, who))


def section(heading: str, quotes: Sequence[Quoted], source: Source, more: bool) -> Card:
    """A whole section of the document."""
    elements: list[Element] = []
    for quoted in quotes:
        elements += _quoted(quoted)
    if more:
        elements.append(Text("The section goes on in the document.", "quiet"))
    return Card(heading or TITLE, "", f"{TITLE}: {heading}", (*elements, *_from(source)))


def form(typed: str = "", error: str = "") -> Form:
    """Ask the policy something."""
    asked = TextField("question", "What would you like to know?", typed, EXAMPLES, lines=True, limit=LIMIT)
    errors = {"question": error} if error else {}
    return Form("Ask what the policy says", "Ask", Action(Verb.ASK_POLICY), (asked,), Action(Verb.HELP), errors)


def invitation() -> Card:
    """How one asks."""
    return Card(TITLE, "", "Ask what the policy says", (
        Text("Write your question here, in your own words, with “ask” in front."), Text(EXAMPLES, "quiet"),
    ), (Button("Ask a question", Action(Verb.ASK_POLICY), "primary"),))


def asks(question: str, who: str) -> tuple[Button, ...]:
    """A person instead, with one's name or without."""
    if not who:
        return ()
    return (
        Button(cut(f"Ask {who}", 60), Action(Verb.ASK_PERSON, question)),
        Button("Ask without my name", Action(Verb.ASK_PERSON, question, arg="unnamed")),
    )


def tells(role: str) -> str:
    """The button to the form of a report: whom it is for, where that is clear."""
    return cut(f"Tell the {role}", 40) if role else "Report this"


def _besides(meant: Meant | None) -> list[Element]:
    if meant is None or not meant.line:
        return []
    return [Text(f"{meant.line} {clause(meant.clause)}" if meant.clause else meant.line, "strong")]


def _quoted(quoted: Quoted) -> list[Element]:
    heading = quoted.heading.rpartition(" › ")[2]
    source = " · ".join(filter(None, (quoted.number, cut(heading, 120))))
    found: list[Element] = [Quote(quoted.text, quoted.stem, source)]
    found += [Text(f"This clause names the {old}. In its place there is now the {new}.", "warning")
              for old, new in quoted.laws]
    return found


def _guidance(given: Sequence[Guided]) -> list[Element]:
    """What advisers answered before, marked as what it is."""
    found: list[Element] = []
    for each in given:
        beside = f"beside {each.clause}" if each.clause else "where the policy is silent"
        source = f"Guidance by {each.by}, {day(each.on)}, {beside}. Not part of the policy."
        found += [Text(f"Asked before: {each.question}", "quiet"), Quote(each.answer, "", source)]
        if each.stale:
            found.append(Text("The policy has changed since. Please ask before you rely on this.", "warning"))
    return found


def _from(source: Source) -> list[Element]:
    said: list[Element] = [
        Text(f"{source.title}, version {source.version}, in force since {day(source.since)}.", "quiet")]
    if source.overdue:
        said.append(Text(f"This policy was due for review on {day(source.overdue)}.", "warning"))
    return said


NOT_ENGLISH = "I only understand English, I am sorry. The policy is in English, too: please ask once more in English."
THANKS = "Good. You can always ask again."
GONE = "This is too long ago for its buttons. Please ask again."
EMPTY = "Please write what you would like to know."
TOO_LONG = f"Please ask in fewer words: I read up to {LIMIT:,} letters."
A_POST = "This looks like words that you would like to publish."
UNNAMED = "Whoever answers is not told that it was you. They may guess it from what you write."


def no_document(who: Sequence[str]) -> str:
    """Nobody has given the bot the policy yet."""
    whom = f"{listed(who)} can have it imported." if who else "Whoever looks after me can import it."
    return f"I do not have the text of your trust's policy yet, so I cannot quote it. {whom}"
