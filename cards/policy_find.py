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


def counted(what: str, asked: int, silent: int, helped: int, missed: int) -> str:
    """How often one thing was asked, and how that went."""
    parts = [f"{asked:>5}  {what or 'Other things, each in its own words'}"]
    counts = {"no answer in the policy": silent, "it helped": helped, "it did not help": missed}
    parts += [f"{said} {times(count)}" for said, count in counts.items() if count]
    return "; ".join(parts)


def nothing_asked(days: int) -> str:
    """Where nobody asked."""
    return f"Nobody asked about the policy in the last {days} days."


def times(count: int) -> str:
    """Once, twice, five times."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
