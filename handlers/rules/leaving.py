"""Somebody leaves: in the few shapes in which people write it, and who can take over from them.

The patterns are plain strings, compiled when first needed, as in `questions`.
"""

import re
from dataclasses import dataclass
from datetime import date

from handlers.rules.absence import TITLE, person, plainly, speaks_of_days
from handlers.rules.rights import serves
from storage.tables import Person

LEAVES = (
    rf"(?:(?:i\s?am|i\s?m|im|i\s?will\s+be|ill\s+be)\s+|{person('leaver')}\s+(?:is|will\s+be)\s+)"
    r"(?:leaving|retiring)(?:\s+(?:us|the\s+(?:school|trust)))?\b(?P<when>.*)"
    rf"|{person('left')}\s+(?:(?:has|have)\s+left|left|leaves|retires|has\s+retired)"
    r"(?:\s+(?:us|the\s+(?:school|trust)))?\b(?P<then>.*)"
)
HANDS_OVER = (
    r"(?:i\s+(?:want|need|would\s+like)\s+to\s+)?hand(?:ing)?(?:\s+|-)?over\s+(?:(?:everything|all|it\s+all)\s+)?"
    rf"(?:from|of|for)\s+{person('leaver')}(?:\s+to\s+{person('to')})?"
)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves, empty for the writer; and who takes over, empty where that is not said."""

    leaver: str
    to: str = ""

    @property
    def titled(self) -> bool:
        """Whether it is certainly a person: "mrs patel", but not "the school"."""
        return not self.leaver or re.match(rf"(?:{TITLE})\b", self.leaver) is not None


def leaving(said: str) -> Leaving | None:
    """Whether the words say that somebody leaves, and nothing else."""
    words = plainly(said)
    if found := re.fullmatch(HANDS_OVER, words):
        return Leaving(found["leaver"], found["to"] or "")
    found = re.fullmatch(LEAVES, words)
    if found is None or not speaks_of_days((found["when"] or found["then"] or "").strip()):
        return None
    return Leaving(found["leaver"] or found["left"] or "")


def unfit(leaver: Person, to: Person, today: date) -> str:
    """Why nothing can go from one to the other, by a name that the cards know; empty where it can."""
    if leaver.id == to.id:
        return "same"
    if not serves(to, today):
        return "not there"
    last = max(leaver.last_day or today, today)
    return "leaves" if to.last_day is not None and to.last_day <= last else ""
