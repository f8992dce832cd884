"""The forms that go with a decision and with the work after it: conditions, training, an answer, a checklist."""

from collections.abc import Mapping
from typing import Any

from cards.action import Verb
from cards.card import ChoiceField, Field, Form, Text, TextField
from cards.permission import Work, field
from cards.view import View
from cards.words import clause, cut

ONWARDS = "onwards"
"""The reply of whoever leaves the answer to those who come after."""
MOST_WHY = 300


def note_form(view: View, verb: Verb, errors: dict[str, str], typed: str = "") -> Form:
    """The note that goes with a request for changes, or the reason for declining."""
    declining = verb == Verb.REFUSE
    change = "What do you need to know?" if view.kind.effect == "answer" else "What should change?"
    label = "Why not?" if declining else change
    hint = f"{view.case.asker.name} reads this."
    title, submit = ("Decline", "Decline") if declining else (view.kind.send_back, "Send")
    text = TextField("note", label, typed, hint, lines=True, limit=2000)
    return Form(title, submit, view.to(verb), (text,), view.to(Verb.OPEN), errors)


def note_needed(verb: Verb) -> str:
    """The note is empty."""
    return {
        Verb.REFUSE: "Please give the reason.", Verb.TRAIN: "Please say which training.",
    }.get(verb, "Please say what is missing, or should change.")


def conditions_form(view: View, errors: dict[str, str]) -> Form:
    """Approve, with restrictions."""
    hint = f"{view.case.asker.name} reads this, and has to keep to it."
    text = TextField("conditions", "On which conditions?", "", hint, lines=True, limit=2000)
    back = view.to(Verb.OPEN)
    return Form("Approve with conditions", "Approve", view.to(Verb.GRANT), (text,), back, errors)


def conditions_needed() -> str:
    """Approve with conditions, but without any."""
    return "Please write the conditions, or go back and press Approve."


def hurry_form(view: View, errors: dict[str, str]) -> Form:
    """Why whoever decides has to hear of it out of hours."""
    hint = f"{view.deciders or 'Whoever decides'} reads this, at home."
    text = TextField("why", "Why can it not wait?", "", cut(hint, 150), lines=True, limit=MOST_WHY)
    return Form("It cannot wait", "Ask now", view.to(Verb.HURRY), (text,), view.to(Verb.OPEN), errors)


def why_needed() -> str:
    """It cannot wait, but nobody knows why."""
    return "Please say why it cannot wait, or go back."


def heard_already() -> str:
    """Whoever decides has heard of it by now."""
    return "It has been passed on by now, so there is nothing to hurry."


def training_form(view: View, errors: dict[str, str]) -> Form:
    """Ask for training before anything else."""
    hint = f"{view.case.asker.name} reads this. It comes back to you once done."
    text = TextField("note", "Which training, and where?", "", hint, lines=True, limit=2000)
    return Form("Training first", "Ask for it", view.to(Verb.TRAIN), (text,), view.to(Verb.OPEN), errors)


def reply_form(view: View, chosen: str, words: str, errors: dict[str, str]) -> Form:
    """The answer to a question: one of the pack's replies, and words for those that need them."""
    options = tuple((name, label) for name, label, _words in view.kind.replies)
    question, title, submit = "Your answer", "Answer", "Send the answer"
    if view.case.followed:
        options = ((ONWARDS, "Nothing: I only pass it on"), *options)
        question, title, submit = "What do you suggest?", "Pass it on", "Pass it on"
        chosen = chosen or ONWARDS
    chosen = chosen if chosen in dict(options) else ""
    fields: list[Field] = [ChoiceField("reply", question, options, (chosen,) if chosen else ())]
    needed = [label for _name, label, with_words in view.kind.replies if with_words]
    if needed:
        hint = "Word for word, as it may be used."
        fields.append(TextField("note", f"The words, for “{needed[0]}”", words, hint, False, lines=True, limit=2000))
    return Form(title, submit, view.to(Verb.REPLY), tuple(fields), view.to(Verb.OPEN), errors)


def choose_reply() -> str:
    """No reply was chosen."""
    return "Please choose your answer."


def words_needed(label: str) -> str:
    """The chosen reply needs words."""
    return f"Please write the words for “{label}”."


def work_form(view: View, work: Work, content: Mapping[str, Any], errors: Mapping[str, str]) -> Form:
    """The checklist of some work, and that it is done."""
    zone = view.calendar.zone.key
    fields: list[Field] = [
        Text(f"{work.text} {clause(work.clause)}"),
        *(field(q, content["answers"].get(q.id, []), {}, (), zone) for q in work.questions),
    ]
    return Form(work.title, "Done", view.to(Verb.DONE), tuple(fields), view.to(Verb.OPEN), dict(errors))
