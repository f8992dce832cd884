"""An adviser's answer as guidance for everybody: the form, its card, and the look at it when the policy changes."""

from collections.abc import Mapping, Sequence

from cards.action import Action, Verb
from cards.card import Button, Card, ChoiceField, Element, Form, Quote, Text, TextField
from cards.policy_ask import Guided
from cards.words import cut, day

COLLEAGUE = "A colleague"
"""Who asks, where they do not wish to be named."""
NO_CLAUSE = "none"


def form(
    request: str, question: str, answer: str, clauses: Sequence[tuple[str, str]], chosen: str,
    errors: Mapping[str, str],
) -> Form:
    """What everybody is to read. `clauses`: (number, label) that it may stand beside."""
    options = (*clauses, (NO_CLAUSE, "The policy says nothing of it"))
    return Form("Keep as guidance", "Publish", Action(Verb.GUIDE, request), (
        Text("Everybody at your trust who asks about this will read it, with your name and today's date. "
             "Please leave out whoever asked, and anybody else."),
        TextField("question", "The question", question, lines=True, limit=500),
        TextField("answer", "Your answer", answer, lines=True, limit=2000),
        ChoiceField("clause", "It stands beside", options, (chosen or NO_CLAUSE,)),
    ), errors=dict(errors))


def published() -> str:
    """It can be read now."""
    return "Published. Whoever asks about this reads it from now on, and you can change it from your card."


def withdrawn() -> str:
    """Nobody reads it any more."""
    return "Withdrawn: nobody is shown it any more."


def kept() -> str:
    """It holds beside the new policy, too."""
    return "Thank you. It stands beside the new policy, with today's date."


def card(request: str, given: Guided, changed: bool) -> Card:
    """One's own guidance, to change or to withdraw. `changed`: the policy changed, and it has to be looked at."""
    asked = Text("The policy has changed. Is your guidance still right?", "strong")
    elements: list[Element] = [asked] if changed else []
    beside = f"beside {given.clause}" if given.clause else "where the policy is silent"
    elements += [Text(given.question, "quiet"), Quote(given.answer, "", f"{given.by}, {day(given.on)}, {beside}")]
    right = (Button("Still right", Action(Verb.KEEP_GUIDE, request), "primary"),) if changed else ()
    title, state = cut(f"Guidance: {given.question}", 70), "to be looked at" if changed else ""
    return Card(title, state, title, tuple(elements), (
        *right,
        Button("Change it", Action(Verb.GUIDE, request)),
        Button("Withdraw it", Action(Verb.DROP_GUIDE, request), "danger", "Withdraw it? Nobody is shown it then."),
    ))


ERRORS = {
    "question": "Please say what was asked, so that others find it.",
    "answer": "Please write the answer.",
}


def too_long(limit: int) -> str:
    """Longer than the form takes."""
    return f"Please keep it below {limit:,} letters."
