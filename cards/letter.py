"""What the bot writes by e-mail, as the last resort. It never says what waits: anybody may look over a shoulder."""

from collections.abc import Sequence

from cards.card import Card, Text
from cards.undelivered import mend, name
from cards.words import listed

TITLE = "Something waits for you in Can I Post"
NO_ADDRESS = "The e-mail address on the staff list is none that mail can be sent to."
REFUSED = "The mail server does not take mail for this person ({code}). Their address on the staff list may be wrong."


def waiting(tell: Sequence[str]) -> Card:
    """Something could not be delivered: the same words whatever it is. `tell`: who helps."""
    helps = listed(tell) or "whoever looks after it in your trust"
    return Card(TITLE, "", TITLE, (
        Text("Can I Post has something for you, and could not reach you in your staff chat."),
        Text("Please open Can I Post in Slack or Microsoft Teams, say hello there, and choose “What waits for me”."),
        Text(f"If you cannot find it there, {helps} can help. This address reads no answers."),
    ))


def door(of: str, why: str) -> Card:
    """For administrators who cannot be told in chat: nothing is delivered there any more."""
    title = f"Can I Post cannot write to anybody in {name(of)}"
    return Card(title, "", title, (
        Text(f"{name(of)} does not take what Can I Post signs in with ({why}). Nothing is lost: everything waits."),
        Text(mend(of)),
    ))
