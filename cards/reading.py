"""What people read while they read the policy: that there is something to read, its pages, and what they confirm."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cards.action import Action, Verb
from cards.card import Button, Card, ChoiceField, ConfirmField, Element, Field, Form, Item, Text
from cards.words import clause, cut, day, listed

TITLE = "To read and confirm"
READ = "Read and confirm"
HEADINGS = " › "
"""Between the headings that a clause stands under, the outermost first."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that somebody has to read. `id`: of the reading. `address`: where it lies, if the bot has no text.

    `since`: from when that version holds; None where the bot does not know.
    """

    id: int
    name: str
    version: str
    due: date
    late: bool
    address: str = ""
    since: date | None = None
    whole: bool = True
    """Whether the bot has its text."""

    @property
    def full(self) -> str:
        """Its name and version."""
        return f"{self.name}, version {self.version}" if self.whole else self.name


@dataclass(frozen=True, slots=True)
class Part:
    """One clause on a page."""

    number: str
    heading: str
    stem: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on it. `look`, `clause` and its own `words`, if they are few: what whoever answers wrongly is told."""

    question: str
    options: Sequence[str]
    look: str
    clause: str
    words: str = ""


def subject(reading_id: int) -> str:
    """What a button about a reading names."""
    return f"reading-{reading_id}"


def read_button(paper: Paper, primary: bool = True) -> Button:
    """The way to it."""
    return Button(READ, Action(Verb.READ, subject(paper.id)), "primary" if primary else "plain")


def item(paper: Paper) -> Item:
    """One line of what waits for somebody."""
    return Item(cut(paper.full, 140), _by(paper), read_button(paper, primary=False))


def call(papers: Sequence[Paper]) -> Card:
    """Something is to be read, or still is; nothing any more."""
    if not papers:
        thanks = Text("You have confirmed everything. Thank you.", "good")
        return Card(TITLE, "done", "Everything is confirmed", (thanks,))
    late = " One day is over already." if any(each.late for each in papers) else ""
    words = f"Please read this, and confirm that you have read and understood it.{late}"
    return Card(TITLE, "", f"{TITLE}: {listed(each.name for each in papers)}",
                (Text(words), *(item(each) for each in papers)))


def page(paper: Paper, parts: Sequence[Part], number: int, count: int) -> Card:
    """One page of it. The last one has the button to confirm."""
    elements: list[Element] = []
    if number == 1:
        elements.append(Text(f"{_holds(paper)}Please confirm {_by(paper)}.", "quiet"))
    before: Part | None = None
    for each in parts:
        elements += _clause(each, before)
        before = each
    forward = Button("Next page", Action(Verb.READ, subject(paper.id), arg=str(number + 1)), "primary")
    back = Button("Page before", Action(Verb.READ, subject(paper.id), arg=str(number - 1)))
    buttons = (*((forward,) if number < count else (_confirm(paper),)), *((back,) if number > 1 else ()))
    state = f"page {number} of {count}" if count > 1 else ""
    return Card(paper.full, state, paper.full, tuple(elements), buttons)


def place(heading: str) -> str:
    """The nearest of the headings that a clause stands under."""
    return heading.rsplit(HEADINGS, maxsplit=1)[-1]


def _clause(part: Part, before: Part | None) -> Iterator[Element]:
    """A clause as one reads on: what its heading, or the words that introduce its list, share with the last is left."""
    above = part.heading.split(HEADINGS) if part.heading else []
    known = before.heading.split(HEADINGS) if before else above[:-2]
    new = [each for i, each in enumerate(above) if above[: i + 1] != known[: i + 1]]
    if new:
        yield Text(" · ".join(new), "strong")
    if part.stem and not (before and (before.stem == part.stem or before.text.endswith(part.stem))):
        yield Text(part.stem)
    yield Text(f"{part.number}  {part.text}")


