"""What lies in a chat or a list of a report: that there is something, and nothing of it."""

from cards.action import Action, Verb
from cards.card import Button, Card, Item, Text

ITEM = "Confidential item"
LINES = {
    "report_new": "You have a confidential item.",
    "report_question": "You have a question on something you sent.",
    "report_answer": "There is something new on a confidential item.",
    "report_read": "What you sent has been read.",
    "report_closed": "Something you sent is closed.",
    "report_open": "Something you sent is looked at once more.",
    "report_stuck": (
        "Nobody on the staff list can look after something you sent any more. Please ring your local authority's "
        "designated officer, or a governor you trust."
    ),
    "report_removal": "You are asked for something in confidence.",
    "report_removal_due": "Something that you were asked for in confidence is to be done today.",
    "report_overdue": "Something that was asked for in confidence has not been done by its day.",
    "report_thanks": "Somebody has a few kind words for you.",
    "report_late": "A confidential item still waits for you.",
    "report_idle": "A confidential item is still open, and nothing has happened with it for a week.",
}
"""What each notice says: never what it is about."""
FOR_REPORTER = {"report_question", "report_read", "report_closed", "report_open", "report_stuck"}
"""Those for whoever sent it."""
ASKED = {"report_removal", "report_removal_due"}
"""Those for a colleague who is asked to take something down."""
THANKED = "report_thanks"
"""The one for a colleague who wrote something kind."""


def item(report_id: str, version: int, line_: str) -> Card:
    """A notice: nothing of the report is in it."""
    return Card(ITEM, "", "You have a confidential item", (Text(line_),), (
        Button("Open", Action(Verb.READ_REPORT, report_id, version), "primary", private=True),
    ))


def line(report_id: str, what: str, detail: str) -> Item:
    """A report in a list of its own reporter or reader."""
    return Item(what, detail, Button("Open", Action(Verb.READ_REPORT, report_id), private=True))


def state(name: str) -> str:
    """Where a report stands, for its reporter."""
    return {
        "sent": "Sent. Nobody looks into it yet.", "acknowledged": "Somebody looks into it.", "closed": "Closed.",
    }.get(name, "Not sent.")


def handling(name: str) -> str:
    """Where a report stands, for whoever may read it."""
    return {"sent": "not looked into yet", "closed": "closed"}.get(name, "being looked into")


ALTERED = "cannot be opened"
"""Where a report stands whose seal is broken, in a list."""


def altered(tell: str) -> str:
    """A report that no key opens, said to those for whom it was. `tell`: whoever looks after the bot."""
    return (
        "This cannot be opened any more: it was altered where it is stored, or sealed with another key. Nothing else "
        f"is concerned. Please tell {tell or 'whoever set me up'} that a report cannot be opened, and nothing of what "
        "it is about; and if it was yours, speak to your headteacher or safeguarding lead in person."
    )
