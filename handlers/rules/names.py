"""Whom of the staff somebody means."""

import re
from collections.abc import Collection

from storage.tables import Person


def called(words: str, staff: Collection[Person]) -> list[Person]:
    """Whoever has this e-mail, is called just so, or has each of these words in their name: "Mrs Patel"."""
    email, said = words.strip().casefold(), _name(words)
    if not said:
        return []
    exact = [p for p in staff if email == p.email.casefold()] or [p for p in staff if said == _name(p.name)]
    return exact or [p for p in staff if set(said) <= set(_name(p.name))]


def _name(words: str) -> list[str]:
    return re.sub(r"['’`]", "", words.casefold()).replace(".", " ").split()