def elsewhere(paper: Paper) -> Card:
    """A document whose text the bot does not have."""
    where = "It is here:" if paper.address else "Your school has it; please ask there if you have not."
    link = (Button("Open it", url=paper.address),) if paper.address else ()
    return Card(paper.full, "", paper.full, (
        Text(f"Please read it, then come back and confirm {_by(paper)}."), Text(where, "quiet"),
    ), (*link, _confirm(paper)))


def form(
    papers: Sequence[Paper], asked: Sequence[Asked], ticked: Sequence[int], given: Mapping[int, str],
    errors: Mapping[str, str],
) -> Form:
    """A box for each document, the first being the one that was read; then the questions on it."""
    fields: list[Field] = [
        ConfirmField(box(each.id), f"I have read and understood: {each.full}", each.id in ticked) for each in papers
    ]
    for i, each in enumerate(asked):
        options = tuple((str(n), text) for n, text in enumerate(each.options, 1))
        chosen = (given[i],) if given.get(i) in dict(options) else ()
        fields.append(ChoiceField(answer(i), each.question, options, chosen))
    if len(papers) > 1:
        fields.insert(1, Text("If you have read these, too, tick them as well; else they stay on your list.", "quiet"))
    if asked:
        fields.insert(len(fields) - len(asked), Text(QUIZ, "quiet"))
    return Form("Read and understood", "Confirm", Action(Verb.CONFIRM_READ, subject(papers[0].id)), tuple(fields),
                Action(Verb.READ, subject(papers[0].id)), dict(errors))


def box(reading_id: int) -> str:
    """The field of a document's box."""
    return f"read_{reading_id}"


def answer(number: int) -> str:
    """The field of a question."""
    return f"answer_{number}"


def not_right(asked: Asked) -> str:
    """Another answer was chosen than the policy's."""
    said = f" It says: “{asked.words}”" if asked.words else ""
    return f"Not quite. {asked.look} {clause(asked.clause)}{said} Please choose again."


def done(names: Sequence[str], on: date, left: Sequence[Paper]) -> Card:
    """It is on the record."""
    words = f"You have confirmed on {day(on)} that you have read and understood {listed(names)}. Thank you."
    elements: list[Element] = [Text(words, "good")]
    if left:
        elements += [Text("This is still to read:"), *(item(each) for each in left)]
    return Card(TITLE, "confirmed", words, tuple(elements))


def held(kind: str, number: str, papers: Sequence[Paper]) -> Card:
    """A request waits until its asker has read what the policy asks."""
    names = listed(f"the {each.name}" for each in papers)
    return Card(kind, "not sent yet", f"{kind}: please read {names} first", (
        Text(f"Before this can be sent, the policy asks you to read {names}, and to confirm it. {clause(number)}",
             "warning"),
        *(item(each) for each in papers),
        Text("Your request is kept. When you have confirmed, press Send on its card.", "quiet"),
    ))


def now_send() -> str:
    """What was kept can be sent."""
    return "Thank you. If a request of yours waited for this, you can send it now."


def _confirm(paper: Paper) -> Button:
    return Button("I have read it", Action(Verb.CONFIRM_READ, subject(paper.id)), "primary")


def _by(paper: Paper) -> str:
    return f"by {day(paper.due)}, which is over" if paper.late else f"by {day(paper.due)}"


def _holds(paper: Paper) -> str:
    return f"This version holds from {day(paper.since)}. " if paper.since else ""


QUIZ = "Does it say what you think it says? You can try as often as you like, and nobody is told."
THANKS = "Thank you. It is on the record."
TICK = "Please tick this if you have read it."
CHOOSE = "Please choose one."
NOT_YOURS = "I cannot find that, or it is not for you to read. Nothing was changed."
REPLACED = "A newer version has come since. Please read that one."
DROPPED = "This does not have to be read any more. Nothing was changed."
ALREADY = "You have confirmed this already. Nothing was changed."
