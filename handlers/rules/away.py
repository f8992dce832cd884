"""Who is asked about: whoever is away, or one of the staff; and of whose absence an asker may hear.

The patterns are plain strings, compiled when first needed, as in `questions`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.rules import cover
from handlers.rules.absence import OUT, TITLE, WEEKDAY, WHO, plainly
from handlers.rules.pack import Pack
from storage.tables import Cover, Viewer

TODAY = (
    r"(?:today|now|right|just|currently|at|the|moment|this|morning|afternoon|for|me|us|in|school|work|here|please)"
)
WHEN = rf"(?P<when>(?:\s+(?:{TODAY}|tomorrow|tonight|on|next|until|from|week|term|{WEEKDAY}))*)"
IS = r"(?:\s?is|s|\s+are|\s+will\s+be)?"
STANDS_IN = r"(?:stand(?:s|ing)?\s+in|cover(?:s|ing)?|decid(?:es|ing)|acting|act(?:s)?)"
ANYBODY = (
    rf"(?:who(?:\s+all)?{IS}|is\s+any(?:body|one)|any(?:body|one))(?:\s+else)?\s+{OUT}{WHEN}",
    rf"who{IS}\s+(?:stand(?:s|ing)?\s+in|cover(?:s|ing)?)(?:\s+for\s+(?:whom|who|people|others))?{WHEN}",
    rf"(?:all\s+)?(?:the\s+)?absences{WHEN}",
)
SOMEBODY = (
    rf"who{IS}\s+{STANDS_IN}\s+for\s+{WHO}{WHEN}",
    rf"(?:is|will)\s+{WHO}\s+(?:be\s+)?(?:in|here|there|around|about|available|back|at\s+work|{OUT}){WHEN}",
    rf"(?:when|until\s+when|till\s+when|how\s+long)(?:\s+is|\s+will|s)\s+{WHO}\s+(?:be\s+)?(?:back|in|{OUT}){WHEN}",
    rf"where(?:\s+is|s)\s+{WHO}{WHEN}",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about; empty: whoever is away. `today`: and not another day."""

    who: str
    today: bool

    @property
    def titled(self) -> bool:
        """Whether it is certainly a person: "mr lund", but not "the printer"."""
        return re.match(rf"(?:{TITLE})\b", self.who) is not None


def asked(said: str) -> Asked | None:
    """Whether the words ask who is away, or whether somebody is, and nothing else."""
    words = plainly(said)
    found = next((match for each in (*ANYBODY, *SOMEBODY) if (match := re.fullmatch(each, words))), None)
    if found is None:
        return None
    return Asked(found.groupdict().get("who") or "", all(re.fullmatch(TODAY, each) for each in found["when"].split()))


def told(pack: Pack, asker: Viewer, rows: Iterable[Cover], today: date) -> list[Cover]:
    """What of these somebody may hear of: who decides at a school of theirs, or for all; and their line manager.

    Only what holds on the day: the cards of what they ask for say no more.
    """
    schools = {None, asker.person.school_id, *(role.school_id for role in asker.roles)}

    def concerns(row: Cover) -> bool:
        if not row.role:
            return row.person_id in (asker.id, asker.person.manager_id)
        return row.school_id in schools and cover.decides(pack, row.role)

    return [row for row in rows if row.first_day <= today <= row.last_day and concerns(row)]
