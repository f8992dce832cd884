"""What people read while a policy is imported: why a file cannot be, what it holds, what changed, what to look at."""

from collections.abc import Sequence
from datetime import date

from cards.words import cut, day, listed

UNREADABLE = {
    "empty": "The file has no words in it. Please look whether it is the right one.",
    "encrypted": "The file is protected by a password, so I cannot read it. Please save a copy without one.",
    "scan": "The file holds pictures of pages and no text. Please give the document that was printed, or have it read "
            "by text recognition first.",
    "picture": "This is a picture, not a document. Please give the policy as Word, PDF, web page, Markdown or text.",
    "old": "This is an old kind of Word file. Please open it, save it as .docx, and give me that.",
    "other": "This is none of the documents I can read. Please give the policy as Word (.docx), PDF, web page, "
             "Markdown or text.",
    "broken": "The file is damaged, so I cannot read it. Please open it, save it again, and give me the new one.",
    "bomb": "The file unpacks to far more than a document holds, so I did not open it.",
    "long": "That is far longer than a policy: I read up to 500 pages. Please give the policy alone.",
}
NOTES = {
    "recovered": "The file has lost the numbers of paragraphs. I counted them again; please compare a few with the "
                 "printed policy.",
    "numberless": "The document has no numbers, so its clauses go by their headings.",
    "tracked": "The document has tracked changes. I read it as if all of them were accepted; please make sure that "
               "they were.",
    "footnotes": "Footnotes were left out.",
    "pictures": "Some pages hold a picture and no text: what it shows was left out.",
    "twice": "The same number stands more than once; I kept them apart: {}.",
    "missing": "These numbers are missing in between: {}.",
    "unknown": "The pack names these clauses, and the document does not have them: {}. Its rules may need a new look.",
    "lengthy": "These are too long to be quoted whole: {}.",
}
SHOWN = 12
"""So many numbers are named; of more, how many there are."""
NOTHING = "Nothing was imported."


def unreadable(reason: str) -> str:
    """Why a file cannot be read, and what helps."""
    return UNREADABLE[reason]


def note(code: str, where: Sequence[str]) -> str:
    """Something to look at."""
    shown = [*where[:SHOWN], *([f"{len(where) - SHOWN} more"] if len(where) > SHOWN else [])]
    return NOTES[code].format(listed(shown))


def left_out(noise: Sequence[str]) -> str:
    """What was left out of the text."""
    different = list(dict.fromkeys(cut(each, 40) for each in noise))
    shown = ", ".join(f"“{each}”" for each in different[:4])
    more = " …" if len(different) > 4 else ""
    return f"Left out as bookmarks, contents, page numbers or running lines: {len(noise)} ({shown}{more})"


def repealed(name: str, now: str, where: Sequence[str]) -> str:
    """A law that is cited and no longer stands."""
    return f"{listed(where)} cites the {name}. Now it is {now}."


def summary(clauses: int, headings: int) -> str:
    """How much there is in it."""
    return f"{clauses} clauses under {headings} headings"


def clause(number: str, text: str) -> str:
    """One clause as a line of the tree."""
    return f"{number}  {cut(' '.join(text.split()), 90)}"


def compared(label: str, since: date) -> str:
    """What a document was compared with."""
    return f"Compared with version {label}, which holds from {day(since)}"


def change(what: str, before: str, after: str, words: str) -> str:
    """One clause that is not as it was. `before`, `after`: its numbers; empty where there is none."""
    number = f"{before} → {after}" if before and after and before != after else after or before
    return f"{what} {number}: {cut(' '.join(words.split()), 90)}"


def refused(reason: str, on: date | None, months: int, clause_: str) -> str:
    """Why a version cannot be taken in."""
    named = day(on) if on else ""
    span = {0: "on the day", 1: "one month before"}.get(months, f"{months} months before")
    return {
        "soon": f"Staff are told of a change {span} it takes effect ({clause_}), so the earliest day is {named}. Where "
                "it cannot wait, say why with --reason; the record keeps it.",
        "label": f"There is a version of this name already, from {named}, and it says something else. A version is "
                 "never altered: please give this one a name of its own.",
        "review": f"The review on {named} would be before the policy takes effect. Please look at both days.",
    }[reason]


def stored(title: str, label: str, since: date, today: date) -> str:
    """It was taken in."""
    when = f"holds since {day(since)}" if since <= today else f"will hold from {day(since)}"
    return f"{title}, version {label}, is stored and {when}."


def told(people: int) -> str:
    """Everybody on the staff list hears of it."""
    if people == 1:
        return "One person on the staff list hears of it in working hours, and is asked to read and confirm it."
    return f"{people:,} people on the staff list hear of it in working hours, and are asked to read and confirm it."


def version(title: str, label: str, since: date, due: date | None, state: str, reason: str) -> str:
    """A version as a line of a list."""
    parts = [f"{title} {label}", f"from {day(since)}", f"review due {day(due)}" if due else "", state,
             f"urgent: {reason}" if reason else ""]
    return ", ".join(part for part in parts if part)


IN_FORCE, TO_COME, PAST = "in force", "to come", "no longer in force"
ALREADY = "This version is stored already, word for word. There is nothing to do."
NONE = "No policy has been imported yet. Run: canipost policy import FILE --pack {} --version … --effective …"
NO_CLAUSE = "There is no clause {}. The clauses are: {}."
NO_VERSION = "There is no version {}. The versions are: {}."
UNCHANGED = "Every clause is as it was."
MEANWHILE = "Something else was imported meanwhile, so nothing was. Please run it again."
