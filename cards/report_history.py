"""What happened with a report, as its readers and its reporter are told it."""

from collections.abc import Sequence
from dataclasses import dataclass

DID = {
    "acknowledge": "read it and looks into it", "note": "noted", "ask": "asks", "answer": "answers",
    "removal": "asked for it to be taken down", "site": "asked the site", "refer": "referred it",
    "thank": "thanked the author",
    "hand": "handed it over", "recuse": "passed it on, being involved", "close": "closed it", "read": "read it",
    "removed": "has taken it down", "kept": "has not taken it down", "moved": "it went to the next in line",
    "concerns": "says that it is about somebody else, too", "reason": "why, and what was done",
    "reopen": "opened it again",
    "stuck": "nobody is left who could read it", "withdrawn": "can read it no more, being involved or gone",
    "overdue": "has not taken it down by the day", "undelivered": "could not be told in the chat", "sent": "sent it",
    "idle": "it was told that it is still open",
    "files": "added", "opened": "looked at", "saved": "saved a copy of",
    "shut": "shut the files, of which one may be imagery of a child",
    "recuse_failed": "is involved, and nobody else could have it",
}
"""What each step was, as it is told."""
MOST_TOLD, MOST_BYTES = 30, 6000
"""What of a history is shown at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as its reader may see it. `who` is empty for the bot, `to` for nobody."""

    when: str
    who: str
    what: str
    words: str
    to: str = ""
    altered: bool = False

    @property
    def line(self) -> str:
        """As a sentence."""
        by, to = (f", {self.who}" if self.who else ""), f" ({self.to})" if self.to else ""
        words = "(this cannot be opened any more: it was altered)" if self.altered else ""
        words = f"“{self.words}”" if self.words else words
        return f"{self.when}{by}: {DID[self.what]}{to}{f' {words}' if words else ''}"


def newest(history: Sequence[Told]) -> list[Told]:
    """As many of the last as one window shows well."""
    shown: list[Told] = []
    taken = 0
    for each in reversed(history):
        taken += len(each.line.encode())
        if shown and (taken > MOST_BYTES or len(shown) >= MOST_TOLD):
            break
        shown.insert(0, each)
    return shown
