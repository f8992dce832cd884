"""Who one can be in the console: the people on the trust's staff list, as the page shows them."""

from dataclasses import dataclass
from datetime import datetime

from cards.console import role_line
from cards.words import site
from handlers.packs import current
from storage import imports, people, register
from storage.database import Unit
from storage.tables import Person

TINTS = 8
TITLES = {"Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof", "Sir", "Dame"}


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody in the console. `tint` picks one of the page's colours."""

    email: str
    name: str
    what: str
    initials: str
    tint: int


def roster(u: Unit, at: datetime) -> tuple[str, list[Face]]:
    """The trust's name, and everybody who serves in it today."""
    trusts = people.trusts(u)
    if not trusts:
        return "", []
    trust = trusts[0]
    u.act_for(trust, at)
    pack, schools = current(u), people.schools(u)
    runs: dict[int, list[str]] = {}
    for account in register.accounts(u):
        runs.setdefault(account.owner_id, []).append(site(account.platform))
    faces: list[Face] = []
    for person in imports.everybody(u):
        viewer = people.viewer(u, person.id) if person.id is not None else None
        if viewer is None:
            continue
        school = schools[person.school_id].name if person.school_id is not None else ""
        roles = [pack.role_title(role.role) for role in viewer.roles]
        faces.append(_face(person, role_line(roles, runs.get(viewer.id, []), school), len(faces)))
    return trust.name, faces


def _face(person: Person, what: str, number: int) -> Face:
    words = [word for word in person.name.split() if word.rstrip(".") not in TITLES] or ["?"]
    initials = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return Face(person.email, person.name, what, initials.upper(), number % TINTS)
