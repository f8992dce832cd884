"""What people read where a decision is handed to somebody else."""

from collections.abc import Sequence

from cards.action import Verb
from cards.card import ChoiceField, Element, Form, Text, TextField
from cards.view import View
from storage.tables import Ask

LABEL = "To somebody else"
CHOOSE = "Please choose who is to decide."
NOBODY = "Nobody else may decide this one at the moment, so it stays with you."

HINDRANCES = {
    "closed": "There is no request of this id that waits for a decision.",
    "own": "{who} asked for it or edited it last, and nobody decides on their own.",
    "asked": "{who} can decide it already.",
    "not named": "{who} holds no role that decides such a thing or stands in for it. Give them the role on the staff "
                 "list, or choose somebody else.",
    "personal": "It waits for somebody's own agreement, which nobody else can give.",
    "together": "Several people have to agree to it together. Each of them can hand their part to somebody else in "
                "the chat; or change who holds the role.",
}
"""Why a request cannot be handed to somebody at the command line."""


def form(view: View, options: Sequence[tuple[str, str]], note: str, errors: dict[str, str]) -> Form:
    """Who is to decide instead, of those who may."""
    chosen = (options[0][0],) if len(options) == 1 else ()
    return Form("To somebody else", "Hand it over", view.to(Verb.REASSIGN), (
        ChoiceField("to", "Who decides instead of you?", tuple(options), chosen),
        TextField("note", "Anything they should know?", note, "Whoever sees the request reads this.", False,
                  lines=True, limit=500),
    ), view.to(Verb.OPEN), errors)


def passed(view: View) -> list[Element]:
    """Who handed it to whom, on every card of it from then on."""
    found: dict[tuple[object, ...], Ask] = {
        (ask.person_id, ask.passed_by_id): ask for ask in view.case.asks if ask.passed_at}
    said: list[Element] = []
    for ask in found.values():
        to = view.case.people[ask.person_id or 0].name
        by = f" by {view.case.people[ask.passed_by_id].name}" if ask.passed_by_id else ""
        at = view.calendar.say(ask.passed_at) if ask.passed_at else ""
        said.append(Text(f"Handed to {to}{by}, {at}.{f' “{ask.passed_note}”' if ask.passed_note else ''}", "quiet"))
    return said
