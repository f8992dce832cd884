"""What a colleague reads who is asked to take something down, or thanked for something kind: nothing of the report."""

from collections.abc import Mapping

from cards.action import Action, Verb
from cards.card import ChoiceField, Field, Form, Text, TextField

QUIETLY = "Whatever you think of it, please do not answer in the chat, but here."


def removal(subject: str, version: int, by: str, asked: str, day: str, errors: Mapping[str, str]) -> Form:
    """The words of whoever asks, by when, and the answer."""
    until = f"Please do it by the end of {day}, and say so here. " if day else "Please say here when it is done. "
    fields: tuple[Field, ...] = (
        Text(f"{by} asks you:", "strong"), Text(asked), Text(f"{until}{QUIETLY}", "quiet"),
        ChoiceField("done", "Is it down?", (("yes", "Yes, I have taken it down"), ("no", "No, and I say why below"))),
        TextField("words", "Anything to say to it?", "", "", False, lines=True, limit=2000),
    )
    return Form("Please take it down", "Send", Action(Verb.ADD_TO_REPORT, subject, version), fields, None,
                dict(errors), leave="Close", private=True)


def thanks(subject: str, version: int, by: str, said: str) -> Form:
    """The words of whoever thanks."""
    fields: tuple[Field, ...] = (Text(f"{by} thanks you:", "strong"), Text(said))
    return Form("Thank you", "Done", Action(Verb.ADD_TO_REPORT, subject, version), fields, None, {}, leave="Close",
                private=True)


def read() -> str:
    """They read the thanks."""
    return "That is all: nothing is asked of you."
