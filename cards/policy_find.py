"""What the command line says when somebody asks the policy there."""

from datetime import date

from cards.words import day

SILENT = "The policy does not say."
NO_DOCUMENT = "No policy is imported for {0}. Run: canipost policy import FILE --pack {0}"
ONE_OF = "Ask one question, or give a file of them with --batch."
BAD_LINE = "{}, line {}: a line has to be an object with “id”, “pack” and “question”."
UNREADABLE = "{} cannot be read: {}."


def quoted(number: str, heading: str, quote: str) -> str:
    """One clause in its own words."""
    return f"{number}  {heading}\n{quote}\n"


def source(title: str, version: str, since: date) -> str:
    """Which document was quoted."""
    return f"{title}, version {version}, in force since {day(since)}"
