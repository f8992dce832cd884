"""What whoever handles a report is reminded of, at the moment when it counts. Never of a sanction."""

from collections.abc import Mapping
from typing import Any

PROPORTION = "Be proportionate: what somebody believes, and says in their own time, is not yet a concern."
ACCUSED = (
    "A teacher whom a pupil of the school accuses of a crime must not be named, nor hinted at, where the public reads "
    "it, before there is a charge: it is an offence (Education Act 2002, section 141F), for parents as well."
)
LOW_LEVEL = (
    "A low-level concern about a member of staff is recorded, too: note why it is one, and what was done. Where it may "
    "be more, the designated officer is asked first."
)
PRAISE = "It is praise, or about nobody: thank whoever wrote it, if you like."


def prompts(words: Mapping[str, Any], staff: bool) -> list[str]:
    """What to keep in mind with this report: of whom it is about depends which. `staff`: somebody on the list."""
    about = words.get("about")
    if about == "nobody" and not staff:
        return [PRAISE]
    of_staff = staff or about in ("staff", "unknown") or words.get("by") == "staff"
    return [PROPORTION, *((ACCUSED, LOW_LEVEL) if of_staff else ())]
