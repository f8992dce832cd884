"""For administrators: what could not be delivered, and a door that takes nothing any more."""

from collections.abc import Sequence

from cards.action import Action, Verb
from cards.card import Button, Card, Element, Text

NAMES = {"slack": "Slack", "teams": "Microsoft Teams", "mail": "the mail server", "console": "the console"}
SETTINGS = {
    "slack": "CANIPOST_SLACK_BOT_TOKEN", "teams": "CANIPOST_TEAMS_APP_PASSWORD", "mail": "CANIPOST_SMTP_URL",
}


def buried(subject: str, number: int, people: Sequence[tuple[str, str]], more: int) -> Card:
    """How much was given up on a day, whom it was for and why: (name, reason). `more`: so many further people."""
    if not number:
        told = "Everything that could not be delivered was sent again, or nobody needs it any more."
        return Card("Deliveries", "sent again", told, (Text(told, "good"),))
    count = "1 message" if number == 1 else f"{number} messages"
    elements: list[Element] = [Text(f"{count} could not be delivered, to:", "warning")]
    elements += [Text(f"{who}: {_reason(why)}") for who, why in people]
    if more > 0:
        elements.append(Text(f"… and {more} more; the command “canipost outbox” lists all.", "quiet"))
    elements.append(Text(
        "Whoever asked for something was told. What waits for these people is still in their lists. Please put right "
        "what stands beside their names, then try again; what nobody needs any more is left out by itself.", "quiet",
    ))
    return Card("Deliveries", count, f"{count} could not be delivered", tuple(elements), (
        Button("Try again", Action(Verb.RESEND, subject), "primary"),
    ))


def tried_again(number: int) -> str:
    """After a press."""
    if not number:
        return "There is nothing left to send again."
    return f"{'1 message is' if number == 1 else f'{number} messages are'} on the way again."


def shut(door: str, why: str, since: str) -> Card:
    """Nothing is delivered through this door until an administrator mends it."""
    told = f"I cannot write to anybody through {name(door)}"
    return Card("Deliveries", "waiting", told, (
        Text(f"{told} since {since}: what I sign in with is not taken ({why}).", "warning"),
        Text(f"Nothing is lost: everything waits. {mend(door)}", "quiet"),
    ))


def opened(door: str) -> Card:
    """It works again."""
    told = f"I can write to people through {name(door)} again."
    return Card("Deliveries", "going again", told, (Text(told, "good"),))


def mend(door: str) -> str:
    """What to do about it."""
    setting = SETTINGS.get(door, "its settings")
    return f"Please set {setting} anew, start Can I Post again, and what waits is sent by itself."


def name(door: str) -> str:
    """A door as people call it."""
    return NAMES.get(door, door)


def _reason(why: str) -> str:
    """A reason that is a sentence was written for people; anything else is a program's word."""
    return why if why.endswith(".") else "no answer, in many tries"
